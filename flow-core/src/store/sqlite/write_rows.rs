//! The rows that a transition writes, a statement a row, or a few rows that are alike: on SQLite a call costs no round
//! trip, and a short statement is prepared once.

use diesel::SqliteConnection;
use diesel::prelude::*;

use super::insert::{InsertAudit, InsertProcess, InsertTasks};
use super::statements::one_row;
use super::update::{UpdateLease, UpdateProcess, UpdateTask};
use crate::store::dialect::DueRows as _;
use crate::store::schema::{flow_attempt, flow_candidate, flow_draft, flow_due};
use crate::store::{DueWrite, NewCandidate, ProcessWrite, TransitionWrite};
use crate::{Task, Timestamp};

/// Writes everything. The number of the process; `None` if its version is another than it should be.
pub(super) fn write(conn: &mut SqliteConnection, rows: TransitionWrite<'_>) -> QueryResult<Option<i64>> {
    let audited = rows.audit.is_some();
    let (id, audit_count) = match rows.process {
        ProcessWrite::New(row) => InsertProcess::new(row, audited).get_result(conn)?,
        ProcessWrite::Changed { row, from, filled } => {
            match UpdateProcess::new(row, from, filled, audited).get_result(conn).optional()? {
                Some(audit_count) => (row.id, audit_count),
                None => return Ok(None),
            }
        }
        // Without a row of the audit, which would need its number.
        ProcessWrite::Kept(row) => (row.id, 0),
    };
    let new_tasks = rows.new_tasks.into_iter().map(|task| {
        task.process_id = id;
        &*task
    });
    let new_tasks: Vec<&Task> = new_tasks.collect();
    for insert in InsertTasks::all(&new_tasks) {
        let count = insert.len();
        if insert.execute(conn)? != count {
            return Err(diesel::result::Error::NotFound);
        }
    }
    for (task, filled) in rows.changed_tasks {
        one_row(UpdateTask::new(task, filled).execute(conn)?)?;
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
    for task in rows.over {
        // By the first columns of both keys, a statement that stays prepared.
        let drafts = flow_draft::table.filter(flow_draft::process_id.eq(id).and(flow_draft::task.eq(task)));
        diesel::delete(drafts).execute(conn)?;
        let offers = flow_candidate::table.filter(flow_candidate::process_id.eq(id).and(flow_candidate::task.eq(task)));
        if !crate::sabotage::is_out("offers_end") {
            diesel::delete(offers).execute(conn)?;
        }
    }
    for due in rows.due {
        write_due(conn, id, due)?;
    }
    if crate::sabotage::is_out("no_transaction") {
        diesel::connection::SimpleConnection::batch_execute(conn, "COMMIT; BEGIN IMMEDIATE")?;
    }
    if let Some(mut row) = rows.audit {
        row.process_id = id;
        row.number = audit_count;
        one_row(InsertAudit(&row).execute(conn)?)?;
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
        DueWrite::Lease { row, until } => one_row(UpdateLease { row: &row, until }.execute(conn)?),
        DueWrite::Again { row, error } => {
            let changes = (
                flow_due::due.eq(row.due),
                flow_due::lease_token.eq(row.lease_token),
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
