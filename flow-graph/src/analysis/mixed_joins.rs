//! Joins that collect the branches of a split together with those of another one inside of it.

use std::collections::HashMap;

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

/// One of each join that has any.
pub(crate) fn all(analysis: &Analysis<'_>) -> Vec<Mixed> {
    let joins = analysis.index.of_kind(crate::Kind::Join);
    joins.iter().filter_map(|join| at(analysis, *join)).collect()
}

/// Branches of one split that are compared with one further in.
const COMPARED: usize = 100;

/// Where nothing is split a join lets everybody pass, and has nobody to mix. Branches of two splits that are not inside
/// one another meet in the same join each for themselves.
fn at(analysis: &Analysis<'_>, join: NodeId) -> Option<Mixed> {
    let positions = &analysis.positions;
    let paths = &positions.paths;
    let here = positions.of_node(join);
    // By the opening of a split, its split and the stack that it is on: those who wait for its branches here.
    let mut waiting: HashMap<(PathId, NodeId), Vec<(PathId, PositionId)>> = HashMap::new();
    for (path, at) in here {
        if let Some(opened) = paths.around(*path) {
            waiting.entry(opened).or_default().push((*path, *at));
        }
    }
    if waiting.len() < 2 {
        return None;
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
    Some(Mixed { join, outer, inner, out: (before(out.1), out.0), deep: (before(deep.1), deep.0) })
}
