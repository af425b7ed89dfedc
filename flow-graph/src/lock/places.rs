//! Where processes of all releases can be, while one release after another runs.

use super::layers::{Layers, Ways};
use crate::position::{Phase, Positions};
use crate::{Graph, Node, NodeId};

/// The edges of each time in which two releases run: each beside the one before it, the current flow last.
pub(super) fn ways(layers: &Layers<'_>) -> Vec<Ways> {
    (0..layers.releases.len()).map(|at| layers.ways(&running(at))).collect()
}

/// The releases that run when this one is the newest.
fn running(at: usize) -> Vec<usize> {
    at.checked_sub(1).into_iter().chain([at]).collect()
}

/// Where processes of any release can be while the current flow runs beside the one before it: those that they can have
/// come to while the releases ran one after the other, and all that these lead to. `graphs` are those of [`ways`].
pub(super) fn positions<'g>(layers: &Layers<'_>, ways: &[Ways], graphs: &'g [Graph<'g>]) -> Positions<'g> {
    let phase = |(at, graph)| {
        let (at, graph): (usize, &'g Graph<'g>) = (at, graph);
        let before = at.checked_sub(1).map(|before| &ways[before]);
        Phase {
            graph,
            starts: layers.starts(&running(at)),
            changed: before.map_or_else(Vec::new, |before| ways[at].beyond(before)),
        }
    };
    let mut phases: Vec<Phase<'g>> = graphs.iter().enumerate().map(phase).collect();
    match phases.pop() {
        Some(last) => Positions::of_last(&phases, &last),
        None => Positions::from(&NOTHING, &[]),
    }
}

/// The positions of processes of one release by itself.
pub(super) fn alone<'g>(layers: &Layers<'_>, graph: &'g Graph<'g>, release: usize) -> Positions<'g> {
    let starts: Vec<NodeId> = layers.starts(&[release]);
    Positions::from(graph, &starts)
}

const NOTHING: Graph<'static> = Graph::new("");

/// The parts as a graph.
pub(super) fn graph<'g>(nodes: &'g [Node<'g>]) -> Graph<'g> {
    Graph { nodes, ..NOTHING }
}
