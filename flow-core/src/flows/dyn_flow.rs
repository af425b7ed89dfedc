//! A flow without its static type, for generic pages, REST APIs and tools.

use std::fmt;

use flow_graph::{Graph, Kind, NodeId};

use super::ticks::{self, StartsAt};
use super::{permissions, problems};
use crate::flow::{JobFacts, NodeDef, node};
use crate::form::Sent;
use crate::list::rows::{self, Listed, ProcessRow, TaskRow};
use crate::list::seen::{self, Seen};
use crate::list::who::{self, Acting};
use crate::lock::{self, Locked, Release};
use crate::proxy::NamedField;
use crate::store::list::Where;
use crate::store::{DueRow, DueTask, FlowConnection, Locking};
use crate::transition::available::{self, Availability};
use crate::transition::batch::{self, Planned};
use crate::transition::due::{self, Begun, Claimant};
use crate::transition::perform::Request;
use crate::transition::{Input, Verb, event, perform, permit, process_verb, retired, start, work};
use crate::{
    Error, Flow, FormField, Permission, Problem, Process, ProcessProxy as _, Result, Task, TaskId, TaskView, User,
    proxy,
};

/// A flow without its static type (type-erased), for generic pages, REST APIs and tools; nodes are given by their
/// stored names. `flows![]` creates one for each flow; [`Flows`](super::Flows) finds them for processes and tasks.
///
/// ```
/// use flow_core::form::Sent;
/// use flow_core::prelude::*;
///
/// #[derive(ProcessProxy)]
/// pub struct LeaveProcess { process: Process, days: i64 }
///
/// #[flow(process = LeaveProcess)]
/// pub struct LeaveFlow {
///     #[node(form = AskForm { days }, permission(anyone), next = this.end)] start: Start,
///     end: End,
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// fn main() -> flow_core::Result<()> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     FLOWS.migrate(&mut conn)?;
///     let process = FLOWS.get("leave")?.start(&mut conn, "start", &System("me"), Sent::Urlencoded(b"days=5"))?;
///     assert_eq!(process.flow(), "leave");
///     let error = FLOWS.get("leave")?.start(&mut conn, "start", &System("me"), Sent::Json(b"{}")).unwrap_err();
///     assert_eq!(error.to_string(), "not valid: `days` is missing");
///     Ok(())
/// }
/// ```
pub struct DynFlow<C> {
    graph: &'static Graph<'static>,
    locked: Locked,
    code: Code<C>,
}

/// With the key of `run_once`, if there is one.
type StartFn<C> = fn(&mut C, NodeId, &dyn User, Option<&str>, Input) -> Result<Process>;

/// The nodes whose tasks somebody may take: their stored names, and which of their tasks.
type Takers = Vec<(Vec<&'static str>, Where)>;

/// Completes the task of a catch with the value of a message.
type Deliver<C> = fn(&mut C, NodeId, TaskId, &dyn User, &[u8]) -> Result<Task>;

/// A node that catches or throws a message or a signal, by its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedEvent {
    pub(crate) node: NodeId,
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
}

/// Plans the claim of a job as one of a batch.
type PlanClaim<C> = fn(&mut C, Locking, DueTask, &Claimant, bool) -> Result<Option<Planned<C>>>;

type ProcessRows<C> = fn(&mut C, Vec<Process>, Option<&dyn User>) -> Result<Vec<Listed<ProcessRow>>>;

