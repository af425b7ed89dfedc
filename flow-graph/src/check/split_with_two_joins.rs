use std::collections::{HashSet, VecDeque};

use crate::analysis::{Analysis, wording};
use crate::finding::{Edit, NewNode};
use crate::position::{Group, Level};
use crate::{Edge, Finding, Kind, NodeId, Place, Role, walk};

/// Branches of one split that come to two joins: each join waits for the branches of the other.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let mixed = analysis.mixed();
    let mut reported: HashSet<NodeId> = mixed.iter().flat_map(|mixed| [mixed.inner, mixed.outer]).collect();
    for group in analysis.groups() {
        if reported.contains(&group.split) {
            continue;
        }
        let Some((a, b)) = group.two_joins(&analysis.positions) else { continue };
        reported.insert(group.split);
        // The one that leads to the other is where some of the branches were meant to meet first.
        let first = leads_to(analysis, a.join, b.join) || !leads_to(analysis, b.join, a.join);
        let (a, b) = if first { (a, b) } else { (b, a) };
        let split = analysis.name(group.split);
        let (join_a, join_b) = (analysis.name(a.join), analysis.name(b.join));
        let (from_a, from_b) = (wording::before(analysis, &a), wording::before(analysis, &b));
        let (text, edits) = help(analysis, group, a.join, b.join);
        found.push(
            Finding::at(Place::Node(group.split), format!("the branches of {split} go to two joins"))
                .also(Place::Node(a.join), format!("{join_a} also waits for the branch from {}", analysis.name(from_b)))
                .also(Place::Node(b.join), format!("{join_b} also waits for the branch from {}", analysis.name(from_a)))
                .story(&[
                    format!(
                        "{}: it waits in {join_a} for the other branches of {split}",
                        wording::done(analysis, from_a)
                    ),
                    format!(
                        "{}: it waits in {join_b} for the other branches of {split}",
                        wording::done(analysis, from_b)
                    ),
                    "nothing else is left to do, and both wait forever".to_owned(),
                ])
                .paste(text, edits),
        );
    }
}

/// Nodes that are looked at to find out which of two joins comes first.
const NEAR: usize = 40;

/// Whether a node leads to another one that is not far from it.
fn leads_to(analysis: &Analysis<'_>, from: NodeId, to: NodeId) -> bool {
    let mut seen = HashSet::from([from]);
    let mut work = VecDeque::from([from]);
    while let Some(id) = work.pop_front() {
        for next in walk::targets(analysis.graph, id) {
            if next == to {
                return true;
            }
            if seen.len() < NEAR && seen.insert(next) {
                work.push_back(next);
            }
        }
    }
    false
}

/// Where two or more branches go to the first join alone, and that leads to the second: a split of their own.
/// Otherwise one join for all.
fn help(analysis: &Analysis<'_>, group: &Group, first: NodeId, second: NodeId) -> (String, Vec<Edit>) {
    let paths = &analysis.positions.paths;
    let edges = analysis.node(group.split).map_or(&[][..], |node| node.edges);
    let come = |edge: usize, join: NodeId| {
        group.arrivals.iter().any(|arrival| {
            let level = paths.scope(arrival.branch).and_then(|scope| paths.level(scope));
            arrival.join == join && matches!(level, Some(Level::Branch { edge: at, .. }) if at == edge)
        })
    };
    let (own, other): (Vec<usize>, Vec<usize>) = (0..edges.len()).partition(|edge| come(*edge, first));
    let apart = own.iter().all(|edge| !come(*edge, second)) && edges.iter().all(|edge| !edge.asks);
    if apart && own.len() > 1 && !other.is_empty() && leads_to(analysis, first, second) {
        let inner = analysis.fresh(&format!("{}_inner", analysis.plain(group.split)));
        let of = |edges_of: &[usize]| edges_of.iter().filter_map(|at| edges.get(*at).copied()).collect::<Vec<Edge>>();
        let keys = |edges: &[Edge]| {
            let each = edges.iter().map(|edge| format!("next = this.{}", analysis.plain(edge.to)));
            each.collect::<Vec<_>>().join(", ")
        };
        let (own, other) = (of(&own), of(&other));
        let text = format!(
            "use two splits: `next = this.{inner}, {}` on `{}`, and `#[node({})] pub {inner}: Split,`, whose branches meet in `{}`",
            keys(&other),
            analysis.plain(group.split),
            keys(&own),
            analysis.plain(first),
        );
        let outer = std::iter::once(Edge::new(Role::Next, analysis.next_id())).chain(other).collect();
        let add = NewNode { name: inner, kind: Kind::Split, edges: own };
        return (text, vec![Edit::Add(add), Edit::Edges { node: group.split, edges: outer }]);
    }
    let arrivals = group.arrivals.iter().filter(|arrival| arrival.join == second);
    let before = wording::all_before(analysis, arrivals.map(|arrival| arrival.at));
    let lead = wording::lead(analysis, &before, second, first, analysis.plain(first));
    (format!("lead all branches to one join: {}", lead.text), lead.edits)
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn two_joins_of_one_split_are_found_at_the_split() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b", "c"])
            .node("a", Kind::View, &["j1"])
            .node("b", Kind::View, &["j1"])
            .node("c", Kind::View, &["j2"])
            .node("j1", Kind::Join, &["d"])
            .node("d", Kind::View, &["j2"])
            .node("j2", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "split_with_two_joins"), ["the branches of `s` go to two joins"]);
    }

    #[test]
    fn rework_of_one_branch_after_the_join_is_fine() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["ok"])
            .node("ok", Kind::If, &["a", "end"])
            .node("end", Kind::End, &[]);
        draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
