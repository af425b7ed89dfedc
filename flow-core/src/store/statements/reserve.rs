//! Rows of `flow_due` that a worker takes to do them next, in one statement.
//!
//! ```text
//! with recursive priorities .. update flow_due set .. from (select .. from priorities p, flow_due d
//!     where d.priority = p.priority and d.due <= $1 and .. order by p.priority desc, d.due, .. limit ..) x where ..
//! ```
//!
//! The index `flow_due_by_priority` has what is due of one priority in order, so that a claim costs the rows that it
//! takes, however many are due and however many wait.

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, RunQueryDsl};

use super::{Conn, IN_LIST, INDEX_HINT, LATERAL, SKIP_LOCKED};
use crate::data::sql_types::Moment;
use crate::store::schema::flow_due;
use crate::store::{DueRow, NOBODY, Reserve};

type Database = <Conn as Connection>::Backend;

/// What is asked of `flow_due`, with its lists as JSON: one bound value each, so that the text is the same however long
/// they are.
#[derive(Debug)]
struct Reservation<'r> {
    reserve: &'r Reserve<'r>,
    flows: String,
    kinds: String,
    queues: Option<String>,
    not_groups: Option<String>,
    not_tasks: Option<String>,
    /// The rows are read, and nothing is changed.
    only_looks: bool,
}

/// What is due for this worker; SQLite is asked before its only writer is disturbed.
pub(super) fn is_any_due(conn: &mut Conn, reserve: &Reserve<'_>) -> QueryResult<bool> {
    if SKIP_LOCKED.is_some() {
        return Ok(true);
    }
    let one = Reserve { most: 1, ..*reserve };
    Ok(!Reservation::new(&one, true).load::<DueRow>(conn)?.is_empty())
}

/// Leases rows that are due, the most urgent first.
pub(super) fn reserve(conn: &mut Conn, reserve: &Reserve<'_>) -> QueryResult<Vec<DueRow>> {
    let mut rows: Vec<DueRow> = Reservation::new(reserve, false).load(conn)?;
    rows.sort_by_key(|row| (std::cmp::Reverse(row.priority), row.due, row.process_id, row.task));
    Ok(rows)
}

impl<'r> Reservation<'r> {
    fn new(reserve: &'r Reserve<'r>, only_looks: bool) -> Self {
        let list = |texts: &[String]| serde_json::Value::from(texts).to_string();
        let some = |texts: &[String]| (!texts.is_empty()).then(|| list(texts));
        Reservation {
            reserve,
            flows: serde_json::Value::from(reserve.flows).to_string(),
            kinds: serde_json::Value::from(reserve.kinds).to_string(),
            queues: reserve.queues.map(list),
            not_groups: some(reserve.not_groups),
            not_tasks: some(reserve.not_tasks),
            only_looks,
        }
    }

    /// The rows that are asked for, with these columns of `d`.
    fn picked<'b>(&'b self, columns: &str, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
        if LATERAL {
            out.push_sql(
                "select x.* from (select priority from priorities where priority is not null order by priority desc) p \
                 cross join lateral (select ",
            );
            out.push_sql(columns);
            out.push_sql(" from flow_due d where d.priority = p.priority");
        } else {
            out.push_sql("select ");
            out.push_sql(columns);
            out.push_sql(" from priorities p cross join flow_due d");
            by_priority(out);
            out.push_sql(" where p.priority is not null and d.priority = p.priority");
        }
        self.wanted(out)?;
        if LATERAL {
            out.push_sql(" order by d.due, d.process_id, d.task limit ");
            out.push_bind_param::<BigInt, _>(&self.reserve.most)?;
            out.push_sql(SKIP_LOCKED.unwrap_or_default());
            out.push_sql(") x order by p.priority desc");
        }
        // Without LATERAL the rows come in the order of the loops: an `order by` would read and sort all that is due.
        out.push_sql(" limit ");
        out.push_bind_param::<BigInt, _>(&self.reserve.most)
    }

    /// What a row must be to be taken.
    fn wanted<'b>(&'b self, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql(" and d.due <= ");
        out.push_bind_param::<Moment, _>(&self.reserve.now)?;
        out.push_sql(" and (d.leased_until is null or d.leased_until <= ");
        out.push_bind_param::<Moment, _>(&self.reserve.now)?;
        out.push_sql(") and d.flow in ");
        list(&self.flows, out)?;
        out.push_sql(" and d.kind in ");
        list(&self.kinds, out)?;
        out.push_sql(PAUSED);
        out.push_sql(" and ");
        out.push_sql(&goes_on("d"));
        if let Some(queues) = &self.queues {
            // Only jobs have queues; all other work belongs to the queue without a name.
            let rest = self.reserve.queues.is_some_and(|queues| queues.iter().any(String::is_empty));
            out.push_sql(if rest {
                " and (d.kind <> 'JOB' or d.queue in "
            } else {
                " and (d.kind = 'JOB' and d.queue in "
            });
            list(queues, out)?;
            out.push_sql(")");
        }
        if self.reserve.not_lost {
            out.push_sql(&format!(" and d.lease_token = {NOBODY}"));
        }
        if self.reserve.only_unlimited {
            out.push_sql(" and d.concurrency is null");
        }
        if let Some(groups) = &self.not_groups {
            out.push_sql(" and (d.concurrency is null or d.concurrency not in ");
            list(groups, out)?;
            out.push_sql(")");
        }
        if let Some(tasks) = &self.not_tasks {
            out.push_sql(" and (cast(d.process_id as text) || '.' || cast(d.task as text) || ' ' || d.key) not in ");
            list(tasks, out)?;
        }
        Ok(())
    }
}

