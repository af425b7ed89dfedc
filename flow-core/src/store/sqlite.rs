//! SQLite: one writer at a time, so the write lock of the database is the lock of the process.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::patch::Patched;
use super::schema::{flow_audit, flow_due, flow_process, flow_task};
use super::{AuditRow, DueKind, DueRow};
use crate::data::{Patch, sql_types::Moment};
use crate::{Error, Process, Result, Task, TaskStatus, Timestamp};

type Manager = AnsiTransactionManager;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

flow_connection!(SqliteConnection {
    fn atomically<T, E: From<diesel::result::Error>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let outside = self.depth()?;
        // A deferred transaction that reads first cannot become a writing one under contention.
        match outside {
            0 if cfg!(flow_sabotage = "no_lock") => Manager::begin_transaction_sql(self, "BEGIN")?,
            0 => Manager::begin_transaction_sql(self, "BEGIN IMMEDIATE")?,
            _ => self.begin_savepoint()?,
        }
        // diesel would leave the transaction open when `f` panics.
        let outcome = catch_unwind(AssertUnwindSafe(|| f(self)));
        match outcome {
            Ok(Ok(value)) if self.depth()? == outside + 1 => {
                <Manager as TransactionManager<Self>>::commit_transaction(self)?;
                Ok(value)
            }
            Ok(Ok(_)) => {
                // A callback began a transaction and did not end it: what is whose cannot be told any more.
                self.roll_back_to(outside)?;
                Err(diesel::result::Error::AlreadyInTransaction.into())
            }
            Ok(Err(error)) if cfg!(flow_sabotage = "no_rollback") => {
                <Manager as TransactionManager<Self>>::commit_transaction(self)?;
                Err(error)
            }
            Ok(Err(error)) => {
                self.roll_back_to(outside)?;
                Err(error)
            }
            Err(panic) => {
                // What went wrong is the panic; a rollback that fails as well shows at the next statement.
                let _ = self.roll_back_to(outside);
                resume_unwind(panic)
            }
        }
    }

    fn begin_savepoint(&mut self) -> QueryResult<()> {
        <Manager as TransactionManager<Self>>::begin_transaction(self)
    }

    fn keep_savepoint(&mut self) -> QueryResult<()> {
        <Manager as TransactionManager<Self>>::commit_transaction(self)
    }

    fn depth(&mut self) -> QueryResult<u32> {
        Ok(Manager::transaction_manager_status_mut(self).transaction_depth()?.map_or(0, std::num::NonZeroU32::get))
    }

    fn roll_back_to(&mut self, depth: u32) -> QueryResult<()> {
        while self.depth()? > depth {
            <Manager as TransactionManager<Self>>::rollback_transaction(self)?;
        }
        Ok(())
    }

    fn migrate(&mut self) -> Result<()> {
        // Under the write lock, so that a second process finds nothing left to do.
        self.atomically(|conn| {
            conn.run_pending_migrations(MIGRATIONS).map(drop).map_err(Error::Migration)
        })
    }

    fn lock_process(&mut self, id: i64) -> QueryResult<Option<Process>> {
        // BEGIN IMMEDIATE has the lock already.
        self.process(id)
    }
});

/// The migrations as SQL, for those who run their own.
pub(crate) const SQL: &str = include_str!("../../migrations/sqlite/00000000000001_flow_create_tables/up.sql");

/// What every connection of a flow's database should have: WAL, so that readers do not wait for the writer;
/// `synchronous = FULL`, so that a commit survives a power cut; foreign keys; ten seconds of patience for
/// another writer.
pub(crate) fn configure(conn: &mut SqliteConnection) -> QueryResult<()> {
    diesel::connection::SimpleConnection::batch_execute(
        conn,
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    )
}
