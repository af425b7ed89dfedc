use super::own_approval::decided;
use crate::analysis::Analysis;
use crate::analysis::access::Writer;
use crate::walk::{reachable_from, reachable_to, reachable_without};
use crate::{Finding, Kind, NodeId, Place};

/// A form that changes what a decision was made about, after it was made.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let forms = || analysis.access().writers.iter().filter(|writer| writer.by_form);
    let mut reported: Vec<Place> = Vec::new();
    let approvals = analysis.graph.ids().filter(|id| analysis.kind(*id).is_some_and(Kind::is_task_of_a_person));
    for (approve, (decision, decides)) in approvals.filter_map(|id| Some((id, decided(analysis, id)?))) {
        let before = reachable_to(analysis.graph, approve);
        let leads = |from: NodeId| before[usize::from(from)];
        let after = reachable_from(analysis.graph, vec![decides]);
        let decided =
            |late: &&Writer<'_>| late.node != approve && late.field != decision && after[usize::from(late.node)];
        for late in forms().filter(decided) {
            if reported.contains(&late.place) {
                continue;
            }
            let seen = forms().find(|early| {
                early.number == late.number && early.node != late.node && early.node != approve && leads(early.node)
            });
            // What comes back to the decision is decided again.
            let Some(early) = seen.filter(|_| ends_without(analysis, late.node, approve)) else { continue };
            reported.push(late.place);
            let (node, name, field) = (analysis.name(approve), analysis.name(late.node), late.field);
            found.push(
                Finding::at(late.place, format!("{name} can change `{field}` after {node} has seen it"))
                    .note(format!("{} set it, and {node} decided based on that value", analysis.name(early.node)))
                    .help(format!("lead {name} back to {node}, or remove `{field}` from its form")),
            );
        }
    }
}

fn ends_without(analysis: &Analysis<'_>, from: NodeId, closed: NodeId) -> bool {
    let ends = reachable_without(analysis.graph, from, closed);
    analysis.graph.ids().any(|id| ends[usize::from(id)] && analysis.kind(id).is_some_and(Kind::ends))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_later_form_is_reported_and_one_that_is_approved_again_is_not() {
        let flow = |next| {
            Draft::new()
                .node("start", Kind::Start, &["approve"])
                .node("approve", Kind::View, &["ok"])
                .node("ok", Kind::If, &["pay", "edit"])
                .node("edit", Kind::View, &[next])
                .node("pay", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .form("start", &["amount"])
                .form("approve", &["approved"])
                .form("edit", &["amount"])
                .reads("ok", Asks::Way, &["approved"])
        };
        let found = coded(&flow("pay"), "changed_after_approval");
        assert_eq!(found, ["`edit` can change `amount` after `approve` has seen it"]);
        assert!(coded(&flow("approve"), "changed_after_approval").is_empty());
    }
}
