//! What people do to any process and task by its number, beside completing it.

use flow_graph::{Kind, NodeId};

use super::{DynFlow, Flows};
use crate::form::Sent;
use crate::store::FlowConnection;
use crate::transition::perform::Request;
use crate::transition::{Availability, Input, Verb};
use crate::{Error, Process, ProcessId, ProcessView, Result, Task, TaskId, TaskView, User};

impl<C: FlowConnection> Flows<C> {
    /// Cancels a process, as [`FlowVerbs::cancel`](crate::FlowVerbs::cancel).
    ///
    /// # Errors
    /// As there; `NotFound` if it is of no flow of the list.
    pub fn cancel(&self, conn: &mut C, process: impl Into<ProcessId>, user: &dyn User) -> Result<Process> {
        self.on_process(conn, Verb::Cancel, process, user)
    }

    /// Suspends a process, as [`FlowVerbs::suspend`](crate::FlowVerbs::suspend).
    ///
    /// # Errors
    /// As there; `NotFound` if it is of no flow of the list.
    pub fn suspend(&self, conn: &mut C, process: impl Into<ProcessId>, user: &dyn User) -> Result<Process> {
        self.on_process(conn, Verb::Suspend, process, user)
    }

    /// Lets a suspended process go on, as [`FlowVerbs::resume`](crate::FlowVerbs::resume).
    ///
    /// # Errors
    /// As there; `NotFound` if it is of no flow of the list.
    pub fn resume(&self, conn: &mut C, process: impl Into<ProcessId>, user: &dyn User) -> Result<Process> {
        self.on_process(conn, Verb::ResumeProcess, process, user)
    }

    /// Writes a comment into the history of a process. Anybody may: whether a person may see the process is the app's to
    /// know.
    ///
    /// # Errors
    /// `NotFound` if it is of no flow of the list; `Invalid` if the text is empty.
    pub fn comment(&self, conn: &mut C, process: impl Into<ProcessId>, user: &dyn User, text: &str) -> Result<()> {
        let process = self.process(conn, process)?;
        self.get(process.flow())?.comment(conn, process.id, user, text)
    }

    /// Cancels a task, as [`View::cancel`](crate::node::View::cancel).
    ///
    /// # Errors
    /// As there; `NotFound` if there is no such task.
    pub fn cancel_task(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        self.on_task(conn, Verb::CancelTask, task, user)
    }

    /// Ends the branch of a task, as [`View::end_branch`](crate::node::View::end_branch).
    ///
    /// # Errors
    /// As there; `NotFound` if there is no such task.
    pub fn end_branch(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        self.on_task(conn, Verb::EndBranch, task, user)
    }

    /// Undoes a task, as [`View::undo`](crate::node::View::undo).
    ///
    /// # Errors
    /// As there; `NotFound` if there is no such task.
    pub fn undo(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        self.on_task(conn, Verb::Undo, task, user)
    }

    /// Replaces a task by a new one, as [`View::revive`](crate::node::View::revive). Returns the new one.
    ///
    /// # Errors
    /// As there; `NotFound` if there is no such task.
    pub fn revive(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        self.on_task(conn, Verb::Revive, task, user)
    }

    /// Does a task that failed once more, as [`View::retry`](crate::node::View::retry).
    ///
    /// # Errors
    /// As there; `NotFound` if there is no such task.
    pub fn retry(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        self.on_task(conn, Verb::Retry, task, user)
    }

    /// Adds an item to a running `NSubprocess`, as [`NSubprocess::add_item`](crate::node::NSubprocess::add_item), from JSON
    /// or from an HTML form.
    ///
    /// # Errors
    /// As there; `Invalid` if it is not an item of the node's type; `NotFound` if it is not a task of an `NSubprocess`.
    pub fn add_item(&self, conn: &mut C, task: TaskId, user: &dyn User, item: Sent<'_>) -> Result<Task> {
        let (flow, at) = self.node_of(conn, task, &[Kind::NSubprocess])?;
        flow.request(conn, self.asked(Verb::AddItem, at, task, user), flow.read(at, item))
    }

    /// Goes back to a task, as [`View::go_back`](crate::node::View::go_back). Returns the new task.
    ///
    /// # Errors
    /// As there; `NotFound` if there is no such task.
    pub fn go_back(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        self.on_task(conn, Verb::GoBack, task, user)
    }

