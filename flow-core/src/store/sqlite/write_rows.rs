//! The rows that a transition writes, a statement a row: on SQLite a call costs no round trip, and a short statement is
//! prepared once.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::statements::one_row;
use super::update::{UpdateProcess, UpdateTask};
use crate::data::sql_types::Moment;
use crate::store::dialect::DueRows as _;
use crate::store::schema::{flow_attempt, flow_audit, flow_due, flow_process, flow_task};
use crate::store::{DueWrite, NOBODY, ProcessWrite, TransitionWrite};
use crate::{Process, Timestamp};

/// Writes everything. The number of the process; `None` if its version is another than it should be.
pub(super) fn write(conn: &mut SqliteConnection, rows: TransitionWrite<'_>) -> QueryResult<Option<i64>> {
    let audited = rows.audit.is_some();
    let (id, audit_count) = match rows.process {
        ProcessWrite::New(row) => insert_process(conn, row, audited)?,
        ProcessWrite::Changed { row, from } => {
            match UpdateProcess::new(row, from, audited).get_result(conn).optional()? {
                Some(audit_count) => (row.id, audit_count),
                None => return Ok(None),
            }
        }
    };
    for task in rows.new_tasks {
        task.process_id = id;
        one_row(diesel::insert_into(flow_task::table).values(&*task).execute(conn)?)?;
    }
    for task in rows.changed_tasks {
        one_row(UpdateTask::new(task).execute(conn)?)?;
    }
    for due in rows.due {
        write_due(conn, id, due)?;
    }
    if cfg!(flow_sabotage = "no_transaction") {
        diesel::connection::SimpleConnection::batch_execute(conn, "COMMIT; BEGIN IMMEDIATE")?;
    }
    if let Some(mut row) = rows.audit {
        row.process_id = id;
        row.number = audit_count;
        one_row(diesel::insert_into(flow_audit::table).values(&row).execute(conn)?)?;
    }
    Ok(Some(id))
}

fn write_due(conn: &mut SqliteConnection, id: i64, due: DueWrite) -> QueryResult<()> {
    match due {
        DueWrite::Insert(mut row) => {
            if row.process_id == 0 {
                row.process_id = id;
            }
            one_row(diesel::insert_into(flow_due::table).values(&row).execute(conn)?)
        }
        DueWrite::Delete(key) => conn.delete_due(&key),
        DueWrite::Lease { row, until } => {
            let changes = (
                flow_due::attempt.eq(row.attempt),
                flow_due::lease_token.eq(row.lease_token),
                flow_due::leased_until.eq(until),
                flow_due::holder.eq(&row.holder),
            );
            let target = flow_due::table.find((row.process_id, row.task, &row.kind, &row.key));
            one_row(diesel::update(target).set(changes).execute(conn)?)
        }
        DueWrite::Again { row, error } => {
            let changes = (
                flow_due::due.eq(row.due),
                flow_due::lease_token.eq(NOBODY),
                flow_due::leased_until.eq(None::<Timestamp>),
                flow_due::holder.eq(None::<&str>),
                flow_due::last_error.eq(error),
            );
            let target = flow_due::table.find((row.process_id, row.task, &row.kind, &row.key));
            one_row(diesel::update(target).set(changes).execute(conn)?)
        }
        DueWrite::Attempt(mut row) => {
            let attempts = flow_attempt::table.filter(flow_attempt::process_id.eq(row.process_id));
            let attempts = attempts.filter(flow_attempt::task.eq(row.task));
            let newest: Option<i32> = attempts.select(diesel::dsl::max(flow_attempt::number)).get_result(conn)?;
            row.number = newest.unwrap_or_default() + 1;
            one_row(diesel::insert_into(flow_attempt::table).values(&row).execute(conn)?)
        }
    }
}

/// The number of the process, and of its newest row in the audit.
fn insert_process(conn: &mut SqliteConnection, row: &Process, audited: bool) -> QueryResult<(i64, i64)> {
    diesel::insert_into(flow_process::table)
        .values((
            flow_process::flow.eq(&row.flow),
            flow_process::status.eq(row.status),
            flow_process::version.eq(row.version),
            flow_process::task_count.eq(row.task_count),
            flow_process::open_tokens.eq(row.open_tokens),
            flow_process::created.eq(row.created),
            flow_process::finished.eq(row.finished.into_sql::<Nullable<Moment>>()),
            flow_process::data.eq(&row.data),
            flow_process::seed_type.eq((&row.seed_type).into_sql::<Nullable<Text>>()),
            flow_process::seed_key.eq((&row.seed_key).into_sql::<Nullable<Text>>()),
            flow_process::artifact_type.eq((&row.artifact_type).into_sql::<Nullable<Text>>()),
            flow_process::artifact_key.eq((&row.artifact_key).into_sql::<Nullable<Text>>()),
            flow_process::parent_process.eq(row.parent_process.into_sql::<Nullable<BigInt>>()),
            flow_process::parent_task.eq(row.parent_task.into_sql::<Nullable<Integer>>()),
            flow_process::start_key.eq((&row.start_key).into_sql::<Nullable<Text>>()),
            flow_process::release.eq(row.release),
            flow_process::reference.eq((&row.reference).into_sql::<Nullable<Text>>()),
            flow_process::started_by.eq((&row.started_by).into_sql::<Nullable<Text>>()),
            flow_process::depth.eq(row.depth),
            flow_process::audit_count.eq(i64::from(audited)),
        ))
        .returning((flow_process::id, flow_process::audit_count))
        .get_result(conn)
}
