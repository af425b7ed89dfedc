//! `--only trace`: the statements of one unit of W1 in order, and how PostgreSQL plans what it keeps prepared.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::{Connection, InstrumentationEvent};

use crate::postgres::{Schema, lines};
use crate::report::Report;
use crate::sqlite::File;
use crate::w1::{WAYS, postgres, sqlite};

pub(crate) fn run(url: Option<&str>, report: &mut Report) {
    let units = [sqlite::handle, sqlite::handle_note, sqlite::view, sqlite::view_note];
    for (unit, way) in units.into_iter().zip(WAYS) {
        report.title(&format!("SQLite: {way}"));
        trace(&mut File::new("NORMAL").connect(), unit).iter().for_each(|text| report.line(text));
    }
    let Some(url) = url else { return };
    let units = [postgres::handle, postgres::handle_note, postgres::view, postgres::view_note];
    for (unit, way) in units.into_iter().zip(WAYS) {
        report.title(&format!("PostgreSQL: {way}"));
        let schema = Schema::new(url);
        let mut conn = schema.connect();
        trace(&mut conn, unit).iter().for_each(|text| report.line(text));
        (0..20).for_each(|_| unit(&mut conn));
        lines(&mut conn, PLANS).iter().for_each(|text| report.line(text));
    }
}

const PLANS: &str = "select name || ': ' || generic_plans || ' by the plan for any values, ' || custom_plans
    || ' planned anew: ' || left(statement, 60) as line from pg_prepared_statements order by 1";

/// The second unit of a connection: what is prepared once is prepared by then. `+` marks what is kept prepared.
fn trace<C: Connection>(conn: &mut C, unit: fn(&mut C)) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watched = Arc::clone(&seen);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        let mut seen = watched.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            InstrumentationEvent::StartQuery { query, .. } => seen.push(format!("  {query}")),
            InstrumentationEvent::CacheQuery { sql, .. } => seen.push(format!("+ {}", &sql[..sql.len().min(80)])),
            _ => {}
        }
    });
    unit(conn);
    seen.lock().unwrap_or_else(PoisonError::into_inner).push("-- again".to_owned());
    unit(conn);
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.clone()
}
