//! A point in time, in UTC, with microsecond precision.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A point in time in UTC, with microsecond precision: the only time type in the tables.
///
/// It is displayed, parsed and stored as RFC 3339 with six fractional digits, so that text order is time order.
///
/// ```
/// use flow_core::Timestamp;
///
/// let at: Timestamp = "2026-11-23T02:10:00Z".parse()?;
/// assert_eq!(at.to_string(), "2026-11-23T02:10:00.000000Z");
/// assert_eq!((at + flow_core::days(1)).to_string(), "2026-11-24T02:10:00.000000Z");
/// # Ok::<(), flow_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// 9999-12-30T22:00:00Z: the last time that has a four-digit year in every UTC offset.
const LAST: i64 = 253_402_207_200_000_000;

impl Timestamp {
    /// The moment this many microseconds after 1970-01-01T00:00:00Z. A value outside the years 0 to 9999 is clamped.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        const FIRST: i64 = -62_167_219_200_000_000;
        if micros < FIRST {
            Timestamp(FIRST)
        } else if micros > LAST {
            Timestamp(LAST)
        } else {
            Timestamp(micros)
        }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero if it is before.
    #[must_use]
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Timestamp;

    /// This long after. Past the year 9999 it stays at its end.
    fn add(self, length: Duration) -> Timestamp {
        let micros = i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(self.0.saturating_add(micros))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Timestamp;

    /// This long before. Before the year 0 it stays at its beginning.
    fn sub(self, length: Duration) -> Timestamp {
        let micros = i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(self.0.saturating_sub(micros))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(at) => write!(f, "{at:.6}"),
            Err(_) => f.write_str("(no time)"),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The error of parsing a string that is not an RFC 3339 date and time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an RFC 3339 date and time: {reason}")]
#[non_exhaustive]
pub struct ParseTimestampError {
    reason: String,
}

impl From<ParseTimestampError> for crate::Error {
    /// [`Error::Invalid`](crate::Error::Invalid) of the field `time`.
    fn from(error: ParseTimestampError) -> Self {
        crate::Error::invalid("time", error.to_string())
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    /// Reads RFC 3339; the offset is applied.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>()
            .map(|at| Timestamp::from_micros(at.as_microsecond()))
            .map_err(|error| ParseTimestampError { reason: error.to_string() })
    }
}

/// As RFC 3339 with six digits.
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From RFC 3339.
impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A `Duration` of this many seconds, for `on_timeout(seconds(30), ..)`.
#[must_use]
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A `Duration` of this many minutes.
#[must_use]
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(60))
}

/// A `Duration` of this many hours.
#[must_use]
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(3_600))
}

/// A `Duration` of this many days of 24 hours.
#[must_use]
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_order_is_time_order_to_the_end_of_the_range() {
        let moments = [i64::MIN, -1, 0, 1, 999_999, 1_000_000, 1_790_000_000_000_001, i64::MAX];
        let stamps = moments.map(Timestamp::from_micros);
        let texts = stamps.map(|at| at.to_string());
        assert!(texts.is_sorted(), "{texts:?}");
        for (at, text) in stamps.iter().zip(&texts) {
            assert_eq!(text.len(), 27, "{text}");
            assert_eq!(text.parse::<Timestamp>().ok(), Some(*at));
        }
    }

    #[test]
    fn adding_for_ever_stays_in_range() {
        let at = Timestamp::from_micros(0) + days(u64::MAX);
        assert_eq!(at, Timestamp::from_micros(i64::MAX));
    }
}
