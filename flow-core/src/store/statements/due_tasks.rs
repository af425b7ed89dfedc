//! Rows of due work with their tasks and processes, many in one statement.

use diesel::expression::{Expression, Selectable};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, RunQueryDsl};

use super::{Conn, KEYS};
use crate::store::{DueKey, DueRow, DueTask};
use crate::{Process, Task};

type Database = <Conn as Connection>::Backend;
type Columns = (
    <DueRow as Selectable<Database>>::SelectExpression,
    <Process as Selectable<Database>>::SelectExpression,
    <Task as Selectable<Database>>::SelectExpression,
);

/// ```text
/// select .. from (keys) x cross join flow_due cross join flow_process cross join flow_task where .. order by flow_process.id
/// ```
struct ByKeys {
    columns: Columns,
    /// As a JSON array, so that the text is the same however many there are.
    keys: String,
    count: i64,
}

/// Reads them, in the order of their processes.
pub(super) fn due_tasks(conn: &mut Conn, keys: &[&DueKey]) -> QueryResult<Vec<DueTask>> {
    let columns = (
        <DueRow as Selectable<Database>>::construct_selection(),
        <Process as Selectable<Database>>::construct_selection(),
        <Task as Selectable<Database>>::construct_selection(),
    );
    let count = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    let keys: Vec<_> = keys.iter().map(|key| key.columns()).collect();
    let keys = serde_json::to_string(&keys).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let rows: Vec<(DueRow, Process, Task)> = ByKeys { columns, keys, count }.load(conn)?;
    Ok(rows.into_iter().map(|(due, process, task)| DueTask { due, process, task }).collect())
}

impl QueryFragment<Database> for ByKeys {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("select ");
        self.columns.walk_ast(out.reborrow())?;
        let (before, behind) = KEYS;
        out.push_sql(" from (");
        out.push_sql(before);
        out.push_bind_param::<Text, _>(&self.keys)?;
        out.push_sql(behind);
        // A planner takes an unknown limit for a small one: it looks each row up by its key.
        out.push_sql(" limit ");
        out.push_bind_param::<BigInt, _>(&self.count)?;
        out.push_sql(
            ") x cross join flow_due cross join flow_process cross join flow_task \
             where flow_due.process_id = x.process_id and flow_due.task = x.task and flow_due.kind = x.kind \
             and flow_due.key = x.key and flow_process.id = x.process_id and flow_task.process_id = x.process_id \
             and flow_task.number = x.task order by flow_process.id",
        );
        Ok(())
    }
}

impl Query for ByKeys {
    type SqlType = <Columns as Expression>::SqlType;
}

impl QueryId for ByKeys {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for ByKeys {}