    /// Moves a task of an [`Obsolete`](crate::node::Obsolete) node on, to where its `retired(to = ..)` leads;
    /// [`move_retired`](Flows::move_retired) moves all. Returns the task, which is DONE.
    ///
    /// # Errors
    /// `Denied` if the user does not manage the flow; `Conflict` while a body runs, a child process is open or the process
    /// is suspended, or if the node is not obsolete; `NotFound` if there is no such task; the error of a callback that fails.
    pub fn move_on(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        self.on_task(conn, Verb::MoveRetired, task, user)
    }

    /// Gives a task to another person, as [`View::reassign`](crate::node::View::reassign).
    ///
    /// # Errors
    /// As there; `NotFound` if it is not a task of a `View`.
    pub fn reassign(&self, conn: &mut C, task: TaskId, user: &dyn User, to: &dyn User) -> Result<Task> {
        let (flow, at) = self.node_of(conn, task, super::by_id::PEOPLE)?;
        flow.request(conn, Request { to: Some(to), ..self.asked(Verb::Reassign, at, task, user) }, Input::none())
    }

    /// What this person may do to a task, and why not the rest. Verbs that nodes of its kind never have are left out.
    ///
    /// ```
    /// use flow_core::prelude::*;
    /// use flow_core::Verb;
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
    ///     let anna = System("anna");
    ///     let process = LeaveFlow.start.run(&mut conn, &anna, Default::default())?;
    ///     let task = LeaveFlow.approve.tasks().of(process.id()).one(&mut conn)?;
    ///     let verbs = FLOWS.available(&mut conn, task.id(), &anna)?;
    ///     let of = |verb| verbs.iter().find(|known| known.verb == verb);
    ///     assert!(of(Verb::Assign).is_some_and(|verb| verb.is_allowed()));
    ///     let why = of(Verb::Execute).and_then(|verb| verb.reason()).unwrap_or_default();
    ///     assert!(why.contains("not assigned"), "{why}");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `NotFound` if there is no such task; what a rule of the flow fails with.
    pub fn available(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Vec<Availability>> {
        let row = self.task(conn, task)?;
        self.get(row.flow())?.available(conn, task, user)
    }

    /// What this person may do to a process, and why not the rest.
    ///
    /// # Errors
    /// `NotFound` if it is of no flow of the list; what a rule of the flow fails with.
    pub fn process_available(
        &self,
        conn: &mut C,
        process: impl Into<ProcessId>,
        user: &dyn User,
    ) -> Result<Vec<Availability>> {
        let row = self.process(conn, process)?;
        self.get(row.flow())?.process_available(conn, row.id, user)
    }

    /// As [`process_available`](Flows::process_available), of a process that was read already.
    ///
    /// # Errors
    /// As [`process_available`](Flows::process_available).
    pub fn process_available_in(&self, conn: &mut C, view: &ProcessView, user: &dyn User) -> Result<Vec<Availability>> {
        self.get(view.process().flow())?.process_available_row(conn, view.process(), user)
    }

    /// As [`available`](Flows::available), of a task that was read already.
    ///
    /// # Errors
    /// As [`available`](Flows::available).
    pub fn available_in(&self, conn: &mut C, view: &TaskView, user: &dyn User) -> Result<Vec<Availability>> {
        self.get(view.task.flow())?.available_view(conn, view, user)
    }

    fn on_process(&self, conn: &mut C, verb: Verb, id: impl Into<ProcessId>, user: &dyn User) -> Result<Process> {
        let process = self.process(conn, id)?;
        self.get(process.flow())?.on_process(conn, verb, process.id, user)
    }

    pub(super) fn on_task(&self, conn: &mut C, verb: Verb, task: TaskId, user: &dyn User) -> Result<Task> {
        let (flow, at) = self.any_node_of(conn, task)?;
        flow.request(conn, self.asked(verb, at, task, user), Input::none())
    }

    /// The flow and the node of a task.
    fn any_node_of(&self, conn: &mut C, id: TaskId) -> Result<(&'static DynFlow<C>, NodeId)> {
        let task = self.task(conn, id)?;
        let flow = self.get(task.flow())?;
        let at = flow.graph().find(task.node());
        Ok((flow, at.ok_or_else(|| Error::NotFound { what: format!("node `{}` of task {id}", task.node()) })?))
    }
}
