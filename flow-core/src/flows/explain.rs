//! Where a process stands, in words and as data: what it waits for, since when, and what comes next.

use std::collections::BTreeMap;
use std::fmt;

use flow_graph::{Graph, Kind};

use super::Flows;
use crate::list::who;
use crate::store::{DueKind, DueRow, FlowConnection, NEVER, Store as _};
use crate::{
    Error, Process, ProcessId, ProcessStatus, ProcessView, Result, Task, TaskId, TaskStatus, Timestamp, User, Verb,
};

/// Where a process stands. Its text is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The process.
    pub process: i64,
    /// What people call its flow.
    pub title: String,
    /// Where it stands.
    pub status: ProcessStatus,
    /// Since when it is suspended, if it is.
    pub suspended: Option<Timestamp>,
    /// Each task that it waits at, by number; timeouts are listed behind their task.
    pub places: Vec<Place>,
    /// There are more than these: of [`explain_each`](Flows::explain_each), which has the first ones.
    pub more: bool,
}

/// A task that a process waits at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The task.
    pub task: TaskId,
    /// The stored name of its node.
    pub node: String,
    /// What people call it.
    pub title: String,
    /// Where the task stands.
    pub status: TaskStatus,
    /// Since when it stands there.
    pub since: Timestamp,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// How often a worker has begun it.
    pub attempts: i32,
    /// When it is tried again, or is due.
    pub next_try: Option<Timestamp>,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// The titles of the nodes that may come next.
    pub then: Vec<String>,
}

/// What a task waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitsFor {
    /// Anybody who may do it: it is in their queues.
    Anybody,
    /// The person whom it is assigned to.
    Person(String),
    /// Code that calls its node.
    Code,
    /// A message, of this name and key.
    Message(String, String),
    /// A signal of this name.
    Signal(String),
    /// Its condition to hold; it is looked at again at the latest at `next_try`.
    Condition,
    /// A worker that claims it.
    Worker,
    /// A worker that runs it, until its lease ends at this time.
    RunningUntil(Timestamp),
    /// This time.
    Time(Timestamp),
    /// The other branches of its split.
    Branches {
        /// How many have arrived.
        arrived: i32,
        /// How many have not ended yet, those included.
        open: i32,
    },
    /// A process that it has started.
    Child(Option<i64>),
    /// The tasks that take back what was done.
    Compensation {
        /// How many of them are open.
        open: usize,
    },
    /// The tasks of its compensation that come before it.
    Turn,
    /// So many processes that it has started, or is still to start.
    Children(i32),
    /// A manager: it has failed, and can be retried, revived or cancelled.
    Retry,
    /// A manager: it was cancelled or undone, and can be revived, or its branch ended.
    Revive,
    /// The process to be resumed.
    Resume,
    /// [`Flows::move_retired`](super::Flows::move_retired): its node is obsolete.
    MoveOn,
    /// A release that knows it.
    OtherRelease,
}

/// Why a task is, or is not, in the lists of a person. Its text is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskExplanation {
    /// The task.
    pub task: TaskId,
    /// It is in the person's inbox: assigned to them.
    pub in_inbox: bool,
    /// It is in the person's queue: they may claim it.
    pub in_queue: bool,
    /// Why it is in neither.
    pub reason: Option<String>,
}

impl<C: FlowConnection> Flows<C> {
    /// Where a process stands: for each task that it waits at, since when, what for, the attempts and the last error,
    /// and what comes next. `to_string()` is a text of some lines.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
    ///     #[node(permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = LeaveFlow.start.run(&mut conn, &System("import"), Default::default())?;
    ///     let explanation = FLOWS.explain(&mut conn, process.id())?;
    ///     assert_eq!(explanation.places[0].waits_for, flow_core::WaitsFor::Anybody);
    ///     assert!(explanation.to_string().contains("waits for somebody to claim it"));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `NotFound` if it is of no flow of the list.
    pub fn explain(&self, conn: &mut C, process: impl Into<ProcessId>) -> Result<Explanation> {
        let process = self.process(conn, process)?;
        let mut tasks = conn.store().open_tasks(process.id)?;
        tasks.extend(conn.store().resting_tasks(process.id)?);
        let due = conn.store().due_of(process.id)?;
        let children = children_of(conn, &tasks)?;
        self.explained(conn, &process, tasks, &due, (&[], &children))
    }

