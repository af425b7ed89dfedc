//! SQLite: one writer at a time, so the write lock of the database is the lock of the process.

mod configure;
mod fold;
mod insert;
mod json;
#[path = "../statements/mod.rs"]
#[allow(clippy::duplicate_mod, reason = "compiled once for each back end's connection")]
mod statements;
mod types;
mod update;
mod write_rows;

pub(crate) use configure::configure;
use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager as Manager, SimpleConnection as _, TransactionManager};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{Dialect, Locking, Store as _, TransitionWrite};
use crate::store::dialect::{ProcessRows as _, Savepoints as _, TaskRows as _};
use crate::{Error, Process, Result, Task};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// What the statements are compiled for.
type Conn = SqliteConnection;

/// In front of the name of an index in FROM. Without it SQLite takes the primary key, whose first column is the process,
/// for any question about its tasks.
const INDEX_HINT: Option<&str> = Some(" INDEXED BY ");

/// Behind a table in FROM that is read in the order of its key. Without it SQLite takes any index with an equality, and
/// sorts all that it has.
const KEY_HINT: &str = " NOT INDEXED";

/// What names a row of any table: nothing beside its primary key.
const ROW_ID: &[&str] = &[];

/// Behind a column: that it is one of these texts.
fn any_of<'b>(texts: &'b [String], out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
    out.push_sql(" IN (");
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            out.push_sql(", ");
        }
        out.push_bind_param::<Text, _>(text)?;
    }
    out.push_sql(")");
    Ok(())
}

/// Around a JSON array of texts, as what stands behind `in`.
const IN_LIST: (&str, &str) = ("(select value from json_each(", "))");

/// Around a JSON array of keys of `flow_due`, as rows.
const KEYS: (&str, &str) = (
    "select json_extract(value, '$[0]') as process_id, json_extract(value, '$[1]') as task, \
     json_extract(value, '$[2]') as kind, json_extract(value, '$[3]') as key from json_each(",
    ")",
);

/// There is one writer: nobody else can be about to take a row.
const SKIP_LOCKED: Option<&str> = None;

/// SQLite has no LATERAL: a CROSS JOIN goes through the priorities in their order.
const LATERAL: bool = false;

/// An empty list is a list, and a NUL a letter: an index that is named needs its condition all the same.
const STRICT: bool = false;

/// All who use the file are on one machine, and go by its clock.
const CLOCK: Option<&str> = None;

/// The write lock is enough.
const LIMITS_LOCK: Option<&str> = None;

/// SQLite's texts of faults that may be gone a moment later.
pub(super) const RETRYABLE: &[&str] = &["database is locked", "database table is locked", "database schema is locked"];

/// SQLite's texts for a rollback of what it has rolled back itself.
const NOT_OPEN: &[&str] = &["no transaction is active", "no such savepoint"];

impl Dialect for SqliteConnection {
    fn locking(&self) -> Locking {
        Locking::Pessimistic
    }

    fn listen(&mut self) -> QueryResult<bool> {
        Ok(false)
    }

    fn is_notified(&mut self) -> QueryResult<bool> {
        Ok(false)
    }

    fn begin(&mut self) -> QueryResult<()> {
        // A deferred transaction that reads first cannot become a writing one under contention.
        let sql = if crate::sabotage::is_out("no_lock") { "BEGIN" } else { "BEGIN IMMEDIATE" };
        Manager::begin_transaction_sql(self, sql)
    }

    fn begin_locked(&mut self, _: Option<(i64, i64)>) -> QueryResult<bool> {
        // Each transaction has begun with the lock.
        Ok(true)
    }

    fn after_failed_rollback(&mut self, error: &diesel::result::Error) {
        // On a full disk and the like SQLite ends the transaction itself, which diesel does not see.
        if no_transaction_is_open(error) {
            *<Manager as TransactionManager<Self>>::transaction_manager_status_mut(self) = Default::default();
        }
    }

    fn migrate(&mut self) -> Result<()> {
        // Under the write lock, so that a second process finds nothing left to do.
        self.atomically(|conn| conn.run_pending_migrations(MIGRATIONS).map(drop).map_err(Error::Migration))
    }

    fn is_held(&mut self, _: i64) -> QueryResult<bool> {
        if self.depth()? > 0 {
            return Ok(false);
        }
        let patience: i32 = diesel::dsl::sql::<Integer>("SELECT timeout FROM pragma_busy_timeout").get_result(self)?;
        self.batch_execute("PRAGMA busy_timeout = 0")?;
        let held = self.begin().is_err();
        self.roll_back_to(0)?;
        self.batch_execute(&format!("PRAGMA busy_timeout = {patience}"))?;
        Ok(held)
    }

    fn lock_process(&mut self, id: i64) -> QueryResult<Option<Process>> {
        // BEGIN IMMEDIATE has the lock already.
        self.process(id)
    }

    fn read(&mut self, id: i64, number: i32, _: Locking) -> QueryResult<Option<(Process, Task)>> {
        let Some(process) = self.process(id)? else { return Ok(None) };
        Ok(self.task(id, number)?.map(|task| (process, task)))
    }

    fn reserve_number(&mut self) -> QueryResult<Option<i64>> {
        Ok(None)
    }

    fn write(&mut self, rows: TransitionWrite<'_>) -> QueryResult<Option<i64>> {
        write_rows::write(self, rows)
    }

    fn write_all(&mut self, rows: Vec<TransitionWrite<'_>>) -> QueryResult<Vec<i64>> {
        let written = rows.into_iter().filter_map(|rows| write_rows::write(self, rows).transpose());
        written.collect()
    }
}

/// Whether a rollback failed because there was nothing to roll back.
fn no_transaction_is_open(error: &diesel::result::Error) -> bool {
    use diesel::result::Error::DatabaseError;
    matches!(error, DatabaseError(_, info) if NOT_OPEN.iter().any(|words| info.message().contains(words)))
}

/// The migrations as SQL, for those who run their own: the name of each, and what it does.
pub(crate) const SQL: &[(&str, &str)] = &[
    (
        "00000000000001_flow_create_tables",
        include_str!("../../../migrations/sqlite/00000000000001_flow_create_tables/up.sql"),
    ),
    (
        "00000000000002_flow_names_releases_and_people",
        include_str!("../../../migrations/sqlite/00000000000002_flow_names_releases_and_people/up.sql"),
    ),
    (
        "00000000000003_flow_resting_tokens",
        include_str!("../../../migrations/sqlite/00000000000003_flow_resting_tokens/up.sql"),
    ),
    ("00000000000004_flow_state_log", include_str!("../../../migrations/sqlite/00000000000004_flow_state_log/up.sql")),
    ("00000000000005_flow_orders", include_str!("../../../migrations/sqlite/00000000000005_flow_orders/up.sql")),
    (
        "00000000000006_flow_orders_by_status",
        include_str!("../../../migrations/sqlite/00000000000006_flow_orders_by_status/up.sql"),
    ),
];
