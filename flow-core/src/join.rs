//! Your own tables and the tables of this crate in one query.

/// Allows one of your tables to be used in one query with the processes, joined by a column that holds the process id.
///
/// The tables of `#[proxy(joined, ..)]` do not need it. Write it next to the declaration of the table, once for each
/// table. Without a column, `join_process!(customers)`, the table can be used in one query with the processes and the
/// tasks, and the query gives the join condition: `.inner_join(customers::table.on(..))`.
///
/// ```
/// use flow_core::prelude::*;
///
/// diesel::table! { orders (id) { id -> Integer, process_id -> BigInt, total -> Integer, } }
/// flow_core::join_process!(orders, process_id);
///
/// #[flow]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.end)] start: Start,
///     end: End,
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///     FLOWS.migrate(&mut conn)?;
///     diesel::sql_query("create table orders (id integer primary key, process_id bigint not null, total integer not null)")
///         .execute(&mut conn)?;
///     let process = LeaveFlow.start.run(&mut conn, &System("me"), ())?;
///     diesel::insert_into(orders::table)
///         .values((orders::process_id.eq(process.id()), orders::total.eq(5)))
///         .execute(&mut conn)?;
///
///     let large = LeaveFlow.processes().inner_join(orders::table).filter(orders::total.gt(3)).load(&mut conn)?;
///     assert_eq!(large.len(), 1);
///     Ok(())
/// }
/// ```
#[macro_export]
macro_rules! join_process {
    ($table:ident, $column:ident) => {
        $crate::join_process!($table);
        const _: () = {
            use $crate::schema::flow_process;
            $crate::__private::diesel::joinable! { $table -> flow_process ($column) }
        };
    };
    ($table:ident) => {
        const _: () = {
            use $crate::__private::diesel::query_source::TableNotEqual;
            use $crate::schema::{flow_process, flow_task};

            // What `allow_tables_to_appear_in_same_query!` adds for PostgreSQL is refused for another crate's table.
            impl TableNotEqual<flow_process::table> for $table::table {}
            impl TableNotEqual<$table::table> for flow_process::table {}
            impl TableNotEqual<flow_task::table> for $table::table {}
            impl TableNotEqual<$table::table> for flow_task::table {}
        };
    };
}
