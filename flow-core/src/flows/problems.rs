//! Rows that this release cannot continue: rows written by another version, documents that cannot be read, and flows
//! that are not registered.

use std::fmt;

use flow_graph::Kind;

use super::Flows;
use crate::flow::node;
use crate::store::{FlowConnection, Store as _};
use crate::transition::perform::knows_kind;
use crate::{Error, Flow, Process, ProcessStatus, Result, Task, TaskId, TaskStatus, event, proxy};

/// Most rows of one kind that [`Flows::check`] lists of a flow.
const LIST: i64 = 1_000;

/// How many processes are read at once.
const PAGE: i64 = 500;

/// A row, or a missing flow, that prevents these flows from continuing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The process; `None` if a flow is missing from the list.
    pub process: Option<i64>,
    /// The task, if it is one.
    pub task: Option<TaskId>,
    /// The stored name of the flow.
    pub flow: String,
    /// The stored name of the node, if it is about one.
    pub node: Option<String>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a [`Problem`]'s row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// No registered flow has this name, or had it.
    UnknownFlow,
    /// The flow has no node of this name, and never had one (`was`).
    UnknownNode,
    /// The status is unknown to this version.
    UnknownStatus,
    /// The kind of the node has changed: the task is in no list, and cannot be completed.
    OtherKind {
        /// The kind that the task has.
        stored: String,
        /// The kind of the node.
        expected: &'static str,
    },
    /// It waits in a node that is obsolete: [`Flows::move_retired`] moves it on.
    Retired,
    /// The document cannot be read as the current type. Its due work stays due.
    Unreadable {
        /// The field that reads it.
        field: &'static str,
        /// Where in the document.
        path: String,
        /// What is there, without the value itself.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// The task waits for a message or a signal under another name than the node's now: it will not be released by one of
    /// the new name. Cancel the task and revive it, and it waits for that.
    OtherEvent {
        /// The name of the node's message or signal.
        expected: &'static str,
    },
    /// What the process or a split counts is not what its rows say: a branch is lost, or there twice.
    Tokens {
        /// What the row says.
        counted: i32,
        /// What there is.
        found: i32,
    },
    /// The process is open, and nothing in it is open or rests: it never goes on.
    NothingOpen,
    /// The process has ended, and the task has not.
    OpenInFinished,
    /// Two joins of one node stand for the same split.
    JoinTwice,
    /// The history says another status than the row.
    AuditDiffers {
        /// The status that the history ends with.
        audited: TaskStatus,
    },
    /// The task waits for its time or a worker, and nothing of it is due: it never goes on.
    NotDue,
    /// Something is due of a task that does not wait for it.
    DueWithoutTask,
    /// Open processes were started under a release that `flow.lock` did not list when this program was compiled, so that
    /// nothing proves that they can go on in it: a newer release, one that was deployed without its section, or 0, which
    /// is before there was a lock.
    UnknownRelease {
        /// The number of the release.
        release: i32,
        /// How many processes are open.
        processes: i64,
    },
    /// A job or a timer of a flow that is not registered: this program never runs it.
    DueElsewhere,
    /// A node starts processes of this flow, which is not registered: this program never runs their jobs and timers.
    ChildFlowMissing(&'static str),
}

#[cfg(feature = "cli")]
impl ProblemKind {
    /// The word for it, for programs.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            ProblemKind::UnknownFlow => "unknown_flow",
            ProblemKind::UnknownNode => "unknown_node",
            ProblemKind::UnknownStatus => "unknown_status",
            ProblemKind::OtherKind { .. } => "other_kind",
            ProblemKind::Retired => "retired",
            ProblemKind::Unreadable { .. } => "unreadable",
            ProblemKind::OtherEvent { .. } => "other_event",
            ProblemKind::Tokens { .. } => "tokens",
            ProblemKind::NothingOpen => "nothing_open",
            ProblemKind::OpenInFinished => "open_in_finished",
            ProblemKind::JoinTwice => "join_twice",
            ProblemKind::AuditDiffers { .. } => "audit_differs",
            ProblemKind::NotDue => "not_due",
            ProblemKind::DueWithoutTask => "due_without_task",
            ProblemKind::UnknownRelease { .. } => "unknown_release",
            ProblemKind::DueElsewhere => "due_elsewhere",
            ProblemKind::ChildFlowMissing(_) => "child_flow_missing",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.task, self.process) {
            (Some(task), _) => write!(f, "task {task} of `{}`", self.flow)?,
            (None, Some(process)) => write!(f, "process {process} of `{}`", self.flow)?,
            (None, None) => write!(f, "flow `{}`", self.flow)?,
        }
        if let Some(node) = &self.node {
            write!(f, ", node `{node}`")?;
        }
        match &self.kind {
            ProblemKind::UnknownFlow => write!(f, ": no registered flow has this name"),
            ProblemKind::UnknownNode => write!(f, ": the flow has no node of this name"),
            ProblemKind::UnknownStatus => write!(f, ": its status is unknown"),
            ProblemKind::OtherKind { stored, expected } => {
                write!(f, ": the stored task is a {stored}, but the node is a {expected}")
            }
            ProblemKind::Retired => write!(f, ": the node is obsolete; `move_retired` moves the task on"),
            ProblemKind::Unreadable { field, path, found, expected } => {
                write!(f, ": field `{field}` (at `{path}`) holds {found}, expected {expected}")
            }
            ProblemKind::OtherEvent { expected } => write!(
                f,
                ": it does not wait for `{expected}`, which the node waits for now; cancel the task and revive it"
            ),
            ProblemKind::Tokens { counted, found } => write!(f, ": counts {counted} open branches, there are {found}"),
            ProblemKind::NothingOpen => write!(f, ": it is open, and nothing in it is"),
            ProblemKind::OpenInFinished => write!(f, ": it is open, and its process has ended"),
            ProblemKind::JoinTwice => write!(f, ": another join stands for the same split"),
            ProblemKind::AuditDiffers { audited } => write!(f, ": the history says {audited}"),
            ProblemKind::NotDue => write!(f, ": it waits, and nothing of it is due"),
            ProblemKind::DueWithoutTask => write!(f, ": something is due of it, and it does not wait for that"),
            ProblemKind::UnknownRelease { release, processes } => write!(
                f,
                ": {processes} open processes are of release {release}, which flow.lock does not list: it is not proved \
                 that they can go on"
            ),
            ProblemKind::DueElsewhere => write!(f, ": it has due work, but its flow is not registered"),
            ProblemKind::ChildFlowMissing(child) => {
                write!(f, " starts processes of `{child}`, which is not registered")
            }
        }
    }
}

