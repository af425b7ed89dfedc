//! The plans of the statements of each list.

use std::cell::RefCell;
use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// A list, and the statements of its first page.
type Statements = [(&'static str, Vec<String>)];

thread_local! {
    static NOTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A statement was sent.
pub(crate) fn note(statement: String) {
    NOTED.with_borrow_mut(|noted| noted.push(statement));
}

/// What was sent since the last call.
pub(crate) fn noted() -> Vec<String> {
    NOTED.take()
}

/// The text of a statement, and the values that were bound, as SQL.
fn parts(statement: &str) -> (&str, Vec<String>) {
    let (text, binds) = statement.rsplit_once(" -- binds: ").unwrap_or((statement, "[]"));
    let binds = binds.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
    (text, items(binds).iter().map(|value| literal(value)).collect())
}

/// `"a", ["b", "c"], 1` as its items.
fn items(list: &str) -> Vec<&str> {
    let (mut found, mut begin, mut depth, mut quoted) = (Vec::new(), 0, 0_i32, false);
    for (at, letter) in list.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                found.push(list[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.extend(Some(list[begin..].trim()).filter(|last| !last.is_empty()));
    found
}

fn literal(value: &str) -> String {
    match value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(list) => format!("'{{{list}}}'"),
        None => format!("'{}'", value.trim_matches('"')),
    }
}

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

pub(super) fn sqlite(conn: &mut SqliteConnection, lists: &Statements, folder: &Path) {
    let plan = |statement: &str| {
        let text = parts(statement).0;
        let steps: Vec<Step> = diesel::sql_query(format!("explain query plan {text}")).load(conn).unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    };
    write(lists, folder, "sqlite", plan);
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

pub(super) fn postgres(conn: &mut PgConnection, lists: &Statements, folder: &Path) {
    // What is sent with values is planned for them.
    conn.batch_execute("set plan_cache_mode = force_custom_plan").unwrap();
    let plan = |statement: &str| {
        let (text, values) = parts(statement);
        let arguments = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
        conn.batch_execute(&format!("prepare list_plan as {text}")).unwrap();
        let explain = format!("explain (analyze, buffers, costs off, timing off) execute list_plan{arguments}");
        let lines: Vec<Line> = diesel::sql_query(explain).load(conn).unwrap();
        conn.batch_execute("deallocate list_plan").unwrap();
        lines.into_iter().map(|line| line.line).collect()
    };
    write(lists, folder, "postgres", plan);
    conn.batch_execute("reset plan_cache_mode").unwrap();
}

/// A file for each list.
fn write(lists: &Statements, folder: &Path, database: &str, mut plan: impl FnMut(&str) -> Vec<String>) {
    std::fs::create_dir_all(folder).unwrap();
    for (list, statements) in lists {
        let shown: Vec<String> = statements
            .iter()
            .map(|statement| format!("{}\n\n{}\n", parts(statement).0, plan(statement).join("\n")))
            .collect();
        let name = list.replace(", ", "_").replace(' ', "_");
        std::fs::write(folder.join(format!("{name}.{database}.txt")), shown.join("\n")).unwrap();
    }
}
