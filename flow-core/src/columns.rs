//! The app's own columns in our rows.

/// A table that is columns of the app's in the row of a process: what [`process_columns!`](crate::process_columns)
/// declares.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared as columns of `flow_process`",
    label = "not declared as columns of `flow_process`",
    note = "declare them with `flow_core::process_columns! {{ order_columns {{ customer_id -> Nullable<BigInt> }} }}`; for a separate table write `#[proxy(joined, new = ..)]`"
)]
pub trait ProcessColumns: diesel::Table {}

/// A table that is columns of the app's in the row of a task: what [`task_columns!`](crate::task_columns) declares.
pub trait TaskColumns: diesel::Table {}

/// Columns of the app's own in the row of a process, for diesel: in one query with `processes()`, without a join.
///
/// A migration of yours adds them to `flow_process`. The processes of all flows stand there, so each must be
/// nullable or have a default. Give them a prefix of the app's: the migrations of this crate only add columns to that
/// table, but they may. The key, `id`, is there already. Three ways to fill them:
///
/// - `#[proxy(columns, new = NewOrder)]` on a field of the process type: they are read with the process, and what a
///   start is given and what a transition changes is written with it. See [`ProcessProxy`](derive@crate::ProcessProxy).
/// - a generated column, `generated always as (data ->> 'note')`: the database keeps it equal to a field;
/// - an `update` of yours, for columns that the process does not write: it writes those of its struct as it has read
///   them, all of them. A column that it shall read alone, and a generated one, has `#[diesel(skip_update)]` there.
///
/// A column of moments is a `Nullable<flow_core::data::sql_types::Moment>`, for a [`Timestamp`](crate::Timestamp).
///
/// # Beside other tables
///
/// What they refer to is joined by its own name. Both tables say that they may stand in one query, and that they may
/// beside ours:
///
/// ```
/// # use flow_core::prelude::*;
/// diesel::table! { customers (id) { id -> BigInt, name -> Text, } }
/// flow_core::process_columns! { order_columns { customer_id -> Nullable<BigInt> } }
/// flow_core::join_process!(customers);
/// diesel::allow_tables_to_appear_in_same_query!(customers, order_columns);
/// # #[flow]
/// # pub struct OrderFlow {
/// #     #[node(permission(anyone), next = this.end)] start: Start,
/// #     end: End,
/// # }
///
/// fn of(name: &str, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<Vec<Process>> {
///     let customer = customers::table.on(order_columns::customer_id.eq(customers::id.nullable()));
///     OrderFlow.processes().inner_join(customer).filter(customers::name.eq(name)).load(conn)
/// }
/// # fn main() {}
/// ```
///
/// To group by them and by columns of ours diesel asks for
/// `allow_columns_to_appear_in_same_group_by_clause!(flow_process::status, order_columns::customer_id)`.
///
/// # Example
///
/// ```
/// use flow_core::prelude::*;
///
/// flow_core::process_columns! {
///     /// What the row of a process has beside ours.
///     order_columns {
///         /// Who orders.
///         customer_id -> Nullable<BigInt>,
///         /// A copy of the field `note`, kept by the database.
///         note -> Nullable<Text>,
///     }
/// }
///
/// #[derive(ProcessProxy)]
/// pub struct OrderProcess { process: Process, note: Option<String> }
///
/// #[flow(process = OrderProcess)]
/// pub struct OrderFlow {
///     #[node(form = StartForm { note }, permission(anyone), next = this.end)] start: Start,
///     end: End,
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];
///     FLOWS.migrate(&mut conn)?;
///     diesel::sql_query("alter table flow_process add column customer_id bigint").execute(&mut conn)?;
///     diesel::sql_query("alter table flow_process add column note text generated always as (data ->> 'note')")
///         .execute(&mut conn)?;
///
///     let process = OrderFlow.start.run(&mut conn, &System("me"), StartForm { note: Some("soon".into()) })?;
///     diesel::update(order_columns::table.find(process.id()))
///         .set(order_columns::customer_id.eq(7_i64))
///         .execute(&mut conn)?;
///
///     let of_customer = OrderFlow.processes().filter(order_columns::customer_id.eq(7_i64));
///     assert_eq!(of_customer.filter(order_columns::note.eq("soon")).load(&mut conn)?.len(), 1);
///     Ok(())
/// }
/// ```
#[macro_export]
macro_rules! process_columns {
    ($(#[$attribute:meta])* $table:ident { $($(#[$of_column:meta])* $column:ident -> $type:ty),+ $(,)? }) => {
        $crate::__private::diesel::table! {
            $(#[$attribute])*
            #[sql_name = "flow_process"]
            $table (id) {
                /// The number of the process.
                id -> BigInt,
                $($(#[$of_column])* $column -> $type,)+
            }
        }
        impl $crate::ProcessColumns for $table::table {}
        $crate::__own_columns!($table, flow_process [
            flow_task flow_due flow_audit flow_candidate flow_attempt flow_snooze flow_draft flow_message flow_queue
        ] id $($column)+);
    };
}

/// Columns of the app's own in the row of a task, for diesel: in one query with `tasks()`, without a join.
///
/// A migration of yours adds them to `flow_task`; all of it is as with [`process_columns!`](crate::process_columns).
/// The key is `(process_id, number)`. A generated column is filled when the engine writes the row. A callback that takes
/// the connection can read and write others, `post_columns::table.find((a.task.id().process(), a.task.id().number()))`:
/// what it looks at has been written by then.
///
/// ```
/// use flow_core::prelude::*;
///
/// flow_core::task_columns! { post_columns { title -> Nullable<Text> } }
///
/// #[derive(TaskProxy)]
/// pub struct PostTask { task: Task, title: String }
///
/// #[flow]
/// pub struct PostFlow {
///     #[node(permission(anyone), next(this.read, task_data = |_a| PostTaskData { title: "On joins".into() }))]
///     start: Start,
///     #[node(task = PostTask, permission(anyone), next = this.end)]
///     read: View,
///     end: End,
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     static FLOWS: Flows<diesel::SqliteConnection> = flows![PostFlow];
///     FLOWS.migrate(&mut conn)?;
///     diesel::sql_query("alter table flow_task add column title text generated always as (data ->> 'title')")
///         .execute(&mut conn)?;
///
///     PostFlow.start.run(&mut conn, &System("me"), ())?;
///     let on_joins = PostFlow.tasks().open().filter(post_columns::title.like("%joins")).load::<Task>(&mut conn)?;
///     assert_eq!(on_joins.len(), 1);
///     Ok(())
/// }
/// ```
#[macro_export]
macro_rules! task_columns {
    ($(#[$attribute:meta])* $table:ident { $($(#[$of_column:meta])* $column:ident -> $type:ty),+ $(,)? }) => {
        $crate::__private::diesel::table! {
            $(#[$attribute])*
            #[sql_name = "flow_task"]
            $table (process_id, number) {
                /// The number of the process.
                process_id -> BigInt,
                /// The number of the task in it.
                number -> Integer,
                $($(#[$of_column])* $column -> $type,)+
            }
        }
        impl $crate::TaskColumns for $table::table {}
        $crate::__own_columns!($table, flow_task [
            flow_process flow_due flow_audit flow_candidate flow_attempt flow_snooze flow_draft flow_message flow_queue
        ] process_id number $($column)+);
    };
}

/// They stand wherever our table stands, since it is the same one, and beside our others.
#[doc(hidden)]
#[macro_export]
macro_rules! __own_columns {
    ($table:ident, $ours:ident [$($other:ident)+] $($column:ident)+) => {
        const _: () = {
            // Whole paths: `$table` may have any name.
            impl $crate::__private::diesel::query_source::AppearsInFromClause<$table::table>
                for $crate::schema::$ours::table
            {
                type Count = $crate::__private::diesel::query_source::Once;
            }
            $(
                impl $crate::__private::diesel::SelectableExpression<$crate::schema::$ours::table>
                    for $table::$column {}
            )+
            $(
                impl $crate::__private::diesel::query_source::TableNotEqual<$crate::schema::$other::table>
                    for $table::table {}
                impl $crate::__private::diesel::query_source::TableNotEqual<$table::table>
                    for $crate::schema::$other::table {}
            )+
        };
    };
}
