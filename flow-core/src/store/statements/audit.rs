//! Rows of `flow_audit`.

use diesel::prelude::*;

use super::Conn;
use crate::store::AuditRow;
use crate::store::dialect::AuditRows;
use crate::store::has_key::ChangesHaveKey;
use crate::store::rows_read::counted;
use crate::store::schema::flow_audit;

impl AuditRows for Conn {
    fn history(&mut self, process: i64) -> QueryResult<Vec<AuditRow>> {
        flow_audit::table
            .filter(flow_audit::process_id.eq(process))
            .order(flow_audit::number)
            .select(AuditRow::as_select())
            .load(self)
            .map(counted)
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
}