/// The jobs of a queue that is paused are left where they are. Timers and what else is due are in no queue.
pub(super) const PAUSED: &str =
    " and (d.kind <> 'JOB' or d.queue not in (select q.name from flow_queue q where q.paused is not null))";

/// What is due of a suspended process waits until it is resumed. Its cancellation, its notifications and what it
/// has thrown do not. Asked row by row, in the index of the suspended ones: a `not exists` would read all of these.
/// PostgreSQL thinks that `is null` holds for one row in 200, and would read all that is due to find it.
pub(super) fn goes_on(due: &str) -> String {
    let index = INDEX_HINT.map(|hint| format!("{hint}flow_process_suspended")).unwrap_or_default();
    format!(
        "({due}.kind in ('CANCEL', 'NOTIFY', 'MESSAGE', 'ESCALATE') or coalesce((select s.id from flow_process s{index} \
         where s.id = {due}.process_id and s.suspended is not null), 0) < 1)"
    )
}

/// The priorities that rows have, the highest first: the index is entered anew behind each.
fn priorities(out: &mut AstPass<'_, '_, Database>) {
    out.push_sql("with recursive priorities (priority) as (select * from (select d.priority from flow_due d");
    by_priority(out);
    out.push_sql(" order by d.priority desc limit 1) highest union all select (select n.priority from flow_due n");
    by_priority(out);
    out.push_sql(
        " where n.priority < before.priority order by n.priority desc limit 1) from priorities before \
         where before.priority is not null) ",
    );
}

fn by_priority(out: &mut AstPass<'_, '_, Database>) {
    if let Some(hint) = INDEX_HINT {
        out.push_sql(hint);
        out.push_sql("flow_due_by_priority");
    }
}

fn list<'b>(json: &'b String, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    let (before, behind) = IN_LIST;
    out.push_sql(before);
    out.push_bind_param::<Text, _>(json)?;
    out.push_sql(behind);
    Ok(())
}

/// The columns of [`DueRow`], in order.
const COLUMNS: [&str; 17] = [
    "process_id",
    "task",
    "kind",
    "key",
    "flow",
    "due",
    "attempt",
    "lease_token",
    "leased_until",
    "last_error",
    "postponed",
    "holder",
    "queue",
    "priority",
    "concurrency",
    "failed_release",
    "payload",
];

impl QueryFragment<Database> for Reservation<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        if LATERAL {
            // The plan depends on how many rows are taken, which one that is kept would not know.
            out.unsafe_to_cache_prepared();
        }
        priorities(&mut out);
        if self.only_looks {
            return self.picked(&COLUMNS.map(|name| format!("d.{name}")).join(", "), &mut out);
        }
        out.push_sql("update flow_due set leased_until = ");
        out.push_bind_param::<Moment, _>(&self.reserve.until)?;
        out.push_sql(", holder = ");
        out.push_bind_param::<Text, _>(self.reserve.holder)?;
        // The keys are limited twice, so that a planner which knows neither number looks the rows up by their key, and
        // does not read the table. Their names are not those of the columns, which are returned.
        out.push_sql(" from (select * from (");
        self.picked("d.process_id as x_process, d.task as x_task, d.kind as x_kind, d.key as x_key", &mut out)?;
        out.push_sql(") due limit ");
        out.push_bind_param::<BigInt, _>(&self.reserve.most)?;
        out.push_sql(") x where process_id = x_process and task = x_task and kind = x_kind and key = x_key returning ");
        out.push_sql(&COLUMNS.join(", "));
        Ok(())
    }
}

impl QueryId for Reservation<'_> {
    type QueryId = ();
    // The text depends on the filters, so it is not cached by type.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Reservation<'_> {
    type SqlType = diesel::dsl::SqlTypeOf<<flow_due::table as diesel::Table>::AllColumns>;
}

impl RunQueryDsl<Conn> for Reservation<'_> {}
