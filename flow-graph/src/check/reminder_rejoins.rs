use std::collections::HashSet;

use crate::analysis::merges::Of;
use crate::analysis::{Analysis, wording};
use crate::finding::Edit;
use crate::{Finding, Kind, NodeId, Place};

/// A timeout that does not interrupt and leads back to the way of its task: what follows runs for both.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let mut reported: HashSet<NodeId> = HashSet::new();
    for merge in analysis.merges() {
        let Of::Reminder(boundary) = merge.of else { continue };
        let Some(host) = analysis.positions.host_of(boundary).filter(|_| reported.insert(boundary)) else { continue };
        let (node, task) = (analysis.name(merge.node), analysis.name(host));
        let (word, key) = match analysis.kind(boundary) {
            Some(Kind::ErrorBoundary) => ("error", "an `on_error`"),
            Some(Kind::EscalationBoundary) => ("escalation", "an `on_escalation`"),
            _ => ("reminder", "a timeout"),
        };
        let mut finding = Finding::at(Place::Edge(boundary, 0), format!("after this {word} {node} runs twice"))
            .also(Place::Node(merge.node), format!("{node} also comes after {task} itself"))
            .note(format!("{key} with `interrupting = false` starts a parallel branch; its task also continues"));
        if let Some(end) = analysis.end() {
            let [from, _] = merge.from;
            let lead = wording::lead(analysis, &[from], merge.node, end, analysis.plain(end));
            finding = finding.paste(format!("let its branch end: {}", lead.text), lead.edits);
        }
        let word = if word == "reminder" { "timeout" } else { word };
        let interrupt = format!("if the {word} should end {task}, remove `interrupting = false` from it");
        found.push(finding.paste(interrupt, vec![Edit::Interrupt(boundary)]));
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn one_that_comes_back_is_found_and_one_that_ends_is_not() {
        let flow = |to| {
            Draft::new()
                .node("start", Kind::Start, &["approve"])
                .node("approve", Kind::View, &["after"])
                .node("remind", Kind::Function, &[to])
                .node("after", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .timeout("approve", "remind", false)
        };
        assert_eq!(found(&flow("after"), "reminder_rejoins"), ["after this reminder `after` runs twice"]);
        flow("end").with_graph(|graph| assert_eq!(crate::check(graph), []));
    }

    #[test]
    fn one_that_comes_back_through_a_join_or_beside_a_second_branch_is_found() {
        let through = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["after"])
            .node("after", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .timeout("after", "j", false);
        assert_eq!(found(&through, "reminder_rejoins"), ["after this reminder `after` runs twice"]);
        assert!(found(&through, "mixed_levels").is_empty());
        let beside = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "m"])
            .node("a", Kind::View, &["m"])
            .node("m", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .timeout("a", "m", false);
        assert_eq!(found(&beside, "reminder_rejoins"), ["after this reminder `m` runs twice"]);
        assert_eq!(found(&beside, "runs_twice"), ["`m` runs once for each branch of `s`"]);
    }

    #[test]
    fn a_way_that_never_comes_to_the_task_is_no_way_of_it() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["which"])
            .node("which", Kind::If, &["a", "b"])
            .node("a", Kind::View, &["end"])
            .node("b", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .timeout("a", "b", false);
        draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
