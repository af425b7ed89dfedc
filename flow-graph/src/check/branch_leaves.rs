use std::collections::HashSet;

use crate::analysis::{Analysis, wording};
use crate::position::{Group, Level, PathId, Position, PositionId, ROOT};
use crate::{Finding, Kind, NodeId, Place};

/// A branch that may come to the join where the others wait for it, and may also end, after somebody has worked on it:
/// the join then goes on without it.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let ends = |position: &Position| position.path != ROOT && analysis.kind(position.node).is_some_and(ends_branch);
    if analysis.groups().is_empty() || !analysis.positions.list.iter().any(ends) {
        return;
    }
    // Where two splits share a join, what ends early is only what that leads to.
    let mut reported: HashSet<NodeId> = analysis.mixed().iter().map(|mixed| mixed.outer).collect();
    for group in analysis.groups() {
        if reported.contains(&group.split) {
            continue;
        }
        let Some(leaving) = leaving(analysis, group) else { continue };
        reported.insert(group.split);
        let mut arrivals = group.arrivals.iter();
        let Some(other) = arrivals.find(|arrival| group.differ(&analysis.positions, arrival.branch, leaving.branch))
        else {
            continue;
        };
        let (split, join) = (analysis.name(group.split), analysis.name(other.join));
        let before = wording::before(analysis, other);
        let (from, to) = leaving.step;
        let lead = wording::lead(analysis, &[from], to, other.join, analysis.plain(other.join));
        // What is allowed of a timeout is written on its task.
        let on = analysis.positions.host_of(from).unwrap_or(from);
        found.push(
            Finding::at(
                analysis.edge(from, to),
                format!("a branch of {split} can end while {join} waits for the others"),
            )
            .also(Place::Node(other.join), format!("{join} waits for the branches of {split}"))
            .story(&[
                format!("{}: it waits in {join} for the other branches of {split}", wording::done(analysis, before)),
                wording::ends(analysis, from, to, leaving.jumps),
                format!("{join} continues without it"),
            ])
            .paste(format!("to wait for each other, lead it to {join}: {}", lead.text), lead.edits)
            .allow("if continuing without it is intended", "branch_leaves", from, &analysis.name(on)),
        );
    }
}

/// One branch ends there, and the others go on.
fn ends_branch(kind: Kind) -> bool {
    kind.ends() && !kind.terminates()
}

struct Leaving {
    branch: PathId,
    /// The last step of the branch: from this node to this end, or past the join to what is behind it.
    step: (NodeId, NodeId),
    jumps: bool,
}

/// A branch that can end late and can come to a join, while another one comes to one.
fn leaving(analysis: &Analysis<'_>, group: &Group) -> Option<Leaving> {
    let positions = &analysis.positions;
    let outcomes = analysis.outcomes();
    let split = positions.find(group.split, group.outside)?;
    positions.next(split).iter().find_map(|first| {
        let branch = positions.get(*first).path;
        let ways = outcomes.get(*first);
        if matches!(positions.paths.level(branch), Some(Level::Beside { .. })) || !ways.ends_late() {
            return None;
        }
        let own = |arrival: &crate::position::Arrival| positions.paths.scope(arrival.branch) == Some(branch);
        // One that has no way to a join is `side_branch`.
        let comes = ways.joins() || group.arrivals.iter().any(own);
        let joined = || {
            group.arrivals.iter().any(|arrival| {
                group.differ(positions, arrival.branch, branch) && ends_beside(analysis, arrival.branch, branch)
            })
        };
        if !comes || !joined() {
            return None;
        }
        let jump = analysis.jumps().iter().find(|jump| {
            let inside = positions.paths.scope(positions.get(jump.at).path) == Some(branch);
            jump.split == group.split && inside && is_late(analysis, *first, jump.at)
        });
        if let Some(jump) = jump {
            return Some(Leaving { branch, step: (jump.from, jump.node), jumps: true });
        }
        Some(Leaving { branch, step: last_step(analysis, *first, branch)?, jumps: false })
    })
}

