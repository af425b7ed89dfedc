//! The graph as data: it can be a constant, and it can be built from vectors.

use crate::{Kind, Shape};

/// A node's place in [`Graph::nodes`].
pub type NodeId = u16;

/// A flow's nodes, and where each leads.
///
/// ```
/// use flow_graph::{Edge, Graph, Kind, Node, Role};
///
/// const HELLO: Graph<'static> = Graph {
///     title: "Hello",
///     nodes: &[
///         Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new("start", Kind::Start) },
///         Node::new("end", Kind::End),
///     ],
///     ..Graph::new("hello")
/// };
/// assert!(flow_graph::check(&HELLO).is_empty());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Graph<'a> {
    /// The stored name of the flow: `hello_world`.
    pub name: &'a str,
    /// Names that older rows may still have.
    pub was: &'a [&'a str],
    /// What people call it: `Hello world`.
    pub title: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The nodes in the order of declaration, each followed by its boundaries.
    pub nodes: &'a [Node<'a>],
}

/// One node of a [`Graph`].
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// The stored name: `approve`.
    pub name: &'a str,
    /// Names that older rows may still have.
    pub was: &'a [&'a str],
    /// What it is.
    pub kind: Kind,
    /// What people call it: `Approval request`.
    pub title: &'a str,
    /// What is to be done.
    pub description: &'a str,
    /// Where it leads, in the order of declaration.
    pub edges: &'a [Edge],
    /// Its timeouts, which are armed with each task of this node, what takes its failures, and what leads to its
    /// compensation handler.
    pub boundaries: &'a [NodeId],
    /// Of a boundary: it cancels its task when it fires.
    pub interrupting: bool,
    /// Of an `ErrorEnd` or an `EscalationThrow`: its code. Of an `on_error` or an `on_escalation`: the code that it takes;
    /// `None`: any.
    pub code: Option<&'a str>,
    /// Of a join: whether it may continue before all branches have arrived.
    pub early: Early,
    /// Of an `NSubprocess`: its children run one after another.
    pub sequential: bool,
    /// Of a `Job`: each task is asked for its key, whose jobs share the limit of how many run at once.
    pub keyed: bool,
    /// Something about its edges could not be read, so that checks which depend on them stay silent.
    pub incomplete: bool,
}

/// A way from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// When it is taken.
    pub role: Role,
    /// Where it leads.
    pub to: NodeId,
    /// Of a split: whether, or how often, it is taken is asked each time.
    pub asks: bool,
    /// What the next task is given is asked each time.
    pub carries: bool,
    /// Of a split: how often it may be taken, whatever is asked beside that.
    pub times: Times,
}

/// Whether a join may continue while branches of its split are open, and what becomes of those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Early {
    /// It waits for all.
    Never,
    /// They are cancelled.
    Cancels,
    /// They go on; what arrives later ends there.
    Keeps,
}

/// How often a split takes one of its edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Once, always.
    Once,
    /// Once, or not at all: `when`.
    Maybe,
    /// Once for each item of a list: `task_data_source`, `task_seed_source`.
    Each,
}

impl Edge {
    /// An edge that asks nothing.
    #[must_use]
    pub const fn new(role: Role, to: NodeId) -> Self {
        Edge { role, to, asks: false, carries: false, times: Times::Once }
    }

    /// An edge of a split that is taken so often, which is asked.
    #[must_use]
    pub const fn branch(to: NodeId, times: Times) -> Self {
        Edge { role: Role::Next, to, asks: !matches!(times, Times::Once), carries: false, times }
    }
}

/// Which of a node's edges it is: the key it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `next`: always.
    Next,
    /// `then`: the condition holds.
    Then,
    /// `else`: it does not.
    Else,
    /// `case`: this one is the first that fits.
    Case,
    /// `default`: no case fits.
    Default,
}

impl<'a> Node<'a> {
    /// A node that leads nowhere yet.
    #[must_use]
    pub const fn new(name: &'a str, kind: Kind) -> Self {
        Node {
            name,
            was: &[],
            kind,
            title: name,
            description: "",
            edges: &[],
            boundaries: &[],
            interrupting: false,
            code: None,
            early: Early::Never,
            sequential: false,
            keyed: false,
            incomplete: false,
        }
    }

