//! Rows of `flow_due` that wait for something outside: times at which processes start, messages, signals; and
//! `flow_message`.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use super::Conn;
use crate::data::Document;
use crate::data::sql_types::Moment;
use crate::store::dialect::{EventRows, NotedMessage};
use crate::store::rows_read::counted;
use crate::store::schema::{flow_due, flow_message, flow_task};
use crate::store::{DueKey, DueKind, DueRow, NEVER, OpenCatch};
use crate::{Task, Timestamp};

#[diesel::declare_sql_function]
extern "SQL" {
    /// The characters of a text from one on, counted from 1.
    fn substr(text: Text, from: Integer, length: Integer) -> Text;
}

impl EventRows for Conn {
    fn insert_due(&mut self, row: &DueRow) -> QueryResult<bool> {
        let rows = diesel::insert_into(flow_due::table).values(row).on_conflict_do_nothing();
        Ok(rows.execute(self)? == 1)
    }

    fn ticks(&mut self, flows: &[&str]) -> QueryResult<Vec<DueRow>> {
        let rows = flow_due::table.filter(flow_due::process_id.eq(0)).filter(flow_due::task.eq(0));
        let rows = rows.filter(flow_due::kind.eq(DueKind::Tick.as_str())).filter(flow_due::flow.eq_any(flows));
        rows.select(DueRow::as_select()).load(self).map(counted)
    }

    fn tick(&mut self, row: &DueRow, due: Timestamp, payload: &Document) -> QueryResult<bool> {
        let key = row.primary_key();
        let same = flow_due::table.find(key.columns()).filter(flow_due::lease_token.eq(row.lease_token));
        let changes = (
            flow_due::due.eq(due),
            flow_due::payload.eq(payload),
            flow_due::postponed.eq(0),
            flow_due::last_error.eq(None::<&str>),
            flow_due::leased_until.eq(None::<Timestamp>),
            flow_due::holder.eq(None::<&str>),
        );
        if crate::sabotage::is_out("tick_twice") {
            return Ok(diesel::update(same).set(changes).execute(self)? == 1);
        }
        Ok(diesel::update(same.filter(flow_due::due.eq(row.due))).set(changes).execute(self)? == 1)
    }

    fn catches(&mut self, lookup: &str, after: Option<&OpenCatch>, most: i64) -> QueryResult<Vec<OpenCatch>> {
        let of_task = flow_due::process_id.eq(flow_task::process_id).and(flow_due::task.eq(flow_task::number));
        let mut rows = flow_due::table
            .inner_join(flow_task::table.on(of_task))
            .filter(flow_due::queue.eq(lookup))
            .filter(flow_due::kind.eq(DueKind::Catch.as_str()))
            .order((flow_task::created, flow_task::process_id, flow_task::number))
            .limit(most)
            .select((flow_task::created, flow_task::process_id, flow_task::number, flow_due::flow, flow_task::node))
            .into_boxed();
        if let Some(last) = after {
            let number = flow_task::process_id.eq(last.process).and(flow_task::number.gt(last.task));
            let process = flow_task::created.eq(last.since).and(flow_task::process_id.gt(last.process).or(number));
            rows = rows.filter(flow_task::created.gt(last.since).or(process));
        }
        let found: Vec<(Timestamp, i64, i32, String, String)> = rows.load(self)?;
        let catch = |(since, process, task, flow, node)| OpenCatch { since, process, task, flow, node };
        Ok(found.into_iter().map(catch).collect())
    }

