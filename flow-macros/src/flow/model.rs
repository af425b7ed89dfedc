//! What a flow means: the step between what was written and the Rust that is emitted.

use flow_graph::{Edge, Graph, Kind, Node, NodeId, Role, Times};
use proc_macro2::{Ident, Span, TokenStream};

use super::value::{Callback, NodeRef};

/// A flow.
pub(crate) struct FlowModel {
    pub(crate) ident: Ident,
    /// Path to `flow_core`.
    pub(crate) root: TokenStream,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The process type, or `Process`.
    pub(crate) process: TokenStream,
    pub(crate) connection: TokenStream,
    pub(crate) summary: Option<(String, Span)>,
    pub(crate) result: Option<(String, Span)>,
    /// In the order of declaration, each followed by its timeouts.
    pub(crate) nodes: Vec<NodeModel>,
    /// All that was written as `this.x`, for rustc to check.
    pub(crate) refs: Vec<NodeRef>,
}

/// A node, or the timeout of one.
pub(crate) struct NodeModel {
    pub(crate) kind: Kind,
    /// The field, or of a timeout the field of its task.
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) was: Vec<String>,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The type of its tasks; none: the plain row.
    pub(crate) task: Option<TokenStream>,
    pub(crate) edges: Vec<EdgeModel>,
    pub(crate) boundaries: Vec<NodeId>,
    pub(crate) interrupting: bool,
    pub(crate) incomplete: bool,
    pub(crate) allows: Vec<Allow>,
    pub(crate) permission: Permission,
    pub(crate) form: Option<Form>,
    pub(crate) input: Option<TokenStream>,
    pub(crate) condition: Option<Callback>,
    pub(crate) run: Option<Callback>,
    pub(crate) on_done: Option<Callback>,
    /// Of a switch: the value that its cases are patterns for.
    pub(crate) on: Option<Callback>,
    pub(crate) assign: Option<Assign>,
    pub(crate) different_from: Vec<NodeId>,
    /// Of a subprocess: the start of the other flow, and what it is given.
    pub(crate) child: Option<TokenStream>,
    pub(crate) process_data: Option<Callback>,
    pub(crate) process_seed: Option<Callback>,
    /// A duration, a moment, or a callback that answers one.
    pub(crate) delay: Option<Delay>,
    pub(crate) lease: Option<TokenStream>,
    pub(crate) summary: Option<(String, Span)>,
    pub(crate) result: Option<(String, Span)>,
}

/// Who may do a node.
#[derive(Default)]
pub(crate) enum Permission {
    #[default]
    Managers,
    Anyone,
    Auto,
    Named(String),
    Method(Callback),
}

/// The form of a node.
pub(crate) enum Form {
    /// `ApproveForm { approved }`: a type that is made here.
    Fields { ident: Ident, fields: Vec<Ident> },
    /// A type of the user's.
    Type(TokenStream),
}

pub(crate) enum Delay {
    Value(TokenStream),
    Callback(Callback),
    /// `at = ..`
    At(Callback),
}

/// Who has a new task from the start.
pub(crate) enum Assign {
    OwnerOf(NodeId),
    Callback(Callback),
}

/// An edge, with what it asks and carries.
pub(crate) struct EdgeModel {
    pub(crate) role: Role,
    pub(crate) to: NodeId,
    pub(crate) span: Span,
    pub(crate) when: Option<Callback>,
    pub(crate) pattern: Option<TokenStream>,
    pub(crate) data: Option<Callback>,
    pub(crate) seed: Option<Callback>,
    pub(crate) data_source: Option<Callback>,
    pub(crate) seed_source: Option<Callback>,
}

impl EdgeModel {
    pub(crate) fn new(role: Role, to: NodeId, span: Span) -> Self {
        EdgeModel {
            role,
            to,
            span,
            when: None,
            pattern: None,
            data: None,
            seed: None,
            data_source: None,
            seed_source: None,
        }
    }

    /// The next task is given something.
    pub(crate) fn gives(&self) -> bool {
        self.data.is_some() || self.seed.is_some()
    }

    /// Whether it is taken, or how often, is asked.
    pub(crate) fn asks(&self) -> bool {
        self.when.is_some() || self.data_source.is_some() || self.seed_source.is_some()
    }

    pub(crate) fn graph_edge(&self, kind: Kind) -> Edge {
        // A split asks for everything its branches need at once.
        let split = kind == Kind::Split;
        Edge {
            role: self.role,
            to: self.to,
            asks: self.asks() || (split && self.gives()),
            carries: self.gives() && !split,
            times: match (self.data_source.is_some() || self.seed_source.is_some(), self.when.is_some()) {
                (true, _) if split => Times::Each,
                (_, true) if split => Times::Maybe,
                _ => Times::Once,
            },
        }
    }
}

/// `allow(check, reason = "..")`
pub(crate) struct Allow {
    pub(crate) check: Ident,
    pub(crate) used: std::cell::Cell<bool>,
}

impl NodeModel {
    pub(crate) fn new(kind: Kind, ident: Ident) -> Self {
        let name = crate::names::plain(&ident);
        NodeModel {
            kind,
            title: crate::names::title_of(&name),
            name,
            ident,
            was: Vec::new(),
            description: String::new(),
            task: None,
            edges: Vec::new(),
            boundaries: Vec::new(),
            interrupting: false,
            incomplete: false,
            allows: Vec::new(),
            permission: Permission::Managers,
            form: None,
            input: None,
            condition: None,
            run: None,
            on_done: None,
            on: None,
            assign: None,
            different_from: Vec::new(),
            child: None,
            process_data: None,
            process_seed: None,
            delay: None,
            lease: None,
            summary: None,
            result: None,
        }
    }
}

impl FlowModel {
    /// The graph, for the checks.
    pub(crate) fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let edges: Vec<Vec<Edge>> =
            self.nodes.iter().map(|node| node.edges.iter().map(|edge| edge.graph_edge(node.kind)).collect()).collect();
        let was: Vec<Vec<&str>> = self.nodes.iter().map(|node| node.was.iter().map(String::as_str).collect()).collect();
        let nodes: Vec<Node<'_>> = self
            .nodes
            .iter()
            .zip(edges.iter().zip(&was))
            .map(|(node, (edges, was))| Node {
                name: &node.name,
                was,
                kind: node.kind,
                title: &node.title,
                description: &node.description,
                edges,
                boundaries: &node.boundaries,
                interrupting: node.interrupting,
                incomplete: node.incomplete,
            })
            .collect();
        f(&Graph { name: &self.name, title: &self.title, description: &self.description, nodes: &nodes })
    }
}
