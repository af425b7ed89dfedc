//! Rows of `flow_audit`.

use diesel::prelude::*;

use super::{Conn, one_row};
use crate::store::AuditRow;
use crate::store::dialect::AuditRows;
use crate::store::has_key::ChangesHaveKey;
use crate::store::rows_read::counted;
use crate::store::schema::{flow_audit, flow_process};
use crate::{TaskId, Verb};

impl AuditRows for Conn {
    fn history(&mut self, process: i64) -> QueryResult<Vec<AuditRow>> {
        flow_audit::table
            .filter(flow_audit::process_id.eq(process))
            .order(flow_audit::number)
            .select(AuditRow::as_select())
            .load(self)
            .map(counted)
    }

    fn history_of_task(&mut self, task: TaskId) -> QueryResult<Vec<AuditRow>> {
        flow_audit::table
            .filter(flow_audit::process_id.eq(task.process()))
            .filter(flow_audit::task.eq(task.number()).assume_not_null().or(ChangesHaveKey(task.number().to_string())))
            .order(flow_audit::number)
            .select(AuditRow::as_select())
            .load(self)
            .map(counted)
    }

    fn newest_history(&mut self, process: i64, most: i64) -> QueryResult<Vec<AuditRow>> {
        flow_audit::table
            .filter(flow_audit::process_id.eq(process))
            .order(flow_audit::number.desc())
            .limit(most)
            .select(AuditRow::as_select())
            .load(self)
            .map(counted)
    }

    fn add_audit(&mut self, mut row: AuditRow) -> QueryResult<()> {
        let counted = diesel::update(flow_process::table.find(row.process_id))
            .set(flow_process::audit_count.eq(flow_process::audit_count + 1))
            .returning((flow_process::audit_count, flow_process::version, flow_process::status))
            .get_result(self)
            .optional()?;
        let Some((number, version, status)) = counted else { return Ok(()) };
        (row.number, row.version, row.process_status) = (number, version, status);
        one_row(diesel::insert_into(flow_audit::table).values(&row).execute(self)?)
    }

    fn last_change(&mut self, process: i64, task: i32) -> QueryResult<Option<AuditRow>> {
        flow_audit::table
            .filter(flow_audit::process_id.eq(process))
            .filter(ChangesHaveKey(task.to_string()))
            .order(flow_audit::number.desc())
            .select(AuditRow::as_select())
            .first(self)
            .optional()
            .map(counted)
    }

    fn last_turn(&mut self, process: i64, is_open: bool) -> QueryResult<Option<AuditRow>> {
        let rows = flow_audit::table.filter(flow_audit::process_id.eq(process)).order(flow_audit::number.desc());
        let rows = rows.select(AuditRow::as_select());
        let found = match is_open {
            true => rows.filter(flow_audit::action.eq_any(TURNS)).first(self),
            false => rows.filter(flow_audit::action.ne_all(NO_TRANSITIONS)).first(self),
        };
        found.optional().map(counted)
    }
}

/// What stops an open process, and lets it go on.
const TURNS: [&str; 2] = [Verb::Suspend.as_str(), Verb::ResumeProcess.as_str()];

/// What may follow the end of a process in its history.
const NO_TRANSITIONS: [&str; 3] = [Verb::Comment.as_str(), Verb::Denied.as_str(), Verb::Save.as_str()];