type TaskRows<C> = fn(&mut C, Vec<(Task, Process)>, Option<&[Acting<'_>]>) -> Result<Vec<Listed<TaskRow>>>;

/// The functions of a flow that need its type.
struct Code<C> {
    begin_due: fn(&mut C, &DueRow, &Claimant) -> Result<Begun<C>>,
    plan_claim: PlanClaim<C>,
    job_limits: fn() -> Vec<(String, u32)>,
    may_work: fn(&mut C, NodeId, TaskId, &dyn User) -> Result<Task>,
    takers: fn(&[Acting<'_>]) -> Takers,
    task_rows: TaskRows<C>,
    seen: fn(&dyn User, Option<&[i64]>) -> Seen,
    process_rows: ProcessRows<C>,
    field: fn(&str) -> Option<NamedField>,
    fields: fn(NodeId) -> &'static [FormField],
    permissions: fn() -> Vec<Permission>,
    problems: fn(&mut C) -> Result<Vec<Problem>>,
    children: fn() -> Vec<(&'static str, &'static str)>,
    ticks: fn() -> Vec<StartsAt>,
    events: fn() -> Vec<NamedEvent>,
    deliver: Deliver<C>,
    may_receive: fn(&dyn User, NodeId) -> bool,
    release: fn(u32) -> Release,
    may_start: fn(&dyn User, NodeId) -> Result<()>,
    read: fn(NodeId, Sent<'_>) -> Result<Input>,
    start: StartFn<C>,
    request: fn(&mut C, Request<'_>, Input) -> Result<Task>,
    look_retired: fn(&mut C, NodeId, TaskId, &dyn User) -> Result<()>,
    on_process: fn(&mut C, Verb, i64, &dyn User) -> Result<Process>,
    comment: fn(&mut C, i64, &dyn User, &str) -> Result<()>,
    available: fn(&mut C, TaskId, &dyn User) -> Result<Vec<Availability>>,
    process_available: fn(&mut C, i64, &dyn User) -> Result<Vec<Availability>>,
    available_view: fn(&mut C, &TaskView, &dyn User) -> Result<Vec<Availability>>,
    process_available_row: fn(&mut C, &Process, &dyn User) -> Result<Vec<Availability>>,
    brief: fn(&mut C, Process, Option<&Task>) -> Result<String>,
}

impl<C> fmt::Debug for DynFlow<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.graph.name)
    }
}

impl<C> DynFlow<C> {
    /// The graph: the nodes, and where each leads.
    #[must_use]
    pub const fn graph(&self) -> &'static Graph<'static> {
        self.graph
    }

    /// The title of the flow.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.graph.title
    }
}

impl<C: FlowConnection> DynFlow<C> {
    /// This flow, without its type.
    #[must_use]
    pub const fn of<F: Flow<Connection = C>>() -> Self {
        DynFlow {
            graph: F::GRAPH,
            locked: F::LOCKED,
            code: Code {
                begin_due: due::begin::<F>,
                plan_claim: batch::plan_claim::<F>,
                job_limits: JobFacts::limits::<F>,
                may_work: work::open::<F>,
                takers: takers::<F>,
                task_rows: rows::of_tasks::<F>,
                seen: seen::of_flow::<F>,
                process_rows: seen::of_processes::<F>,
                field: NamedField::find::<F::Process>,
                fields: |id| def::<F>(id).map_or(&[], |def| def.fields),
                permissions: permissions::of_flow::<F>,
                problems: problems::of_flow::<F>,
                children: children::<F>,
                ticks: ticks::of_flow::<F>,
                events: events::<F>,
                deliver: event::deliver::<F>,
                may_receive: permit::may_receive::<F>,
                release: lock::release::<F>,
                may_start: permit::may_start::<F>,
                read: read::<F>,
                start: start_process::<F>,
                request: |conn, request, input| Ok(perform::request::<F>(conn, request, input)?.into_task()),
                look_retired: retired::look::<F>,
                on_process: process_verb::perform::<F>,
                comment: process_verb::comment::<F>,
                available: available::of_task::<F>,
                process_available: available::of_process::<F>,
                available_view: available::of_task_view::<F>,
                process_available_row: available::of_process_row::<F>,
                brief: brief::<F>,
            },
        }
    }

    /// Plans the claim of a job as one of a batch.
    pub(crate) fn plan_claim(
        &self,
        conn: &mut C,
        locking: Locking,
        found: DueTask,
        claimant: &Claimant,
        ahead: bool,
    ) -> Result<Option<Planned<C>>> {
        (self.code.plan_claim)(conn, locking, found, claimant, ahead)
    }

    pub(crate) fn begin_due(&self, conn: &mut C, row: &DueRow, claimant: &Claimant) -> Result<Begun<C>> {
        (self.code.begin_due)(conn, row, claimant)
    }

    /// What shares a limit of how many jobs run at once, and the limit.
    pub(crate) fn job_limits(&self) -> Vec<(String, u32)> {
        (self.code.job_limits)()
    }

    /// The flow as it is now, as a release of this number: what `flow.lock` lists of it.
    #[must_use]
    pub fn release(&self, number: u32) -> Release {
        (self.code.release)(number)
    }

    /// The release that new processes are started under; 0: `flow.lock` had none when the flow was compiled.
    #[must_use]
    pub const fn release_number(&self) -> u32 {
        self.locked.release
    }

    /// Whether the proof of `flow.lock` looked at processes of this release. Without a lock nothing was proved, and
    /// nothing is to be said.
    pub(super) fn knows_release(&self, release: i32) -> bool {
        let Locked { hash, release: own, known, .. } = self.locked;
        let number = u32::try_from(release).unwrap_or_default();
        hash == 0 || number == own || known.contains(&number)
    }

    /// The hash of the lock that was compiled.
    pub(crate) const fn lock_hash(&self) -> u64 {
        self.locked.hash
    }

    /// The file that the flow is in.
    pub(crate) const fn source(&self) -> &'static str {
        self.locked.source
    }

    /// An open task of this node that the person owns or may claim.
    pub(super) fn may_work(&self, conn: &mut C, at: NodeId, task: TaskId, user: &dyn User) -> Result<Task> {
        (self.code.may_work)(conn, at, task, user)
    }

    /// The nodes whose tasks somebody may take, and which of their tasks.
    pub(crate) fn takers(&self, rights: &[Acting<'_>]) -> Vec<(Vec<&'static str>, Where)> {
        (self.code.takers)(rights)
    }

    /// The rows of tasks of this flow; with `rights` those alone that may be taken.
    pub(crate) fn task_rows(
        &self,
        conn: &mut C,
        found: Vec<(Task, Process)>,
        rights: Option<&[Acting<'_>]>,
    ) -> Result<Vec<Listed<TaskRow>>> {
        (self.code.task_rows)(conn, found, rights)
    }

    /// The processes of this flow that somebody may see.
    pub(crate) fn seen(&self, user: &dyn User, processes: Option<&[i64]>) -> Seen {
        (self.code.seen)(user, processes)
    }

    /// The rows of processes of this flow; with `user` those alone that they may see.
    pub(crate) fn process_rows(
        &self,
        conn: &mut C,
        found: Vec<Process>,
        user: Option<&dyn User>,
    ) -> Result<Vec<Listed<ProcessRow>>> {
        (self.code.process_rows)(conn, found, user)
    }

    /// A field of its processes that lists can be sorted by.
    pub(crate) fn field(&self, name: &str) -> Option<NamedField> {
        (self.code.field)(name)
    }

    pub(super) fn permissions(&self) -> Vec<Permission> {
        (self.code.permissions)()
    }

    pub(super) fn problems(&self, conn: &mut C) -> Result<Vec<Problem>> {
        (self.code.problems)(conn)
    }

    /// The nodes that start other flows, each with that flow's stored name.
    pub(super) fn children(&self) -> Vec<(&'static str, &'static str)> {
        (self.code.children)()
    }

    /// The timers of the flow that start processes.
    pub(super) fn ticks(&self) -> Vec<StartsAt> {
        (self.code.ticks)()
    }

    /// The nodes that catch or throw messages and signals.
    pub(super) fn events(&self) -> Vec<NamedEvent> {
        (self.code.events)()
    }

    /// Completes the task of a catch with the value of a message.
    pub(super) fn deliver(
        &self,
        conn: &mut C,
        at: NodeId,
        task: TaskId,
        user: &dyn User,
        value: &[u8],
    ) -> Result<Task> {
        (self.code.deliver)(conn, at, task, user, value)
    }

    /// Whether a user may deliver messages to this node, whatever its process.
    pub(super) fn may_receive(&self, user: &dyn User, at: NodeId) -> bool {
        (self.code.may_receive)(user, at)
    }

    /// The title of a node; its stored name if the flow has no such node.
    #[must_use]
    pub fn node_title<'n>(&self, node: &'n str) -> &'n str {
        self.graph.find(node).and_then(|id| self.graph.node(id)).map_or(node, |node| node.title)
    }

    /// The fields of the form of a node. Empty if there is no such node or form.
    #[must_use]
    pub fn fields(&self, node: &str) -> &'static [FormField] {
        self.graph.find(node).map_or(&[], |id| (self.code.fields)(id))
    }

    /// The stored names of the nodes at which a person may start a process, or code.
    pub fn starts(&self) -> impl Iterator<Item = &'static str> + use<C> {
        self.graph.nodes.iter().filter(|node| is_called(node.kind)).map(|node| node.name)
    }

    /// Checks whether the user may start a process at this node, for example to show a menu. [`start`](DynFlow::start)
    /// checks again.
    ///
    /// # Errors
    /// `Denied`, with the reason; `NotFound` if the flow has no such start.
    pub fn may_start(&self, node: &str, user: &dyn User) -> Result<()> {
        (self.code.may_start)(user, self.start_node(node)?)
    }

    /// Starts a process at a `Start` or a `StartHandle`, from the submitted form, input, or fields of the process.
    ///
    /// # Errors
    /// `NotFound` if the flow has no such start; else as [`Start::run`](crate::node::Start::run). Permissions are
    /// checked before the input is validated.
    pub fn start(&self, conn: &mut C, node: &str, user: &dyn User, sent: Sent<'_>) -> Result<Process> {
        let at = self.start_node(node)?;
        (self.code.start)(conn, at, user, None, self.read(at, sent))
    }

    /// Starts a process with an idempotency key, like [`Start::run_once`](crate::node::Start::run_once).
    ///
    /// # Errors
    /// As [`start`](DynFlow::start); `Invalid` for a key that is empty or too long.
    pub fn start_once(&self, conn: &mut C, node: &str, user: &dyn User, key: &str, sent: Sent<'_>) -> Result<Process> {
        let at = self.start_node(node)?;
        (self.code.start)(conn, at, user, Some(key), self.read(at, sent))
    }

    /// What was sent for a node, or what is wrong with it.
    pub(super) fn read(&self, at: NodeId, sent: Sent<'_>) -> Input {
        (self.code.read)(at, sent).unwrap_or_else(Input::refused)
    }

    pub(super) fn start_node(&self, name: &str) -> Result<NodeId> {
        let found = self.graph.find(name).filter(|id| self.graph.node(*id).is_some_and(|node| is_called(node.kind)));
        found.ok_or_else(|| Error::NotFound { what: format!("start `{}.{name}`", self.graph.name) })
    }

    pub(super) fn start_with(
        &self,
        conn: &mut C,
        at: NodeId,
        user: &dyn User,
        key: Option<&str>,
        input: Input,
    ) -> Result<Process> {
        (self.code.start)(conn, at, user, key, input)
    }

    /// Does something to a task.
    pub(super) fn request(&self, conn: &mut C, request: Request<'_>, input: Input) -> Result<Task> {
        (self.code.request)(conn, request, input)
    }

    /// Refuses a task of an obsolete node that could not be moved on now.
    pub(super) fn look_retired(&self, conn: &mut C, at: NodeId, task: TaskId, user: &dyn User) -> Result<()> {
        (self.code.look_retired)(conn, at, task, user)
    }

    pub(super) fn on_process(&self, conn: &mut C, verb: Verb, process: i64, user: &dyn User) -> Result<Process> {
        (self.code.on_process)(conn, verb, process, user)
    }

    pub(super) fn comment(&self, conn: &mut C, process: i64, user: &dyn User, text: &str) -> Result<()> {
        (self.code.comment)(conn, process, user, text)
    }

    pub(super) fn available(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Vec<Availability>> {
        (self.code.available)(conn, task, user)
    }

    pub(super) fn process_available(&self, conn: &mut C, process: i64, user: &dyn User) -> Result<Vec<Availability>> {
        (self.code.process_available)(conn, process, user)
    }

    pub(super) fn available_view(&self, conn: &mut C, view: &TaskView, user: &dyn User) -> Result<Vec<Availability>> {
        (self.code.available_view)(conn, view, user)
    }

    pub(super) fn process_available_row(
        &self,
        conn: &mut C,
        process: &Process,
        user: &dyn User,
    ) -> Result<Vec<Availability>> {
        (self.code.process_available_row)(conn, process, user)
    }

    /// A one-line description of a process or of one of its tasks.
    pub(super) fn brief(&self, conn: &mut C, process: Process, task: Option<&Task>) -> Result<String> {
        (self.code.brief)(conn, process, task)
    }
}

