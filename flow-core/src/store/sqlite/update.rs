//! The UPDATEs of a transition, as text of our own: diesel never keeps an UPDATE of its own prepared. A column is set
//! where it holds something now, or did when the row was read: one that stays empty costs too, more so in an index.

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{RunQueryDsl, SqliteConnection};

use crate::data::sql_types::Moment;
use crate::store::filled::{IsDefault as _, changing_of_process, changing_of_task};
use crate::store::patch::Patched;
use crate::store::{DueRow, Filled};
use crate::{Process, Task, Timestamp};

/// `update flow_process set .. where id = ? returning audit_count`
#[derive(Debug)]
pub(super) struct UpdateProcess<'w> {
    row: &'w Process,
    filled: Filled,
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
    filled: Filled,
    data: Patched,
}

/// `update flow_due set .. where process_id = ? and task = ? and kind = ? and key = ?`
#[derive(Debug)]
pub(super) struct UpdateLease<'w> {
    pub(super) row: &'w DueRow,
    pub(super) until: Timestamp,
}

impl<'w> UpdateProcess<'w> {
    pub(super) fn new(row: &'w Process, from: i64, filled: Filled, audited: bool) -> Self {
        UpdateProcess { row, filled, from, data: Patched(row.data.patch()), audited }
    }
}

impl<'w> UpdateTask<'w> {
    pub(super) fn new(row: &'w Task, filled: Filled) -> Self {
        UpdateTask { row, filled, data: Patched(row.data.patch()) }
    }
}

impl QueryFragment<Sqlite> for UpdateProcess<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("update flow_process set status = ");
        out.push_bind_param::<Text, _>(&self.row.status)?;
        out.push_sql(", version = ");
        out.push_bind_param::<BigInt, _>(&self.row.version)?;
        out.push_sql(", task_count = ");
        out.push_bind_param::<Integer, _>(&self.row.task_count)?;
        out.push_sql(", open_tokens = ");
        out.push_bind_param::<Integer, _>(&self.row.open_tokens)?;
        let (row, mut filled) = (self.row, self.filled.columns());
        macro_rules! set {
            ($($column:ident: $type:ty),*) => {
                $(if filled.next() == Some(true) || !row.$column.is_default() {
                    out.push_sql(concat!(", ", stringify!($column), " = "));
                    out.push_bind_param::<$type, _>(&row.$column)?;
                })*
            };
        }
        changing_of_process!(set);
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
        out.push_sql("update flow_task set status = ");
        out.push_bind_param::<Text, _>(&self.row.status)?;
        let (row, mut filled) = (self.row, self.filled.columns());
        macro_rules! set {
            ($($column:ident: $type:ty),*) => {
                $(if filled.next() == Some(true) || !row.$column.is_default() {
                    out.push_sql(concat!(", ", stringify!($column), " = "));
                    out.push_bind_param::<$type, _>(&row.$column)?;
                })*
            };
        }
        changing_of_task!(set);
        patch(&self.data, out.reborrow())?;
        out.push_sql(" where process_id = ");
        out.push_bind_param::<BigInt, _>(&self.row.process_id)?;
        out.push_sql(" and number = ");
        out.push_bind_param::<Integer, _>(&self.row.number)
    }
}

impl QueryFragment<Sqlite> for UpdateLease<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("update flow_due set attempt = ");
        out.push_bind_param::<Integer, _>(&self.row.attempt)?;
        out.push_sql(", lease_token = ");
        out.push_bind_param::<BigInt, _>(&self.row.lease_token)?;
        out.push_sql(", leased_until = ");
        out.push_bind_param::<Moment, _>(&self.until)?;
        out.push_sql(", holder = ");
        out.push_bind_param::<Nullable<Text>, _>(&self.row.holder)?;
        out.push_sql(" where process_id = ");
        out.push_bind_param::<BigInt, _>(&self.row.process_id)?;
        out.push_sql(" and task = ");
        out.push_bind_param::<Integer, _>(&self.row.task)?;
        out.push_sql(" and kind = ");
        out.push_bind_param::<Text, _>(&self.row.kind)?;
        out.push_sql(" and key = ");
        out.push_bind_param::<Text, _>(&self.row.key)
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

known_by_its_text!(UpdateProcess, UpdateTask, UpdateLease);

impl Query for UpdateProcess<'_> {
    type SqlType = BigInt;
}
