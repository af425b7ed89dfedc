//! Rows of `flow_task` of one process.

use diesel::prelude::*;

use super::Conn;
use super::by_index::{Index, by_index};
use crate::store::dialect::TaskRows;
use crate::store::rows_read::counted;
use crate::store::schema::{flow_candidate, flow_task};
use crate::{Task, TaskStatus};

impl TaskRows for Conn {
    fn task(&mut self, process: i64, number: i32) -> QueryResult<Option<Task>> {
        flow_task::table.find((process, number)).select(Task::as_select()).get_result(self).optional().map(counted)
    }

    fn tasks(&mut self, process: i64) -> QueryResult<Vec<Task>> {
        flow_task::table
            .filter(flow_task::process_id.eq(process))
            .order(flow_task::number)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn open_tasks(&mut self, process: i64) -> QueryResult<Vec<Task>> {
        flow_task::table
            .filter(flow_task::process_id.eq(process).and(flow_task::finished.is_null()))
            .order(flow_task::number)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn numbered_tasks(&mut self, process: i64, numbers: &[i32]) -> QueryResult<Vec<Task>> {
        flow_task::table
            .filter(flow_task::process_id.eq(process).and(flow_task::number.eq_any(numbers)))
            .order(flow_task::number)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn tasks_inside(&mut self, process: i64, token: &str) -> QueryResult<Vec<Task>> {
        let inside = flow_task::token.like(format!("{}\\_%", token.replace('_', "\\_"))).escape('\\');
        flow_task::table
            .filter(flow_task::process_id.eq(process).and(inside))
            .order(flow_task::number)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn resting_tasks(&mut self, process: i64) -> QueryResult<Vec<Task>> {
        by_index(Index::Resting, flow_task::process_id.eq(process)).load(self).map(counted)
    }

    fn racers(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>> {
        let of_the_split = flow_task::process_id.eq(process).and(flow_task::previous.eq(split));
        let mut rows: Vec<Task> = by_index(Index::Followers, of_the_split).load(self).map(counted)?;
        rows.retain(|task| !task.status.is_final() || task.resting);
        let racers: Vec<i32> = rows.iter().filter(|task| task.armed > 0).map(|task| task.number).collect();
        for racer in racers {
            let of_the_racer = flow_task::process_id.eq(process).and(flow_task::host.eq(racer));
            let armed: Vec<Task> = by_index(Index::Boundaries, of_the_racer).load(self).map(counted)?;
            rows.extend(armed);
        }
        Ok(rows)
    }

    fn with_boundaries(&mut self, process: i64, host: i32) -> QueryResult<Vec<Task>> {
        let of_the_host = flow_task::process_id.eq(process).and(flow_task::host.eq(host));
        let mut rows = Vec::new();
        rows.extend(self.task(process, host)?);
        rows.extend(by_index(Index::Boundaries, of_the_host).load(self).map(counted)?);
        Ok(rows)
    }

    fn compensation_tasks(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Vec<Task>> {
        // A boundary belongs to the task that led to it.
        let compensates = flow_task::host.ne(flow_task::previous).assume_not_null();
        flow_task::table
            .filter(flow_task::process_id.eq(process))
            .filter(flow_task::node.eq_any(nodes).or(compensates))
            .order(flow_task::number)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }

    fn handlers(&mut self, process: i64, throw: i32, after: i32, most: u32) -> QueryResult<Vec<Task>> {
        let of_the_throw = flow_task::process_id.eq(process).and(flow_task::host.eq(throw));
        let behind = of_the_throw.and(flow_task::number.gt(after));
        let mut rows = Vec::new();
        rows.extend(self.task(process, throw)?);
        rows.extend(by_index(Index::Boundaries, behind).first(most).load(self).map(counted)?);
        Ok(rows)
    }

    fn scope(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>> {
        let of_the_split = flow_task::process_id.eq(process).and(flow_task::scope.eq(split));
        // The split comes before what waits for its branches: numbers rise.
        let mut rows = Vec::new();
        rows.extend(self.task(process, split)?);
        rows.extend(by_index(Index::Joins, of_the_split).load(self).map(counted)?);
        rows.retain(|task| task.number == split || task.resting || task.status == TaskStatus::Started);
        if let Some(passed) = rows.first().and_then(|split| split.joined) {
            rows.extend(self.task(process, passed)?);
        }
        Ok(rows)
    }

    fn last_owner(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Option<String>> {
        let mut newest: Option<Task> = None;
        for node in nodes {
            let done = flow_task::status.eq(TaskStatus::Done);
            let of_the_node = flow_task::process_id.eq(process).and(flow_task::node.eq(node)).and(done);
            let found: Option<Task> =
                by_index(Index::Done, of_the_node).newest().get_result(self).optional().map(counted)?;
            newest = [newest, found].into_iter().flatten().max_by_key(|task| task.number);
        }
        Ok(newest.and_then(|task| task.owner))
    }

    fn is_candidate(&mut self, process: i64, task: i32, person: &str, groups: &[&str]) -> QueryResult<bool> {
        let of_the_task = flow_candidate::process_id.eq(process).and(flow_candidate::task.eq(task));
        let as_person = flow_candidate::kind.eq("person").and(flow_candidate::id.eq(person));
        let as_group = flow_candidate::kind.eq("group").and(flow_candidate::id.eq_any(groups));
        let offered = flow_candidate::table.filter(of_the_task).filter(as_person.or(as_group));
        diesel::select(diesel::dsl::exists(offered)).get_result(self)
    }

    fn node_done_by(&mut self, process: i64, nodes: &[&str], people: &[&str]) -> QueryResult<Option<String>> {
        let theirs = flow_task::owner.eq_any(people).or(flow_task::on_behalf_of.eq_any(people));
        let by_these_people = theirs.assume_not_null().and(flow_task::started.is_not_null());
        let of_the_nodes = flow_task::process_id.eq(process).and(flow_task::node.eq_any(nodes)).and(by_these_people);
        let found: Option<Task> =
            by_index(Index::Done, of_the_nodes).first(1).get_result(self).optional().map(counted)?;
        Ok(found.map(|task| task.node))
    }
}
