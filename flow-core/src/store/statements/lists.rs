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

use diesel::expression::{Expression, Selectable};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Nullable, Text};

use super::conditions::{condition, hint, one_of};
use super::{Conn, ROW_ID};
use crate::data::sql_types::Moment;
use crate::store::dialect::Lists;
use crate::store::json::JsonDialect as _;
use crate::store::list::{ByField, ListIndex, ListQuery, MOST_PARTS, Offer, Part, Place, Sort, Source, Where};
use crate::store::rows_read::counted;
use crate::store::schema::{flow_due, flow_task};
use crate::store::{DueRow, OpenCount, OpenNode};
use crate::{Process, Task, TaskId, Timestamp};

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

/// The columns that name the rows of a list, or of a part of it.
#[derive(Clone, Copy)]
struct Keys {
    /// The number of the process.
    process: &'static str,
    /// The number of the task, in a list of tasks.
    number: Option<&'static str>,
}

const TASKS: Keys = Keys { process: "flow_task.process_id", number: Some("flow_task.number") };
const OFFERED: Keys = Keys { process: "flow_candidate.process_id", number: Some("flow_candidate.task") };
const PROCESSES: Keys = Keys { process: "flow_process.id", number: None };

/// What a list is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Tasks,
    Processes,
}

impl Of {
    const fn keys(self) -> Keys {
        match self {
            Of::Tasks => TASKS,
            Of::Processes => PROCESSES,
        }
    }

    /// The columns that name the rows of a part.
    fn keys_of(self, source: &Source) -> Keys {
        let keys = match source {
            Source::Table(_) => return self.keys(),
            Source::Tasks(_) => TASKS,
            Source::Offered(_) => OFFERED,
        };
        if self == Of::Tasks { keys } else { Keys { number: None, ..keys } }
    }
}

/// The keys of the rows of a page; those of a count in any order.
fn keys<'b>(query: &'b ListQuery, of: Of, ordered: bool, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    // The text differs by what is asked: a prepared statement of each would be kept for ever.
    out.unsafe_to_cache_prepared();
    let union = if query.overlaps() { " UNION SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" };
    for (at, part) in query.parts.iter().enumerate() {
        out.push_sql(if at == 0 { "SELECT * FROM (" } else { union });
        part_keys(query, part, of, ordered, out)?;
        out.push_sql(&format!(") part_{at}"));
    }
    Ok(())
}

fn part_keys<'b>(
    query: &'b ListQuery,
    part: &'b Part,
    of: Of,
    ordered: bool,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    let keys = of.keys_of(&part.source);
    let by_tasks = of == Of::Tasks || !matches!(part.source, Source::Table(_));
    match keys.number {
        Some(number) => out.push_sql(&format!("SELECT {} AS process_id, {number} AS number", keys.process)),
        // Several tasks may be of one process.
        None if by_tasks => out.push_sql(&format!("SELECT DISTINCT {} AS id", keys.process)),
        None => out.push_sql(&format!("SELECT {} AS id", keys.process)),
    }
    out.push_sql(" FROM ");
    // SQLite joins in the order of CROSS JOIN, so that the rows come in that of the index; PostgreSQL as it likes.
    match &part.source {
        Source::Table(index) => {
            out.push_sql(if of == Of::Tasks { "flow_task" } else { "flow_process" });
            let index = if ordered { index.map(|index| index.ordered(query.sort)) } else { *index };
            hint(index, out);
        }
        Source::Tasks(index) => {
            out.push_sql("flow_task");
            hint(Some(*index), out);
        }
        Source::Offered(_) => {
            out.push_sql("flow_candidate");
            hint(Some(ListIndex::Candidate), out);
            out.push_sql(" CROSS JOIN flow_task");
        }
    }
    let needs_process = part.condition.needs_process() || query.condition.needs_process() || query.by.is_some();
    if by_tasks && needs_process {
        let picks = query.condition.picks_processes() || part.condition.picks_processes();
        out.push_sql(if picks { " INNER JOIN flow_process ON 1 = 1" } else { " CROSS JOIN flow_process" });
    }
    out.push_sql(" WHERE ");
    if let Source::Offered(offer) = &part.source {
        out.push_sql(&format!("flow_candidate.kind = '{}' AND ", offer.kind));
        one_of("flow_candidate.id", &offer.ids, out)?;
        out.push_sql(
            " AND flow_task.process_id = flow_candidate.process_id AND flow_task.number = flow_candidate.task AND ",
        );
    }
    if by_tasks && needs_process {
        out.push_sql("flow_process.id = flow_task.process_id AND ");
    }
    condition(&part.condition, out)?;
    if !query.condition.is_always() {
        out.push_sql(" AND ");
        condition(&query.condition, out)?;
    }
    if let Some(place) = &query.after {
        out.push_sql(" AND ");
        behind(query, place, keys, out)?;
    }
    if ordered {
        order(query, keys, out)?;
    }
    out.push_sql(&format!(" LIMIT {}", query.most));
    Ok(())
}

