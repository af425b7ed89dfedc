//! What users can do at a `Start`, a `View` and a `ManualTask`.

use super::{ConnectionOf, HumanNode, ManualTask, ProcessOf, Start, View};
use crate::transition::perform::Request;
use crate::transition::{Input, Verb, perform, permit, start};
use crate::{FormField, ProcessProxy as _, Result, Task, TaskId, User};

impl<N: HumanNode> Start<N> {
    /// The fields of its form, to render a page. Empty if it has no form, or if a form type of your own does not list
    /// its fields.
    ///
    /// See [`FormField`].
    #[must_use]
    pub const fn fields(&self) -> &'static [FormField] {
        N::FIELDS
    }

    /// Starts a process.
    ///
    /// Runs in its own transaction, or inside the transaction of the caller.
    ///
    /// # Errors
    /// `Denied` if the user is not authorized; `Invalid` with every field that is not valid; `Step` if a callback
    /// fails. Nothing was changed then.
    pub fn run(&self, conn: &mut ConnectionOf<N>, user: &dyn User, form: N::Form) -> Result<ProcessOf<N>> {
        start::start::<N::Flow>(conn, N::ID, user, Input::new(form, N::AGAIN))
    }

    /// Starts a process with an idempotency key: if a process of this flow was started with this key before, that
    /// process is returned as it is now, and nothing is started. Use it for a request that may arrive twice: a double
    /// click, a webhook.
    ///
    /// The key is a string of at most 200 bytes that you choose: an order number, a message id. It is stored with the
    /// process and never expires.
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

    /// Checks whether the user may start a process here, for example to show a menu. [`run`](Start::run) checks again.
    ///
    /// # Errors
    /// `Denied`, with the reason.
    pub fn check(&self, user: &dyn User) -> Result<()> {
        permit::may_start::<N::Flow>(user, N::ID)
    }
}

/// What people can do at a task that waits for them: the same at each kind.
macro_rules! tasks_of_people {
    ($($kind:ident),*) => {$(
        impl<N: HumanNode> $kind<N> {
            /// The fields of its form, to render a page. Empty if it has no form, or if a form type of your own does not list
            /// its fields.
            ///
            /// See [`FormField`].
            #[must_use]
            pub const fn fields(&self) -> &'static [FormField] {
                N::FIELDS
            }

            /// The fields of its form, each with its current value in this process, to render a form with initial values. No
            /// permission is checked: the page that shows it is responsible for that.
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

            /// Assigns the task to this user (claims it). Returns the task as it is afterwards.
            ///
            /// # Errors
            /// `Denied` if the user is not authorized; `Conflict` if it is already assigned or done, with the owner and the
            /// time; `NotFound` if it is not a task of this node.
            pub fn assign(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                Ok(perform::perform::<N::Flow>(conn, Verb::Assign, N::ID, task, user, Input::none())?.task)
            }

            /// Unassigns the task. Allowed for its owner and for managers.
            ///
            /// # Errors
            /// `Denied` for anybody else; `Conflict` if it is not assigned; `NotFound` if it is not a task of this node.
            pub fn unassign(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                Ok(perform::perform::<N::Flow>(conn, Verb::Unassign, N::ID, task, user, Input::none())?.task)
            }

            /// The person who has the task, or a manager, gives it to another person. Returns the task as it is then.
            ///
            /// # Errors
            /// `Denied` for anybody else, and if `to` may not do the task; `Conflict` if it was done or cancelled; `NotFound` if
            /// it is not a task of this node.
            pub fn reassign(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User, to: &dyn User) -> Result<Task> {
                let request = Request { verb: Verb::Reassign, at: N::ID, id: task, user, to: Some(to), expected: None };
                Ok(perform::request::<N::Flow>(conn, request, Input::none())?.task)
            }

            /// Completes the task with its form, as its owner, and continues the process. Returns the process as it is
            /// afterwards.
            ///
            /// # Errors
            /// `Denied` if the user is not authorized or is not the owner; `Conflict` if it is already done or cancelled;
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
    )*};
}

tasks_of_people!(View, ManualTask);
