//! PostgreSQL: a transition is planned in memory on a version of its process, and written in one statement that
//! must find that version; only a callback that takes the connection makes it lock the row and open a transaction.

mod arrays;
mod json;
pub(crate) mod notify;
#[path = "../statements/mod.rs"]
#[allow(clippy::duplicate_mod, reason = "compiled once for each back end's connection")]
mod statements;
mod types;
mod write_batch;
mod write_process;
mod write_statement;

use diesel::PgConnection;
use diesel::connection::{AnsiTransactionManager as Manager, SimpleConnection as _, TransactionManager};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::dialect::ProcessRows as _;
use super::rows_read::counted;
use super::schema::{flow_audit, flow_process, flow_task};
use super::{Dialect, Locking, Store as _, TransitionWrite};
use crate::{Error, Process, Result, Task};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The lock of those who migrate. Any number will do that nobody else takes: "flow" in ASCII.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(1718382455)";

/// What the statements are compiled for.
type Conn = PgConnection;

/// Around a JSON array of texts, as what stands behind `in`.
const IN_LIST: (&str, &str) = ("(select jsonb_array_elements_text(", "::jsonb))");

/// Around a JSON array of keys of `flow_due`, as rows.
const KEYS: (&str, &str) = (
    "select (k.value ->> 0)::bigint as process_id, (k.value ->> 1)::integer as task, k.value ->> 2 as kind, \
     k.value ->> 3 as key from jsonb_array_elements(",
    "::jsonb) k",
);

/// Rows that another worker is about to take are left to it.
const SKIP_LOCKED: Option<&str> = Some(" for update skip locked");

/// Those who count how many jobs run at once in this schema do it one after another. Nobody waits for the lock, and who
/// has it and goes silent loses it: one worker that hangs must not stop the others.
const LIMITS_LOCK: Option<&str> = Some(
    "pg_try_advisory_xact_lock(1718382455, hashtext(current_schema())) \
     AND set_config('idle_in_transaction_session_timeout', '5000', true) IS NOT NULL",
);

/// An empty list, and a text with a NUL, are errors.
const STRICT: bool = true;

/// Workers go by the clock of the server.
const CLOCK: Option<&str> = Some("clock_timestamp()");

/// The rows of each priority are a subquery of their own, whose limit is reached before the next priority is looked at.
const LATERAL: bool = true;

/// PostgreSQL chooses the index itself.
const INDEX_HINT: Option<&str> = None;

/// So does it where a table is read in the order of its key.
const KEY_HINT: &str = "";

/// What names a row of any table: a comparison of several columns with a subquery uses no index.
const ROW_ID: &[&str] = &["ctid"];

/// Behind a column: that it is one of these texts.
fn any_of<'b>(texts: &'b Vec<String>, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    out.push_sql(" = ANY(");
    out.push_bind_param::<Array<Text>, Vec<String>>(texts)?;
    out.push_sql(")");
    Ok(())
}

/// PostgreSQL's texts of faults that may be gone a moment later: a wait that `lock_timeout` ended, a server that goes
/// away, an administrator who ends a connection. diesel has a kind for the second alone.
pub(super) const RETRYABLE: &[&str] = &[
    "canceling statement due to lock timeout",
    "server closed the connection unexpectedly",
    "terminating connection due to administrator command",
    "the database system is shutting down",
    "no connection to the server",
];

/// PostgreSQL's text for two transactions that wait for each other.
pub(super) const DEADLOCK: &[&str] = &["deadlock detected"];

/// PostgreSQL's text for a statement in a transaction that an error has ended.
pub(super) const ABORTED: &[&str] = &["current transaction is aborted"];

impl Dialect for PgConnection {
    fn locking(&self) -> Locking {
        Locking::Optimistic
    }

    fn listen(&mut self) -> QueryResult<bool> {
        notify::listen(self)
    }

    fn is_notified(&mut self) -> QueryResult<bool> {
        notify::is_notified(self)
    }

    fn begin(&mut self) -> QueryResult<()> {
        <Manager as TransactionManager<Self>>::begin_transaction(self)
    }

