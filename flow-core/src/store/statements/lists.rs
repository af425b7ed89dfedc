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

use diesel::dsl::{case_when, count, count_star, min};
use diesel::expression::{Expression, Selectable};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

use super::Conn;
use super::conditions::{condition, hint};
use crate::data::sql_types::Moment;
use crate::store::OpenGroup;
use crate::store::dialect::Lists;
use crate::store::list::{ListQuery, Part, Place, Sort};
use crate::store::rows_read::counted;
use crate::store::schema::flow_task;
use crate::{Process, Task, Timestamp};

type Database = <Conn as Connection>::Backend;
type TaskColumns = <Task as Selectable<Database>>::SelectExpression;
type ProcessColumns = <Process as Selectable<Database>>::SelectExpression;

impl Lists for Conn {
    fn list_tasks(&mut self, query: &ListQuery) -> QueryResult<Vec<(Task, Process)>> {
        TaskPage { columns: <(Task, Process) as Selectable<Database>>::construct_selection(), query }
            .load(self)
            .map(counted)
    }

    fn list_processes(&mut self, query: &ListQuery) -> QueryResult<Vec<Process>> {
        ProcessPage { columns: <Process as Selectable<Database>>::construct_selection(), query }.load(self).map(counted)
    }

    fn count_tasks(&mut self, query: &ListQuery) -> QueryResult<i64> {
        Count { query, keys: &TASKS }.get_result(self)
    }

    fn count_processes(&mut self, query: &ListQuery) -> QueryResult<i64> {
        Count { query, keys: &PROCESSES }.get_result(self)
    }

    fn open_groups(&mut self, flows: &[&str], now: Timestamp) -> QueryResult<Vec<OpenGroup>> {
        let group = (flow_task::flow, flow_task::node, flow_task::status, flow_task::owner);
        let overdue = case_when(flow_task::due.lt(now), flow_task::number);
        flow_task::table
            .filter(flow_task::finished.is_null().and(flow_task::flow.eq_any(flows)))
            .group_by(group)
            .select((
                flow_task::flow,
                flow_task::node,
                flow_task::status,
                flow_task::owner,
                count_star(),
                min(flow_task::created),
                count(overdue),
            ))
            .load(self)
            .map(counted)
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

/// The table of a list, and what names its rows.
struct Keys {
    table: &'static str,
    select: &'static str,
    key: &'static str,
    ascending: &'static str,
    descending: &'static str,
    is_task: bool,
}

const TASKS: Keys = Keys {
    table: "flow_task",
    select: "flow_task.process_id, flow_task.number",
    key: "(flow_task.process_id, flow_task.number)",
    ascending: "flow_task.process_id, flow_task.number",
    descending: "flow_task.process_id DESC, flow_task.number DESC",
    is_task: true,
};

const PROCESSES: Keys = Keys {
    table: "flow_process",
    select: "flow_process.id",
    key: "flow_process.id",
    ascending: "flow_process.id",
    descending: "flow_process.id DESC",
    is_task: false,
};

/// The keys of the rows of a page.
fn keys<'b>(query: &'b ListQuery, keys: &Keys, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    // The text differs by what is asked: a prepared statement of each would be kept for ever.
    out.unsafe_to_cache_prepared();
    for (at, part) in query.parts.iter().enumerate() {
        out.push_sql(if at == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
        part_keys(query, part, keys, out)?;
        out.push_sql(&format!(") part_{at}"));
    }
    Ok(())
}

fn part_keys<'b>(
    query: &'b ListQuery,
    part: &'b Part,
    keys: &Keys,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    out.push_sql("SELECT ");
    out.push_sql(keys.select);
    out.push_sql(" FROM ");
    out.push_sql(keys.table);
    hint(part.index, out);
    if keys.is_task && (part.condition.needs_process() || query.condition.needs_process()) {
        out.push_sql(" JOIN flow_process ON flow_process.id = flow_task.process_id");
    }
    out.push_sql(" WHERE ");
    condition(&part.condition, out)?;
    if !query.condition.is_always() {
        out.push_sql(" AND ");
        condition(&query.condition, out)?;
    }
    if let Some(place) = &query.after {
        out.push_sql(" AND ");
        behind(place, keys, out)?;
    }
    order(query, keys, out);
    out.push_sql(&format!(" LIMIT {}", query.most));
    Ok(())
}

fn behind<'b>(place: &'b Place, keys: &Keys, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    let than = if place.sort == Sort::Newest { "<" } else { ">" };
    let key = match keys.is_task {
        true => format!("{} {than} ({}, {})", keys.key, place.process, place.number),
        false => format!("{} {than} {}", keys.key, place.process),
    };
    match &place.sort {
        Sort::Oldest | Sort::Newest => out.push_sql(&key),
        Sort::Priority(priority) => {
            out.push_sql(&format!("(flow_task.priority < {priority} OR flow_task.priority = {priority} AND {key})"));
        }
        Sort::Due(None) => out.push_sql(&format!("(flow_task.due IS NULL AND {key})")),
        Sort::Due(Some(due)) => {
            out.push_sql("(flow_task.due IS NULL OR flow_task.due > ");
            out.push_bind_param::<Moment, _>(due)?;
            out.push_sql(" OR flow_task.due = ");
            out.push_bind_param::<Moment, _>(due)?;
            out.push_sql(&format!(" AND {key})"));
        }
    }
    Ok(())
}

