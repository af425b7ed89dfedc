//! Where processes of all releases can be, while one release after another runs.

use super::layers::Layers;
use crate::position::{Entry, Level, Positions};
use crate::{Graph, Node};

/// The places from which the flow of now takes over: those that processes of any release can have come to while the
/// releases ran one after the other, each for a time beside the one before it. `None`: too many to look at.
pub(super) fn entries(layers: &Layers<'_>) -> Option<Vec<Entry>> {
    let last = layers.releases.len().saturating_sub(1);
    let mut entries: Vec<Entry> = Vec::new();
    for at in 0..last {
        let unchanged = at > 0 && layers.parts_of(at) == layers.parts_of(at - 1);
        if unchanged {
            continue;
        }
        let running = [at.saturating_sub(1), at];
        let ways = layers.ways(&running);
        let nodes = layers.nodes(&ways);
        let graph = graph(&nodes);
        let positions = walk(layers, &graph, &running, entries);
        if !positions.is_complete() || !positions.is_exact() {
            return None;
        }
        entries = all(layers, &positions);
    }
    Some(entries)
}

/// The positions of processes that go on from these, or start, while these releases run.
pub(super) fn walk<'g>(
    layers: &Layers<'_>,
    graph: &'g Graph<'g>,
    running: &[usize],
    mut entries: Vec<Entry>,
) -> Positions<'g> {
    let starts = layers.starts(running).into_iter().map(|node| Entry { node, inside: Vec::new() });
    entries.extend(starts);
    Positions::from(graph, &entries)
}

/// The parts as a graph.
pub(super) fn graph<'g>(nodes: &'g [Node<'g>]) -> Graph<'g> {
    Graph { nodes, ..Graph::new("") }
}

/// All positions: where processes rest, the splits whose branches are open, and what a branch has run or ended at, which
/// counts for what the others do.
fn all(layers: &Layers<'_>, positions: &Positions<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (part, node) in layers.parts.iter().zip(0..) {
        if !part.kind.begins() {
            entries.extend(positions.at(node).map(|inside: Vec<Level>| Entry { node, inside }));
        }
    }
    entries
}