    /// How it is drawn: as its kind, but an event with timeouts is drawn as a task, to which they can be attached.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self.kind.shape() {
            Shape::Event if !self.boundaries.is_empty() => Shape::Task,
            shape => shape,
        }
    }

    /// Where the edge of this role leads.
    #[must_use]
    pub fn target(&self, role: Role) -> Option<NodeId> {
        self.edges.iter().find(|edge| edge.role == role).map(|edge| edge.to)
    }
}

impl<'a> Graph<'a> {
    /// A flow without nodes yet.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Graph { name, was: &[], title: name, description: "", nodes: &[] }
    }

    /// The node with this number, if there is one.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&'a Node<'a>> {
        self.nodes.get(usize::from(id))
    }

    /// The stored names of a node: the current one first, then those that older rows may still have.
    pub fn names(&self, id: NodeId) -> impl Iterator<Item = &'a str> + use<'a> {
        self.node(id).into_iter().flat_map(|node| std::iter::once(node.name).chain(node.was.iter().copied()))
    }

    /// The stored names of the flow: the current one first, then those that older rows may still have.
    pub fn flow_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        std::iter::once(self.name).chain(self.was.iter().copied())
    }

    /// Whether rows of this flow have this stored name, now or once.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.flow_names().any(|known| known == name)
    }

    /// The node with this stored name, now or once.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NodeId> {
        let now = self.nodes.iter().position(|node| node.name == name);
        let once = || self.nodes.iter().position(|node| node.was.contains(&name));
        now.or_else(once).and_then(|at| NodeId::try_from(at).ok())
    }

    /// What takes a failure of a node, with this code or without one: the `on_error` that names the code, else the one
    /// without.
    #[must_use]
    pub fn taker(&self, node: NodeId, code: Option<&str>) -> Option<NodeId> {
        self.taker_of(Kind::ErrorBoundary, node, code)
    }

    /// What takes an escalation of a node's child: the `on_escalation` that names the code, else the one without.
    #[must_use]
    pub fn escalation_taker(&self, node: NodeId, code: &str) -> Option<NodeId> {
        self.taker_of(Kind::EscalationBoundary, node, Some(code))
    }

    fn taker_of(&self, kind: Kind, node: NodeId, code: Option<&str>) -> Option<NodeId> {
        let takes = |wanted: Option<&str>| {
            let mut takers = self.boundaries(node, kind);
            takers.find(|id| self.node(*id).is_some_and(|node| node.code == wanted))
        };
        code.and_then(|code| takes(Some(code))).or_else(|| takes(None))
    }

    /// The compensation handler of a node: what takes back what its tasks did.
    #[must_use]
    pub fn handler(&self, node: NodeId) -> Option<NodeId> {
        let boundaries = self.node(node).map_or(&[][..], |node| node.boundaries).iter();
        let mut boundaries = boundaries.filter_map(|id| self.node(*id));
        boundaries.find(|node| node.kind == Kind::CompensationBoundary).and_then(|node| node.target(Role::Next))
    }

    /// The nodes that are compensation handlers, by number.
    #[must_use]
    pub fn handlers(&self) -> Vec<NodeId> {
        let boundaries = self.nodes.iter().filter(|node| node.kind == Kind::CompensationBoundary);
        let mut handlers: Vec<NodeId> = boundaries.filter_map(|node| node.target(Role::Next)).collect();
        handlers.sort_unstable();
        handlers.dedup();
        handlers
    }

    /// The boundaries of a node that are of a kind.
    pub fn boundaries(&self, node: NodeId, kind: Kind) -> impl Iterator<Item = NodeId> + Clone + use<'_, 'a> {
        let all = self.node(node).map_or(&[][..], |node| node.boundaries).iter().copied();
        all.filter(move |id| self.node(*id).is_some_and(|node| node.kind == kind))
    }

    /// This code, if an `on_error` of a node names it.
    #[must_use]
    pub fn named_code(&self, node: NodeId, code: &str) -> Option<&'a str> {
        self.taker(node, Some(code)).and_then(|id| self.node(id)).and_then(|taker| taker.code)
    }

    /// The numbers of all nodes, in the order of declaration.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        0..NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX)
    }
}

impl Role {
    /// The key it is written with.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Role::Next => "next",
            Role::Then => "then",
            Role::Else => "else",
            Role::Case => "case",
            Role::Default => "default",
        }
    }
}
