//! Which positions a process can come back to: those that lead to one another, found once for all questions.

use super::{PositionId, Positions};
use crate::walk::Components;

/// The positions in groups, each of those that lead to one another.
#[derive(Debug)]
pub(crate) struct Rounds {
    groups: Components,
    /// By group: its positions and those inside the branches of its splits, in order.
    regions: Vec<Vec<PositionId>>,
}

impl Rounds {
    pub(crate) fn of(positions: &Positions<'_>) -> Self {
        let groups = Components::of(positions.steps());
        let mut regions: Vec<Vec<PositionId>> = vec![Vec::new(); groups.count()];
        for (at, position) in (0..).zip(&positions.list) {
            let own = groups.group(at);
            regions[own as usize].push(at);
            for scope in positions.paths.stack(position.path) {
                let split = positions.paths.split(scope).and_then(|(outside, split)| positions.find(split, outside));
                let around = split.map(|split| groups.group(split)).filter(|around| *around != own);
                if let Some(region) = around.map(|around| &mut regions[around as usize])
                    && region.last() != Some(&at)
                {
                    region.push(at);
                }
            }
        }
        Rounds { groups, regions }
    }

    /// A process that is at one of them can come to the other and back.
    pub(crate) fn together(&self, a: PositionId, b: PositionId) -> bool {
        self.groups.group(a) == self.groups.group(b)
    }

    /// All that matters for what holds when a process comes back to this position.
    pub(crate) fn region(&self, at: PositionId) -> &[PositionId] {
        &self.regions[self.groups.group(at) as usize]
    }
}
