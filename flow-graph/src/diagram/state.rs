//! What a process has done of its flow, for a picture of it.

use crate::{Graph, NodeId};

/// The tasks of one node in a process, by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeState {
    /// Open: the process is here.
    pub open: u32,
    /// Failed, and open until somebody does something about it.
    pub error: u32,
    /// Done.
    pub done: u32,
    /// Cancelled, or replaced by a new task.
    pub canceled: u32,
}

impl NodeState {
    /// How often the process has come here.
    #[must_use]
    pub const fn visits(&self) -> u32 {
        self.open + self.error + self.done + self.canceled
    }

    /// What matters most, as one word: `error`, `open`, `done`, `canceled`, or `unvisited`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            NodeState { error: 1.., .. } => "error",
            NodeState { open: 1.., .. } => "open",
            NodeState { done: 1.., .. } => "done",
            NodeState { canceled: 1.., .. } => "canceled",
            _ => "unvisited",
        }
    }
}

/// What a process has done: the tasks of each node, and the edges that were taken.
///
/// `flow_core` makes it from the rows of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The tasks of each node, by number.
    pub nodes: Vec<NodeState>,
    /// How often each edge was taken, by node and place in [`Node::edges`](crate::Node::edges). Of two edges of a node
    /// that lead to the same node, rows do not say which was taken: both have the count of both.
    pub taken: Vec<Vec<u32>>,
    /// Tasks of nodes that the flow does not have any more.
    pub unknown: u32,
}

impl State {
    /// The state of a process that has done nothing.
    #[must_use]
    pub fn new(graph: &Graph<'_>) -> Self {
        State {
            nodes: vec![NodeState::default(); graph.nodes.len()],
            taken: graph.nodes.iter().map(|node| vec![0; node.edges.len()]).collect(),
            unknown: 0,
        }
    }

    /// The tasks of a node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> NodeState {
        self.nodes.get(usize::from(id)).copied().unwrap_or_default()
    }

    /// How often an edge was taken.
    #[must_use]
    pub fn taken(&self, from: NodeId, edge: usize) -> u32 {
        self.taken.get(usize::from(from)).and_then(|edges| edges.get(edge)).copied().unwrap_or(0)
    }
}
