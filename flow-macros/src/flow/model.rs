//! What a flow means: the step between what was written and the Rust that is emitted.

use flow_graph::{Early, Edge, Exits, Graph, Kind, Node, NodeId, Role, Times};
use proc_macro2::{Ident, Span, TokenStream};

use super::value::{CallbackSyntax, NodeRef};

/// A flow.
pub(crate) struct FlowModel {
    pub(crate) ident: Ident,
    /// Path to `flow_core`.
    pub(crate) root: TokenStream,
    pub(crate) name: String,
    pub(crate) was: Vec<String>,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The process type, or `Process`.
    pub(crate) process: TokenStream,
    pub(crate) connection: TokenStream,
    pub(crate) summary: Option<(String, Span)>,
    pub(crate) result: Option<(String, Span)>,
    /// Who may do the nodes that do not say it themselves.
    pub(crate) permission: Permission,
    /// Who may see its processes.
    pub(crate) view: Permission,
    /// The audit has the values of fields.
    pub(crate) audit_values: bool,
    /// Its working days.
    pub(crate) calendar: TokenStream,
    /// What people call a process.
    pub(crate) reference: Option<(String, Span)>,
    pub(crate) observe: Option<Hook>,
    pub(crate) notify: Option<Hook>,
    /// The method that says who may cancel a process.
    pub(crate) cancel: Option<CallbackSyntax>,
    /// `lock = ".."`
    pub(crate) lock: Option<(String, Span)>,
    /// In the order of declaration, each followed by its boundaries.
    pub(crate) nodes: Vec<NodeModel>,
    /// All that was written as `this.x`, for rustc to check.
    pub(crate) refs: Vec<NodeRef>,
}

/// A node, or the boundary of one.
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
    /// The error code that it ends with, or takes.
    pub(crate) code: Option<(String, Span)>,
    pub(crate) incomplete: bool,
    pub(crate) allows: Vec<Allow>,
    pub(crate) permission: Permission,
    pub(crate) form: Option<Form>,
    pub(crate) input: Option<TokenStream>,
    pub(crate) condition: Option<CallbackSyntax>,
    pub(crate) run: Option<CallbackSyntax>,
    pub(crate) on_done: Option<CallbackSyntax>,
    pub(crate) undo: Option<CallbackSyntax>,
    /// What runs when a task is made.
    pub(crate) on_create: Option<CallbackSyntax>,
    /// Of a start: the method that says whom it is offered to.
    pub(crate) available: Option<CallbackSyntax>,
    /// Of a switch: the value that its cases are patterns for.
    pub(crate) on: Option<CallbackSyntax>,
    pub(crate) assign: Option<Assign>,
    pub(crate) different_from: Vec<NodeId>,
    pub(crate) candidates: Option<CallbackSyntax>,
    /// By when a person should do it: a value, or a callback that returns one.
    pub(crate) due: Option<Delay>,
    /// Of a person's task: `priority`, a number or a callback that returns one.
    pub(crate) urgency: Option<Delay>,
    /// Of a join.
    pub(crate) continue_on: Option<CallbackSyntax>,
    pub(crate) cancel_active: Option<(bool, Span)>,
    /// Of a subprocess: the start of the other flow, and what it is given.
    pub(crate) child: Option<TokenStream>,
    /// The type of an item, and what lists them.
    pub(crate) item: Option<TokenStream>,
    pub(crate) items: Option<CallbackSyntax>,
    pub(crate) sequential: Option<(bool, Span)>,
    pub(crate) process_data: Option<CallbackSyntax>,
    pub(crate) process_seed: Option<CallbackSyntax>,
    /// A duration, a moment, or a callback that answers one.
    pub(crate) delay: Option<Delay>,
    /// Of a job: how long one attempt may take.
    pub(crate) timeout: Option<TokenStream>,
    pub(crate) retry: Option<Retry>,
    pub(crate) queue: Option<String>,
    pub(crate) priority: Option<TokenStream>,
    pub(crate) concurrency: Option<TokenStream>,
    pub(crate) concurrency_key: Option<(CallbackSyntax, Span)>,
    /// Of a timer that starts processes: a length of time, or a cron expression and the zone of its hours.
    pub(crate) every: Option<TokenStream>,
    pub(crate) cron: Option<(String, Span)>,
    pub(crate) zone: Option<(String, Span)>,
    /// The message that is caught or thrown.
    pub(crate) message: Option<String>,
    pub(crate) key: Option<CallbackSyntax>,
    pub(crate) value: Option<CallbackSyntax>,
    pub(crate) kept_for: Option<TokenStream>,
    /// The signal that is caught or thrown.
    pub(crate) signal: Option<String>,
    pub(crate) summary: Option<(String, Span)>,
    pub(crate) result: Option<(String, Span)>,
}

/// What is called with each change: a method of the flow, or a function that several flows name.
pub(crate) enum Hook {
    Method(CallbackSyntax),
    Path(TokenStream),
}

/// Who may do a node.
#[derive(Clone, Default)]
pub(crate) enum Permission {
    #[default]
    Managers,
    Anyone,
    Auto,
    Named(String),
    Method(CallbackSyntax),
}

