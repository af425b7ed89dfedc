//! Counts what a unit of work asks of the database, by diesel's instrumentation.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::{Connection, InstrumentationEvent};

use crate::sample::{Counts, real};

#[derive(Debug, Default)]
struct Seen {
    statements: i64,
    commits: i64,
    /// Inside BEGIN .. COMMIT.
    inside: bool,
}

/// What one unit asks, over ten of them.
pub(crate) fn count<C: Connection>(conn: &mut C, mut unit: impl FnMut(&mut C)) -> Counts {
    const UNITS: i64 = 10;
    // What is prepared once is prepared now.
    unit(conn);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let watched = Arc::clone(&seen);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        let mut seen = watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            seen.look(&query.to_string().to_lowercase());
        }
    });
    for _ in 0..UNITS {
        unit(conn);
    }
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let each = |number: i64| real(number) / real(UNITS);
    Counts { statements: each(seen.statements), commits: each(seen.commits) }
}

impl Seen {
    fn look(&mut self, text: &str) {
        self.statements += 1;
        match text.split_whitespace().next().unwrap_or_default() {
            "begin" => self.inside = true,
            "commit" => {
                self.inside = false;
                self.commits += 1;
            }
            "select" => {}
            // Outside of a transaction a statement that writes is one by itself.
            _ if !self.inside => self.commits += 1,
            _ => {}
        }
    }
}
