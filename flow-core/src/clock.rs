//! The clock: the only place that reads the current time.

use crate::Timestamp;

#[cfg(feature = "test-util")]
thread_local! {
    /// What the test clocks of this thread show, each with its number. The newest one counts.
    pub(crate) static FIXED: std::cell::RefCell<Vec<(u64, Timestamp)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// The current time. A transition reads it once and uses that value throughout.
///
/// With the feature `test-util`, `TestClock` controls it for the current thread.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(feature = "test-util")]
    if let Some((_, at)) = FIXED.with_borrow(|clocks| clocks.last().copied()) {
        return at;
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
