use crate::analysis::Analysis;
use crate::walk::reachable_from;
use crate::{Finding, Kind, NodeId, Place};

/// A decision that whoever asked for it may make.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let people = || analysis.graph.ids().filter(|id| analysis.kind(*id) == Some(Kind::Start));
    for (id, code) in analysis.graph.ids().filter_map(|id| Some((id, analysis.code(id)?))) {
        if !analysis.kind(id).is_some_and(Kind::is_task_of_a_person) || code.asks_people || code.owner_of.is_some() {
            continue;
        }
        let Some((field, decides)) = decided(analysis, id) else { continue };
        let leads = |start: &NodeId| reachable_from(analysis.graph, vec![*start])[usize::from(id)];
        let start = people().find(|start| !code.different_from.contains(start) && leads(start));
        let Some(start) = start.filter(|_| code.different_from.is_empty()) else { continue };
        let (node, name) = (analysis.name(id), analysis.plain(start));
        found.push(
            Finding::at(Place::Node(id), format!("the person who did `{name}` may also do {node}"))
                .note(format!("{node} sets `{field}`, which decides the branch taken in {}", analysis.name(decides)))
                .help(format!("`different_from(this.{name})` on {node}")),
        );
    }
}

/// A field that this node's form sets and an `If` decides by.
pub(super) fn decided<'a>(analysis: &Analysis<'a>, id: NodeId) -> Option<(&'a str, NodeId)> {
    let form = &analysis.code(id)?.form;
    let mut decisions = analysis.access().decisions().filter(|decision| analysis.kind(decision.node) == Some(Kind::If));
    let decision = decisions.find(|decision| form.iter().any(|field| field == decision.field))?;
    Some((decision.field, decision.node))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    fn flow() -> Draft {
        Draft::new()
            .node("start", Kind::Start, &["approve"])
            .node("approve", Kind::View, &["ok"])
            .node("ok", Kind::If, &["pay", "end"])
            .node("pay", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .form("approve", &["approved"])
            .form("pay", &["paid"])
            .reads("ok", Asks::Way, &["approved"])
    }

    #[test]
    fn a_decision_of_whoever_asked_is_reported_and_four_eyes_are_not() {
        assert_eq!(coded(&flow(), "own_approval"), ["the person who did `start` may also do `approve`"]);
        assert!(coded(&flow().code("approve", |code| code.different_from = vec![0]), "own_approval").is_empty());
        assert!(coded(&flow().code("approve", |code| code.asks_people = true), "own_approval").is_empty());
    }
}
