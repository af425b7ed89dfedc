//! Filters that are expressions of diesel's, and lists that begin at a flow.

use diesel::dsl::InnerJoinQuerySource;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::BoolOrNullableBool;
use diesel::{AppearsOnTable, Expression};

use super::{FindProcesses, FindTasks};
use crate::proxy::Sorted;
use crate::schema::{flow_process, flow_task};
use crate::store::FlowConnection;
use crate::store::list::{ByField, Filter, Where};
use crate::{DynFlow, Error, Flow, Flows, Result};

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

impl<C: FlowConnection> FindProcesses<'_, C> {
    /// In the order of a field: `order_by(F.days.desc())`, what is equal by number. Absent values come first in `asc`
    /// and last in `desc`. A cursor names its last row alone: the page behind it begins behind the value that the row
    /// has then.
    ///
    /// The database sorts what the filters leave. Where these are many processes, declare an index for the field:
    /// `#[proxy(index(days))]`.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[derive(ProcessProxy)]
    /// # pub struct LeaveProcess { process: Process, days: i64 }
    /// # #[flow(process = LeaveProcess)]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: StartHandle,
    /// #     #[node(permission("can_approve"), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # flows![LeaveFlow].migrate(&mut conn)?;
    /// for days in [2, 20, 5] {
    ///     LeaveFlow.start.run(&mut conn, &System("anna"), LeaveProcessData { days })?;
    /// }
    /// let longest = || LeaveFlow.find_processes().order_by(LeaveProcess::FIELDS.days.desc()).page_size(2);
    /// let page = longest().load(&mut conn)?;
    /// assert_eq!([page.rows[0].id(), page.rows[1].id()], [2, 3]);
    /// let last = longest().after(page.next.expect("there is a third one")).load(&mut conn)?;
    /// assert_eq!(last.rows[0].id(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn order_by<E>(self, order: Sorted<E>) -> Self
    where
        E: AppearsOnTable<flow_process::table> + QueryFragment<C::Backend> + Send + Sync + 'static,
    {
        let (field, descending) = order.into_parts();
        self.by(ByField { expression: Filter::new::<C::Backend>(field), descending })
    }

    /// As [`order_by`](FindProcesses::order_by), for pages that know the field of one flow by its name: `Invalid` if
    /// the process type has no such field, or one without an order, such as a list, or a `Secret`.
    ///
    /// # Errors
    /// `Invalid`; `NotFound` if the list of flows has no such flow.
    pub fn order_by_name(self, flow: &str, field: &str, descending: bool) -> Result<Self>
    where
        C: 'static,
    {
        let order = by_name(self.flows, flow, field, descending)?;
        Ok(self.flow(flow).by(order))
    }
}

/// The order of a field of a flow's process type.
fn by_name<C: FlowConnection>(flows: &Flows<C>, flow: &str, field: &str, descending: bool) -> Result<ByField> {
    let known = flows.get(flow)?.field(field);
    let field = known.ok_or_else(|| Error::invalid("order", format!("`{field}` is not a field with an order")))?;
    Ok(ByField { expression: Filter::new::<C::Backend>(field), descending })
}

impl<C: FlowConnection> FindTasks<'_, C> {
    /// In the order of a field of the task or of its process, as [`FindProcesses::order_by`].
    pub fn order_by<E>(self, order: Sorted<E>) -> Self
    where
        E: AppearsOnTable<TaskAndProcess> + QueryFragment<C::Backend> + Send + Sync + 'static,
    {
        let (field, descending) = order.into_parts();
        self.by(ByField { expression: Filter::new::<C::Backend>(field), descending })
    }

    /// In the order of a field of the processes of one flow, by its name, as [`FindProcesses::order_by_name`].
    ///
    /// # Errors
    /// As [`FindProcesses::order_by_name`].
    pub fn order_by_name(self, flow: &str, field: &str, descending: bool) -> Result<Self>
    where
        C: 'static,
    {
        let order = by_name(self.flows, flow, field, descending)?;
        Ok(self.flow(flow).by(order))
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
