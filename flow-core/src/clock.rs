//! The clock: the only place that reads the current time.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::Timestamp;

#[cfg(feature = "test-util")]
thread_local! {
    /// What the test clocks of this thread show, each with its number. The newest one counts.
    pub(crate) static FIXED: std::cell::RefCell<Vec<(u64, Timestamp)>> = const { std::cell::RefCell::new(Vec::new()) };
}

thread_local! {
    /// The clock of the database for whose due work this thread is.
    static FOLLOWED: Cell<Option<DatabaseClock>> = const { Cell::new(None) };
}

/// By how many microseconds the clock of this machine is wrong: for tests.
#[cfg(feature = "test-util")]
pub(crate) static SHIFT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

/// The current time. A transition reads it once and uses that value throughout.
///
/// With the feature `test-util`, `TestClock` controls it for the current thread. What works on due work follows the clock
/// of a PostgreSQL server, so that workers on machines whose clocks differ agree on what is due and on whose lease has
/// ended.
#[must_use]
pub fn now() -> Timestamp {
    by(FOLLOWED.get())
}

/// The current time by this clock, unless a test clock is installed.
pub(crate) fn by(clock: Option<DatabaseClock>) -> Timestamp {
    #[cfg(feature = "test-util")]
    if let Some((_, at)) = FIXED.with_borrow(|clocks| clocks.last().copied()) {
        return at;
    }
    clock.map_or_else(of_machine, DatabaseClock::now)
}

fn of_machine() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    #[cfg(feature = "test-util")]
    let micros = micros.saturating_add(SHIFT.load(std::sync::atomic::Ordering::Relaxed));
    Timestamp::from_micros(micros)
}

/// Whether the time is that of this machine, which may not be that of the database.
#[cfg(feature = "postgres")]
pub(crate) fn is_of_machine() -> bool {
    #[cfg(feature = "test-util")]
    if FIXED.with_borrow(|clocks| !clocks.is_empty()) {
        return false;
    }
    FOLLOWED.get().is_none()
}

/// What the clock of a database has shown, and how long ago that is: by a clock that nobody can set.
#[derive(Clone, Copy, Debug)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct DatabaseClock {
    shown: Timestamp,
    at: Instant,
}

impl DatabaseClock {
    /// It has shown this in the middle between then and now.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "SQLite has no clock of its own"))]
    pub(crate) fn new(shown: Timestamp, asked: Instant) -> Self {
        DatabaseClock { shown, at: asked + asked.elapsed() / 2 }
    }

    fn now(self) -> Timestamp {
        self.shown + self.age()
    }

    /// How long ago it was read.
    pub(crate) fn age(self) -> Duration {
        self.at.elapsed()
    }
}

/// The clock that this thread follows.
pub(crate) fn followed() -> Option<DatabaseClock> {
    FOLLOWED.get()
}

/// Lets this thread follow a clock; `None`: that of the machine. Dropped, it follows the one before.
pub(crate) fn follow(clock: Option<DatabaseClock>) -> Following {
    Following(FOLLOWED.replace(clock))
}

/// The clock that a thread has followed before.
#[must_use = "dropping it goes back to the clock before"]
pub(crate) struct Following(Option<DatabaseClock>);

impl Drop for Following {
    fn drop(&mut self) {
        FOLLOWED.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_follows_a_clock_and_then_its_own_again() {
        let own = now();
        let far = own + Duration::from_secs(300);
        {
            let _outer = follow(Some(DatabaseClock::new(far, Instant::now())));
            assert!(now() >= far && now() < far + Duration::from_secs(100));
            let _inner = follow(None);
            assert!(now() < far);
        }
        assert!(now() < far && followed().is_none());
    }
}
