//! Joins that collect the branches of a split together with those of another one inside of it.

use std::collections::{HashMap, HashSet};

use super::{Analysis, wording};
use crate::NodeId;
use crate::position::{PathId, PositionId};

/// Two positions at one join: in one it waits for the branches of a split, in the other, further in among those
/// branches, for those of another split.
pub(crate) struct Mixed {
    pub(crate) join: NodeId,
    pub(crate) outer: NodeId,
    pub(crate) inner: NodeId,
    /// The branch that is further out, and the one that is further in: the node that it comes from, and its stack.
    pub(crate) out: (NodeId, PathId),
    pub(crate) deep: (NodeId, PathId),
}

/// One of each join that has any, the joins in the order in which a process comes to them; not where that only follows
/// from another one, which has gone on too early.
pub(crate) fn all(analysis: &Analysis<'_>) -> Vec<Mixed> {
    let joins = analysis.index.of_kind(crate::Kind::Join);
    let mut all: Vec<(PositionId, Mixed)> = joins.iter().filter_map(|join| at(analysis, *join)).collect();
    all.sort_by_key(|(at, _)| *at);
    let mut early: HashSet<(NodeId, NodeId)> = HashSet::new();
    all.retain(|(deep, mixed)| {
        let follows = !early.is_empty() && follows(analysis, *deep, &early);
        early.insert((mixed.join, mixed.inner));
        !follows
    });
    all.into_iter().map(|(_, mixed)| mixed).collect()
}

/// On the way to a position one of these joins has gone on for the branches of its inner split.
fn follows(analysis: &Analysis<'_>, at: PositionId, early: &HashSet<(NodeId, NodeId)>) -> bool {
    let positions = &analysis.positions;
    let before = |at: &PositionId| positions.get(*at).from;
    std::iter::successors(before(&at), before).any(|at| {
        let position = positions.get(at);
        let split = positions.paths.around(position.path).map(|(_, split)| split);
        split.is_some_and(|split| early.contains(&(position.node, split)))
    })
}

/// Branches of one split that are compared with one further in.
const COMPARED: usize = 100;

/// Where nothing is split a join lets everybody pass, and has nobody to mix. Branches of two splits that are not inside
/// one another meet in the same join each for themselves.
fn at(analysis: &Analysis<'_>, join: NodeId) -> Option<(PositionId, Mixed)> {
    let positions = &analysis.positions;
    let paths = &positions.paths;
    let here = positions.of_node(join);
    let mut around = here.iter().filter_map(|(path, _)| paths.around(*path));
    let first = around.next()?;
    if around.all(|opened| opened == first) {
        return None;
    }
    // By the opening of a split, its split and the stack that it is on: those who wait for its branches here.
    let mut waiting: HashMap<(PathId, NodeId), Vec<(PathId, PositionId)>> = HashMap::new();
    for (path, at) in here {
        if let Some(opened) = paths.around(*path) {
            waiting.entry(opened).or_default().push((*path, *at));
        }
    }
    let mut best: Option<((PathId, PositionId), (PathId, PositionId))> = None;
    for deep in here {
        let Some((around, _)) = paths.around(deep.0) else { continue };
        for branch in paths.stack(around) {
            let Some(opened) = paths.split(branch) else { continue };
            let Some(outer) = waiting.get(&opened) else { continue };
            let outside = |out: &&(PathId, PositionId)| {
                let copies = paths.scope(out.0) == Some(branch) && paths.has_copies(branch, opened.0);
                copies || positions.part(**out, *deep)
            };
            let Some(out) = outer.iter().take(COMPARED).find(outside) else { continue };
            let first = |pair: &((PathId, PositionId), (PathId, PositionId))| pair.0.1.max(pair.1.1);
            if best.as_ref().is_none_or(|best| first(&(*out, *deep)) < first(best)) {
                best = Some((*out, *deep));
            }
        }
    }
    let (out, deep) = best?;
    let (outer, inner) = (paths.around(out.0)?.1, paths.around(deep.0)?.1);
    let before = |at| wording::before_at(analysis, at);
    Some((deep.1, Mixed { join, outer, inner, out: (before(out.1), out.0), deep: (before(deep.1), deep.0) }))
}
