//! The app's own columns in our rows.

/// Columns of the application in the row of a process, as a diesel table: declared by
/// [`process_columns!`](crate::process_columns).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared as columns of `flow_process`",
    label = "not declared as columns of `flow_process`",
    note = "declare them with `flow_core::process_columns! {{ order_columns {{ customer_id -> Nullable<BigInt> }} }}`; for a separate table write `#[proxy(joined, new = ..)]`"
)]
pub trait ProcessColumns: diesel::Table {}

/// Columns of the application in the row of a task, as a diesel table: declared by
/// [`task_columns!`](crate::task_columns).
pub trait TaskColumns: diesel::Table {}

/// Declares your own columns in the row of a process to diesel: they can be used in one query with `processes()`,
/// without a join.
///
/// Add the columns to `flow_process` in a migration of your own. The table holds the processes of all flows, so each
/// column must be nullable or have a default. Give the columns a prefix of your application, because migrations of this
/// crate may add columns to the same table. The key, `id`, already exists. Three ways to fill them:
///
/// - `#[proxy(columns, new = NewOrder)]` on a field of the process type: they are read with the process, and stored
///   with it at the start and in each transition. See [`ProcessProxy`](derive@crate::ProcessProxy).
/// - a generated column, `generated always as (data ->> 'note')`: the database computes it from a field;
/// - an `update` of your own, for columns that are not part of the struct: a transition writes all columns of the
///   struct, with the values that it has read. A column that is only read, or that is generated, needs
///   `#[diesel(skip_update)]` in the struct.
///
/// A date-time column has the type `Nullable<flow_core::data::sql_types::Moment>`, and is read as a
/// [`Timestamp`](crate::Timestamp).
///
/// # Beside other tables
///
/// Tables that the columns refer to are joined as usual in diesel. Declare that the tables may appear in the same
/// query:
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
/// To group by them together with columns of this crate, diesel requires
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
            flow_task flow_due flow_audit flow_candidate flow_attempt flow_snooze flow_draft flow_message flow_queue flow_state_log
        ] id $($column)+);
    };
}

/// Declares your own columns in the row of a task to diesel: they can be used in one query with `tasks()`, without a
/// join.
///
/// Add the columns to `flow_task` in a migration of your own; everything else is as for
/// [`process_columns!`](crate::process_columns). The key is `(process_id, number)`. A generated column is filled when
/// the engine writes the row. A callback that takes the connection can read and write other columns,
/// `post_columns::table.find((a.task.id().process(), a.task.id().number()))`: the row has been written before the
/// callback is called.
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
            flow_process flow_due flow_audit flow_candidate flow_attempt flow_snooze flow_draft flow_message flow_queue flow_state_log
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
