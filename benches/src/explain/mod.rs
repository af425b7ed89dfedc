//! The plan of every statement that the engine sends to PostgreSQL, on full tables.

mod story;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::{Connection as _, InstrumentationEvent, SimpleConnection as _};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::million::fill_postgres;
use crate::postgres::Schema;
use crate::report::Report;

/// A statement that is kept prepared: its name, its text, and how many values it takes.
#[derive(diesel::QueryableByName)]
struct Prepared {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    values: i32,
}

const PREPARED: &str = "select name, statement, cardinality(parameter_types) as values from pg_prepared_statements
    where statement ~* 'flow_' and statement !~* 'pg_prepared|pg_advisory' order by name";

/// What waits in some of the processes: a person, a join for its branches, a timeout.
const WAITING: &str = "insert into flow_due (process_id, task, kind, flow, due)
    select id, 2, 'TIMER', 'waiting', now() + interval '1 day' * (1 + id % 100) from flow_process where id % 10 = 0;
    insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, scope, host, previous, created, data)
    select id, number, flow, sort, sort, kind, at, 'start/2', 2, host, 2, now(), '{}' from flow_process, (values
        (5, 'JOIN', 'Join', 'STARTED', null), (6, 'TIMER', 'TimerBoundary', 'SCHEDULED', 7),
        (7, 'HUMAN', 'View', 'NEW', null)) waits (number, sort, kind, at, host)
    where id % 10 = 0;
    analyze";

/// Writes a file for each statement, and says which of them read a whole table.
pub(crate) fn run(folder: &Path, url: &str, finished: i64, report: &mut Report) {
    let schema = Schema::new(url);
    let mut conn = schema.connect();
    fill_postgres(&mut conn, finished);
    conn.batch_execute(WAITING).unwrap();
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let watched = Arc::clone(&seen);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let text = text.split(" -- binds").next().unwrap_or_default().to_owned();
            watched.lock().unwrap_or_else(PoisonError::into_inner).insert(text);
        }
    });
    story::run(&mut conn);
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    prepare_the_rest(&mut conn, &seen.lock().unwrap_or_else(PoisonError::into_inner));
    // The plan for any values is the one that a long-lived connection runs.
    conn.batch_execute("set plan_cache_mode = force_generic_plan").unwrap();
    let statements: Vec<Prepared> = diesel::sql_query(PREPARED).load(&mut conn).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    for old in std::fs::read_dir(folder).unwrap().flatten() {
        let _ = std::fs::remove_file(old.path());
    }
    let mut rows = Vec::new();
    let mut files = BTreeSet::new();
    for statement in statements {
        let plan = plan(&mut conn, &statement);
        let sent = statement.statement.split_once(" as ").filter(|(head, _)| head.starts_with("prepare rest_"));
        let sent = sent.map_or(statement.statement.as_str(), |(_, sent)| sent);
        let (mut file, mut number) = (short(sent), 1);
        while !files.insert(file.clone()) {
            number += 1;
            file = format!("{}_{number}", short(sent));
        }
        let text = wrapped(sent);
        std::fs::write(folder.join(format!("{file}.txt")), format!("{text}\n\n{}\n", plan.join("\n"))).unwrap();
        let whole: Vec<&str> = plan.iter().map(|line| line.trim()).filter(|line| reads_all(line)).collect();
        let verdict = if whole.is_empty() { "by index".to_owned() } else { whole.join("; ") };
        rows.push(vec![file, verdict]);
    }
    report.title("Plans of the engine's statements on full tables");
    report.plain(&["statement", "how it finds its rows"], &rows);
}

/// All rows of a table, or all of a process.
fn reads_all(line: &str) -> bool {
    let of_process = line.strip_prefix("Index Cond: (process_id = ");
    line.contains("Seq Scan") || of_process.is_some_and(|rest| !rest.contains(" AND "))
}

/// What diesel does not keep prepared, prepared here. What else was sent begins and ends transactions.
fn prepare_the_rest(conn: &mut diesel::PgConnection, seen: &BTreeSet<String>) {
    let known: BTreeSet<String> = diesel::sql_query(PREPARED)
        .load::<Prepared>(conn)
        .unwrap()
        .into_iter()
        .map(|prepared| prepared.statement)
        .collect();
    for (place, text) in seen.iter().filter(|text| text.contains("flow_") && !known.contains(*text)).enumerate() {
        conn.batch_execute(&format!("prepare rest_{place} as {text}")).unwrap();
    }
}

fn plan(conn: &mut diesel::PgConnection, prepared: &Prepared) -> Vec<String> {
    let values = vec!["null"; usize::try_from(prepared.values).unwrap()].join(", ");
    let call = if values.is_empty() { String::new() } else { format!("({values})") };
    let text = format!("explain (costs off) execute \"{}\"{call}", prepared.name);
    explain(conn, &text)
}

#[derive(diesel::QueryableByName)]
struct PlanLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

fn explain(conn: &mut diesel::PgConnection, text: &str) -> Vec<String> {
    let rows: Vec<PlanLine> = diesel::sql_query(text).load(conn).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// A name for a file: what the statement does, to which tables.
fn short(text: &str) -> String {
    let lower = text.to_lowercase().replace('"', "");
    let mut name = String::new();
    for (mark, word) in [
        ("with p as (insert", "start"),
        ("with p as (update", "step"),
        ("with p as (select", "step"),
        (", n as ", "new_tasks"),
        (", c as ", "changed_tasks"),
        (", i as ", "new_due"),
        (", d as ", "gone_due"),
        (", l0 as ", "lease"),
        (", a as ", "audit"),
        ("jsonb_set(", "data"),
        (" and version = ", "if_version"),
    ] {
        if lower.starts_with("with") && lower.contains(mark) && !name.ends_with(word) {
            let _ = write!(name, "{}{word}", if name.is_empty() { "" } else { "_" });
        }
    }
    if !name.is_empty() {
        return name;
    }
    let verb = lower.split_whitespace().next().unwrap_or("statement");
    let tables: Vec<&str> = ["flow_process", "flow_task", "flow_due", "flow_audit"]
        .into_iter()
        .filter(|table| lower.contains(&format!("{table}.")) || lower.contains(&format!("'{table}'")))
        .collect();
    let of = lower.split_once(" where ").map_or("", |(_, of)| of.split(" order by ").next().unwrap_or_default());
    let columns: Vec<&str> = [
        "id",
        "process_id",
        "number",
        "parent_process",
        "task",
        "scope",
        "host",
        "owner",
        "flow",
        "node",
        "kind",
        "status",
        "due",
        "leased_until",
        "changes",
    ]
    .into_iter()
    .filter(|column| of.contains(&format!(".{column} ")))
    .collect();
    let lock = if lower.contains("for update") { "_locked" } else { "" };
    format!("{verb}_{}_by_{}{lock}", tables.join("_"), columns.join("_"))
}

/// At 110 letters a line.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if lines.last().is_some_and(|line| line.len() + word.len() > 110) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            let _ = write!(line, "{}{word}", if line.is_empty() { "" } else { " " });
        }
    }
    lines.join("\n")
}
