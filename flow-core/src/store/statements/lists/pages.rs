//! Whole rows: a page of a list, and where processes wait.

use diesel::expression::{Expression, Selectable};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment};

use super::Database;
use super::keys::{Of, PROCESSES, TASKS, keys, order};
use crate::store::list::ListQuery;
use crate::{Process, Task};

type TaskColumns = <Task as Selectable<Database>>::SelectExpression;
type ProcessColumns = <Process as Selectable<Database>>::SelectExpression;

/// Tasks, each with its process.
pub(super) struct TaskPage<'q> {
    pub(super) columns: (TaskColumns, ProcessColumns),
    pub(super) query: &'q ListQuery,
}

impl QueryFragment<Database> for TaskPage<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(" FROM (");
        keys(self.query, Of::Tasks, true, &mut out)?;
        out.push_sql(
            ") page JOIN flow_task ON flow_task.process_id = page.process_id AND flow_task.number = page.number \
             JOIN flow_process ON flow_process.id = page.process_id",
        );
        order(self.query, TASKS, &mut out)?;
        out.push_sql(&format!(" LIMIT {}", self.query.most));
        Ok(())
    }
}

impl Query for TaskPage<'_> {
    type SqlType = (<TaskColumns as Expression>::SqlType, <ProcessColumns as Expression>::SqlType);
}

/// Processes.
pub(super) struct ProcessPage<'q> {
    pub(super) columns: ProcessColumns,
    pub(super) query: &'q ListQuery,
}

impl QueryFragment<Database> for ProcessPage<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(" FROM (");
        keys(self.query, Of::Processes, true, &mut out)?;
        out.push_sql(") page JOIN flow_process ON flow_process.id = page.id");
        order(self.query, PROCESSES, &mut out)?;
        out.push_sql(&format!(" LIMIT {}", self.query.most));
        Ok(())
    }
}

impl Query for ProcessPage<'_> {
    type SqlType = <ProcessColumns as Expression>::SqlType;
}

/// The tasks at which processes wait.
pub(super) struct Places<'q> {
    pub(super) columns: TaskColumns,
    pub(super) processes: &'q [i64],
    pub(super) each: i64,
}

impl QueryFragment<Database> for Places<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let processes: Vec<String> = self.processes.iter().map(i64::to_string).collect();
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(&format!(
            " FROM (SELECT process_id, number, row_number() OVER (PARTITION BY process_id ORDER BY number) AS place \
             FROM flow_task WHERE process_id IN ({}) AND (finished IS NULL OR resting)) page \
             JOIN flow_task ON flow_task.process_id = page.process_id AND flow_task.number = page.number \
             WHERE page.place <= {} ORDER BY flow_task.process_id, flow_task.number",
            processes.join(", "),
            self.each
        ));
        Ok(())
    }
}

impl Query for Places<'_> {
    type SqlType = <TaskColumns as Expression>::SqlType;
}
