//! The list of an application's flows, and what can be done with all of them.

mod bulk;
mod by_id;
mod deep;
pub(crate) mod diagram;
mod drafts;
mod due;
mod dyn_flow;
mod explain;
mod hints;
mod if_unchanged;
mod lists;
pub(crate) mod message;
mod once;
mod permissions;
mod problems;
mod releases;
mod report;
mod retired;
mod snooze;
pub(crate) mod ticks;
mod verbs;
mod work;
mod workload;

pub(crate) use bulk::MOST as MOST_AT_ONCE;
pub use dyn_flow::DynFlow;
pub use explain::{Explanation, Place, TaskExplanation, WaitsFor};
pub use hints::{ListHint, ListHintKind};
pub use message::{Delivery, Message};
pub use once::Once;
pub use permissions::UnknownPermission;
pub use problems::{Problem, ProblemKind};
pub use releases::OpenPlace;
pub(crate) use report::TaskFailure;
pub use report::{DueProblem, DueProblemKind, DueReport};
pub use retired::{Moved, RetiredPlace, Unmoved};
pub use work::{DueWork, Held, PausedQueue, WorkerInfo};
pub use workload::{OpenPlaces, OpenTasks, PeopleTasks, PersonTasks};

use flow_graph::Graph;

use crate::form::ChoicesOf;
use crate::store::{Attempt, AuditRow, FlowConnection, Store as _};
use crate::{Error, Process, ProcessId, Result, Task, TaskId, TaskTag};

/// The flows of an app, on one type of connection: `static FLOWS: Flows<Db> = flows![HelloWorldFlow];`
#[derive(Debug)]
pub struct Flows<C: 'static> {
    flows: &'static [DynFlow<C>],
    choices: &'static [ChoicesOf<C>],
    /// What the caller has seen of the task that something is done to.
    expected: Option<TaskTag>,
}

// Not derived: a derive would require `C: Clone`.
impl<C> Clone for Flows<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Flows<C> {}

/// The list of an app's flows: a constant.
///
/// Two flows of one name do not compile.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.end)] start: Start,
///     end: End,
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// fn main() {
///     assert_eq!(FLOWS.graphs().count(), 1);
/// }
/// ```
#[macro_export]
macro_rules! flows {
    ($($flow:ty),* $(,)?) => {
        $crate::Flows::new(const { &[$($crate::DynFlow::of::<$flow>()),*] })
    };
}

impl<C: FlowConnection> Flows<C> {
    // The error of two flows of one name is the caller's, and shows neither this function nor std's `panic!`.
    #[track_caller]
    #[doc(hidden)]
    #[must_use]
    pub const fn new(flows: &'static [DynFlow<C>]) -> Self {
        let mut a = 0;
        while a < flows.len() {
            let mut b = a + 1;
            while b < flows.len() {
                assert!(
                    !same(flows[a].graph().name, flows[b].graph().name),
                    "two flows have the same stored name; give one of them a different one: #[flow(name = \"..\")]"
                );
                b += 1;
            }
            a += 1;
        }
        Flows { flows, choices: &[], expected: None }
    }

    /// The flows, in the order of the list.
    #[must_use]
    pub fn all(&self) -> &'static [DynFlow<C>] {
        self.flows
    }

    /// The graphs of the flows, in the order of the list.
    pub fn graphs(&self) -> impl Iterator<Item = &'static Graph<'static>> + use<C> {
        self.flows.iter().map(DynFlow::graph)
    }

    /// The flow with this stored name, current or old.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static DynFlow<C>> {
        let now = self.flows.iter().find(|flow| flow.graph().name == name);
        now.or_else(|| self.flows.iter().find(|flow| flow.graph().is_named(name)))
    }

    /// The flow with this stored name.
    ///
    /// # Errors
    /// `NotFound` if the list has none.
    pub fn get(&self, name: &str) -> Result<&'static DynFlow<C>> {
        self.find(name).ok_or_else(|| Error::NotFound { what: format!("flow `{name}`") })
    }

    /// All stored names that rows of these flows may have.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.graphs().flat_map(Graph::flow_names).collect()
    }

    /// Runs the migrations: creates the tables, or upgrades them to this version. Safe to call from several processes
    /// at once.
    ///
    /// # Errors
    /// `Database` if the database returns an error.
    pub fn migrate(&self, conn: &mut C) -> Result<()> {
        conn.store().migrate()
    }

    /// The row of a process of one of these flows.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub fn process(&self, conn: &mut C, id: impl Into<ProcessId>) -> Result<Process> {
        let id = id.into();
        let row = conn.store().process(id.get())?.filter(|row| self.find(&row.flow).is_some());
        row.ok_or_else(|| Error::NotFound { what: format!("process {id}") })
    }

    /// The row of a task of one of these flows.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub fn task(&self, conn: &mut C, id: TaskId) -> Result<Task> {
        let row = conn.store().task(id.process(), id.number())?.filter(|row| self.find(&row.flow).is_some());
        row.ok_or_else(|| Error::NotFound { what: format!("task {id}") })
    }

    /// The tasks of a process, by number.
    ///
    /// # Errors
    /// `NotFound` if there is no such process.
    pub fn tasks(&self, conn: &mut C, process: impl Into<ProcessId>) -> Result<Vec<Task>> {
        let process = self.process(conn, process)?;
        Ok(conn.store().tasks(process.id)?)
    }

    /// The attempts at a job that did not complete it, in order: when each was begun, and why it ended.
    ///
    /// # Errors
    /// `NotFound` if there is no such task.
    pub fn attempts(&self, conn: &mut C, task: TaskId) -> Result<Vec<Attempt>> {
        let task = self.task(conn, task)?.id();
        Ok(conn.store().attempts(task.process(), task.number())?)
    }

    /// The audit of a process: its history, in order.
    ///
    /// # Errors
    /// `NotFound` if there is no such process.
    pub fn history(&self, conn: &mut C, process: impl Into<ProcessId>) -> Result<Vec<AuditRow>> {
        let process = self.process(conn, process)?;
        Ok(conn.store().history(process.id)?)
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}
