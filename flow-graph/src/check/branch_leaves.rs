use crate::analysis::{Analysis, wording};
use crate::position::{Group, Level, Outcomes, PathId, Position, PositionId, ROOT};
use crate::{Finding, Kind, NodeId, Place};

/// A branch that may end, after somebody has worked on it, while the others wait for it in their join: the join
/// then goes on without it.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let ends = |position: &Position| {
        position.path != ROOT && analysis.node(position.node).is_some_and(|node| node.kind.ends())
    };
    if analysis.groups().is_empty() || !analysis.positions.list.iter().any(ends) {
        return;
    }
    let outcomes = Outcomes::of(&analysis.positions);
    // Where two splits share a join, what ends early is only what that leads to.
    let mut told: Vec<NodeId> = analysis.mixed().iter().map(|mixed| mixed.outer).collect();
    for group in analysis.groups() {
        if told.contains(&group.split) {
            continue;
        }
        let Some(leaving) = leaving(analysis, &outcomes, group) else { continue };
        told.push(group.split);
        let Some(other) =
            group.arrivals.iter().find(|arrival| group.differ(&analysis.positions, arrival.branch, leaving.branch))
        else {
            continue;
        };
        let (split, join) = (analysis.name(group.split), analysis.name(other.join));
        let before = wording::before(analysis, other);
        let (from, end) = leaving.edge;
        found.push(
            Finding::at(
                analysis.edge(from, end),
                format!("a branch of {split} can end while {join} waits for the others"),
            )
            .also(Place::Node(other.join), format!("{join} waits for the branches of {split}"))
            .story(&[
                format!("{}: it waits in {join} for the other branches of {split}", wording::done(analysis, before)),
                wording::ends(analysis, from, end),
                format!("{join} goes on without it"),
            ])
            .help(format!(
                "to go on together lead it to {join}: {}",
                wording::lead(analysis, &[from], end, analysis.plain(other.join))
            ))
            .help(format!(
                "if it is right to go on without it: `allow(branch_leaves, reason = \"..\")` on {}",
                analysis.name(from)
            )),
        );
    }
}

struct Leaving {
    branch: PathId,
    /// The last step of the branch: from this node to this end.
    edge: (NodeId, NodeId),
}

/// A branch that can end late, while another one comes to a join.
fn leaving(analysis: &Analysis<'_>, outcomes: &Outcomes, group: &Group) -> Option<Leaving> {
    let positions = &analysis.positions;
    let splits = positions.of_node(group.split);
    let (_, split) = splits.iter().find(|(path, _)| *path == group.outside)?;
    positions.next(*split).iter().find_map(|first| {
        let branch = positions.get(*first).path;
        let beside = matches!(positions.paths.level(branch), Some(Level::Beside { .. }));
        let joined = group.arrivals.iter().any(|arrival| {
            group.differ(positions, arrival.branch, branch) && ends_beside(analysis, outcomes, arrival.branch, branch)
        });
        if beside || !joined || !outcomes.get(*first).ends_late() {
            return None;
        }
        Some(Leaving { branch, edge: last_step(analysis, *first, branch)? })
    })
}

/// Of what a timeout started beside this very branch: the branch can end behind the task of the timeout.
fn ends_beside(analysis: &Analysis<'_>, outcomes: &Outcomes, arrival: PathId, branch: PathId) -> bool {
    let positions = &analysis.positions;
    let above = positions.paths.stack(arrival).find(|id| *id != ROOT && positions.paths.parent(*id) == branch);
    let Some(Level::Beside { boundary }) = above.and_then(|id| positions.paths.level(id)) else { return true };
    positions.host(boundary, branch).is_some_and(|host| outcomes.get(host).ends_late())
}

/// The last step of a branch that ends, behind a task that waits if there is such a way.
fn last_step(analysis: &Analysis<'_>, first: PositionId, branch: PathId) -> Option<(NodeId, NodeId)> {
    let positions = &analysis.positions;
    let inside = |path: PathId| positions.paths.stack(path).any(|below| below == branch);
    let mut any = None;
    let mut seen = vec![[false; 2]; positions.list.len()];
    let mut work = std::collections::VecDeque::from([(first, false)]);
    while let Some((at, waited)) = work.pop_front() {
        let Position { node, path, .. } = positions.get(at);
        let waited = waited || analysis.kind(node).is_some_and(Kind::waits);
        if std::mem::replace(&mut seen[at as usize][usize::from(waited)], true) {
            continue;
        }
        for next in positions.next(at) {
            let there = positions.get(*next);
            if !inside(there.path) {
                continue;
            }
            if analysis.node(there.node).is_some_and(|node| node.kind.ends()) {
                let step = (node, there.node);
                if waited && path == branch {
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
    fn one_that_ends_at_once_was_not_needed() {
        assert!(found(&draft(Kind::Function), "branch_leaves").is_empty());
    }
}
