//! Plain nodes that two branches come to: they and all that follows run once for each.

use super::Subject;
use crate::position::{Level, PathId, PositionId};
use crate::{Kind, NodeId};

/// A node that two branches of one split come to, or a branch and what a timeout started beside it.
pub(super) struct Twice {
    pub(super) node: NodeId,
    /// The nodes they come from.
    pub(super) from: [NodeId; 2],
    pub(super) why: Why,
}

/// What the two are branches of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Split(NodeId),
    /// A timeout that does not interrupt.
    Reminder(NodeId),
}

/// More pairs than this are looked at at no node.
const PAIRS: usize = 10_000;

/// The nodes where branches come together without a join; not those that merely follow one of these.
pub(super) fn nodes(subject: &Subject<'_>) -> Vec<Twice> {
    let mut all = Vec::new();
    for id in subject.graph.ids() {
        let plain = subject
            .node(id)
            .is_some_and(|node| !node.kind.is_boundary() && node.kind != Kind::Join && !node.kind.ends());
        let here = subject.positions.of_node(id);
        if !plain || here.len() < 2 {
            continue;
        }
        let pairs = here.iter().enumerate().flat_map(|(at, a)| here[at + 1..].iter().map(move |b| (*a, *b)));
        let mut told: Vec<Why> = Vec::new();
        for (a, b) in pairs.take(PAIRS) {
            let Some(why) = why(subject, a.0, b.0).filter(|_| told.is_empty() && subject.positions.part(a, b)) else {
                continue;
            };
            if let Some(from) = come_together(subject, a.1, b.1) {
                told.push(why);
                all.push(Twice { node: id, from, why });
            }
        }
    }
    all
}

/// Why a process can come here by both, if it can, and not because one is a copy of the other.
pub(super) fn why(subject: &Subject<'_>, a: PathId, b: PathId) -> Option<Why> {
    let paths = &subject.positions.paths;
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

/// The two nodes that the ways come from, if they have not come together before.
fn come_together(subject: &Subject<'_>, a: PositionId, b: PositionId) -> Option<[NodeId; 2]> {
    let positions = &subject.positions;
    let from = |at: PositionId| positions.get(at).from.map(|from| positions.get(from));
    let (a, b) = (from(a)?, from(b)?);
    let parts = a.node != b.node || a.path == b.path && subject.kind(a.node) == Some(Kind::Split);
    parts.then_some([a.node, b.node])
}
