//! The app's own columns in our rows.

/// A table that is columns of the app's in the row of a process: what [`process_columns!`](crate::process_columns)
/// declares.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared as columns of `flow_process`",
    label = "these are not columns in the row of a process",
    note = "declare them with `flow_core::process_columns! {{ order_columns {{ customer_id -> Nullable<BigInt> }} }}`; for a table beside it write `#[proxy(joined, new = ..)]`"
)]
pub trait ProcessColumns: diesel::Table {}

/// A table that is columns of the app's in the row of a task: what [`task_columns!`](crate::task_columns) declares.
pub trait TaskColumns: diesel::Table {}

/// Columns of the app's own in the row of a process, for diesel: in one query with `processes()`, without a join.
///
/// A migration of yours adds them to `flow_process`. The processes of all flows stand there, so each must be
/// nullable or have a default; the engine never writes to them. Three ways to fill them:
///
/// - `#[proxy(columns, new = NewOrder)]` on a field of the process type: they are read with the process, and what a
///   start is given and what a transition changes is written with it. See [`ProcessProxy`](derive@crate::ProcessProxy).
/// - a generated column, `generated always as (data ->> 'note')`: the database keeps it equal to a field;
/// - an `update` of yours.
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
        $crate::__own_columns!($table, flow_process [flow_task flow_due flow_audit] id $($column)+);
    };
}

/// Columns of the app's own in the row of a task, for diesel: in one query with `tasks()`, without a join.
///
/// A migration of yours adds them to `flow_task`; all of it is as with [`process_columns!`](crate::process_columns).
/// A generated column is filled when the engine writes the row; a callback that takes the connection finds the rows
/// of what it may look at and can write to them.
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
        $crate::__own_columns!($table, flow_task [flow_process flow_due flow_audit] process_id number $($column)+);
    };
}

/// They stand wherever our table stands, since it is the same one, and beside our others.
#[doc(hidden)]
#[macro_export]
macro_rules! __own_columns {
    ($table:ident, $ours:ident [$($other:ident)+] $($column:ident)+) => {
        const _: () = {
            use $crate::__private::diesel::query_source::{AppearsInFromClause, Once, TableNotEqual};
            use $crate::schema;

            impl AppearsInFromClause<$table::table> for schema::$ours::table {
                type Count = Once;
            }
            $(
                impl $crate::__private::diesel::SelectableExpression<schema::$ours::table> for $table::$column {}
            )+
            $(
                impl TableNotEqual<schema::$other::table> for $table::table {}
                impl TableNotEqual<$table::table> for schema::$other::table {}
            )+
        };
    };
}
