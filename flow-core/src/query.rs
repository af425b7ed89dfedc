//! Queries over processes and tasks: plain diesel queries, with a few extra methods.

use diesel::backend::Backend;
use diesel::dsl::{Add, AsSelect, Eq, EqAny, Filter, IsNull, Limit, Select};
use diesel::query_builder::{IntoUpdateTarget, QueryId};
use diesel::query_dsl::methods::{ExecuteDsl, FilterDsl, LimitDsl, LoadQuery, SelectDsl};
use diesel::{ExpressionMethods as _, RunQueryDsl as _, Selectable, SelectableHelper as _};

use crate::proxy::{Changes, Each, JsonProxy, OneOf, Update, update_error};
use crate::store::patch::Patched;
use crate::store::schema::{flow_process, flow_task};
use crate::{Error, Flow, ProcessId, ProcessProxy, Result, Task};

/// The processes of a flow, as its own type `P`.
pub type Processes<P, DB> =
    Filter<Select<<P as ProcessProxy>::Source, AsSelect<P, DB>>, EqAny<flow_process::flow, &'static [&'static str]>>;

/// The processes of the flow `F`: what `HelloWorldFlow.processes()` returns.
pub type ProcessesOf<F> = Processes<<F as Flow>::Process, crate::__private::Backend<F>>;

/// The tasks of a flow.
pub type FlowTasks<DB> =
    Filter<Select<flow_task::table, AsSelect<Task, DB>>, EqAny<flow_task::flow, &'static [&'static str]>>;

/// The tasks of a node.
pub type NodeTasks<DB> = Filter<FlowTasks<DB>, EqAny<flow_task::node, &'static [&'static str]>>;

/// `HelloWorldFlow.processes()`, of all names that the flow has or had.
#[doc(hidden)]
pub fn processes<P, DB>(flows: &'static [&'static str]) -> Processes<P, DB>
where
    DB: Backend,
    P: ProcessProxy<Source: SelectDsl<AsSelect<P, DB>>> + Selectable<DB, SelectExpression: QueryId>,
    Select<P::Source, AsSelect<P, DB>>: FilterDsl<EqAny<flow_process::flow, &'static [&'static str]>>,
{
    FilterDsl::filter(SelectDsl::select(P::source(), P::as_select()), flow_process::flow.eq_any(flows))
}

/// `HelloWorldFlow.tasks()`, of all names that the flow has or had.
#[doc(hidden)]
pub fn flow_tasks<DB>(flows: &'static [&'static str]) -> FlowTasks<DB>
where
    DB: Backend,
    Task: Selectable<DB, SelectExpression: QueryId>,
    flow_task::table: SelectDsl<AsSelect<Task, DB>>,
    Select<flow_task::table, AsSelect<Task, DB>>: FilterDsl<EqAny<flow_task::flow, &'static [&'static str]>>,
{
    FilterDsl::filter(SelectDsl::select(flow_task::table, Task::as_select()), flow_task::flow.eq_any(flows))
}

/// Extra methods for queries over tasks, in addition to diesel's `filter`, `order` and `load`.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.approve)] start: Start,
///     #[node(permission("can_approve"), next = this.end)] approve: View,
///     end: End,
/// }
///
/// fn task_of(conn: &mut diesel::SqliteConnection, process: i64) -> flow_core::Result<Task> {
///     LeaveFlow.approve.tasks().open().of(process).one(conn)
/// }
/// # fn main() {}
/// ```
pub trait TaskQuery: Sized {
    /// Tasks that are not done, cancelled or revived.
    fn open(self) -> Filter<Self, IsNull<flow_task::finished>>
    where
        Self: FilterDsl<IsNull<flow_task::finished>>,
    {
        FilterDsl::filter(self, flow_task::finished.is_null())
    }

    /// Tasks of this process.
    fn of(self, process: impl Into<ProcessId>) -> Filter<Self, Eq<flow_task::process_id, i64>>
    where
        Self: FilterDsl<Eq<flow_task::process_id, i64>>,
    {
        FilterDsl::filter(self, flow_task::process_id.eq(process.into().get()))
    }

    /// Tasks whose owner is this user: assigned to them, or done by them.
    fn owned_by(self, user: &str) -> Filter<Self, Eq<flow_task::owner, String>>
    where
        Self: FilterDsl<Eq<flow_task::owner, String>>,
    {
        FilterDsl::filter(self, flow_task::owner.eq(user.to_owned()))
    }

