//! PostgreSQL: a transition is planned in memory on a version of its process, and written in one statement that
//! must find that version; only a callback that takes the connection makes it lock the row and open a transaction.

mod columns;
pub(crate) mod json;
mod parcel;

use diesel::PgConnection;
use diesel::connection::{AnsiTransactionManager as Manager, SimpleConnection as _, TransactionManager};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::by_index::{Index, by_index};
use super::counted::counted;
use super::patch::Patched;
use super::schema::{flow_audit, flow_due, flow_process, flow_task};
use super::shared::one_row;
use super::{AuditRow, DueRow, Hold, Writes, is_deadlock, is_lost_race};
use crate::data::Patch;
use crate::{Error, Process, ProcessStatus, Result, Task, TaskId, TaskStatus, Timestamp};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The lock of those who migrate. Any number will do that nobody else takes: "flow" in ASCII.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(1718382455)";

/// How often a transition that was ended as part of a deadlock is tried again behind the lock, before the last time.
const DEADLOCKS: usize = 3;

flow_connection!(PgConnection {
    fn begin(&mut self) -> QueryResult<()> {
        <Manager as TransactionManager<Self>>::begin_transaction(self)
    }

    fn transition<T>(&mut self, repeatable: bool, mut f: impl FnMut(&mut Self, Hold) -> Result<T>) -> Result<T> {
        if repeatable && self.depth()? == 0 {
            match self.guarded(0, 0..=1, |conn| f(conn, Hold::Version)) {
                // Who lost once waits for the lock, so that a crowd is served one after the other.
                Err(error) if is_lost_race(&error) || is_deadlock(&error) => {}
                outcome => return outcome,
            }
            // It can be quicker than the one that it was ended for, and meet it once more.
            for _ in 0..DEADLOCKS {
                match self.atomically(|conn| f(conn, Hold::Lock)) {
                    Err(error) if is_deadlock(&error) => {}
                    outcome => return outcome,
                }
            }
        }
        self.atomically(|conn| f(conn, Hold::Lock))
    }

    fn hold(&mut self, process: Option<(i64, i64)>) -> QueryResult<bool> {
        self.begin()?;
        let Some((id, version)) = process else { return Ok(true) };
        let row = flow_process::table.find(id).select(flow_process::version);
        let found: Option<i64> = if cfg!(flow_sabotage = "no_lock") {
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

    fn read(&mut self, id: i64, number: i32, hold: Hold) -> QueryResult<Option<(Process, Task)>> {
        let rows = flow_process::table
            .inner_join(flow_task::table)
            .filter(flow_process::id.eq(id).and(flow_task::number.eq(number)))
            .select((Process::as_select(), Task::as_select()));
        match hold {
            Hold::Lock if cfg!(not(flow_sabotage = "no_lock")) => {
                // Both rows: of one that is not locked itself, what was there before the wait would be read.
                rows.for_update().get_result(self).optional().map(counted)
            }
            _ => rows.get_result(self).optional().map(counted),
        }
    }

    fn read_process(&mut self, id: i64, hold: Hold) -> QueryResult<Option<Process>> {
        match hold {
            Hold::Lock => self.lock_process(id),
            Hold::Version => self.process(id),
        }
    }

    fn reserve_number(&mut self) -> QueryResult<Option<i64>> {
        let next = diesel::dsl::sql::<diesel::sql_types::BigInt>(
            "nextval(pg_get_serial_sequence('flow_process', 'id'))",
        );
        diesel::select(next).get_result(self).map(Some)
    }

    fn write(&mut self, mut writes: Writes<'_>) -> QueryResult<Option<i64>> {
        let later = writes.audit.take_if(|_| cfg!(flow_sabotage = "no_transaction"));
        if let Some(mut row) = later {
            let id = self.write(writes)?;
            row.process_id = id.unwrap_or_default();
            row.number = diesel::update(flow_process::table.find(row.process_id))
                .set(flow_process::audit_count.eq(flow_process::audit_count + 1))
                .returning(flow_process::audit_count)
                .get_result(self)?;
            diesel::insert_into(flow_audit::table).values(&row).execute(self)?;
            return Ok(id);
        }
        parcel::Parcel::new(&writes).get_result(self).optional()
    }
});

/// The migrations as SQL, for those who run their own: the name of each, and what it does.
pub(crate) const SQL: &[(&str, &str)] = &[
    (
        "00000000000001_flow_create_tables",
        include_str!("../../migrations/postgres/00000000000001_flow_create_tables/up.sql"),
    ),
    (
        "00000000000002_flow_names_releases_and_people",
        include_str!("../../migrations/postgres/00000000000002_flow_names_releases_and_people/up.sql"),
    ),
];