impl<C: FlowConnection> Flows<C> {
    /// Lists everything that this release cannot continue, or of which nothing proves that it can: open processes and
    /// tasks with an unknown flow, node, kind or status; tasks in nodes that are obsolete, or that wait for a message or
    /// signal under an earlier name; processes of releases that
    /// `flow.lock` does not list; open processes and tasks whose document cannot be read; due work of flows that are not
    /// registered; and nodes that start processes of such flows. At most 1,000 rows of each kind and flow, the oldest first.
    ///
    /// Call it when the application starts, or in a deployment check. It reads the documents of all open processes.
    /// `was = ["old_name"]` on a flow or a node makes its old rows readable; so does `#[json(default)]` on a new field.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow { #[node(permission(anyone), next = this.end)] start: Start, end: End }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() -> flow_core::Result<()> {
    /// let mut conn = flow_core::sqlite::open(":memory:")?;
    /// FLOWS.migrate(&mut conn)?;
    /// assert_eq!(FLOWS.check(&mut conn)?, []);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn check(&self, conn: &mut C) -> Result<Vec<Problem>> {
        let names: Vec<&str> = self.graphs().flat_map(|graph| graph.flow_names()).collect();
        let mut found: Vec<Problem> = Vec::new();
        for flow in self.all() {
            for (node, child) in flow.children() {
                if !names.contains(&child) {
                    found.push(Problem::of_node(flow.graph().name, node, ProblemKind::ChildFlowMissing(child)));
                }
            }
        }
        for (flow, release, processes) in conn.store().open_releases(&names)? {
            if self.find(&flow).is_some_and(|known| !known.knows_release(release)) {
                let kind = ProblemKind::UnknownRelease { release, processes };
                found.push(Problem { process: None, task: None, flow, node: None, kind });
            }
        }
        let processes = conn.store().stray_processes(&names, LIST)?;
        found.extend(processes.iter().map(|row| Problem::of_process(row, &names)));
        let due = conn.store().stray_due(&names, LIST)?;
        found.extend(due.into_iter().map(|row| Problem {
            process: Some(row.process_id),
            task: (row.task != 0).then(|| TaskId::new(row.process_id, row.task)),
            flow: row.flow,
            node: None,
            kind: ProblemKind::DueElsewhere,
        }));
        for flow in self.all() {
            found.extend(flow.problems(conn)?);
        }
        Ok(found)
    }
}

