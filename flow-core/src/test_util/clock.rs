//! A clock that a test sets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{Timestamp, clock};

/// A controllable test clock for the current thread: it stands still until [`advance`](TestClock::advance) is called.
/// Dropping it restores the previous clock.
///
/// Clocks can be nested: the newest is used.
///
/// ```
/// use flow_core::{clock, days, test_util::TestClock};
///
/// let outer = TestClock::install();
/// {
///     let inner = TestClock::install_at(outer.now() + days(1));
///     assert_eq!(clock::now(), inner.now());
/// }
/// assert_eq!(clock::now(), outer.now());
/// ```
#[derive(Debug)]
pub struct TestClock {
    number: u64,
}

impl TestClock {
    /// Stops the clock of this thread at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn install() -> Self {
        Self::install_at(Timestamp::from_micros(1_767_225_600_000_000))
    }

    /// Stops the clock of this thread at this moment.
    #[must_use]
    pub fn install_at(now: Timestamp) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        clock::FIXED.with_borrow_mut(|clocks| clocks.push((number, now)));
        TestClock { number }
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let mine = clock::FIXED.with_borrow(|clocks| clocks.iter().find(|(number, _)| *number == self.number).copied());
        mine.map_or_else(clock::now, |(_, at)| at)
    }

    /// Moves the clock to this moment, forward or back.
    pub fn set(&self, now: Timestamp) {
        clock::FIXED.with_borrow_mut(|clocks| {
            for (_, at) in clocks.iter_mut().filter(|(number, _)| *number == self.number) {
                *at = now;
            }
        });
    }

    /// Moves the clock forward by this duration.
    pub fn advance(&self, length: Duration) {
        clock::FIXED.with_borrow_mut(|clocks| {
            for (_, at) in clocks.iter_mut().filter(|(number, _)| *number == self.number) {
                *at = *at + length;
            }
        });
    }
}

impl Drop for TestClock {
    fn drop(&mut self) {
        // Where the thread ends, its list may be gone before its clocks.
        let _ = clock::FIXED.try_with(|clocks| clocks.borrow_mut().retain(|(number, _)| *number != self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_clock_counts_whichever_is_dropped() {
        let at = |seconds: i64| Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000);
        let first = TestClock::install_at(at(0));
        let clock = TestClock::install_at(at(-5));
        drop(first);
        assert_eq!((clock.now(), clock::now()), (at(-5), at(-5)), "the first one is gone, the second is there");

        let inner = TestClock::install_at(at(9));
        clock.advance(Duration::from_secs(1));
        inner.advance(Duration::from_secs(1));
        assert_eq!((clock.now(), clock::now()), (at(-4), at(10)));
        drop(inner);
        assert_eq!(clock::now(), at(-4));
        drop(clock);
        assert!(clock::now() != at(-4));
    }
}
