//! Questions about the tasks of one process that an index of their own answers.
//!
//! SQLite takes the primary key for any of them, whose first column is the process, and so would look at all tasks
//! of the process: there the statement names the index. The conditions of the partial indexes are written out: with
//! a bound value no planner sees that the index fits.

use diesel::backend::Backend;
use diesel::expression::{Expression, Selectable};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{Connection, RunQueryDsl};

use crate::Task;

/// A partial index of `flow_task`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    /// Joins that wait for branches.
    Joins,
    /// Boundaries that are armed: timeouts that have not fired.
    Boundaries,
    /// What a person has done.
    Done,
}

impl Index {
    const fn name(self) -> &'static str {
        match self {
            Index::Joins => "flow_task_joins",
            Index::Boundaries => "flow_task_boundaries",
            Index::Done => "flow_task_done",
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Index::Joins => "(flow_task.task_type = 'JOIN' and flow_task.finished is null)",
            Index::Boundaries => "(flow_task.host is not null and flow_task.finished is null)",
            Index::Done => "(flow_task.finished is not null and flow_task.owner is not null)",
        }
    }
}

/// `select .. from flow_task [indexed by ..] where .. order by number`
#[derive(Clone, Copy, Debug)]
pub(super) struct ByIndex<S, W> {
    columns: S,
    index: Index,
    condition: W,
    newest: bool,
}

/// The tasks that this index has, and that meet a condition, in order.
pub(super) fn by_index<C: Connection, W>(
    index: Index,
    condition: W,
) -> ByIndex<<Task as Selectable<C::Backend>>::SelectExpression, W>
where
    Task: Selectable<C::Backend>,
{
    ByIndex { columns: <Task as Selectable<C::Backend>>::construct_selection(), index, condition, newest: false }
}

impl<S, W> ByIndex<S, W> {
    /// The last of them alone.
    pub(super) fn newest(self) -> Self {
        ByIndex { newest: true, ..self }
    }

    fn walk<'b, DB: Backend>(&'b self, hint: Option<&str>, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        S: QueryFragment<DB>,
        W: QueryFragment<DB>,
    {
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(" FROM flow_task");
        if let Some(hint) = hint {
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
        Ok(())
    }
}

#[cfg(feature = "sqlite")]
impl<S, W> QueryFragment<diesel::sqlite::Sqlite> for ByIndex<S, W>
where
    S: QueryFragment<diesel::sqlite::Sqlite>,
    W: QueryFragment<diesel::sqlite::Sqlite>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, diesel::sqlite::Sqlite>) -> QueryResult<()> {
        self.walk(Some(" INDEXED BY "), out)
    }
}

#[cfg(feature = "postgres")]
impl<S, W> QueryFragment<diesel::pg::Pg> for ByIndex<S, W>
where
    S: QueryFragment<diesel::pg::Pg>,
    W: QueryFragment<diesel::pg::Pg>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        self.walk(None, out)
    }
}

impl<S: Expression, W> Query for ByIndex<S, W> {
    type SqlType = S::SqlType;
}

impl<S, W> QueryId for ByIndex<S, W> {
    type QueryId = ();
    // The text differs by index, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S, W, C: Connection> RunQueryDsl<C> for ByIndex<S, W> {}
