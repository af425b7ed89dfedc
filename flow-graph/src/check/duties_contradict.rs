use crate::analysis::Analysis;
use crate::{Finding, Kind, NodeId, Place};

/// A task that must be done by the one who did another, and by somebody else than that one; or by somebody else than
/// who does a task that only comes after it.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes) {
        let Some(code) = analysis.code(id).filter(|code| !code.different_from.is_empty()) else { continue };
        if let Some(later) = code.different_from.iter().find(|other| comes_later(analysis, **other, id)) {
            let (name, later) = (analysis.name(id), analysis.name(*later));
            found.push(
                Finding::at(
                    Place::Node(id),
                    format!("{later} only comes after {name}, so this excludes nobody from {name}"),
                )
                .help(format!("put it on the later task: `different_from(this.{})` on {later}", analysis.plain(id))),
            );
            continue;
        }
        let same = same(analysis, id);
        // A start is done once, so those who have what its owner has are one person; another node may be done again.
        let start = |other: NodeId| {
            let shared = |node: &&NodeId| analysis.kind(**node).is_some_and(Kind::begins) && same.contains(node);
            self::same(analysis, other).iter().any(|node| shared(&node))
        };
        let one = |other: &&NodeId| same.contains(other) || start(**other);
        let Some(other) = code.different_from.iter().find(one) else { continue };
        let by =
            format!("`{}` must be done by whoever did {}, and by another person", node.name, analysis.name(*other));
        found.push(Finding::at(Place::Node(id), by).help("remove `assign` or `different_from`"));
    }
}

/// A node that a process can only come to from the other one, never before it or beside it.
fn comes_later(analysis: &Analysis<'_>, node: NodeId, than: NodeId) -> bool {
    let leads = |from: NodeId, to: NodeId| {
        let next = analysis.node(from).into_iter().flat_map(|node| node.edges.iter().map(|edge| edge.to));
        let next = next.chain(analysis.node(from).into_iter().flat_map(|node| node.boundaries.iter().copied()));
        crate::walk::reachable_from(analysis.graph, next.collect()).get(usize::from(to)).is_some_and(|there| *there)
    };
    analysis.is_complete() && leads(than, node) && !leads(node, than) && !analysis.side_by_side(node, than)
}

/// Who has a task of `assign = this.x.owner` is who has x, and so on.
fn same(analysis: &Analysis<'_>, id: NodeId) -> Vec<NodeId> {
    let mut same = vec![id];
    let mut next = analysis.code(id).and_then(|code| code.owner_of);
    while let Some(owner) = next.filter(|owner| !same.contains(owner)) {
        same.push(owner);
        next = analysis.code(owner).and_then(|code| code.owner_of);
    }
    same
}

#[cfg(test)]
mod tests {
    use crate::code::{Code, NodeCode};
    use crate::draw::{Draft, coded};
    use crate::{Kind, NodeId, check_with};

    #[test]
    fn is_found_along_a_chain_of_owners() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["review"])
            .node("review", Kind::View, &["sign"])
            .node("sign", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        let people = |owner_of, different_from: Vec<_>| NodeCode {
            owner_of,
            different_from,
            has_people: true,
            ..NodeCode::default()
        };
        let nodes = vec![people(None, vec![]), people(Some(0), vec![]), people(Some(1), vec![0]), NodeCode::default()];
        draft.with_graph(|graph| {
            let found = check_with(graph, &Code { nodes, ..Code::default() });
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].check, "duties_contradict");
        });
    }
    #[test]
    fn four_eyes_are_written_on_the_second_task() {
        let flow = |back: &'static str, node: &'static str, other: NodeId| {
            Draft::new()
                .node("start", Kind::Start, &["review"])
                .node("review", Kind::View, &["sign"])
                .node("sign", Kind::View, &["check"])
                .node("check", Kind::If, &[back, "end"])
                .node("end", Kind::End, &[])
                .code(node, |code| code.different_from = vec![other])
        };
        let (review, sign) = (1, 2);
        let found = coded(&flow("end", "review", sign), "duties_contradict");
        assert_eq!(found, ["`sign` only comes after `review`, so this excludes nobody from `review`"]);
        assert!(coded(&flow("end", "sign", review), "duties_contradict").is_empty());
        assert!(coded(&flow("review", "review", sign), "duties_contradict").is_empty(), "the second time round");
    }

    #[test]
    fn two_tasks_of_whoever_started_are_one_persons() {
        let flow = |second: NodeId| {
            Draft::new()
                .node("start", Kind::Start, &["review"])
                .node("review", Kind::View, &["again"])
                .node("again", Kind::View, &["sign"])
                .node("sign", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .owner("review", "start")
                .code("sign", |code| (code.owner_of, code.different_from) = (Some(second), vec![1]))
        };
        let (start, again) = (0, 2);
        assert_eq!(coded(&flow(start), "duties_contradict").len(), 1);
        assert!(coded(&flow(again), "duties_contradict").is_empty());
    }
}