fn order(query: &ListQuery, keys: &Keys, out: &mut AstPass<'_, '_, Database>) {
    out.push_sql(" ORDER BY ");
    out.push_sql(match query.sort {
        Sort::Oldest | Sort::Newest => "",
        Sort::Priority(_) => "flow_task.priority DESC, ",
        Sort::Due(_) => "flow_task.due ASC NULLS LAST, ",
    });
    out.push_sql(if query.sort == Sort::Newest { keys.descending } else { keys.ascending });
}

/// Tasks, each with its process.
struct TaskPage<'q> {
    columns: (TaskColumns, ProcessColumns),
    query: &'q ListQuery,
}

impl QueryFragment<Database> for TaskPage<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(" FROM (");
        keys(self.query, &TASKS, &mut out)?;
        out.push_sql(
            ") page JOIN flow_task ON flow_task.process_id = page.process_id AND flow_task.number = page.number \
             JOIN flow_process ON flow_process.id = page.process_id",
        );
        order(self.query, &TASKS, &mut out);
        out.push_sql(&format!(" LIMIT {}", self.query.most));
        Ok(())
    }
}

/// Processes.
struct ProcessPage<'q> {
    columns: ProcessColumns,
    query: &'q ListQuery,
}

impl QueryFragment<Database> for ProcessPage<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(" FROM (");
        keys(self.query, &PROCESSES, &mut out)?;
        out.push_sql(") page JOIN flow_process ON flow_process.id = page.id");
        order(self.query, &PROCESSES, &mut out);
        out.push_sql(&format!(" LIMIT {}", self.query.most));
        Ok(())
    }
}

/// How many rows there are, and at most as many as the page has.
struct Count<'q> {
    query: &'q ListQuery,
    keys: &'static Keys,
}

impl QueryFragment<Database> for Count<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (SELECT 1 FROM (");
        keys(self.query, self.keys, &mut out)?;
        out.push_sql(&format!(") page LIMIT {}) page", self.query.most));
        Ok(())
    }
}

impl Query for TaskPage<'_> {
    type SqlType = (<TaskColumns as Expression>::SqlType, <ProcessColumns as Expression>::SqlType);
}

impl Query for ProcessPage<'_> {
    type SqlType = <ProcessColumns as Expression>::SqlType;
}

impl Query for Count<'_> {
    type SqlType = BigInt;
}

macro_rules! not_static {
    ($($name:ident)+) => {$(
        impl QueryId for $name<'_> {
            type QueryId = ();
            // The text differs by what is asked.
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl RunQueryDsl<Conn> for $name<'_> {}
    )+};
}

not_static!(TaskPage ProcessPage Count);