    fn begin_locked(&mut self, process: Option<(i64, i64)>) -> QueryResult<bool> {
        self.begin()?;
        let Some((id, version)) = process else { return Ok(true) };
        let row = flow_process::table.find(id).select(flow_process::version);
        let found: Option<i64> = if crate::sabotage::is_out("no_lock") {
            row.get_result(self).optional()?
        } else {
            row.for_update().get_result(self).optional()?
        };
        Ok(found == Some(version))
    }

    fn after_failed_rollback(&mut self, _: &diesel::result::Error) {
        // The server is gone, and with it the transaction. diesel marks the connection as broken; a pool drops it.
    }

    fn migrate(&mut self) -> Result<()> {
        self.atomically(|conn| {
            // diesel reads the list of what is pending and then runs it, with nothing in between.
            conn.batch_execute(MIGRATION_LOCK)?;
            conn.run_pending_migrations(MIGRATIONS).map(drop).map_err(Error::Migration)
        })
    }

    fn is_held(&mut self, id: i64) -> QueryResult<bool> {
        let row = flow_process::table.find(id).select(flow_process::id).for_update().skip_locked();
        let free: Option<i64> = row.get_result(self).optional()?;
        Ok(free.is_none() && self.process(id)?.is_some())
    }

    fn lock_process(&mut self, id: i64) -> QueryResult<Option<Process>> {
        flow_process::table.find(id).select(Process::as_select()).for_update().get_result(self).optional().map(counted)
    }

    fn read(&mut self, id: i64, number: i32, locking: Locking) -> QueryResult<Option<(Process, Task)>> {
        let rows = flow_process::table
            .inner_join(flow_task::table)
            .filter(flow_process::id.eq(id).and(flow_task::number.eq(number)))
            .select((Process::as_select(), Task::as_select()));
        match locking {
            Locking::Pessimistic if !crate::sabotage::is_out("no_lock") => {
                // Lock both rows: one that is not locked is read as it was before the wait.
                rows.for_update().get_result(self).optional().map(counted)
            }
            _ => rows.get_result(self).optional().map(counted),
        }
    }

    fn reserve_number(&mut self) -> QueryResult<Option<i64>> {
        let next =
            diesel::dsl::sql::<diesel::sql_types::BigInt>("nextval(pg_get_serial_sequence('flow_process', 'id'))");
        diesel::select(next).get_result(self).map(Some)
    }

    fn write(&mut self, mut rows: TransitionWrite<'_>) -> QueryResult<Option<i64>> {
        let later = rows.audit.take_if(|_| crate::sabotage::is_out("no_transaction"));
        if let Some(mut row) = later {
            let id = self.write(rows)?;
            row.process_id = id.unwrap_or_default();
            row.number = diesel::update(flow_process::table.find(row.process_id))
                .set(flow_process::audit_count.eq(flow_process::audit_count + 1))
                .returning(flow_process::audit_count)
                .get_result(self)?;
            diesel::insert_into(flow_audit::table).values(&row).execute(self)?;
            return Ok(id);
        }
        write_statement::WriteStatement::new(&rows).get_result(self).optional()
    }

    fn write_all(&mut self, mut rows: Vec<TransitionWrite<'_>>) -> QueryResult<Vec<i64>> {
        rows.retain(write_batch::fits);
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let documents = write_batch::Documents::of(&rows);
        write_batch::WriteBatch::new(&rows, &documents).load(self)
    }
}

/// The migrations as SQL, for those who run their own: the name of each, and what it does.
pub(crate) const SQL: &[(&str, &str)] = &[
    (
        "00000000000001_flow_create_tables",
        include_str!("../../../migrations/postgres/00000000000001_flow_create_tables/up.sql"),
    ),
    (
        "00000000000002_flow_names_releases_and_people",
        include_str!("../../../migrations/postgres/00000000000002_flow_names_releases_and_people/up.sql"),
    ),
    (
        "00000000000003_flow_resting_tokens",
        include_str!("../../../migrations/postgres/00000000000003_flow_resting_tokens/up.sql"),
    ),
    (
        "00000000000004_flow_state_log",
        include_str!("../../../migrations/postgres/00000000000004_flow_state_log/up.sql"),
    ),
    ("00000000000005_flow_orders", include_str!("../../../migrations/postgres/00000000000005_flow_orders/up.sql")),
    (
        "00000000000006_flow_orders_by_status",
        include_str!("../../../migrations/postgres/00000000000006_flow_orders_by_status/up.sql"),
    ),
];