fn behind<'b>(
    query: &'b ListQuery,
    place: &'b Place,
    keys: Keys,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    let than = if place.sort == Sort::Newest { "<" } else { ">" };
    let key = match keys.number {
        Some(number) => format!("({}, {number}) {than} ({}, {})", keys.process, place.process, place.number),
        None => format!("{} {than} {}", keys.process, place.process),
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
        Sort::Field => behind_field(query, place, keys, &key, out)?,
    }
    Ok(())
}

/// Behind a row by the value that it has now: a cursor names the row alone. What is absent is the least.
fn behind_field<'b>(
    query: &'b ListQuery,
    place: &Place,
    keys: Keys,
    key: &str,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    let (field, descending) = by_field(query)?;
    let of_the_row = |out: &mut AstPass<'_, 'b, Database>| value_of(field, place, keys, out);
    out.push_sql("(");
    field.walk_ast(out.reborrow())?;
    out.push_sql(if descending { " < " } else { " > " });
    of_the_row(out)?;
    out.push_sql(" OR (");
    let (absent, present) = if descending { (" IS NULL", " IS NOT NULL") } else { (" IS NOT NULL", " IS NULL") };
    field.walk_ast(out.reborrow())?;
    out.push_sql(absent);
    out.push_sql(" AND ");
    of_the_row(out)?;
    out.push_sql(present);
    out.push_sql(") OR ((");
    field.walk_ast(out.reborrow())?;
    out.push_sql(" = ");
    of_the_row(out)?;
    out.push_sql(" OR (");
    field.walk_ast(out.reborrow())?;
    out.push_sql(" IS NULL AND ");
    of_the_row(out)?;
    out.push_sql(&format!(" IS NULL)) AND {key}))"));
    Ok(())
}

/// The value that the field has in the row of a place.
fn value_of<'b>(
    field: &'b Fragment<'b>,
    place: &Place,
    keys: Keys,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    out.push_sql("(SELECT ");
    field.walk_ast(out.reborrow())?;
    match keys.number {
        Some(_) => out.push_sql(&format!(
            " FROM flow_task INNER JOIN flow_process ON flow_process.id = flow_task.process_id \
             WHERE flow_task.process_id = {} AND flow_task.number = {})",
            place.process, place.number
        )),
        None => out.push_sql(&format!(" FROM flow_process WHERE flow_process.id = {})", place.process)),
    }
    Ok(())
}

/// An expression of diesel's.
type Fragment<'q> = dyn QueryFragment<Database> + Send + Sync + 'q;

/// The field that a list is sorted by, and whether the greatest comes first.
fn by_field(query: &ListQuery) -> QueryResult<(&Fragment<'_>, bool)> {
    let wrong = |text: &str| diesel::result::Error::QueryBuilderError(text.into());
    let ByField { expression, descending } = query.by.as_ref().ok_or_else(|| wrong("a list by no field"))?;
    let field = expression.of::<Database>().ok_or_else(|| wrong("an order of another back end"))?;
    Ok((field, *descending))
}