/// The form of a node.
pub(crate) enum Form {
    /// `ApproveForm { approved }`: a type that is made here.
    Fields { ident: Ident, fields: Vec<FormField> },
    /// A type of the user's.
    Type(TokenStream),
}

/// A field of a form that is made here.
pub(crate) struct FormField {
    pub(crate) ident: Ident,
    /// `task.choice`: it is kept with the node's task.
    pub(crate) of_task: bool,
    /// `approved: required`: an `Option` that is asked for.
    pub(crate) required: bool,
}

pub(crate) enum Delay {
    Value(TokenStream),
    Callback(CallbackSyntax),
    /// `at = ..`
    At(CallbackSyntax),
}

/// What happens when a job fails.
pub(crate) enum Retry {
    /// The fields of `flow_core::Retry` that are given.
    Policy(Vec<(Ident, TokenStream)>),
    Method(CallbackSyntax),
}

/// Who has a new task from the start.
pub(crate) enum Assign {
    OwnerOf(NodeId),
    Callback(CallbackSyntax),
}

/// An edge, with what it asks and carries.
pub(crate) struct EdgeModel {
    pub(crate) role: Role,
    pub(crate) to: NodeId,
    pub(crate) span: Span,
    pub(crate) when: Option<CallbackSyntax>,
    pub(crate) pattern: Option<TokenStream>,
    pub(crate) data: Option<CallbackSyntax>,
    pub(crate) seed: Option<CallbackSyntax>,
    pub(crate) data_source: Option<CallbackSyntax>,
    pub(crate) seed_source: Option<CallbackSyntax>,
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

    /// How often it is taken, and what code of the flow is asked when it is. Decided here alone: the graph's edge and
    /// the functions that are emitted for it both follow.
    pub(crate) fn code(&self, exits: Exits) -> EdgeCode {
        let branch = exits == Exits::Branches;
        let times = match (self.data_source.is_some() || self.seed_source.is_some(), self.when.is_some()) {
            (true, _) if branch => EdgeCode { times: Times::Each, asks: EdgeAsks::Branch },
            (_, true) if branch => EdgeCode { times: Times::Maybe, asks: EdgeAsks::Branch },
            _ => EdgeCode { times: Times::Once, asks: EdgeAsks::Nothing },
        };
        let gives = self.data.is_some() || self.seed.is_some();
        match times.asks {
            // A split asks for everything its branches need at once.
            EdgeAsks::Nothing if gives && branch => EdgeCode { asks: EdgeAsks::Branch, ..times },
            EdgeAsks::Nothing if gives => EdgeCode { asks: EdgeAsks::Carry, ..times },
            _ => times,
        }
    }

    pub(crate) fn graph_edge(&self, kind: Kind) -> Edge {
        let EdgeCode { times, asks } = self.code(kind.exits());
        Edge {
            role: self.role,
            to: self.to,
            // The condition of a case is asked by its node.
            asks: asks == EdgeAsks::Branch || self.when.is_some(),
            carries: asks == EdgeAsks::Carry,
            times,
        }
    }
}

/// See [`EdgeModel::code`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct EdgeCode {
    pub(crate) times: Times,
    pub(crate) asks: EdgeAsks,
}

/// What an edge asks the flow's code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EdgeAsks {
    Nothing,
    /// Of a split: whether or how often it is taken, and what each of its tasks is given, in one.
    Branch,
    /// What the next task is given.
    Carry,
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
            code: None,
            incomplete: false,
            allows: Vec::new(),
            permission: Permission::Managers,
            form: None,
            input: None,
            condition: None,
            run: None,
            on_done: None,
            undo: None,
            on_create: None,
            available: None,
            on: None,
            assign: None,
            different_from: Vec::new(),
            candidates: None,
            due: None,
            urgency: None,
            continue_on: None,
            cancel_active: None,
            child: None,
            item: None,
            items: None,
            sequential: None,
            process_data: None,
            process_seed: None,
            delay: None,
            timeout: None,
            retry: None,
            queue: None,
            priority: None,
            concurrency: None,
            concurrency_key: None,
            every: None,
            cron: None,
            zone: None,
            message: None,
            key: None,
            value: None,
            kept_for: None,
            signal: None,
            summary: None,
            result: None,
        }
    }
}

impl NodeModel {
    /// Whether its form names a field of its task.
    pub(crate) fn asks_of_task(&self) -> bool {
        matches!(&self.form, Some(Form::Fields { fields, .. }) if fields.iter().any(|field| field.of_task))
    }

    /// Of a join: whether it may continue early, and what becomes of the branches that are open then.
    pub(crate) fn early(&self) -> Early {
        match (&self.continue_on, &self.cancel_active) {
            (None, _) => Early::Never,
            (Some(_), Some((false, _))) => Early::Keeps,
            (Some(_), _) => Early::Cancels,
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
                code: node.code.as_ref().map(|(code, _)| code.as_str()),
                early: node.early(),
                sequential: node.sequential.is_some_and(|(sequential, _)| sequential),
                keyed: node.concurrency_key.is_some(),
                incomplete: node.incomplete,
            })
            .collect();
        let was: Vec<&str> = self.was.iter().map(String::as_str).collect();
        let (name, title, description) = (&self.name, &self.title, &self.description);
        f(&Graph { name, was: &was, title, description, nodes: &nodes })
    }
}
