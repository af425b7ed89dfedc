//! What a callback sees.

use flow_graph::Kind;

use crate::branches::Which;
use crate::proxy::ProcessProxy as _;
use crate::store::Store as _;
use crate::{Branches, Error, Flow, Result, Task};

/// The context that is passed to a callback: the process, and the task that is being executed.
///
/// A callback that only reads (`if`, `when`, a permission method) gets `&Activation`, so that writing to it does not
/// compile; a callback that acts (`run`, `on_done`, `Form::save`) gets `&mut Activation`. Changes made here are stored
/// with the transition.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[derive(ProcessProxy)]
/// pub struct SendProcess { process: Process, #[json(default)] sent: bool }
///
/// #[flow(process = SendProcess)]
/// pub struct SendFlow {
///     #[node(permission(anyone), next = this.note)] start: Start,
///     #[node(run = this.note_result, next = this.end)] note: Function,
///     end: End,
/// }
///
/// impl SendFlow {
///     fn note_result(a: &mut Activation<Self>) { a.process.set_sent(true); }
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Activation<F: Flow, T = Task> {
    /// The process, as the process type of the flow.
    pub process: F::Process,
    /// The task, as the type that the node sets with `task = ..`.
    pub task: T,
    /// Who acts.
    pub(crate) actor: Option<String>,
    /// The task that led to this one.
    pub(crate) previous: Option<i32>,
}

impl<F: Flow, T> Activation<F, T> {
    /// An activation for a unit test of a callback.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
    ///     #[node(permission(this.may_approve), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// impl LeaveFlow {
    ///     fn may_approve(user: &dyn User, a: &Activation<Self>) -> bool { a.process.started_by() != Some(user.id()) }
    /// }
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = LeaveFlow.start.run(&mut conn, &System("anna"), Default::default())?;
    ///     let task = LeaveFlow.approve.tasks().of(process.id()).one(&mut conn)?;
    ///     assert!(!LeaveFlow::may_approve(&System("anna"), &Activation::new(process, task)));
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn new(process: F::Process, task: T) -> Self {
        Activation { process, task, actor: None, previous: None }
    }

    /// The branches that have arrived in the join right in front of this task, in their order: a callback of the node
    /// behind a `Join` reads what they did. See [`Branches`].
    ///
    /// # Errors
    /// `Misuse` if the task does not come right behind a join of branches; `Database`.
    pub fn branches(&self, conn: &mut F::Connection) -> Result<Branches> {
        let process = self.process.row().id;
        let read = |conn: &mut F::Connection, number: Option<i32>| match number {
            Some(number) => conn.store().task(process, number),
            None => Ok(None),
        };
        let join = read(conn, self.previous)?.filter(|join| join.task_type == Kind::Join.task_type());
        let split = read(conn, join.as_ref().and_then(|join| join.scope))?;
        let Some((join, split)) = join.zip(split) else {
            return Err(Error::misuse("`branches` is for a node right behind a `Join`, whose branches it reads"));
        };
        let token = format!("{}/{}", split.token, split.number);
        let tasks = conn.store().tasks_inside(process, &token)?;
        Ok(Branches::of_tasks(&tasks, &format!("{token}_"), Which::Arrived(join.number)))
    }

    /// The id of the [`User`](crate::User) who acts, in the callbacks of a foreground step; `None` in the background,
    /// and in rules of permission, which are given the user.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct NoteProcess { process: Process, #[json(default)] by: String }
    ///
    /// #[flow(process = NoteProcess)]
    /// pub struct NoteFlow {
    ///     #[node(permission(anyone), next = this.note)] start: StartHandle,
    ///     #[node(run = |a| { let by = a.actor().unwrap_or("nobody").to_owned(); a.process.set_by(by) }, next = this.end)]
    ///     note: Function,
    ///     end: End,
    /// }
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     static FLOWS: Flows<diesel::SqliteConnection> = flows![NoteFlow];
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = NoteFlow.start.run(&mut conn, &System("anna"), Default::default())?;
    ///     assert_eq!(process.by(), "anna");
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }
}