fn order<'b>(query: &'b ListQuery, keys: Keys, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    out.push_sql(" ORDER BY ");
    match query.sort {
        Sort::Oldest | Sort::Newest => {}
        Sort::Priority(_) => out.push_sql("flow_task.priority DESC, "),
        Sort::Due(_) => out.push_sql("flow_task.due ASC NULLS LAST, "),
        Sort::Field => {
            let (field, descending) = by_field(query)?;
            field.walk_ast(out.reborrow())?;
            out.push_sql(if descending { Database::DESCENDING } else { Database::ASCENDING });
            out.push_sql(", ");
        }
    }
    let descending = if query.sort == Sort::Newest { " DESC" } else { "" };
    out.push_sql(&format!("{}{descending}", keys.process));
    if let Some(number) = keys.number {
        out.push_sql(&format!(", {number}{descending}"));
    }
    Ok(())
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
        keys(self.query, Of::Tasks, true, &mut out)?;
        out.push_sql(
            ") page JOIN flow_task ON flow_task.process_id = page.process_id AND flow_task.number = page.number \
             JOIN flow_process ON flow_process.id = page.process_id",
        );
        order(self.query, TASKS, &mut out)?;
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
        keys(self.query, Of::Processes, true, &mut out)?;
        out.push_sql(") page JOIN flow_process ON flow_process.id = page.id");
        order(self.query, PROCESSES, &mut out)?;
        out.push_sql(&format!(" LIMIT {}", self.query.most));
        Ok(())
    }
}

/// The tasks at which processes wait.
struct Places<'q> {
    columns: TaskColumns,
    processes: &'q [i64],
    each: i64,
}

impl QueryFragment<Database> for Places<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let processes: Vec<String> = self.processes.iter().map(i64::to_string).collect();
        out.push_sql("SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(&format!(
            " FROM (SELECT process_id, number, row_number() OVER (PARTITION BY process_id ORDER BY number) AS place \
             FROM flow_task WHERE process_id IN ({}) AND (finished IS NULL OR resting)) page \
             JOIN flow_task ON flow_task.process_id = page.process_id AND flow_task.number = page.number \
             WHERE page.place <= {} ORDER BY flow_task.process_id, flow_task.number",
            processes.join(", "),
            self.each
        ));
        Ok(())
    }
}

impl Query for Places<'_> {
    type SqlType = <TaskColumns as Expression>::SqlType;
}

/// How many rows each of these lists has, and at most as many as its page.
struct Counts<'q> {
    lists: &'q [ListQuery],
    of: Of,
}

impl QueryFragment<Database> for Counts<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        for (at, query) in self.lists.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql(&format!("SELECT CAST({at} AS BIGINT), (SELECT count(*) FROM (SELECT 1 FROM ("));
            keys(query, self.of, false, &mut out)?;
            out.push_sql(&format!(") page LIMIT {}) page)", query.most));
        }
        Ok(())
    }
}

/// How many tasks are offered to these, and at most so many.
struct Offers<'q> {
    to: &'q [Offer],
    most: i64,
}

impl QueryFragment<Database> for Offers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT count(*) FROM (");
        for (at, offer) in self.to.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql("SELECT 1 FROM flow_candidate WHERE ");
            out.push_sql(&format!("flow_candidate.kind = '{}' AND ", offer.kind));
            one_of("flow_candidate.id", &offer.ids, &mut out)?;
        }
        out.push_sql(&format!(" LIMIT {}) offers", self.most));
        Ok(())
    }
}

/// What is found in each of these parts, and at most so many of its oldest tasks: by flow and node.
struct OpenCounts<'q> {
    parts: &'q [Part],
    now: Timestamp,
    most: i64,
}

impl QueryFragment<Database> for OpenCounts<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for (at, part) in self.parts.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql(&format!(
                "SELECT CAST({at} AS BIGINT), flow, node, count(*), min(created), count(CASE WHEN due < "
            ));
            out.push_bind_param::<Moment, _>(&self.now)?;
            out.push_sql(
                " THEN 1 END) FROM (SELECT flow_task.flow, flow_task.node, flow_task.created, flow_task.due FROM flow_task",
            );
            if let Source::Table(index) = &part.source {
                hint(*index, &mut out);
            }
            out.push_sql(" WHERE ");
            condition(&part.condition, &mut out)?;
            out.push_sql(&format!(
                " ORDER BY flow_task.process_id, flow_task.number LIMIT {}) part_{at} GROUP BY flow, node",
                self.most
            ));
        }
        Ok(())
    }
}

/// The flows, nodes and statuses of open tasks, each once: the index is entered anew behind each.
struct OpenNodes;

