use std::collections::{HashMap, HashSet};

use crate::analysis::Analysis;
use crate::position::PathId;
use crate::{Finding, Kind, NodeId};

/// A way into the middle of a branch, from outside of its split: fine, since the join lets a single one pass.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let positions = &analysis.positions;
    let mut arrives: HashMap<PathId, (NodeId, PathId)> = HashMap::new();
    for group in analysis.groups() {
        arrives.extend(group.arrivals.iter().map(|arrival| (arrival.branch, (group.split, group.outside))));
    }
    let mut reported: HashSet<NodeId> = HashSet::new();
    for inside in &positions.list {
        let Some((split, outside)) = arrives.get(&inside.path).copied() else { continue };
        if analysis.kind(inside.node) == Some(Kind::Join) {
            continue;
        }
        // The same node outside of this split, come to from a node that is outside of it alone.
        let jump = positions.find(inside.node, outside).and_then(|at| positions.get(at).from);
        let Some(from) = jump.map(|from| positions.get(from)) else { continue };
        let alone = positions.find(from.node, inside.path).is_none();
        if alone && analysis.kind(from.node) != Some(Kind::Join) && reported.insert(inside.node) {
            let text = format!("this leads into a branch of {} from outside", analysis.name(split));
            found.push(Finding::at(analysis.edge(from.node, inside.node), text));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_a_hint_at_the_edge_that_leads_in() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("late", Kind::StartHandle, &["a"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "jump_in"), ["this leads into a branch of `s` from outside"]);
        draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
