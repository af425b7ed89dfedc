//! What one person has put off, and what they have half filled in.

use diesel::prelude::*;

use super::Conn;
use crate::data::Document;
use crate::store::dialect::PersonalRows;
use crate::store::schema::{flow_draft, flow_snooze, flow_task};
use crate::{Task, TaskId, Timestamp};

impl PersonalRows for Conn {
    fn snooze(&mut self, task: TaskId, person: &str, until: Timestamp) -> QueryResult<()> {
        let key = (
            flow_snooze::process_id.eq(task.process()),
            flow_snooze::task.eq(task.number()),
            flow_snooze::person.eq(person),
        );
        diesel::insert_into(flow_snooze::table)
            .values((key, flow_snooze::until.eq(until)))
            .on_conflict((flow_snooze::process_id, flow_snooze::task, flow_snooze::person))
            .do_update()
            .set(flow_snooze::until.eq(until))
            .execute(self)
            .map(drop)
    }

    fn unsnooze(&mut self, task: TaskId, person: &str) -> QueryResult<()> {
        diesel::delete(flow_snooze::table.find((task.process(), task.number(), person))).execute(self).map(drop)
    }

    fn save_draft(&mut self, task: TaskId, person: &str, data: &Document, saved: Timestamp) -> QueryResult<()> {
        let key = (
            flow_draft::process_id.eq(task.process()),
            flow_draft::task.eq(task.number()),
            flow_draft::person.eq(person),
        );
        diesel::insert_into(flow_draft::table)
            .values((key, flow_draft::data.eq(data), flow_draft::saved.eq(saved)))
            .on_conflict((flow_draft::process_id, flow_draft::task, flow_draft::person))
            .do_update()
            .set((flow_draft::data.eq(data), flow_draft::saved.eq(saved)))
            .execute(self)
            .map(drop)
    }

    fn task_with_draft(&mut self, task: TaskId, person: &str) -> QueryResult<Option<(Task, Option<Document>)>> {
        let of_the_task = flow_draft::process_id.eq(flow_task::process_id).and(flow_draft::task.eq(flow_task::number));
        flow_task::table
            .left_join(flow_draft::table.on(of_the_task.and(flow_draft::person.eq(person))))
            .filter(flow_task::process_id.eq(task.process()).and(flow_task::number.eq(task.number())))
            .select((Task::as_select(), flow_draft::data.nullable()))
            .get_result(self)
            .optional()
    }

    fn draft(&mut self, task: TaskId, person: &str) -> QueryResult<Option<Document>> {
        let found = flow_draft::table.find((task.process(), task.number(), person)).select(flow_draft::data);
        found.get_result(self).optional()
    }

    fn delete_draft(&mut self, task: TaskId, person: &str) -> QueryResult<()> {
        diesel::delete(flow_draft::table.find((task.process(), task.number(), person))).execute(self).map(drop)
    }
}
