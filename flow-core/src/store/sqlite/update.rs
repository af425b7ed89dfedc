//! The UPDATEs of a transition, as text of our own: diesel never keeps an UPDATE of its own prepared.

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{RunQueryDsl, SqliteConnection};

use crate::data::sql_types::Moment;
use crate::store::patch::Patched;
use crate::{Process, Task};

/// `update flow_process set .. where id = ? returning audit_count`
#[derive(Debug)]
pub(super) struct UpdateProcess<'w> {
    row: &'w Process,
    /// The version that it must have.
    from: i64,
    data: Patched,
    /// One more row of the audit is written with it.
    audited: bool,
}

/// `update flow_task set .. where process_id = ? and number = ?`
#[derive(Debug)]
pub(super) struct UpdateTask<'w> {
    row: &'w Task,
    data: Patched,
}

/// The columns and what they are set to, in order.
macro_rules! set {
    ($out:ident, $row:expr, $first:ident: $first_type:ty, $($column:ident: $type:ty),*) => {
        $out.push_sql(concat!(stringify!($first), " = "));
        $out.push_bind_param::<$first_type, _>(&$row.$first)?;
        $(
            $out.push_sql(concat!(", ", stringify!($column), " = "));
            $out.push_bind_param::<$type, _>(&$row.$column)?;
        )*
    };
}

impl<'w> UpdateProcess<'w> {
    pub(super) fn new(row: &'w Process, from: i64, audited: bool) -> Self {
        UpdateProcess { row, from, data: Patched(row.data.patch()), audited }
    }
}

impl<'w> UpdateTask<'w> {
    pub(super) fn new(row: &'w Task) -> Self {
        UpdateTask { row, data: Patched(row.data.patch()) }
    }
}

impl QueryFragment<Sqlite> for UpdateProcess<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("update flow_process set ");
        set!(out, self.row, status: Text, version: BigInt, task_count: Integer, open_tokens: Integer,
             finished: Nullable<Moment>, seed_type: Nullable<Text>, seed_key: Nullable<Text>,
             artifact_type: Nullable<Text>, artifact_key: Nullable<Text>, reference: Nullable<Text>,
             suspended: Nullable<Moment>);
        patch(&self.data, out.reborrow())?;
        if self.audited {
            out.push_sql(", audit_count = audit_count + 1");
        }
        out.push_sql(" where id = ");
        out.push_bind_param::<BigInt, _>(&self.row.id)?;
        out.push_sql(" and version = ");
        out.push_bind_param::<BigInt, _>(&self.from)?;
        out.push_sql(" returning audit_count");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for UpdateTask<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("update flow_task set ");
        set!(out, self.row, status: Text, open_tokens: Integer, joined: Nullable<Integer>, owner: Nullable<Text>,
             assigned: Nullable<Moment>, started: Nullable<Moment>, finished: Nullable<Moment>,
             due: Nullable<Moment>, seed_type: Nullable<Text>, seed_key: Nullable<Text>,
             artifact_type: Nullable<Text>, artifact_key: Nullable<Text>, error: Nullable<Text>, resting: Bool,
             nominee: Nullable<Text>, on_behalf_of: Nullable<Text>, priority: Integer);
        patch(&self.data, out.reborrow())?;
        out.push_sql(" where process_id = ");
        out.push_bind_param::<BigInt, _>(&self.row.process_id)?;
        out.push_sql(" and number = ");
        out.push_bind_param::<Integer, _>(&self.row.number)
    }
}

fn patch<'b>(data: &'b Patched, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
    if data.0.is_empty() {
        return Ok(());
    }
    out.push_sql(", data = ");
    data.walk_ast(out)
}

/// The text differs by the keys that changed.
macro_rules! known_by_its_text {
    ($($update:ident),*) => { $(
        impl QueryId for $update<'_> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl RunQueryDsl<SqliteConnection> for $update<'_> {}
    )* };
}

known_by_its_text!(UpdateProcess, UpdateTask);

impl Query for UpdateProcess<'_> {
    type SqlType = BigInt;
}
