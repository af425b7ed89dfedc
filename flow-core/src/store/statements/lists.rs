//! Tasks of many processes, for people.

use diesel::prelude::*;

use super::Conn;
use crate::store::dialect::Lists;
use crate::store::rows_read::counted;
use crate::store::schema::flow_task;
use crate::{Task, TaskId, TaskStatus};

impl Lists for Conn {
    fn inbox(&mut self, flows: &[&str], owner: &str, most: i64) -> QueryResult<Vec<Task>> {
        flow_task::table
            .filter(flow_task::owner.eq(owner).and(flow_task::status.eq(TaskStatus::Assigned)))
            .filter(flow_task::flow.eq_any(flows))
            .order((flow_task::process_id, flow_task::number))
            .limit(most)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn queue(&mut self, flows: &[&str], nodes: &[&str], after: Option<TaskId>, most: i64) -> QueryResult<Vec<Task>> {
        let mut tasks = flow_task::table
            .filter(flow_task::flow.eq_any(flows).and(flow_task::node.eq_any(nodes)))
            .filter(flow_task::status.eq(TaskStatus::New).and(flow_task::finished.is_null()))
            .order((flow_task::process_id, flow_task::number))
            .limit(most)
            .select(Task::as_select())
            .into_boxed();
        if let Some(after) = after {
            let same_process = flow_task::process_id.eq(after.process());
            tasks = tasks.filter(
                flow_task::process_id.gt(after.process()).or(same_process.and(flow_task::number.gt(after.number()))),
            );
        }
        tasks.load(self).map(counted)
    }

    fn open_tasks_of(&mut self, flows: &[&str], nodes: &[&str], most: i64) -> QueryResult<Vec<Task>> {
        flow_task::table
            .filter(flow_task::flow.eq_any(flows).and(flow_task::node.eq_any(nodes)))
            .filter(flow_task::finished.is_null())
            .order((flow_task::process_id, flow_task::number))
            .limit(most)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }
}