/// The problems of one flow's own rows.
pub(crate) fn of_flow<F: Flow>(conn: &mut F::Connection) -> Result<Vec<Problem>> {
    let (graph, mut found) = (F::GRAPH, Vec::new());
    let flows: Vec<&str> = graph.flow_names().collect();
    let nodes: Vec<&str> = graph.ids().flat_map(|id| graph.names(id)).collect();
    let strays = conn.store().stray_tasks(&flows, &nodes, LIST)?;
    found.extend(strays.iter().map(|row| Problem::of_task(row, &nodes)));
    // Tasks of known nodes, of which each has its own kind and type.
    for id in graph.ids() {
        let (node, def) = node::<F>(id)?;
        let names: Vec<&str> = graph.names(id).collect();
        for task in conn.store().tasks_of_other_kind(&flows, &names, node.kind.name(), LIST)? {
            if !knows_kind(node.kind, &task) {
                let kind = ProblemKind::OtherKind { stored: task.kind.clone(), expected: node.kind.name() };
                found.push(Problem::at(&task, kind));
            }
        }
        if node.kind == Kind::Obsolete {
            let open = conn.store().open_tasks_of(&flows, &names, (0, 0), LIST)?;
            let open = open.iter().filter(|task| knows_kind(node.kind, task));
            found.extend(open.map(|task| Problem::at(task, ProblemKind::Retired)));
        }
        if let Some(expected) = def.event_name().filter(|_| node.kind.subscribes()) {
            let begins = event::begins(node.kind, expected);
            for task in conn.store().catches_of_others(&flows, &names, &begins, LIST)? {
                found.push(Problem::at(&task, ProblemKind::OtherEvent { expected }));
            }
        }
        let Some(read) = def.reads else { continue };
        for task in conn.store().open_tasks_of(&flows, &names, (0, 0), LIST)? {
            let at = task.clone();
            if knows_kind(node.kind, &task)
                && let Some(kind) = unreadable(read(task))?
            {
                found.push(Problem::at(&at, kind));
            }
        }
    }
    let (mut after, mut count) = (0, 0);
    loop {
        let page = conn.store().open_processes(&flows, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.id;
        for row in page {
            let (id, flow) = (row.id, row.flow.clone());
            if let Some(kind) = unreadable(proxy::load::<F::Process, _>(row, conn).map(drop))? {
                found.push(Problem { process: Some(id), task: None, flow, node: None, kind });
                count += 1;
            }
        }
        if count >= LIST {
            return Ok(found);
        }
    }
}

/// What is wrong with a document, if that is why it could not be read.
fn unreadable(read: Result<()>) -> Result<Option<ProblemKind>> {
    match read {
        Ok(()) => Ok(None),
        Err(Error::Data(error)) => {
            let crate::DataError { field, path, found, expected, .. } = *error;
            Ok(Some(ProblemKind::Unreadable { field, path, found, expected }))
        }
        Err(error) => Err(error),
    }
}

impl Problem {
    fn of_process(row: &Process, flows: &[&str]) -> Self {
        let known = flows.contains(&row.flow()) && row.status() == ProcessStatus::Unknown;
        let kind = if known { ProblemKind::UnknownStatus } else { ProblemKind::UnknownFlow };
        Problem { process: Some(row.id), task: None, flow: row.flow().to_owned(), node: None, kind }
    }

    fn of_task(row: &Task, nodes: &[&str]) -> Self {
        let known = nodes.contains(&row.node()) && row.status() == TaskStatus::Unknown;
        Problem::at(row, if known { ProblemKind::UnknownStatus } else { ProblemKind::UnknownNode })
    }

    pub(super) fn at(row: &Task, kind: ProblemKind) -> Self {
        let node = Some(row.node().to_owned());
        Problem { process: Some(row.process_id), task: Some(row.id()), flow: row.flow().to_owned(), node, kind }
    }

    fn of_node(flow: &str, node: &str, kind: ProblemKind) -> Self {
        Problem { process: None, task: None, flow: flow.to_owned(), node: Some(node.to_owned()), kind }
    }
}
