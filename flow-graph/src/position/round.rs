//! Which positions a process can come back to: those that lead to one another, found once for all questions.

use super::{PositionId, Positions};

/// The positions in groups, each of those that lead to one another.
#[derive(Debug)]
pub(crate) struct Rounds {
    /// By position: its group.
    group: Vec<u32>,
    /// By group: its positions and those inside the branches of its splits, in order.
    regions: Vec<Vec<PositionId>>,
}

impl Rounds {
    pub(crate) fn of(positions: &Positions<'_>) -> Self {
        let group = groups(positions);
        let count = group.iter().max().map_or(0, |last| *last as usize + 1);
        let mut regions: Vec<Vec<PositionId>> = vec![Vec::new(); count];
        for (at, position) in (0..).zip(&positions.list) {
            let own = group[at as usize];
            regions[own as usize].push(at);
            for scope in positions.paths.stack(position.path) {
                let split = positions.paths.split(scope).and_then(|(outside, split)| positions.find(split, outside));
                let around = split.map(|split| group[split as usize]).filter(|around| *around != own);
                if let Some(region) = around.map(|around| &mut regions[around as usize])
                    && region.last() != Some(&at)
                {
                    region.push(at);
                }
            }
        }
        Rounds { group, regions }
    }

    /// A process that is at one of them can come to the other and back.
    pub(crate) fn together(&self, a: PositionId, b: PositionId) -> bool {
        self.group[a as usize] == self.group[b as usize]
    }

    /// All that matters for what holds when a process comes back to this position.
    pub(crate) fn region(&self, at: PositionId) -> &[PositionId] {
        &self.regions[self.group[at as usize] as usize]
    }
}

/// Tarjan's strongly connected components, without recursion: a long flow is a deep one.
fn groups(positions: &Positions<'_>) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let size = positions.list.len();
    let (mut order, mut low, mut group) = (vec![NEW; size], vec![NEW; size], vec![NEW; size]);
    let (mut stack, mut work) = (Vec::new(), Vec::new());
    let (mut met, mut found) = (0, 0);
    for start in (0..).take(size) {
        if order[start as usize] != NEW {
            continue;
        }
        work.push((start, 0));
        while let Some((at, edge)) = work.pop() {
            let here = at as usize;
            if edge == 0 {
                (order[here], low[here]) = (met, met);
                met += 1;
                stack.push(at);
            }
            let Some(next) = positions.next(at).get(edge).copied() else {
                // All that it leads to is known: is it the first of its group?
                if low[here] == order[here] {
                    while let Some(last) = stack.pop() {
                        group[last as usize] = found;
                        if last == at {
                            break;
                        }
                    }
                    found += 1;
                }
                if let Some((before, _)) = work.last().copied() {
                    low[before as usize] = low[before as usize].min(low[here]);
                }
                continue;
            };
            work.push((at, edge + 1));
            if order[next as usize] == NEW {
                work.push((next, 0));
            } else if group[next as usize] == NEW {
                low[here] = low[here].min(order[next as usize]);
            }
        }
    }
    group
}
