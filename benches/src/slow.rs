//! `--only slow`: which statements a unit of work waits for, by the clock of the client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use diesel::connection::{Connection, InstrumentationEvent};

use crate::postgres::Schema;
use crate::report::Report;
use crate::sample::{number, real};
use crate::sqlite::File;
use crate::{w1, w2};

#[derive(Default)]
struct Seen {
    begun: Option<(String, Instant)>,
    /// By statement: how often, and for how many seconds together.
    by_statement: BTreeMap<String, (i64, f64)>,
}

impl Seen {
    fn look(&mut self, event: &InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let text = text.split(" -- ").next().unwrap_or_default();
                let short: String = text.chars().filter(|letter| !matches!(letter, '`' | '"')).collect();
                self.begun = Some((short, Instant::now()));
            }
            InstrumentationEvent::FinishQuery { .. } => {
                let Some((text, begun)) = self.begun.take() else { return };
                let entry = self.by_statement.entry(text).or_default();
                entry.0 += 1;
                entry.1 += begun.elapsed().as_secs_f64();
            }
            _ => {}
        }
    }
}

/// Runs `units` of work under watch, and gives a table.
fn watch<C: Connection>(report: &mut Report, title: &str, conn: &mut C, units: usize, mut work: impl FnMut(&mut C)) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let watched = Arc::clone(&seen);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        watched.lock().unwrap_or_else(PoisonError::into_inner).look(&event);
    });
    let begun = Instant::now();
    work(conn);
    let all = begun.elapsed().as_secs_f64();
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let units = real(i64::try_from(units).unwrap());
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mut rows: Vec<_> = seen.by_statement.iter().collect();
    rows.sort_by(|a, b| b.1.1.total_cmp(&a.1.1));
    let waited: f64 = rows.iter().map(|(_, (_, seconds))| seconds).sum();
    report.title(&format!(
        "{title}: {} µs a unit, {} of it in statements",
        number(all * 1e6 / units),
        number(waited * 1e6 / units)
    ));
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(text, (times, seconds))| {
            let short: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(90).collect();
            vec![short, number(real(*times) / units), number(seconds * 1e6 / units)]
        })
        .collect();
    report.plain(&["statement", "times a unit", "µs a unit"], &rows);
}

const UNITS: usize = 500;

pub(crate) fn run(branches: i64, url: Option<&str>, report: &mut Report) {
    let file = File::new("NORMAL");
    let mut conn = file.connect();
    (0..20).for_each(|_| w1::sqlite::handle(&mut conn));
    watch(report, "SQLite, Handle", &mut conn, UNITS, |conn| (0..UNITS).for_each(|_| w1::sqlite::handle(conn)));
    let tasks = w2::on_sqlite::start(&mut conn, branches);
    watch(report, &format!("SQLite, one of {branches} waiting branches"), &mut conn, tasks.len(), |conn| {
        w2::on_sqlite::complete(conn, &tasks);
    });
    let Some(url) = url else { return };
    let schema = Schema::new(url);
    let mut conn = schema.connect();
    for (name, unit) in [("Handle", w1::postgres::handle as fn(&mut _)), ("View", w1::postgres::view)] {
        (0..20).for_each(|_| unit(&mut conn));
        watch(report, &format!("PostgreSQL, {name}"), &mut conn, UNITS, |conn| (0..UNITS).for_each(|_| unit(conn)));
    }
    let tasks = w2::on_postgres::start(&mut conn, branches);
    watch(report, &format!("PostgreSQL, one of {branches} waiting branches"), &mut conn, tasks.len(), |conn| {
        w2::on_postgres::complete(conn, &tasks);
    });
}
