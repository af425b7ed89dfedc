//! Questions about the tasks of one process that an index of their own answers.
//!
//! SQLite takes the primary key for any of them, whose first column is the process, and so would look at all tasks
//! of the process: there the statement names the index. The conditions of the partial indexes are written out: with
//! a bound value no planner sees that the index fits.

use diesel::expression::{Expression, Selectable};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{Connection, RunQueryDsl};

use super::{Conn, INDEX_HINT};
use crate::Task;

type Database = <Conn as Connection>::Backend;
type Columns = <Task as Selectable<Database>>::SelectExpression;

/// A partial index of `flow_task`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    /// Joins that wait for branches, or in which arrivals rest.
    Joins,
    /// Boundaries that are armed: timeouts that have not fired.
    Boundaries,
    /// Tasks that a task has led to.
    Followers,
    /// What a person has done.
    Done,
    /// Tasks in which a token rests.
    Resting,
}

impl Index {
    const fn name(self) -> &'static str {
        match self {
            Index::Joins => "flow_task_joins",
            Index::Boundaries => "flow_task_boundaries",
            Index::Followers => "flow_task_by_previous",
            Index::Done => "flow_task_done",
            Index::Resting => "flow_task_resting",
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Index::Joins => "(flow_task.task_type = 'JOIN' and (flow_task.finished is null or flow_task.resting))",
            Index::Boundaries => "(flow_task.host is not null and flow_task.finished is null)",
            Index::Followers => "flow_task.previous is not null",
            Index::Done => "(flow_task.finished is not null and flow_task.owner is not null)",
            Index::Resting => "flow_task.resting",
        }
    }
}

/// `select .. from flow_task [indexed by ..] where .. order by number`
#[derive(Clone, Copy)]
pub(super) struct ByIndex<W> {
    columns: Columns,
    index: Index,
    condition: W,
    newest: bool,
    most: Option<u32>,
}

/// The tasks that this index has, and that meet a condition, in order.
pub(super) fn by_index<W>(index: Index, condition: W) -> ByIndex<W> {
    ByIndex {
        columns: <Task as Selectable<Database>>::construct_selection(),
        index,
        condition,
        newest: false,
        most: None,
    }
}

impl<W> ByIndex<W> {
    /// The last of them alone.
    pub(super) fn newest(self) -> Self {
        ByIndex { newest: true, ..self }
    }

    /// The first of them alone, so many.
    pub(super) fn first(self, most: u32) -> Self {
        ByIndex { most: Some(most), ..self }
    }
}

impl<W: QueryFragment<Database>> QueryFragment<Database> for ByIndex<W> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(" FROM flow_task");
        if let Some(hint) = INDEX_HINT {
            out.push_sql(hint);
            out.push_sql(self.index.name());
        }
        out.push_sql(" WHERE ");
        out.push_sql(self.index.condition());
        out.push_sql(" AND ");
        self.condition.walk_ast(out.reborrow())?;
        out.push_sql(if self.newest {
            " ORDER BY flow_task.number DESC LIMIT 1"
        } else {
            " ORDER BY flow_task.number"
        });
        if let Some(most) = self.most {
            out.push_sql(&format!(" LIMIT {most}"));
        }
        Ok(())
    }
}

impl<W> Query for ByIndex<W> {
    type SqlType = <Columns as Expression>::SqlType;
}

impl<W> QueryId for ByIndex<W> {
    type QueryId = ();
    // The text differs by index, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<W> RunQueryDsl<Conn> for ByIndex<W> {}
