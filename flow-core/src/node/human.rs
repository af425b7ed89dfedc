//! What can be done to the nodes of people.

use super::{ConnectionOf, HumanNode, ProcessOf, Start, View};
use crate::transition::perform::Request;
use crate::transition::{Input, Verb, perform, permit, start};
use crate::{FormField, ProcessProxy as _, Result, Task, TaskId, User};

impl<N: HumanNode> Start<N> {
    /// What its form asks for: a line of a page each. Empty if it has no form, or one of your own that does not say.
    ///
    /// See [`FormField`].
    #[must_use]
    pub const fn fields(&self) -> &'static [FormField] {
        N::FIELDS
    }

    /// Starts a process.
    ///
    /// Runs in a transaction of its own, or inside the caller's.
    ///
    /// # Errors
    /// `Denied` if the person may not; `Invalid` with every field that is not valid; `Step` if a callback
    /// fails. Nothing was changed then.
    pub fn run(&self, conn: &mut ConnectionOf<N>, user: &dyn User, form: N::Form) -> Result<ProcessOf<N>> {
        start::start::<N::Flow>(conn, N::ID, user, Input::new(form, N::AGAIN))
    }

    /// Starts a process once: if one of this flow was started with this key before, that one is given back as it
    /// is now, and nothing is started. For a request that may come twice: a double click, a webhook.
    ///
    /// The key is a text of the app's, of at most 200 bytes: the number of an order, the id of a message. It is
    /// kept with the process for good.
    ///
    /// # Errors
    /// As [`run`](Start::run); `Invalid` for a key that is empty or too long.
    pub fn run_once(
        &self,
        conn: &mut ConnectionOf<N>,
        user: &dyn User,
        key: &str,
        form: N::Form,
    ) -> Result<ProcessOf<N>> {
        start::start_once::<N::Flow>(conn, N::ID, user, key, Input::new(form, N::AGAIN))
    }

    /// Whether the person may start a process here: for a menu. [`run`](Start::run) asks again.
    ///
    /// # Errors
    /// `Denied`, with the reason.
    pub fn check(&self, user: &dyn User) -> Result<()> {
        permit::may_start::<N::Flow>(user, N::ID)
    }
}

impl<N: HumanNode> View<N> {
    /// What its form asks for: a line of a page each. Empty if it has no form, or one of your own that does not say.
    ///
    /// See [`FormField`].
    #[must_use]
    pub const fn fields(&self) -> &'static [FormField] {
        N::FIELDS
    }

    /// What its form asks for, each field with its value in this process: for a page that shows what there is. Nobody
    /// is asked whether the person may see it: whoever shows the page does.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, days: i64, #[json(default)] approved: bool }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(form = AskForm { days }, permission(anyone), next = this.approve)] start: Start,
    ///     #[node(form = ApproveForm { days, approved }, permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = LeaveFlow.start.run(&mut conn, &System("me"), AskForm { days: 5 })?;
    ///     let fields = LeaveFlow.approve.fields_of(&process);
    ///     assert_eq!((fields[0].texts(), fields[1].texts()), (vec!["5".to_owned()], vec![]));
    ///     // Of any task, by the names that its row has.
    ///     assert_eq!(FLOWS.fields_of(&process, "approve")[0].texts(), ["5"]);
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn fields_of(&self, process: &ProcessOf<N>) -> Vec<FormField> {
        N::FIELDS.iter().map(|field| field.clone().with_value_of(process.row())).collect()
    }

    /// The person takes the task. Returns the task as it is then.
    ///
    /// # Errors
    /// `Denied` if the person may not; `Conflict` if it is taken or done: it says by whom and since when;
    /// `NotFound` if it is not a task of this node.
    pub fn assign(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
        Ok(perform::perform::<N::Flow>(conn, Verb::Assign, N::ID, task, user, Input::none())?.task)
    }

    /// The person who has taken the task, or a manager, gives it back.
    ///
    /// # Errors
    /// `Denied` for anybody else; `Conflict` if nobody has it; `NotFound` if it is not a task of this node.
    pub fn unassign(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
        Ok(perform::perform::<N::Flow>(conn, Verb::Unassign, N::ID, task, user, Input::none())?.task)
    }

    /// The person who has the task, or a manager, gives it to another person. Returns the task as it is then.
    ///
    /// # Errors
    /// `Denied` for anybody else, and if `to` may not do the task; `Conflict` if it was done or cancelled; `NotFound` if
    /// it is not a task of this node.
    pub fn reassign(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User, to: &dyn User) -> Result<Task> {
        let request = Request { verb: Verb::Reassign, at: N::ID, id: task, user, to: Some(to) };
        Ok(perform::request::<N::Flow>(conn, request, Input::none())?.task)
    }

    /// The person who has taken the task does it; the process goes on. Returns the process as it is then.
    ///
    /// # Errors
    /// `Denied` if the person may not or has not taken it; `Conflict` if it was done or cancelled meanwhile;
    /// `Invalid` with every field that is not valid; `Step` if a callback fails. Nothing was changed then.
    pub fn execute(
        &self,
        conn: &mut ConnectionOf<N>,
        task: TaskId,
        user: &dyn User,
        form: N::Form,
    ) -> Result<ProcessOf<N>> {
        let form = Input::new(form, N::AGAIN);
        perform::perform::<N::Flow>(conn, Verb::Execute, N::ID, task, user, form)?.into_process()
    }
}