/// The branch waits on its way to a position, or behind it.
fn is_late(analysis: &Analysis<'_>, first: PositionId, at: PositionId) -> bool {
    let positions = &analysis.positions;
    let before = |at: &PositionId| if *at == first { None } else { positions.get(*at).from };
    let mut way = std::iter::successors(Some(at), before).skip(1);
    let waits = |at: PositionId| analysis.kind(positions.get(at).node).is_some_and(Kind::waits);
    analysis.outcomes().get(at).ends_late() || way.any(waits)
}

/// Of what a timeout started beside this very branch: the branch can end behind the task of the timeout.
fn ends_beside(analysis: &Analysis<'_>, arrival: PathId, branch: PathId) -> bool {
    let positions = &analysis.positions;
    let above = positions.paths.stack(arrival).find(|id| *id != ROOT && positions.paths.parent(*id) == branch);
    let Some(Level::Beside { boundary }) = above.and_then(|id| positions.paths.level(id)) else { return true };
    positions.host(boundary, branch).is_some_and(|host| analysis.outcomes().get(host).ends_late())
}

/// The last step of a branch that ends, behind a task that waits if there is such a way.
fn last_step(analysis: &Analysis<'_>, first: PositionId, branch: PathId) -> Option<(NodeId, NodeId)> {
    let positions = &analysis.positions;
    let inside = |path: PathId| positions.paths.stack(path).any(|below| positions.same_branch(below, branch));
    let mut any = None;
    let mut seen: HashSet<(PositionId, bool)> = HashSet::new();
    let mut work = std::collections::VecDeque::from([(first, false)]);
    while let Some((at, waited)) = work.pop_front() {
        let Position { node, path, .. } = positions.get(at);
        let waited = waited || analysis.kind(node).is_some_and(Kind::waits);
        if !seen.insert((at, waited)) {
            continue;
        }
        for next in positions.next(at) {
            let there = positions.get(*next);
            if !inside(there.path) {
                continue;
            }
            if analysis.kind(there.node).is_some_and(ends_branch) {
                let step = (node, there.node);
                if waited && positions.same_branch(path, branch) {
                    return Some(step);
                }
                any = any.or(Some(step));
            }
            work.push_back((*next, waited));
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    fn draft(first: Kind) -> Draft {
        Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", first, &["ok"])
            .node("ok", Kind::If, &["j", "rejected"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("rejected", Kind::End, &[])
            .node("end", Kind::End, &[])
    }

    #[test]
    fn a_branch_that_somebody_can_end_is_found() {
        let found = found(&draft(Kind::View), "branch_leaves");
        assert_eq!(found, ["a branch of `s` can end while `j` waits for the others"]);
    }

    #[test]
    fn one_that_has_no_way_to_the_join_is_a_side_branch() {
        let side = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b", "note"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("note", Kind::View, &["fin"])
            .node("j", Kind::Join, &["end"])
            .node("fin", Kind::End, &[])
            .node("end", Kind::End, &[]);
        side.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }

    #[test]
    fn one_that_jumps_past_the_join_is_found_where_it_does() {
        let jumps = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["after"])
            .node("after", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .timeout("a", "after", true);
        let found = jumps.with_graph(crate::check);
        let leaves = found.iter().find(|finding| finding.check == "branch_leaves").unwrap();
        assert_eq!(leaves.place, crate::Place::Edge(7, 0));
        assert_eq!(leaves.help[0], "to wait for each other, lead it to `j`: `on_timeout(.., this.j)` on `a`");
        assert!(found.iter().any(|finding| finding.check == "runs_twice"));
    }

    #[test]
    fn one_that_ends_at_once_was_not_needed() {
        assert!(found(&draft(Kind::Function), "branch_leaves").is_empty());
    }
}
