//! Rows of `flow_process`.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{Conn, one_row};
use crate::data::Patch;
use crate::store::DueKind;
use crate::store::dialect::ProcessRows;
use crate::store::patch::Patched;
use crate::store::rows_read::counted;
use crate::store::schema::{flow_due, flow_process};
use crate::{Process, ProcessStatus, TaskId};

impl ProcessRows for Conn {
    fn process(&mut self, id: i64) -> QueryResult<Option<Process>> {
        flow_process::table.find(id).select(Process::as_select()).get_result(self).optional().map(counted)
    }

    fn started(&mut self, flow: &str, key: &str) -> QueryResult<Option<Process>> {
        flow_process::table
            .filter(flow_process::flow.eq(flow).and(flow_process::start_key.eq(key)))
            .select(Process::as_select())
            .get_result(self)
            .optional()
            .map(counted)
    }

    fn open_children(&mut self, process: i64, task: i32) -> QueryResult<Vec<Process>> {
        flow_process::table
            .filter(flow_process::parent_process.eq(process).and(flow_process::parent_task.eq(task)))
            .filter(flow_process::finished.is_null())
            .order(flow_process::id)
            .select(Process::as_select())
            .load(self)
            .map(counted)
    }

    fn done_children(&mut self, process: i64, task: i32) -> QueryResult<Vec<Process>> {
        flow_process::table
            .filter(flow_process::parent_process.eq(process).and(flow_process::parent_task.eq(task)))
            .filter(flow_process::status.eq(ProcessStatus::Done))
            .order(flow_process::id)
            .select(Process::as_select())
            .load(self)
            .map(counted)
    }

    fn awaited_children(&mut self, process: i64, task: i32) -> QueryResult<i32> {
        let ends = flow_due::table.filter(flow_due::process_id.eq(flow_process::id));
        let ends = ends.filter(flow_due::kind.eq(DueKind::Resume.as_str())).select(flow_due::process_id);
        let count: i64 = flow_process::table
            .filter(flow_process::parent_process.eq(process).and(flow_process::parent_task.eq(task)))
            .filter(flow_process::finished.is_null().or(diesel::dsl::exists(ends)))
            .count()
            .get_result(self)?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    fn newest_child(&mut self, process: i64, task: i32) -> QueryResult<Option<Process>> {
        flow_process::table
            .filter(flow_process::parent_process.eq(process).and(flow_process::parent_task.eq(task)))
            .order(flow_process::id.desc())
            .select(Process::as_select())
            .first(self)
            .optional()
            .map(counted)
    }

    fn newest_children(&mut self, tasks: &[TaskId]) -> QueryResult<BTreeMap<TaskId, i64>> {
        if tasks.is_empty() {
            return Ok(BTreeMap::new());
        }
        let processes: BTreeSet<i64> = tasks.iter().map(|task| task.process()).collect();
        let numbers: BTreeSet<i32> = tasks.iter().map(|task| task.number()).collect();
        let parent = (flow_process::parent_process.assume_not_null(), flow_process::parent_task.assume_not_null());
        let found: Vec<(i64, i32, Option<i64>)> = flow_process::table
            .filter(flow_process::parent_process.eq_any(processes))
            .filter(flow_process::parent_task.eq_any(numbers))
            .group_by((flow_process::parent_process, flow_process::parent_task))
            .select((parent.0, parent.1, diesel::dsl::max(flow_process::id)))
            .load(self)?;
        let newest = found.into_iter().filter_map(|(process, task, child)| Some((TaskId::new(process, task), child?)));
        Ok(newest.filter(|(task, _)| tasks.contains(task)).collect())
    }

    fn open_processes(&mut self, flows: &[&str], after: i64, most: i64) -> QueryResult<Vec<Process>> {
        flow_process::table
            .filter(flow_process::flow.eq_any(flows).and(flow_process::status.eq(ProcessStatus::New)))
            .filter(flow_process::id.gt(after))
            .order(flow_process::id)
            .limit(most)
            .select(Process::as_select())
            .load(self)
            .map(counted)
    }

    fn all_processes(&mut self, flows: &[&str], after: i64, most: i64) -> QueryResult<Vec<Process>> {
        flow_process::table
            .filter(flow_process::flow.eq_any(flows).and(flow_process::id.gt(after)))
            .order(flow_process::id)
            .limit(most)
            .select(Process::as_select())
            .load(self)
            .map(counted)
    }

    fn patch_process(&mut self, id: i64, version: i64, patch: Patch) -> QueryResult<()> {
        let changes = (flow_process::version.eq(version), flow_process::data.eq(Patched(patch)));
        one_row(diesel::update(flow_process::table.find(id)).set(changes).execute(self)?)
    }
}
