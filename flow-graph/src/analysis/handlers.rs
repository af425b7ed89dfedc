//! What runs for a timeout: the nodes that a branch comes to behind one, up to its next join.

use std::collections::HashMap;

use crate::position::{Position, PositionId, Positions};
use crate::{Kind, NodeId};

/// How a process comes to a position: by which timeout's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handler {
    /// In none.
    Main,
    /// In that of timeouts that lead to this node.
    Of(NodeId),
    /// Now so, now so.
    Several,
}

/// By position: whether it is in the work of timeouts, and of which.
#[derive(Debug)]
pub(crate) struct Handlers {
    of: Vec<Option<Handler>>,
}

impl Handlers {
    pub(crate) fn of(positions: &Positions<'_>) -> Self {
        let mut handlers = Handlers { of: vec![None; positions.list.len()] };
        let behind = behind_joins(positions);
        let mut work: Vec<PositionId> = positions.ids().filter(|at| positions.get(*at).from.is_none()).collect();
        for at in &work {
            handlers.of[*at as usize] = Some(Handler::Main);
        }
        // Each changes twice at most: from nothing to one, and to several.
        while let Some(at) = work.pop() {
            let Some(here) = handlers.of[at as usize] else { continue };
            let Position { node, path, .. } = positions.get(at);
            let kind = positions.graph.nodes[usize::from(node)].kind;
            let meets = kind == Kind::Join && positions.paths.scope(path).is_some();
            let next = if meets { &[][..] } else { positions.next(at) };
            for next in next.iter().chain(behind.get(&at).into_iter().flatten()) {
                let comes = if kind.is_boundary() { Handler::Of(positions.get(*next).node) } else { here };
                let known = &mut handlers.of[*next as usize];
                *known = Some(match *known {
                    None => comes,
                    Some(before) if before == comes || before == Handler::Several => continue,
                    Some(_) => Handler::Several,
                });
                work.push(*next);
            }
        }
        handlers
    }

    /// Both are in the work of timeouts that lead to one node: that it runs for each was written down for each.
    pub(crate) fn share(&self, a: PositionId, b: PositionId) -> bool {
        let of = |at: PositionId| self.of[at as usize];
        matches!(of(a), Some(Handler::Of(_))) && of(a) == of(b)
    }
}

/// By split: what is behind the joins of its branches. There a branch is what it was before the split.
fn behind_joins(positions: &Positions<'_>) -> HashMap<PositionId, Vec<PositionId>> {
    let mut behind: HashMap<PositionId, Vec<PositionId>> = HashMap::new();
    for at in positions.ids() {
        let Position { node, path, .. } = positions.get(at);
        if positions.graph.nodes[usize::from(node)].kind != Kind::Join {
            continue;
        }
        let split = positions.paths.around(path).and_then(|(outside, split)| positions.find(split, outside));
        if let Some(split) = split {
            let known = behind.entry(split).or_default();
            known.extend(positions.next(at).iter().filter(|next| !known.contains(next)).copied().collect::<Vec<_>>());
        }
    }
    behind
}
