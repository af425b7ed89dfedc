//! Rows of `flow_due`.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Conn, due_tasks, reserve};
use crate::Timestamp;
use crate::store::dialect::DueRows;
use crate::store::rows_read::counted;
use crate::store::schema::{flow_attempt, flow_due, flow_queue};
use crate::store::{Attempt, DueKey, DueKind, DueRow, DueTask, NOBODY};

impl DueRows for Conn {
    fn due(&mut self, flows: &[&str], now: Timestamp, after: Option<&DueRow>, most: i64) -> QueryResult<Vec<DueRow>> {
        let paused = flow_queue::table.filter(flow_queue::paused.is_not_null()).select(flow_queue::name);
        let mut rows = flow_due::table
            .filter(flow_due::due.le(now).and(flow_due::flow.eq_any(flows)))
            .filter(flow_due::leased_until.is_null().or(flow_due::leased_until.le(now)))
            .filter(flow_due::kind.ne("JOB").or(flow_due::queue.ne_all(paused)))
            .filter(sql::<Bool>(&reserve::goes_on("flow_due")))
            .order((flow_due::due, flow_due::process_id, flow_due::task, flow_due::kind, flow_due::key))
            .limit(most)
            .select(DueRow::as_select())
            .into_boxed();
        if let Some(row) = after {
            // By the whole key: of one task several rows may be due at the same time.
            let (process, task, kind) = (row.process_id, row.task, row.kind.as_str());
            let key = flow_due::kind.eq(kind).and(flow_due::key.gt(row.key.as_str()));
            let kind = flow_due::task.eq(task).and(flow_due::kind.gt(kind).or(key));
            let task = flow_due::process_id.eq(process).and(flow_due::task.gt(task).or(kind));
            let process = flow_due::due.eq(row.due).and(flow_due::process_id.gt(process).or(task));
            rows = rows.filter(flow_due::due.ge(row.due)).filter(flow_due::due.gt(row.due).or(process));
        }
        rows.load(self).map(counted)
    }

    fn due_row(&mut self, key: &DueKey) -> QueryResult<Option<DueRow>> {
        let found = flow_due::table.find(key.columns()).select(DueRow::as_select());
        found.get_result(self).optional().map(counted)
    }

    fn due_tasks(&mut self, keys: &[&DueKey]) -> QueryResult<Vec<DueTask>> {
        due_tasks::due_tasks(self, keys).map(counted)
    }

    fn due_of(&mut self, process: i64) -> QueryResult<Vec<DueRow>> {
        let rows = flow_due::table.filter(flow_due::process_id.eq(process));
        rows.order((flow_due::task, flow_due::kind, flow_due::key)).select(DueRow::as_select()).load(self).map(counted)
    }

    fn first_item(&mut self, process: i64, task: i32) -> QueryResult<Option<DueRow>> {
        let items = flow_due::table.filter(flow_due::process_id.eq(process).and(flow_due::task.eq(task)));
        let items = items.filter(flow_due::kind.eq(DueKind::Item.as_str())).order(flow_due::key);
        items.select(DueRow::as_select()).first(self).optional().map(counted)
    }

    fn count_items(&mut self, process: i64, task: i32) -> QueryResult<i32> {
        let items = flow_due::table.filter(flow_due::process_id.eq(process).and(flow_due::task.eq(task)));
        let count: i64 = items.filter(flow_due::kind.eq(DueKind::Item.as_str())).count().get_result(self)?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    fn items(&mut self, process: i64, task: i32) -> QueryResult<Vec<DueRow>> {
        let items = flow_due::table.filter(flow_due::process_id.eq(process).and(flow_due::task.eq(task)));
        let items = items.filter(flow_due::kind.eq(DueKind::Item.as_str())).order(flow_due::key);
        items.select(DueRow::as_select()).load(self).map(counted)
    }

    fn delete_due(&mut self, key: &DueKey) -> QueryResult<()> {
        diesel::delete(flow_due::table.find(key.columns())).execute(self).map(drop)
    }

    fn lease_due(&mut self, row: &DueRow, until: Timestamp) -> QueryResult<bool> {
        let key = row.primary_key();
        let ours = flow_due::table.find(key.columns()).filter(flow_due::lease_token.eq(row.lease_token));
        let changes = (
            flow_due::attempt.eq(row.attempt + 1),
            flow_due::lease_token.eq(row.lease_token + 1),
            flow_due::leased_until.eq(until),
        );
        Ok(diesel::update(ours).set(changes).execute(self)? == 1)
    }

    fn postpone(&mut self, row: &DueRow, token: i64, due: Timestamp, error: &str) -> QueryResult<()> {
        let key = row.primary_key();
        let ours = flow_due::table.find(key.columns()).filter(flow_due::lease_token.eq(row.lease_token));
        let changes = (
            flow_due::due.eq(due),
            flow_due::attempt.eq(row.attempt),
            flow_due::lease_token.eq(token),
            flow_due::leased_until.eq(None::<Timestamp>),
            flow_due::holder.eq(None::<&str>),
            flow_due::postponed.eq(row.postponed + 1),
            flow_due::last_error.eq(error),
        );
        diesel::update(ours).set(changes).execute(self).map(drop)
    }

    fn give_back(&mut self, row: &DueRow) -> QueryResult<()> {
        let key = row.primary_key();
        let ours = flow_due::table.find(key.columns()).filter(flow_due::lease_token.eq(row.lease_token));
        let changes = (
            flow_due::attempt.eq(row.attempt),
            flow_due::lease_token.eq(NOBODY),
            flow_due::leased_until.eq(None::<Timestamp>),
            flow_due::holder.eq(None::<&str>),
        );
        diesel::update(ours).set(changes).execute(self).map(drop)
    }

    fn attempts(&mut self, process: i64, task: i32) -> QueryResult<Vec<Attempt>> {
        let rows = flow_attempt::table.filter(flow_attempt::process_id.eq(process)).filter(flow_attempt::task.eq(task));
        rows.order(flow_attempt::number).select(Attempt::as_select()).load(self).map(counted)
    }
}
