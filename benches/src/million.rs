//! A task is done with a million finished ones in the tables, and with none: call for call in turns.

use std::time::Instant;

use diesel::connection::SimpleConnection;

use crate::options::Options;
use crate::postgres::Schema;
use crate::report::Report;
use crate::sample::{number, real};
use crate::sqlite::File;
use crate::w1;

/// Calls that are timed, on each.
const CALLS: i64 = 1_000;

/// What is not counted before them.
const WARM: i64 = 50;

/// Processes of W1 as it leaves them, four tasks each, so many that there are a million tasks. `{numbers}` gives `n`.
pub(crate) const FILL: &str = "
    insert into flow_process (id, flow, status, version, task_count, open_tokens, created, finished, data, started_by,
                              audit_count)
    select n, 'handle', 'DONE', 2, 4, 0, {at}, {at}, {data}, 'bench', 2 from {numbers};
    insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, owner, created,
                           started, finished, data)
    select n, number, 'handle', node, task_type, kind, 'DONE', 'start', previous, owner, {at}, {at}, {at}, {empty}
    from {numbers}, (
        select 1 as number, 'start' as node, 'START' as task_type, 'StartHandle' as kind, null as previous, 'bench' as owner
        union all select 2, 'approve', 'FUNCTION', 'Handle', 1, null
        union all select 3, 'check_approve', 'EXCLUSIVE_GATEWAY', 'If', 2, null
        union all select 4, 'end', 'END', 'End', 3, null) kinds;
    insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
    select n, version, version, {at}, 'bench', action, version, node, status, {changes}
    from {numbers}, (
        select 1 as version, 'start' as action, 'start' as node, 'NEW' as status
        union all select 2, 'run', 'approve', 'DONE') steps;";

pub(crate) fn fill_sqlite(conn: &mut impl SimpleConnection, tasks: i64) {
    let processes = tasks / 4;
    let numbers = format!(
        "(with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {processes})
          select n from numbers)"
    );
    let fill = FILL
        .replace("{numbers}", &numbers)
        .replace("{at}", "'2026-01-01T00:00:00.000000Z'")
        .replace("{data}", r#"'{"approved":true,"text":"Hello, world!"}'"#)
        .replace("{changes}", r#"'{"1":"DONE","2":"NEW"}'"#)
        .replace("{empty}", "'{}'");
    conn.batch_execute(&format!("begin immediate; {fill} commit; pragma wal_checkpoint(truncate); analyze;")).unwrap();
}

pub(crate) fn fill_postgres(conn: &mut impl SimpleConnection, tasks: i64) {
    let processes = tasks / 4;
    let fill = FILL
        .replace("{numbers}", &format!("(select n from generate_series(1, {processes}) n) numbers"))
        .replace("{at}", "timestamptz '2026-01-01 00:00:00+00'")
        .replace("{data}", r#"'{"approved":true,"text":"Hello, world!"}'::jsonb"#)
        .replace("{changes}", r#"'{"1":"DONE","2":"NEW"}'::jsonb"#)
        .replace("{empty}", "'{}'::jsonb");
    conn.batch_execute(&fill).unwrap();
    let next = "select setval(pg_get_serial_sequence('flow_process', 'id'), (select max(id) from flow_process))";
    conn.batch_execute(next).unwrap();
    for table in ["flow_process", "flow_task", "flow_audit", "flow_due"] {
        conn.batch_execute(&format!("vacuum analyze {table}")).unwrap();
    }
    conn.batch_execute("checkpoint").unwrap();
}

/// Times of calls, in microseconds.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn at(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let place = (real(i64::try_from(sorted.len()).unwrap()) * part) as usize;
        sorted[place.min(sorted.len() - 1)]
    }
}

/// Calls in turns on an empty database and on a full one.
fn in_turns<C>(empty: &mut C, full: &mut C, start: fn(&mut C) -> i64, complete: fn(&mut C, i64)) -> [Times; 2] {
    let mut times = [Times::default(), Times::default()];
    let mut places = [empty, full];
    let waiting: Vec<Vec<i64>> =
        places.iter_mut().map(|conn| (0..WARM + CALLS).map(|_| start(conn)).collect()).collect();
    for call in 0..WARM + CALLS {
        for ((conn, waiting), times) in places.iter_mut().zip(&waiting).zip(&mut times) {
            let begun = Instant::now();
            complete(conn, waiting[usize::try_from(call).unwrap()]);
            if call >= WARM {
                times.0.push(begun.elapsed().as_secs_f64() * 1e6);
            }
        }
    }
    times
}

pub(crate) fn run(options: &Options, url: Option<&str>, report: &mut Report) {
    let mut rows = Vec::new();
    for synchronous in ["NORMAL", "FULL"] {
        let (empty, full) = (File::new(synchronous), File::new(synchronous));
        fill_sqlite(&mut full.connect(), options.finished);
        let (mut at_empty, mut at_full) = (empty.connect(), full.connect());
        for _ in 0..options.rounds.min(3) {
            let times = in_turns(&mut at_empty, &mut at_full, w1::sqlite::start_handle, w1::sqlite::complete_handle);
            rows.push(row(&format!("SQLite, {synchronous}"), &times));
        }
    }
    if let Some(url) = url {
        let (empty, full) = (Schema::new(url), Schema::new(url));
        fill_postgres(&mut full.connect(), options.finished);
        let (mut at_empty, mut at_full) = (empty.connect(), full.connect());
        for _ in 0..options.rounds.min(3) {
            let times =
                in_turns(&mut at_empty, &mut at_full, w1::postgres::start_handle, w1::postgres::complete_handle);
            rows.push(row("PostgreSQL", &times));
        }
    }
    report.title(&format!(
        "A task is done with {} finished tasks in the tables, and with none; {CALLS} calls on each, in turns",
        number(real(options.finished))
    ));
    let head = ["", "empty p50 µs", "full p50 µs", "times", "empty p99 µs", "full p99 µs", "times"];
    report.plain(&head, &rows);
}

fn row(name: &str, [empty, full]: &[Times; 2]) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    for part in [0.5, 0.99] {
        let (empty, full) = (empty.at(part), full.at(part));
        row.extend([number(empty), number(full), number(full / empty)]);
    }
    row
}
