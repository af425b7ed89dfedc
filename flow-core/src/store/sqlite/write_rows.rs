//! The rows that a transition writes, a statement a row: on SQLite a call costs no round trip, and a short statement is
//! prepared once.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::statements::one_row;
use super::update::{UpdateProcess, UpdateTask};
use crate::Process;
use crate::data::sql_types::Moment;
use crate::store::dialect::DueRows as _;
use crate::store::schema::{flow_audit, flow_candidate, flow_draft, flow_due, flow_process, flow_task};
use crate::store::{DueWrite, NewCandidate, ProcessWrite, TransitionWrite};

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
    for NewCandidate { task, candidate } in rows.candidates {
        let row = (
            flow_candidate::process_id.eq(id),
            flow_candidate::task.eq(task),
            flow_candidate::kind.eq(candidate.kind()),
            flow_candidate::id.eq(candidate.id()),
        );
        // One who is named twice is offered it once.
        diesel::insert_or_ignore_into(flow_candidate::table).values(row).execute(conn)?;
    }
    if !rows.drafts.is_empty() {
        let gone = flow_draft::table.filter(flow_draft::process_id.eq(id).and(flow_draft::task.eq_any(rows.drafts)));
        diesel::delete(gone).execute(conn)?;
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
                flow_due::attempt.eq(row.attempt + 1),
                flow_due::lease_token.eq(row.lease_token + 1),
                flow_due::leased_until.eq(until),
            );
            let target = flow_due::table.find((row.process_id, row.task, &row.kind, &row.key));
            one_row(diesel::update(target).set(changes).execute(conn)?)
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
