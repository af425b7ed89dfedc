//! The code that `#[flow]` generates for a struct.

use std::any::Any;
use std::time::Duration;

use flow_graph::{Finding, Graph, Hint, Node, NodeId, Slot};

use crate::callback::{Callback, Cx};
use crate::event::{MessageDef, Tick};
use crate::job::{JobCall, JobContext};
use crate::proxy::{Beginning, Persist, ProcessProxy};
use crate::store::FlowConnection;
use crate::transition::Output;
use crate::{Calendar, FormField, JobFailure, ProcessStatus, Result, StepError, Task, User};

/// A flow: its process type, its graph, and its callbacks. `#[flow]` implements it.
pub trait Flow: Sized + 'static {
    /// The type of its processes.
    type Process: ProcessProxy + Persist<Self::Connection>;
    /// The connection it works on.
    type Connection: FlowConnection;
    /// Its stored name, followed by the old names that rows may still have.
    const NAMES: &'static [&'static str];
    /// Its nodes and edges.
    const GRAPH: &'static Graph<'static>;
    /// Its callbacks, by node.
    #[doc(hidden)]
    const NODES: &'static [NodeDef<Self>];
    /// The flow's own texts.
    #[doc(hidden)]
    const TEXTS: Texts<Self>;

    /// Who may see its processes, beside those who have to do with them.
    #[doc(hidden)]
    const VIEW: ViewRule<Self> = ViewRule::Nobody;

    /// What people call a process: what its column `reference` has.
    #[doc(hidden)]
    const REFERENCE: Option<fn(&Self::Process) -> String> = None;

    /// Its working days.
    #[doc(hidden)]
    const CALENDAR: Option<&'static dyn Calendar> = None;

    /// Nodes that run code which cannot be taken back: they have no `undo`.
    #[doc(hidden)]
    const IRREVERSIBLE: &'static [NodeId] = &[];
    /// Sees each change in its transaction.
    #[doc(hidden)]
    #[allow(clippy::type_complexity, reason = "what the macro writes")]
    const OBSERVE: Option<fn(&crate::Change<'_>, &mut Self::Connection) -> Result<(), StepError>> = None;
    /// Called with each change, after its transaction.
    #[doc(hidden)]
    #[allow(clippy::type_complexity, reason = "what the macro writes")]
    const NOTIFY: Option<fn(&crate::Notification, &mut Self::Connection) -> Result<(), StepError>> = None;
    /// Who else than its managers may cancel a process.
    #[doc(hidden)]
    #[allow(clippy::type_complexity, reason = "what the macro writes")]
    const CANCEL: Option<fn(&dyn User, &Self::Process, &[Task]) -> Result<bool, StepError>> = None;

    /// The audit has the values of the fields that were changed, not their names alone.
    #[doc(hidden)]
    const AUDIT_VALUES: bool = false;

    /// Hints found by the macro, which the compiler does not print.
    #[doc(hidden)]
    const HINTS: &'static [Hint] = &[];
    /// What the macro knows of its releases.
    #[doc(hidden)]
    const LOCKED: crate::lock::Locked = crate::lock::Locked::NONE;
    /// Needs the same of each flow that every process of this one runs. If they form a cycle, which never ends, rustc
    /// names this constant: so it has the name of the page.
    #[doc(hidden)]
    #[allow(non_upper_case_globals)]
    const subprocess_recursion: () = ();

    /// A one-line description of a process: its `result` if it has ended, else its `summary`, else the description of
    /// the flow, else its title and status.
    fn brief(process: &Self::Process) -> String {
        let row = process.row();
        let ended = (row.status() != ProcessStatus::New).then_some(Self::TEXTS.result).flatten();
        let graph = Self::GRAPH;
        match ended.or(Self::TEXTS.summary) {
            Some(text) => text(process),
            None if !graph.description.is_empty() => graph.description.to_owned(),
            None => format!("{} - {}", graph.title, row.status()),
        }
    }

    /// A one-line description of a task: the `result` of its node if it has ended, else the `summary`, else the
    /// description of the node, else its title and status.
    fn task_brief(process: &Self::Process, task: &Task) -> String {
        let found = Self::GRAPH.find(task.node()).and_then(|id| node::<Self>(id).ok());
        let Some((node, def)) = found else { return format!("{} - {}", task.node(), task.status()) };
        let ended = task.status().is_final().then_some(def.texts.result).flatten();
        match ended.or(def.texts.summary) {
            Some(text) => text(process),
            None if !node.description.is_empty() => node.description.to_owned(),
            None => format!("{} - {}", node.title, task.status()),
        }
    }
}

/// The texts of a flow or a node, as functions of the process.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds functions")]
pub struct Texts<F: Flow> {
    pub summary: Option<fn(&F::Process) -> String>,
    pub result: Option<fn(&F::Process) -> String>,
}

impl<F: Flow> Texts<F> {
    pub const NONE: Self = Texts { summary: None, result: None };
}

/// Whether a start is offered to a person.
type Offers = fn(&dyn User) -> Result<bool, StepError>;