impl QueryFragment<Database> for OpenNodes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        let names = ["flow", "node", "status"];
        distinct(&names, FLOW_TASK, ListIndex::Open, "finished IS NULL", ("", None), &mut out)
    }
}

/// The flows and statuses of processes, each once.
struct ProcessGroups;

impl QueryFragment<Database> for ProcessGroups {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        distinct(
            &["flow", "status"],
            ("flow_process", &["id"]),
            ListIndex::Flow,
            "id IS NOT NULL",
            ("", None),
            &mut out,
        )
    }
}

/// People behind one who have or had tasks, each with the statuses of these; at most so many.
struct Owners<'q> {
    after: &'q str,
    most: i64,
}

impl QueryFragment<Database> for Owners<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        let names = ["owner", "status"];
        let part = (self.after, Some(self.most));
        distinct(&names, FLOW_TASK, ListIndex::Owner, "owner IS NOT NULL", part, &mut out)
    }
}

/// The table of tasks, and its primary key.
const FLOW_TASK: (&str, &[&str]) = ("flow_task", &["process_id", "number"]);

/// The values of the first columns of an index, in order, each once; behind a value of the first column, and so many.
fn distinct<'b>(
    columns: &[&str],
    (table, key): (&str, &[&str]),
    index: ListIndex,
    condition: &str,
    (after, most): (&'b str, Option<i64>),
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    out.unsafe_to_cache_prepared();
    let of = |prefix: &str| columns.iter().map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ");
    let (all, first) = (of(""), columns[0]);
    out.push_sql(&format!("WITH RECURSIVE found ({all}) AS (SELECT * FROM (SELECT {all} FROM {table}"));
    hint(Some(index), out);
    out.push_sql(&format!(" WHERE {condition} AND {first} > "));
    out.push_bind_param::<Text, _>(after)?;
    let key = if ROW_ID.is_empty() { key } else { ROW_ID };
    let key = |prefix: &str| key.iter().map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ");
    out.push_sql(&format!(
        " ORDER BY {all} LIMIT 1) one UNION ALL SELECT {} FROM found CROSS JOIN {table} t WHERE ({}) = \
         (SELECT {} FROM (",
        of("t."),
        key("t."),
        key("")
    ));
    // The next value of the last column, else of the one before it: SQLite goes by one column of a comparison of several.
    for (at, column) in columns.iter().enumerate().rev() {
        let place = columns.len() - at;
        out.push_sql(&format!("SELECT {place} AS place, {0} FROM (SELECT {1} FROM {table} n", key(""), key("n.")));
        hint(Some(index), out);
        out.push_sql(&format!(" WHERE n.{condition}"));
        for same in &columns[..at] {
            out.push_sql(&format!(" AND n.{same} = found.{same}"));
        }
        let rest: Vec<String> = columns[at..].iter().map(|name| format!("n.{name}")).collect();
        let union = if at == 0 { "" } else { " UNION ALL " };
        let order = rest.join(", ");
        out.push_sql(&format!(" AND n.{column} > found.{column} ORDER BY {order} LIMIT 1) step_{place}{union}"));
    }
    out.push_sql(&format!(") steps ORDER BY place LIMIT 1)) SELECT {all} FROM found"));
    if let Some(most) = most {
        out.push_sql(&format!(" LIMIT {most}"));
    }
    Ok(())
}

impl Query for TaskPage<'_> {
    type SqlType = (<TaskColumns as Expression>::SqlType, <ProcessColumns as Expression>::SqlType);
}

impl Query for ProcessPage<'_> {
    type SqlType = <ProcessColumns as Expression>::SqlType;
}

impl Query for Counts<'_> {
    type SqlType = (BigInt, BigInt);
}

impl Query for Offers<'_> {
    type SqlType = BigInt;
}

impl Query for OpenCounts<'_> {
    type SqlType = (BigInt, Text, Text, BigInt, Nullable<Moment>, BigInt);
}

impl Query for OpenNodes {
    type SqlType = (Text, Text, Text);
}

impl Query for ProcessGroups {
    type SqlType = (Text, Text);
}

impl Query for Owners<'_> {
    type SqlType = (Text, Text);
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