    /// As [`explain`](Flows::explain), of a process whose tasks are known already: one statement, and one more if it waits
    /// for children.
    ///
    /// # Errors
    /// `NotFound` if it is of no flow of the list.
    pub fn explain_view(&self, conn: &mut C, view: &ProcessView) -> Result<Explanation> {
        let rests = |task: &&Task| task.finished.is_none() || task.resting;
        let tasks: Vec<Task> = view.tasks.iter().filter(rests).cloned().collect();
        let due = conn.store().due_of(view.process().id)?;
        let children = children_of(conn, &tasks)?;
        self.explained(conn, view.process(), tasks, &due, (&view.tasks, &children))
    }

    /// As [`explain`](Flows::explain), of many processes, with the first `most` places of each: two statements, one
    /// more if joins are among them, and one more if children are waited for.
    ///
    /// # Errors
    /// `NotFound` if one of them is of no flow of the list.
    pub fn explain_each(&self, conn: &mut C, processes: &[&Process], most: usize) -> Result<Vec<Explanation>> {
        let ids: Vec<i64> = processes.iter().map(|process| process.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let each = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let tasks = conn.store().places(&ids, each)?;
        let mut numbers: Vec<i32> = tasks.iter().map(|task| task.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let due = conn.store().due_of_each(&ids, &numbers)?;
        let is_join = |task: &&Task| task.kind == Kind::Join.name();
        let splits: Vec<TaskId> =
            tasks.iter().filter(is_join).filter_map(|task| Some(TaskId::new(task.process_id, task.scope?))).collect();
        let splits = conn.store().tasks_by_id(&splits)?;
        let children = children_of(conn, &tasks)?;
        let mut explained = Vec::new();
        for process in processes {
            let of_process = |id: i64| id == process.id;
            let mut these: Vec<Task> = tasks.iter().filter(|task| of_process(task.process_id)).cloned().collect();
            let more = these.len() > most;
            these.truncate(most);
            let due: Vec<DueRow> = due.iter().filter(|row| of_process(row.process_id)).cloned().collect();
            let splits: Vec<Task> = splits.iter().filter(|task| of_process(task.process_id)).cloned().collect();
            explained.push(Explanation { more, ..self.explained(conn, process, these, &due, (&splits, &children))? });
        }
        Ok(explained)
    }

    /// Where a process stands, by the tasks that it waits at and its due work. `known` are tasks that need not be asked
    /// for, and `children` those that are waited for.
    fn explained(
        &self,
        conn: &mut C,
        process: &Process,
        mut tasks: Vec<Task>,
        due: &[DueRow],
        (known, children): (&[Task], &BTreeMap<TaskId, i64>),
    ) -> Result<Explanation> {
        let graph = self.get(process.flow())?.graph();
        tasks.sort_by_key(|task| (task.host.unwrap_or(task.number), task.number));
        let mut places = Vec::new();
        let mut handlers: BTreeMap<i32, usize> = BTreeMap::new();
        for throw in tasks.iter().filter(|task| task.compensates().is_some()).filter_map(|task| task.host) {
            *handlers.entry(throw).or_default() += 1;
        }
        for task in tasks {
            let open = match task.scope.filter(|_| task.kind == Kind::Join.name()) {
                Some(split) => match known.iter().find(|known| known.number == split) {
                    Some(split) => Some(split.open_tokens),
                    None => conn.store().task(process.id, split)?.map(|split| split.open_tokens),
                },
                None => None,
            };
            let child = children.get(&task.id()).copied();
            let of_task = || due.iter().filter(|row| row.task == task.number);
            let row = of_task().find(|row| row.kind == DueKind::Catch.as_str()).or_else(|| of_task().next());
            let handlers = handlers.get(&task.number).copied().unwrap_or_default();
            places.push(place(graph, &task, row, (open, child, handlers)));
        }
        let Process { id, status, suspended, .. } = *process;
        Ok(Explanation { process: id, title: graph.title.to_owned(), status, suspended, places, more: false })
    }

    /// Whether a task is in the inbox or the queue of a person, and if not, why.
    ///
    /// # Errors
    /// `NotFound` if there is no such task; what a rule of the flow fails with.
    pub fn explain_task(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<TaskExplanation> {
        let row = self.task(conn, task)?;
        let verbs = self.available(conn, task, user)?;
        let assign = verbs.into_iter().find(|known| known.verb == Verb::Assign);
        let is_theirs = who::rights(user).iter().any(|acting| row.owner.as_deref() == Some(acting.right.id()));
        let in_inbox = row.status == TaskStatus::Assigned && is_theirs;
        let reason = match assign {
            None => Some("it is not a task that people do".to_owned()),
            Some(assign) => match assign.allowed {
                Ok(()) => None,
                Err(Error::Denied { reason, .. }) => Some(reason),
                Err(_) if row.status == TaskStatus::Assigned => {
                    Some(format!("it is assigned to `{}`", row.owner.as_deref().unwrap_or_default()))
                }
                Err(error) => Some(error.to_string()),
            },
        };
        let in_queue = reason.is_none();
        Ok(TaskExplanation { task, in_inbox, in_queue, reason: reason.filter(|_| !in_inbox) })
    }
}

/// The child of each task that waits for one.
fn children_of<C: FlowConnection>(conn: &mut C, tasks: &[Task]) -> Result<BTreeMap<TaskId, i64>> {
    let parents = tasks.iter().filter(|task| task.kind == Kind::Subprocess.name());
    Ok(conn.store().newest_children(&parents.map(Task::id).collect::<Vec<_>>())?)
}

fn place(
    graph: &Graph<'_>,
    task: &Task,
    due: Option<&DueRow>,
    (open, child, handlers): (Option<i32>, Option<i64>, usize),
) -> Place {
    let node = graph.find(&task.node).and_then(|id| graph.node(id));
    let leased = due.and_then(|row| row.leased_until);
    let waits_for = match (node.map(|node| node.kind), task.status) {
        (_, TaskStatus::Done) => WaitsFor::Resume,
        (_, TaskStatus::Canceled) => WaitsFor::Revive,
        (_, TaskStatus::Error) => WaitsFor::Retry,
        (Some(Kind::Obsolete), _) => WaitsFor::MoveOn,
        (_, TaskStatus::Assigned) => WaitsFor::Person(task.owner.clone().unwrap_or_default()),
        (Some(Kind::Join), _) => {
            WaitsFor::Branches { arrived: task.open_tokens, open: open.unwrap_or(task.open_tokens) }
        }
        (Some(Kind::CompensateThrow), _) => WaitsFor::Compensation { open: handlers },
        (Some(_), TaskStatus::New) if task.compensates().is_some() => WaitsFor::Turn,
        (Some(Kind::Subprocess), _) => WaitsFor::Child(child),
        (Some(Kind::NSubprocess), _) => WaitsFor::Children(task.open_tokens),
        (Some(Kind::Timer | Kind::TimerBoundary), _) => {
            WaitsFor::Time(due.map(|row| row.due).or(task.due).unwrap_or(task.created))
        }
        (Some(Kind::Job), TaskStatus::Started) => leased.map_or(WaitsFor::Worker, WaitsFor::RunningUntil),
        (Some(Kind::Job), _) => WaitsFor::Worker,
        (Some(kind), _) if kind.subscribes() => subscribed(due),
        (Some(Kind::ConditionalCatch), _) => WaitsFor::Condition,
        (Some(kind), _) if kind.is_human() => WaitsFor::Anybody,
        (Some(_), _) => WaitsFor::Code,
        (None, _) => WaitsFor::OtherRelease,
    };
    let since = match task.status {
        TaskStatus::Assigned => task.assigned,
        TaskStatus::Started => task.started,
        _ => task.finished,
    };
    let then = node.map(|node| node.edges.iter().filter_map(|edge| graph.node(edge.to)).map(|next| next.title));
    let mut then: Vec<String> = then.into_iter().flatten().map(str::to_owned).collect();
    then.dedup();
    Place {
        task: task.id(),
        node: task.node.clone(),
        title: node.map_or(task.node.as_str(), |node| node.title).to_owned(),
        status: task.status,
        since: since.unwrap_or(task.created),
        waits_for,
        attempts: due.map_or(0, |row| row.attempt),
        next_try: due.filter(|row| DueKind::from_word(&row.kind).is_some() && row.due < NEVER).map(|row| row.due),
        last_error: task.error.clone().or_else(|| due.and_then(|row| row.last_error.clone())),
        then,
    }
}

/// What a catch waits for, by its row.
fn subscribed(due: Option<&DueRow>) -> WaitsFor {
    let words: Vec<String> = due.and_then(|row| serde_json::from_str(&row.queue).ok()).unwrap_or_default();
    match words.as_slice() {
        [name] => WaitsFor::Signal(name.clone()),
        [name, key] => WaitsFor::Message(name.clone(), key.clone()),
        _ => WaitsFor::Code,
    }
}

impl fmt::Display for WaitsFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaitsFor::Anybody => f.write_str("waits for somebody to claim it"),
            WaitsFor::Person(person) => write!(f, "is assigned to `{person}`"),
            WaitsFor::Code => f.write_str("waits for code to call it"),
            WaitsFor::Message(name, key) => write!(f, "waits for message `{name}` of key `{key}`"),
            WaitsFor::Signal(name) => write!(f, "waits for signal `{name}`"),
            WaitsFor::Condition => f.write_str("waits for its condition"),
            WaitsFor::Worker => f.write_str("waits for a worker"),
            WaitsFor::RunningUntil(until) => write!(f, "is run by a worker, whose lease ends at {until}"),
            WaitsFor::Time(at) => write!(f, "is due at {at}"),
            WaitsFor::Branches { arrived, open } => write!(f, "waits: {arrived} of {open} open branches have arrived"),
            WaitsFor::Child(Some(child)) => write!(f, "waits for process {child} to end"),
            WaitsFor::Children(1) => f.write_str("waits for one process to end"),
            WaitsFor::Children(open) => write!(f, "waits for {open} processes to end"),
            WaitsFor::Child(None) => f.write_str("waits for the process that it started"),
            WaitsFor::Compensation { open: 1 } => f.write_str("waits for 1 task that takes back what was done"),
            WaitsFor::Compensation { open } => write!(f, "waits for {open} tasks that take back what was done"),
            WaitsFor::Turn => f.write_str("waits for its turn to take back what was done"),
            WaitsFor::Retry => f.write_str("has failed: retry, revive or cancel it"),
            WaitsFor::Revive => f.write_str("was cancelled or undone: revive it, or end its branch"),
            WaitsFor::Resume => f.write_str("is done, and goes on when the process is resumed"),
            WaitsFor::MoveOn => f.write_str("is of a node that is obsolete, and waits for being moved on"),
            WaitsFor::OtherRelease => f.write_str("is of a node that this release does not know"),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process {} ({}) is {}", self.process, self.title, self.status)?;
        if let Some(since) = self.suspended {
            write!(f, ", suspended since {since}")?;
        }
        for place in &self.places {
            write!(f, "\n- {place}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { task, title, status, since, waits_for, .. } = self;
        write!(f, "{title} ({task}) is {status} since {since}: it {waits_for}")?;
        if self.attempts > 0 {
            write!(f, "; attempts: {}", self.attempts)?;
        }
        if let Some(next_try) = self.next_try {
            write!(f, "; next try: {next_try}")?;
        }
        if let Some(error) = &self.last_error {
            write!(f, "; last error: {error}")?;
        }
        if !self.then.is_empty() {
            write!(f, "; then: {}", self.then.join(" or "))?;
        }
        Ok(())
    }
}

impl fmt::Display for TaskExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.reason, self.in_inbox) {
            (Some(reason), _) => write!(f, "task {} is not in the queue: {reason}", self.task),
            (None, true) => write!(f, "task {} is in the inbox", self.task),
            (None, false) => write!(f, "task {} is in the queue", self.task),
        }
    }
}
