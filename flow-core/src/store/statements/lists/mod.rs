//! Tasks and processes of many flows, for people: a page behind a key, and how many there are.
//!
//! ```text
//! select .. from (
//!     select * from (select process_id, number from flow_task where <part> and <condition> and <after> order by .. limit ..) part_0
//!     union all ..
//! ) page join flow_task .. join flow_process .. order by .. limit ..
//! ```
//!
//! An index gives each part in order, so that a page costs its rows and not those before it, nor those behind it.

use diesel::expression::Selectable;
use diesel::prelude::*;
use diesel::query_builder::QueryId;

use self::counts::{Counts, Offers, OpenCounts};
use self::distinct::{OpenNodes, Owners, ProcessGroups};
use self::keys::Of;
use self::pages::{Places, ProcessPage, TaskPage};
use super::Conn;
use crate::store::dialect::Lists;
use crate::store::list::{ListQuery, MOST_PARTS, Offer, Part, Sort, Where};
use crate::store::rows_read::counted;
use crate::store::schema::{flow_due, flow_task};
use crate::store::{DueRow, OpenCount, OpenNode};
use crate::{Process, Task, TaskId, Timestamp};

mod counts;
mod distinct;
mod keys;
mod pages;

type Database = <Conn as Connection>::Backend;

impl Lists for Conn {
    fn list_tasks(&mut self, query: &ListQuery) -> QueryResult<Vec<(Task, Process)>> {
        TaskPage { columns: <(Task, Process) as Selectable<Database>>::construct_selection(), query }
            .load(self)
            .map(counted)
    }

    fn list_processes(&mut self, query: &ListQuery) -> QueryResult<Vec<Process>> {
        ProcessPage { columns: <Process as Selectable<Database>>::construct_selection(), query }.load(self).map(counted)
    }

    fn count_tasks(&mut self, lists: &[ListQuery]) -> QueryResult<Vec<i64>> {
        counts(self, lists, Of::Tasks)
    }

    fn count_processes(&mut self, lists: &[ListQuery]) -> QueryResult<Vec<i64>> {
        counts(self, lists, Of::Processes)
    }

    fn count_offers(&mut self, to: &[Offer], most: i64) -> QueryResult<i64> {
        Offers { to, most }.get_result(self)
    }

    fn open_nodes(&mut self) -> QueryResult<Vec<OpenNode>> {
        let found: Vec<(String, String, String)> = OpenNodes.load(self)?;
        Ok(found.into_iter().map(|(flow, node, status)| OpenNode { flow, node, status }).collect())
    }

    fn process_groups(&mut self) -> QueryResult<Vec<(String, String)>> {
        ProcessGroups.load(self)
    }

    fn owners(&mut self, after: &str, most: i64) -> QueryResult<Vec<(String, String)>> {
        Owners { after, most }.load(self)
    }

    fn count_open(&mut self, parts: &[Part], now: Timestamp, most: i64) -> QueryResult<Vec<OpenCount>> {
        let mut found = Vec::new();
        for (at, parts) in parts.chunks(MOST_PARTS).enumerate() {
            let before = at * MOST_PARTS;
            let rows: Vec<(i64, String, String, i64, Option<Timestamp>, i64)> =
                OpenCounts { parts, now, most }.load(self)?;
            found.extend(rows.into_iter().map(|(part, flow, node, count, oldest, overdue)| OpenCount {
                part: before + usize::try_from(part).unwrap_or_default(),
                flow,
                node,
                count,
                oldest,
                overdue,
            }));
        }
        Ok(found)
    }

    fn places(&mut self, processes: &[i64], each: i64) -> QueryResult<Vec<Task>> {
        let columns = <Task as Selectable<Database>>::construct_selection();
        Places { columns, processes, each }.load(self).map(counted)
    }

    fn tasks_by_id(&mut self, ids: &[TaskId]) -> QueryResult<Vec<Task>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = ListQuery {
            parts: vec![Part::of(None, Where::Tasks(ids.to_vec()))],
            condition: Where::always(),
            sort: Sort::Oldest,
            by: None,
            after: None,
            most: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        };
        Ok(self.list_tasks(&query)?.into_iter().map(|(task, _)| task).collect())
    }

    fn due_of_each(&mut self, processes: &[i64], tasks: &[i32]) -> QueryResult<Vec<DueRow>> {
        let of_these = flow_due::process_id.eq_any(processes).and(flow_due::task.eq_any(tasks));
        let order = (flow_due::process_id, flow_due::task, flow_due::kind, flow_due::key);
        flow_due::table.filter(of_these).order(order).select(DueRow::as_select()).load(self).map(counted)
    }

    fn open_tasks_of(
        &mut self,
        flows: &[&str],
        nodes: &[&str],
        after: (i64, i32),
        most: i64,
    ) -> QueryResult<Vec<Task>> {
        let behind = flow_task::process_id.eq(after.0).and(flow_task::number.gt(after.1));
        flow_task::table
            .filter(flow_task::process_id.gt(after.0).or(behind))
            .filter(flow_task::flow.eq_any(flows).and(flow_task::node.eq_any(nodes)))
            .filter(flow_task::finished.is_null())
            .order((flow_task::process_id, flow_task::number))
            .limit(most)
            .select(Task::as_select())
            .load(self)
            .map(counted)
    }
}

/// How many rows each list has: none, no statement.
fn counts(conn: &mut Conn, lists: &[ListQuery], of: Of) -> QueryResult<Vec<i64>> {
    let mut counts = vec![0; lists.len()];
    if !lists.is_empty() {
        let found: Vec<(i64, i64)> = Counts { lists, of }.load(conn)?;
        for (at, count) in found {
            if let Some(known) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
                *known = count;
            }
        }
    }
    Ok(counts)
}

macro_rules! not_static {
    ($($name:ty)+) => {$(
        impl QueryId for $name {
            type QueryId = ();
            // The text differs by what is asked.
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl RunQueryDsl<Conn> for $name {}
    )+};
}

not_static!(TaskPage<'_> ProcessPage<'_> Counts<'_> Offers<'_> OpenCounts<'_> OpenNodes ProcessGroups Owners<'_> Places<'_>);
