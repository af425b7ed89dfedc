use crate::analysis::Analysis;
use crate::{Finding, Place};

/// A decision over a field that a node beside it can change: it depends on who is quicker.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let uses = analysis.access();
    for decision in uses.decisions() {
        let writers = uses.writers_of(decision.number);
        let Some(writer) = uses.beside(analysis, writers, decision.node) else { continue };
        let (node, other, field) = (analysis.name(decision.node), analysis.name(writer.node), decision.field);
        found.push(
            Finding::at(
                Place::Read(decision.node, decision.callback, decision.read),
                format!("{node} reads `{field}` while {other} can change it"),
            )
            .also(writer.place, format!("{other} sets `{field}` here"))
            .help(format!("decide after the join, or in the branch of {other}"))
            .help(format!("if either value is correct: `allow(read_beside_write, reason = \"..\")` on {node}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_decision_in_another_branch_is_reported() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["edit", "check"])
            .node("edit", Kind::View, &["j"])
            .node("check", Kind::If, &["work", "j"])
            .node("work", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[])
            .form("start", &["amount"])
            .form("edit", &["amount"])
            .reads("check", Asks::Way, &["amount"]);
        assert_eq!(coded(&draft, "read_beside_write"), ["`check` reads `amount` while `edit` can change it"]);
    }
}