    /// The only matching task.
    ///
    /// # Errors
    /// `NotFound` if there is none, `Invalid` if there are several.
    fn one<'q, C>(self, conn: &mut C) -> Result<Task>
    where
        C: diesel::Connection,
        Self: LimitDsl,
        Limit<Self>: LoadQuery<'q, C, Task>,
    {
        let mut found: Vec<Task> = LimitDsl::limit(self, 2).load(conn)?;
        match (found.pop(), found.pop()) {
            (Some(task), None) => Ok(task),
            (None, _) => Err(Error::NotFound { what: "task that matches the query".to_owned() }),
            (Some(_), Some(_)) => Err(Error::invalid("query", "matches more than one task")),
        }
    }
}

impl<Q: diesel::query_builder::Query> TaskQuery for Q {}

/// Extra methods for queries over processes, in addition to diesel's `filter`, `order` and `load`.
pub trait ProcessQuery: Sized {
    /// The process with this id. Like diesel's `find`, which only works for one table: a type with `#[proxy(joined,
    /// ..)]` is read from two.
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
    /// fn process(conn: &mut diesel::SqliteConnection, id: i64) -> flow_core::Result<Process> {
    ///     Ok(LeaveFlow.processes().by_id(id).first(conn)?)
    /// }
    /// # fn main() {}
    /// ```
    fn by_id(self, id: impl Into<ProcessId>) -> Filter<Self, Eq<flow_process::id, i64>>
    where
        Self: FilterDsl<Eq<flow_process::id, i64>>,
    {
        FilterDsl::filter(self, flow_process::id.eq(id.into().get()))
    }

    /// Loads each process separately: where `load` fails at the first document that cannot be read, this returns an
    /// error for that row only, and all other processes.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, days: i64 }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.end)] start: StartHandle,
    ///     end: End,
    /// }
    ///
    /// fn report(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    ///     let mut days = 0;
    ///     for leave in LeaveFlow.processes().load_each(conn)? {
    ///         match leave {
    ///             Ok(leave) => days += leave.days(),
    ///             Err(error) => println!("{error}"),
    ///         }
    ///     }
    ///     Ok(days)
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// [`Error::Database`] where the query itself fails.
    fn load_each<'q, P, C>(self, conn: &mut C) -> Result<Vec<Result<P>>>
    where
        C: diesel::Connection,
        Self:
            diesel::query_builder::Query<SqlType = AsSelect<P, C::Backend>> + SelectDsl<AsSelect<Each<P>, C::Backend>>,
        P: JsonProxy + Selectable<C::Backend, SelectExpression: QueryId>,
        Select<Self, AsSelect<Each<P>, C::Backend>>: LoadQuery<'q, C, Each<P>>,
    {
        let rows: Vec<Each<P>> = SelectDsl::select(self, Each::<P>::as_select()).load(conn)?;
        Ok(rows.into_iter().map(Each::into_result).collect())
    }

    /// Sets fields of all matching processes in one statement (a bulk update): the JSON keys are patched, and the
    /// version of each row is incremented. Returns the number of rows. It is not a transition: no task changes, and no
    /// audit row is written. Processes that are done or cancelled are changed too, unless the query excludes them.
    ///
    /// A missing object around a field is created.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, #[json(default)] days: i64, #[json(default)] note: String }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.end)] start: Start,
    ///     end: End,
    /// }
    ///
    /// const F: LeaveProcessFields = LeaveProcess::FIELDS;
    ///
    /// fn shorten(conn: &mut diesel::SqliteConnection) -> flow_core::Result<usize> {
    ///     LeaveFlow.processes().filter(F.days.gt(30)).update((F.days.set(30), F.note.set("shortened".into())), conn)
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] with every value that is not valid, or with the fields stored inside an object where one of
    /// the rows has another value in its place; nothing was changed then.
    fn update<C>(self, changes: impl Changes, conn: &mut C) -> Result<usize>
    where
        C: diesel::Connection,
        Self: SelectDsl<flow_process::id>,
        Filter<flow_process::table, OneOf<Select<Self, flow_process::id>>>:
            IntoUpdateTarget<Table = flow_process::table>,
        flow_process::table: FilterDsl<OneOf<Select<Self, flow_process::id>>>,
        BulkUpdate<Select<Self, flow_process::id>>: ExecuteDsl<C>,
    {
        let Update { data, nested } = Update::new(changes)?;
        if data.0.is_empty() {
            return Ok(0);
        }
        let those = FilterDsl::filter(flow_process::table, OneOf(SelectDsl::select(self, flow_process::id)));
        let set = (flow_process::data.eq(data), flow_process::version.eq(flow_process::version + 1_i64));
        ExecuteDsl::execute(diesel::update(those).set(set), conn).map_err(|error| update_error(&nested, error))
    }
}

#[doc(hidden)]
pub type BulkUpdate<Q> = diesel::dsl::Update<
    Filter<flow_process::table, OneOf<Q>>,
    (Eq<flow_process::data, Patched>, Eq<flow_process::version, Add<flow_process::version, i64>>),
>;

impl<Q: diesel::query_builder::Query> ProcessQuery for Q {}