    fn catches_of_others(&mut self, flows: &[&str], nodes: &[&str], begins: &str, most: i64) -> QueryResult<Vec<Task>> {
        let of_task = flow_due::process_id.eq(flow_task::process_id).and(flow_due::task.eq(flow_task::number));
        let length = i32::try_from(begins.chars().count()).unwrap_or(i32::MAX);
        flow_task::table
            .inner_join(flow_due::table.on(of_task))
            .filter(flow_task::flow.eq_any(flows).and(flow_task::node.eq_any(nodes)))
            .filter(flow_task::finished.is_null())
            .filter(flow_due::kind.eq(DueKind::Catch.as_str()))
            .filter(substr(flow_due::queue, 1, length).ne(begins))
            .order((flow_task::process_id, flow_task::number))
            .limit(most)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn hold_due(&mut self, key: &DueKey) -> QueryResult<bool> {
        let row = flow_due::table.find(key.columns());
        Ok(diesel::update(row).set(flow_due::attempt.eq(flow_due::attempt)).execute(self)? == 1)
    }

    fn set_due(&mut self, key: &DueKey, due: Timestamp) -> QueryResult<()> {
        let changes =
            (flow_due::due.eq(due), flow_due::leased_until.eq(None::<Timestamp>), flow_due::holder.eq(None::<&str>));
        diesel::update(flow_due::table.find(key.columns())).set(changes).execute(self).map(drop)
    }

    fn wake_catches(&mut self, process: i64, now: Timestamp) -> QueryResult<()> {
        let rows = flow_due::table.filter(flow_due::process_id.eq(process));
        let rows = rows.filter(flow_due::kind.eq(DueKind::Catch.as_str())).filter(flow_due::due.eq(NEVER));
        diesel::update(rows).set(flow_due::due.eq(now)).execute(self).map(drop)
    }

    fn kept_messages(&mut self, lookup: &str, most: i64) -> QueryResult<Vec<DueRow>> {
        let rows = flow_due::table.filter(flow_due::queue.eq(lookup));
        let rows = rows.filter(flow_due::kind.eq(DueKind::Message.as_str())).order(flow_due::key).limit(most);
        rows.select(DueRow::as_select()).load(self).map(counted)
    }

    fn throw_signal(&mut self, lookup: &str, key: &str, now: Timestamp) -> QueryResult<usize> {
        let catches = flow_due::table
            .filter(flow_due::queue.eq(lookup))
            .filter(flow_due::kind.eq(DueKind::Catch.as_str()))
            .select((
                flow_due::process_id,
                flow_due::task,
                DueKind::Signal.as_str().into_sql::<Text>(),
                key.into_sql::<Text>(),
                flow_due::flow,
                now.into_sql::<Moment>(),
            ));
        diesel::insert_into(flow_due::table)
            .values(catches)
            .into_columns((
                flow_due::process_id,
                flow_due::task,
                flow_due::kind,
                flow_due::key,
                flow_due::flow,
                flow_due::due,
            ))
            .execute(self)
    }

    fn add_message_id(&mut self, name: &str, id: &str, key: &str, now: Timestamp) -> QueryResult<bool> {
        let values = (
            flow_message::name.eq(name),
            flow_message::id.eq(id),
            flow_message::key.eq(key),
            flow_message::delivered.eq(now),
        );
        let rows = diesel::insert_into(flow_message::table).values(values).on_conflict_do_nothing();
        Ok(rows.execute(self)? == 1 || crate::sabotage::is_out("message_id"))
    }

    fn message_delivered(&mut self, name: &str, id: &str, now: Timestamp, to: (i64, i32)) -> QueryResult<()> {
        let (process, task) = to;
        let changes =
            (flow_message::delivered.eq(now), flow_message::process_id.eq(process), flow_message::task.eq(task));
        diesel::update(flow_message::table.find((name, id))).set(changes).execute(self).map(drop)
    }

    fn message_of_id(&mut self, name: &str, id: &str) -> QueryResult<Option<NotedMessage>> {
        let columns = (flow_message::key, flow_message::process_id, flow_message::task);
        let row = flow_message::table.find((name, id)).select(columns).first(self).optional()?;
        Ok(row.map(|(key, process, task): (_, Option<i64>, Option<i32>)| (key, process.zip(task))))
    }

    fn forget_message_id(&mut self, name: &str, id: &str) -> QueryResult<()> {
        diesel::delete(flow_message::table.find((name, id))).execute(self).map(drop)
    }

    fn forget_message_ids(&mut self, before: Timestamp) -> QueryResult<usize> {
        // One that is kept has no task yet.
        let delivered = flow_message::process_id.is_not_null().and(flow_message::delivered.lt(before));
        diesel::delete(flow_message::table.filter(delivered)).execute(self)
    }
}
