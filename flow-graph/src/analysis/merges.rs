//! Plain nodes that two branches come to: they and all that follows run once for each.

use super::Analysis;
use crate::position::{Level, PathId, PositionId};
use crate::{Kind, NodeId};

/// A node that two branches of one split come to, or a branch and what a timeout started beside it.
pub(crate) struct Merge {
    pub(crate) node: NodeId,
    /// The nodes they come from.
    pub(crate) from: [NodeId; 2],
    pub(crate) why: Why,
}

/// What the two are branches of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Split(NodeId),
    /// A timeout that does not interrupt.
    Reminder(NodeId),
}

/// More pairs than this are looked at at no node.
const PAIRS: usize = 10_000;

/// The nodes where branches come together without a join; not those that merely follow one of these.
pub(crate) fn nodes(analysis: &Analysis<'_>) -> Vec<Merge> {
    let mut all: Vec<Merge> = Vec::new();
    // Where each comes from what another has run twice already, the one that is come to first.
    let mut rest: Vec<(PositionId, Merge)> = Vec::new();
    for id in analysis.graph.ids() {
        let here = analysis.positions.of_node(id);
        if here.len() < 2 {
            continue;
        }
        let plain = analysis
            .node(id)
            .is_some_and(|node| !node.kind.is_boundary() && node.kind != Kind::Join && !node.kind.ends());
        if !plain {
            continue;
        }
        let pairs = here.iter().enumerate().flat_map(|(at, a)| here[at + 1..].iter().map(move |b| (*a, *b)));
        for (a, b) in pairs.take(PAIRS) {
            let told = |why: &Why| all.iter().any(|twice| twice.node == id && twice.why.is_split() == why.is_split());
            let Some(why) = why(analysis, a.0, b.0).filter(|why| !told(why)) else { continue };
            let Some((from, apart)) = come_from(analysis, why, a.1, b.1).filter(|_| analysis.positions.part(a, b))
            else {
                continue;
            };
            let twice = Merge { node: id, from, why };
            if apart { all.push(twice) } else { rest.push((a.1.max(b.1), twice)) }
        }
    }
    rest.sort_by_key(|(at, _)| *at);
    for (_, twice) in rest {
        if all.iter().all(|told| told.why.is_split() != twice.why.is_split()) {
            all.push(twice);
        }
    }
    all
}

impl Why {
    fn is_split(self) -> bool {
        matches!(self, Why::Split(_))
    }
}

/// Why a process can come here by both, if it can, and not because one is a copy of the other.
pub(crate) fn why(analysis: &Analysis<'_>, a: PathId, b: PathId) -> Option<Why> {
    let paths = &analysis.positions.paths;
    let (_, a, b) = paths.part(a, b);
    let level = |over: Option<PathId>| over.and_then(|id| paths.level(id));
    match (level(a), level(b)) {
        (Some(Level::Branch { split: a, .. }), Some(Level::Branch { split: b, .. })) => {
            (a == b).then_some(Why::Split(a))
        }
        // Two reminders that share their work are meant so.
        (Some(Level::Beside { .. }), Some(Level::Beside { .. })) => None,
        (Some(Level::Beside { boundary }), _) | (_, Some(Level::Beside { boundary })) => Some(Why::Reminder(boundary)),
        _ => None,
    }
}

/// The two nodes that the ways come from, and whether they were apart until here.
fn come_from(analysis: &Analysis<'_>, why: Why, a: PositionId, b: PositionId) -> Option<([NodeId; 2], bool)> {
    let positions = &analysis.positions;
    let from = |at: PositionId| positions.get(at).from.map(|from| positions.get(from));
    let (a, b) = (from(a)?, from(b)?);
    let apart = match analysis.kind(a.node) {
        _ if a.node != b.node => true,
        Some(Kind::Split) => a.path == b.path,
        // Where nothing is split a join lets both pass. Two splits that share one are `mixed_levels`.
        Some(Kind::Join) => !why.is_split(),
        _ => false,
    };
    Some(([a.node, b.node], apart))
}