fn def<F: Flow>(id: NodeId) -> Option<&'static NodeDef<F>> {
    node::<F>(id).ok().map(|(_, def)| def)
}

/// The nodes whose tasks somebody may take.
fn takers<F: Flow>(rights: &[Acting<'_>]) -> Takers {
    who::of_flow::<F>(rights).into_iter().map(|node| (node.names.clone(), who::free().and(node.condition()))).collect()
}

/// The nodes that start other flows.
fn children<F: Flow>() -> Vec<(&'static str, &'static str)> {
    let nodes = F::GRAPH.ids().filter_map(|id| node::<F>(id).ok());
    nodes.filter_map(|(node, def)| Some((node.name, def.child_flow?))).collect()
}

/// The nodes that catch or throw messages and signals.
fn events<F: Flow>() -> Vec<NamedEvent> {
    let of_node = |id| {
        let (node, def) = self::node::<F>(id).ok()?;
        let name = def.event_name()?;
        Some(NamedEvent { node: id, kind: node.kind, name })
    };
    F::GRAPH.ids().filter_map(of_node).collect()
}

/// A person or code starts processes here. A timer starts them by itself.
fn is_called(kind: Kind) -> bool {
    kind.begins() && kind != Kind::StartTimer
}

fn read<F: Flow>(id: NodeId, sent: Sent<'_>) -> Result<Input> {
    match def::<F>(id).and_then(|def| def.sent) {
        Some(read) => read(sent),
        None => Err(Error::NotFound { what: format!("node {id} of `{}` that takes something", F::GRAPH.name) }),
    }
}

fn start_process<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    user: &dyn User,
    key: Option<&str>,
    input: Input,
) -> Result<Process> {
    let process = match key {
        Some(key) => start::start_once::<F>(conn, at, user, key, input)?,
        None => start::start::<F>(conn, at, user, input)?,
    };
    Ok(process.row().clone())
}

fn brief<F: Flow>(conn: &mut F::Connection, process: Process, task: Option<&Task>) -> Result<String> {
    let process: F::Process = proxy::load(process, conn)?;
    Ok(match task {
        Some(task) => F::task_brief(&process, task),
        None => F::brief(&process),
    })
}
