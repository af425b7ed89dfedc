//! Joins that two splits inside one another lead to.

use super::{Analysis, wording};
use crate::position::{Level, PathId};
use crate::{Kind, NodeId};

/// Two positions at one join, whose branches are of two splits inside one another.
pub(crate) struct Mixed {
    pub(crate) join: NodeId,
    /// Where the two part: a split, or the task whose timeout started something beside it.
    pub(crate) outer: NodeId,
    pub(crate) inner: NodeId,
    /// The branch that is further out, and the one that is further in.
    pub(crate) out: (NodeId, PathId),
    pub(crate) deep: (NodeId, PathId),
}

/// One of each join that has any.
pub(crate) fn all(analysis: &Analysis<'_>) -> Vec<Mixed> {
    analysis.of_kind(Kind::Join).filter_map(|(join, _)| at(analysis, join)).collect()
}

/// More pairs than this are looked at in no join: flows of so many have been told of other mistakes.
const PAIRS: usize = 10_000;

fn at(analysis: &Analysis<'_>, join: NodeId) -> Option<Mixed> {
    let paths = &analysis.positions.paths;
    let here = analysis.positions.of_node(join);
    let prefix = |path| paths.around(path);
    let mut splits = here.iter().filter_map(|(path, _)| prefix(*path));
    let first = splits.next()?;
    if splits.all(|split| split == first) {
        return None;
    }
    let pairs = here.iter().enumerate().flat_map(|(at, a)| here[at + 1..].iter().map(move |b| (*a, *b)));
    let mut pairs = pairs.take(PAIRS).filter(|(a, b)| {
        let (of_a, of_b) = (prefix(a.0), prefix(b.0));
        // Where nothing is split a join lets everybody pass, and has nobody to mix.
        of_a.is_some() && of_b.is_some() && of_a != of_b && analysis.positions.part(*a, *b)
    });
    let (a, b) = pairs.next()?;
    let (out, deep) = if paths.levels(a.0).len() <= paths.levels(b.0).len() { (a, b) } else { (b, a) };
    let (_, over, beside) = paths.part(out.0, deep.0);
    let outer = match over.and_then(|id| paths.level(id)).or_else(|| beside.and_then(|id| paths.level(id)))? {
        Level::Branch { split, .. } => split,
        Level::Beside { boundary } => host(analysis, boundary),
    };
    let (_, inner) = prefix(deep.0)?;
    let before = |at| wording::before_at(analysis, at);
    Some(Mixed { join, outer, inner, out: (before(out.1), out.0), deep: (before(deep.1), deep.0) })
}

/// The task that a timeout is of.
pub(crate) fn host(analysis: &Analysis<'_>, boundary: NodeId) -> NodeId {
    analysis
        .graph
        .ids()
        .find(|id| analysis.node(*id).is_some_and(|node| node.boundaries.contains(&boundary)))
        .unwrap_or(boundary)
}
