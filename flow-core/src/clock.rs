//! The one place that asks what time it is.

use crate::Timestamp;

#[cfg(feature = "test-util")]
thread_local! {
    pub(crate) static FIXED: std::cell::Cell<Option<Timestamp>> = const { std::cell::Cell::new(None) };
}

/// The time now. A transition asks once and uses the answer throughout.
///
/// With the feature `test-util`, `TestClock` sets it for the current thread.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(feature = "test-util")]
    if let Some(at) = FIXED.get() {
        return at;
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
