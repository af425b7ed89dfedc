//! The names that occur in a table, each once, without reading all of its rows.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::Text;

use super::super::ROW_ID;
use super::super::conditions::hint;
use super::Database;
use crate::store::list::ListIndex;

/// The flows, nodes and statuses of open tasks, each once: the index is entered anew behind each.
pub(super) struct OpenNodes;

impl QueryFragment<Database> for OpenNodes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        let names = ["flow", "node", "status"];
        distinct(&names, FLOW_TASK, ListIndex::Open, "finished IS NULL", ("", None), &mut out)
    }
}

impl Query for OpenNodes {
    type SqlType = (Text, Text, Text);
}

/// The flows and statuses of processes, each once.
pub(super) struct ProcessGroups;

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

impl Query for ProcessGroups {
    type SqlType = (Text, Text);
}

/// People behind one who have or had tasks, each with the statuses of these; at most so many.
pub(super) struct Owners<'q> {
    pub(super) after: &'q str,
    pub(super) most: i64,
}

impl QueryFragment<Database> for Owners<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        let names = ["owner", "status"];
        let part = (self.after, Some(self.most));
        distinct(&names, FLOW_TASK, ListIndex::Owner, "owner IS NOT NULL", part, &mut out)
    }
}

impl Query for Owners<'_> {
    type SqlType = (Text, Text);
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
