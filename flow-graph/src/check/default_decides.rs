use super::Subject;
use super::data::{self, Fact};
use crate::{Finding, Place};

/// A decision over a field that on some way nothing has set yet.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(data) = subject.data() else { return };
    for decision in data::decisions(subject).into_iter().filter(|decision| !decision.presence) {
        let fact = Fact::Set(decision.field);
        // A field that nothing sets anywhere is `never_written`.
        let set = subject.graph.ids().any(|id| data.makes(id, fact));
        let Some(at) = data.missing(subject, decision.node, fact).filter(|_| set) else { continue };
        let (node, field) = (subject.name(decision.node), decision.field);
        let way = data.way_without(subject, at, fact);
        let mut finding = Finding::at(
            Place::Read(decision.node, decision.callback, decision.read),
            format!("{node} can decide by `{field}` before anything has set it"),
        );
        if !way.is_empty() {
            finding =
                finding.note(format!("on the way {} it is still its default, or empty", data::arrows(subject, &way)));
        }
        found.push(
            finding.help(format!("set `{field}` on this way too, or ask for it first: `is_some()`")).help(format!(
                "if the default is the right answer: `allow(default_decides, reason = \"..\")` on {node}"
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_way_around_the_form_is_told() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["ask"])
            .node("ask", Kind::If, &["approve", "check"])
            .node("approve", Kind::View, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .form("approve", &["approved"])
            .reads("check", Asks::Way, &["approved"]);
        let found = coded(&draft, "default_decides");
        assert_eq!(found, ["`check` can decide by `approved` before anything has set it"]);
    }

    #[test]
    fn what_every_branch_or_one_that_always_runs_has_set_is_set_behind_the_join() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["approve", "?other"])
            .node("approve", Kind::View, &["j"])
            .node("other", Kind::View, &["j"])
            .node("j", Kind::Join, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .form("approve", &["approved"])
            .reads("check", Asks::Way, &["approved"]);
        assert!(coded(&draft, "default_decides").is_empty());
    }

    #[test]
    fn a_timeout_comes_before_the_form() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["approve"])
            .node("approve", Kind::View, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .timeout("approve", "check", true)
            .form("approve", &["approved"])
            .reads("check", Asks::Way, &["approved"]);
        assert_eq!(coded(&draft, "default_decides").len(), 1);
    }
}
