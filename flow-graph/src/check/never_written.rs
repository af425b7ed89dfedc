use super::Subject;
use super::data::Fact;
use crate::{Finding, Place};

/// A decision over a field that no node sets: it is always the default.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(data) = subject.data() else { return };
    let mut told = Vec::new();
    for decision in subject.uses().decisions() {
        if told.contains(&decision.number) || data.is_made(Fact::Set(decision.number)) {
            continue;
        }
        told.push(decision.number);
        let (node, field) = (subject.name(decision.node), decision.field);
        found.push(
            Finding::at(
                Place::Read(decision.node, decision.callback, decision.read),
                format!("no node sets `{field}`, by which {node} decides"),
            )
            .help(format!("add `{field}` to a form on the way here"))
            .help(format!("if it is set from outside: `allow(never_written, reason = \"..\")` on {node}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn is_told_once_and_not_as_a_default_that_decides_too() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .reads("check", Asks::Way, &["approved"]);
        assert_eq!(coded(&draft, "never_written"), ["no node sets `approved`, by which `check` decides"]);
        assert!(coded(&draft, "default_decides").is_empty());
    }
}
