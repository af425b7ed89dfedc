//! Rows that a program does not know.

use diesel::prelude::*;

use super::Conn;
use crate::store::DueRow;
use crate::store::dialect::StrayRows;
use crate::store::rows_read::counted;
use crate::store::schema::{flow_due, flow_process, flow_task};
use crate::{Process, ProcessStatus, Task, TaskStatus};

impl StrayRows for Conn {
    fn stray_processes(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<Process>> {
        let known = ProcessStatus::KNOWN.iter().map(|status| status.as_str());
        let unknown = flow_process::status.ne_all(known);
        flow_process::table
            .filter(flow_process::finished.is_null())
            .filter(flow_process::flow.ne_all(flows).or(unknown))
            .order(flow_process::id)
            .limit(most)
            .select(Process::as_select())
            .load(self)
            .map(counted)
    }

    fn stray_tasks(&mut self, flows: &[&str], nodes: &[&str], most: i64) -> QueryResult<Vec<Task>> {
        let known = TaskStatus::KNOWN.iter().map(|status| status.as_str());
        let unknown = flow_task::status.ne_all(known);
        flow_task::table
            .filter(flow_task::finished.is_null().and(flow_task::flow.eq_any(flows)))
            .filter(flow_task::node.ne_all(nodes).or(unknown))
            .order((flow_task::process_id, flow_task::number))
            .limit(most)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn tasks_of_other_kind(&mut self, flows: &[&str], nodes: &[&str], kind: &str, most: i64) -> QueryResult<Vec<Task>> {
        flow_task::table
            .filter(flow_task::finished.is_null().and(flow_task::flow.eq_any(flows)))
            .filter(flow_task::node.eq_any(nodes).and(flow_task::kind.ne_all(["", kind])))
            .order((flow_task::process_id, flow_task::number))
            .limit(most)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn open_places(&mut self, flows: &[&str]) -> QueryResult<Vec<(String, i32, String, i64)>> {
        let place = (flow_process::flow, flow_process::release, flow_task::node);
        flow_task::table
            .inner_join(flow_process::table)
            .filter(flow_process::flow.eq_any(flows))
            .filter(flow_process::finished.is_null().and(flow_task::finished.is_null()))
            .group_by(place)
            .order(place)
            .select((flow_process::flow, flow_process::release, flow_task::node, diesel::dsl::count_star()))
            .load(self)
            .map(counted)
    }

    fn open_releases(&mut self, flows: &[&str]) -> QueryResult<Vec<(String, i32, i64)>> {
        let place = (flow_process::flow, flow_process::release);
        flow_process::table
            .filter(flow_process::flow.eq_any(flows).and(flow_process::finished.is_null()))
            .group_by(place)
            .order(place)
            .select((flow_process::flow, flow_process::release, diesel::dsl::count_star()))
            .load(self)
            .map(counted)
    }

    fn stray_due(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<DueRow>> {
        flow_due::table
            .filter(flow_due::flow.ne_all(flows))
            .order((flow_due::due, flow_due::process_id, flow_due::task))
            .limit(most)
            .select(DueRow::as_select())
            .load(self)
            .map(counted)
    }
}
