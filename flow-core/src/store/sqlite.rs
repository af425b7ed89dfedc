//! SQLite: one writer at a time, so the write lock of the database is the lock of the process.

mod each;
mod fold;
mod json;
mod update;

use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager as Manager, SimpleConnection as _, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::by_index::{Index, by_index};
use super::counted::counted;
use super::patch::Patched;
use super::schema::{flow_audit, flow_due, flow_process, flow_task};
use super::shared::one_row;
use super::{AuditRow, DueRow, Hold, Writes};
use crate::data::Patch;
use crate::{Error, Process, ProcessStatus, Result, Task, TaskId, TaskStatus, Timestamp};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

flow_connection!(SqliteConnection {
    fn begin(&mut self) -> QueryResult<()> {
        // A deferred transaction that reads first cannot become a writing one under contention.
        let sql = if cfg!(flow_sabotage = "no_lock") { "BEGIN" } else { "BEGIN IMMEDIATE" };
        Manager::begin_transaction_sql(self, sql)
    }

    fn transition<T>(&mut self, _: bool, mut f: impl FnMut(&mut Self, Hold) -> Result<T>) -> Result<T> {
        self.atomically(|conn| f(conn, Hold::Lock))
    }

    fn hold(&mut self, _: Option<(i64, i64)>) -> QueryResult<bool> {
        Ok(true)
    }

    fn after_failed_rollback(&mut self, error: &diesel::result::Error) {
        // On a full disk and the like SQLite ends the transaction itself, which diesel does not see.
        if super::classify::no_transaction_is_open(error) {
            *<Manager as TransactionManager<Self>>::transaction_manager_status_mut(self) = Default::default();
        }
    }

    fn migrate(&mut self) -> Result<()> {
        // Under the write lock, so that a second process finds nothing left to do.
        self.atomically(|conn| {
            conn.run_pending_migrations(MIGRATIONS).map(drop).map_err(Error::Migration)
        })
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

    fn read(&mut self, id: i64, number: i32, _: Hold) -> QueryResult<Option<(Process, Task)>> {
        let Some(process) = self.process(id)? else { return Ok(None) };
        Ok(self.task(id, number)?.map(|task| (process, task)))
    }

    fn read_process(&mut self, id: i64, _: Hold) -> QueryResult<Option<Process>> {
        self.process(id)
    }

    fn reserve_number(&mut self) -> QueryResult<Option<i64>> {
        Ok(None)
    }

    fn write(&mut self, writes: Writes<'_>) -> QueryResult<Option<i64>> {
        each::write(self, writes)
    }
});

/// The migrations as SQL, for those who run their own: the name of each, and what it does.
pub(crate) const SQL: &[(&str, &str)] = &[
    (
        "00000000000001_flow_create_tables",
        include_str!("../../migrations/sqlite/00000000000001_flow_create_tables/up.sql"),
    ),
    (
        "00000000000002_flow_names_releases_and_people",
        include_str!("../../migrations/sqlite/00000000000002_flow_names_releases_and_people/up.sql"),
    ),
];

/// What every connection of a flow's database should have: WAL, so that readers do not wait for the writer;
/// `synchronous = FULL`, so that a commit survives a power cut; foreign keys; ten seconds of patience for
/// another writer.
pub(crate) fn configure(conn: &mut SqliteConnection) -> QueryResult<()> {
    fold::register(conn)?;
    diesel::connection::SimpleConnection::batch_execute(
        conn,
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    )
}
