//! Filters that are expressions of diesel's, and lists that begin at a flow.

use diesel::dsl::InnerJoinQuerySource;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::BoolOrNullableBool;
use diesel::{AppearsOnTable, Expression};

use super::{FindProcesses, FindTasks};
use crate::schema::{flow_process, flow_task};
use crate::store::FlowConnection;
use crate::store::list::{Filter, Where};
use crate::{DynFlow, Flow, Flows};

/// A task beside its process.
type TaskAndProcess = InnerJoinQuerySource<flow_task::table, flow_process::table>;

impl<C: FlowConnection> FindProcesses<'_, C> {
    /// Processes that meet a condition on their fields or their columns, as for diesel's own `filter`. Fields belong to
    /// one process type, so such a list begins at the flow: in rows of other flows an absent key counts as its default.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, days: i64, #[json(default)] approved: bool }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
    ///     #[node(form = ApproveForm { approved }, permission("can_approve"), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// const F: LeaveProcessFields = LeaveProcess::FIELDS;
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     flows![LeaveFlow].migrate(&mut conn)?;
    ///     for days in [2, 20] {
    ///         LeaveFlow.start.run(&mut conn, &System("anna"), LeaveProcessData { days, approved: false })?;
    ///     }
    ///     let long = LeaveFlow.find_processes().open().filter(F.days.gt(10).and(F.approved.eq(false)));
    ///     assert_eq!(long.load(&mut conn)?.rows.len(), 1);
    ///     Ok(())
    /// }
    /// ```
    pub fn filter<E>(self, condition: E) -> Self
    where
        E: AppearsOnTable<flow_process::table> + Expression<SqlType: BoolOrNullableBool>,
        E: QueryFragment<C::Backend> + Send + Sync + 'static,
    {
        self.with(Where::Filter(Filter::new::<C::Backend>(condition)))
    }
}

impl<C: FlowConnection> FindTasks<'_, C> {
    /// Tasks that meet a condition on their own fields or columns, or on those of their process, as for diesel's own
    /// `filter`. Fields belong to one process type, so such a list begins at the flow: in rows of other flows an absent
    /// key counts as its default.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, days: i64 }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
    ///     #[node(permission("can_approve"), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     flows![LeaveFlow].migrate(&mut conn)?;
    ///     for days in [2, 20] {
    ///         LeaveFlow.start.run(&mut conn, &System("anna"), LeaveProcessData { days })?;
    ///     }
    ///     let boss = System("boss");
    ///     let long = LeaveFlow.find_tasks().queue_of(&boss).filter(LeaveProcess::FIELDS.days.gt(10));
    ///     let taken = long.assign(&mut conn, &boss, 100)?;
    ///     assert_eq!(taken.len(), 1);
    ///     Ok(())
    /// }
    /// ```
    pub fn filter<E>(self, condition: E) -> Self
    where
        E: AppearsOnTable<TaskAndProcess> + Expression<SqlType: BoolOrNullableBool>,
        E: QueryFragment<C::Backend> + Send + Sync + 'static,
    {
        self.with(Where::Filter(Filter::new::<C::Backend>(condition)))
    }
}

/// The list of one flow alone.
struct Alone<F>(std::marker::PhantomData<F>);

impl<F: Flow> Alone<F> {
    const FLOWS: &'static Flows<F::Connection> = &Flows::new(const { &[DynFlow::of::<F>()] });
}

/// Lists that begin at a flow: `LeaveFlow.find_tasks()`. In the prelude.
pub trait FlowLists: Flow + Sized {
    /// Begins a list of this flow's tasks: as [`Flows::find_tasks`], with
    /// [`filter`](FindTasks::filter) for the fields of its process type.
    fn find_tasks(&self) -> FindTasks<'static, Self::Connection> {
        Alone::<Self>::FLOWS.find_tasks()
    }

    /// Begins a list of this flow's processes: as [`Flows::find_processes`], with
    /// [`filter`](FindProcesses::filter) for the fields of its process type.
    fn find_processes(&self) -> FindProcesses<'static, Self::Connection> {
        Alone::<Self>::FLOWS.find_processes()
    }
}

impl<F: Flow> FlowLists for F {}