/// The callbacks of one node.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds functions")]
pub struct NodeDef<F: Flow> {
    /// Who may do it.
    pub rule: Rule<F>,
    /// Of a start: whom it is offered to.
    pub available: Option<Offers>,
    /// Of a start: what the new process is made from.
    pub initial: Option<Initial<F>>,
    /// Its callbacks, and those of its edges, by slot.
    pub callbacks: &'static [Callback<F>],
    /// The node whose last owner is assigned to a new task: `assign = this.start.owner`.
    pub owner_of: Option<NodeId>,
    /// Nodes that must have been done by somebody else.
    pub different_from: &'static [NodeId],
    /// A job: its code, and what follows it.
    pub job: Option<JobDef<F>>,
    /// Its texts.
    pub texts: Texts<F>,
    /// What its form asks for.
    pub fields: &'static [FormField],
    /// Reads what is sent for it, as what it takes.
    pub sent: Option<crate::form::ReadSent>,
    /// Reads the row of a task as the node's own type, where it has one.
    pub reads: Option<fn(Task) -> Result<()>>,
    /// Of a subprocess: the stored name of the flow that it starts.
    pub child_flow: Option<&'static str>,
    /// Of a timer that starts processes: when.
    pub tick: Option<Tick>,
    /// Of a catch or a throw of a message: what is known of it.
    pub message: Option<MessageDef>,
    /// Of a catch of a message: its value is read, as `input`.
    pub takes_value: bool,
    /// Of a catch or a throw of a signal: its name.
    pub signal: Option<&'static str>,
}

type InitialCall<F> =
    fn(&mut Option<Box<dyn Any>>, &mut <F as Flow>::Connection) -> Result<Beginning<<F as Flow>::Process>>;

/// What a new process is made from, from what the caller handed over; a start's code takes it out.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds a function")]
pub struct Initial<F: Flow> {
    pub call: InitialCall<F>,
    /// It takes the connection.
    pub connection: bool,
}

type RetryCall<F> = fn(&JobContext<F>, &JobFailure) -> Result<Option<Duration>, StepError>;

/// The body of a job, and how it is run. What follows the body is the node's [`Slot::Act`].
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds functions")]
pub struct JobDef<F: Flow> {
    pub call: fn(JobCall<'_, '_, F>) -> Result<Output, StepError>,
    /// How long one attempt may take.
    pub timeout: Option<fn() -> Duration>,
    /// After how long a failed attempt is made again.
    pub retry: Option<RetryCall<F>>,
    pub queue: &'static str,
    pub priority: i32,
    /// How many run at once.
    pub concurrency: Option<u32>,
}

impl<F: Flow> JobDef<F> {
    pub const fn new(call: fn(JobCall<'_, '_, F>) -> Result<Output, StepError>) -> Self {
        JobDef { call, timeout: None, retry: None, queue: "", priority: 0, concurrency: None }
    }
}

/// What is stored with the due row of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JobFacts {
    pub(crate) queue: &'static str,
    pub(crate) priority: i32,
    /// What shares a limit of how many run at once, and that limit.
    pub(crate) concurrency: Option<(String, u32)>,
}

impl JobFacts {
    /// Those of a node; of one that is no job, nothing.
    pub(crate) fn of<F: Flow>(id: NodeId) -> Self {
        let Ok((node, NodeDef { job: Some(job), .. })) = node::<F>(id) else { return JobFacts::default() };
        let shared = |most| (format!("{}.{}", F::GRAPH.name, node.name), most);
        JobFacts { queue: job.queue, priority: job.priority, concurrency: job.concurrency.map(shared) }
    }

    /// The limits of a flow's nodes.
    pub(crate) fn limits<F: Flow>() -> Vec<(String, u32)> {
        (0..F::NODES.len()).filter_map(|id| JobFacts::of::<F>(NodeId::try_from(id).ok()?).concurrency).collect()
    }
}

/// Who may do a task.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds functions")]
pub enum Rule<F: Flow> {
    /// No rule was given.
    Managers,
    Anyone,
    /// The permission `<flow>.<node>`.
    Auto,
    Named(&'static str),
    /// A method decides, looking at the task.
    Task(fn(&dyn User, &mut Cx<'_, F>) -> Result<bool, StepError>),
    /// A method decides, before there is a task.
    Start(fn(&dyn User) -> Result<bool, StepError>),
}

/// Who may see the processes of a flow, beside managers and those who have to do with them.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds functions")]
pub enum ViewRule<F: Flow> {
    /// No rule was given.
    Nobody,
    Anyone,
    /// The permission `<flow>.view`.
    Auto,
    Named(&'static str),
    /// A method decides, looking at the process.
    Process(fn(&dyn User, &F::Process) -> Result<bool, StepError>),
}

impl<F: Flow> NodeDef<F> {
    /// The name of the message or signal that the node catches or throws.
    pub(crate) fn event_name(&self) -> Option<&'static str> {
        self.message.map(|message| message.name).or(self.signal)
    }

    pub const NONE: Self = NodeDef {
        rule: Rule::Managers,
        available: None,
        initial: None,
        callbacks: &[],
        owner_of: None,
        different_from: &[],
        job: None,
        texts: Texts::NONE,
        fields: &[],
        sent: None,
        reads: None,
        child_flow: None,
        tick: None,
        message: None,
        takes_value: false,
        signal: None,
    };

    /// The callback of this slot.
    pub(crate) fn callback(&self, slot: Slot) -> Option<&'static Callback<F>> {
        self.callbacks.iter().find(|callback| callback.slot == slot)
    }
}

/// A node's graph and callbacks by its number. Both tables have one entry a node: the macro writes them so.
pub(crate) fn node<F: Flow>(id: NodeId) -> Result<(&'static Node<'static>, &'static NodeDef<F>)> {
    let found = F::GRAPH.node(id).zip(F::NODES.get(usize::from(id)));
    found.ok_or_else(|| crate::Error::Internal(format!("`{}` has no node {id}", F::GRAPH.name)))
}

/// Advisory findings (lints) about the flow's graph and code, which the compiler does not print, in source order.
#[doc(hidden)]
#[must_use]
pub fn hints<F: Flow>() -> Vec<Finding> {
    let mut found = flow_graph::hints(F::GRAPH);
    found.extend(F::HINTS.iter().map(Hint::finding));
    found.sort_by_key(|finding| finding.place);
    found
}
