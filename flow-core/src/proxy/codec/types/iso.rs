//! Dates and times as ISO 8601, as Python writes them: text order is time order.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// `2026-11-23`
pub(super) fn date(date: Date) -> Result<String, String> {
    if date.year() < 0 {
        return Err("is before the year 0".to_owned());
    }
    Ok(format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()))
}

/// `14:30:00`, with six digits of a second where it has a fraction, and nine where six are not enough.
pub(super) fn time(time: Time) -> String {
    let (hour, minute, second, nanos) = (time.hour(), time.minute(), time.second(), time.subsec_nanosecond());
    let whole = format!("{hour:02}:{minute:02}:{second:02}");
    match nanos {
        0 => whole,
        _ if nanos % 1000 == 0 => format!("{whole}.{:06}", nanos / 1000),
        _ => format!("{whole}.{nanos:09}"),
    }
}

/// `2026-11-23T14:30:00+00:00`
pub(super) fn moment(at: jiff::Timestamp) -> Result<String, String> {
    let at = Offset::UTC.to_datetime(at);
    Ok(format!("{}T{}+00:00", date(at.date())?, time(at.time())))
}

/// A date alone: what jiff would take as one, a date with a time, is none.
#[cfg(any(test, feature = "jiff", feature = "chrono", feature = "time"))]
pub(super) fn read_date(text: &str) -> Option<Date> {
    let all = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if all && text.len() == 10 { text.parse().ok() } else { None }
}

/// With an offset, which says nothing of a time alone and is left out, or without.
#[cfg(any(test, feature = "jiff", feature = "chrono", feature = "time"))]
pub(super) fn read_time(text: &str) -> Option<Time> {
    if text.as_bytes().get(2) != Some(&b':') {
        return None;
    }
    let end = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// With any offset.
pub(super) fn read_moment(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_has_as_many_digits_as_it_needs() {
        let noon = Time::constant(12, 0, 0, 0);
        assert_eq!(time(noon), "12:00:00");
        assert_eq!(time(Time::constant(12, 0, 0, 500_000_000)), "12:00:00.500000");
        assert_eq!(time(Time::constant(12, 0, 0, 1)), "12:00:00.000000001");
        assert_eq!(read_time("12:00:00+02:00"), Some(noon), "as Django reads it");
        assert_eq!(read_time("2026-11-23T12:00:00"), None);
        assert_eq!(read_date("2026-11-23T12:00:00"), None);
    }

    #[test]
    fn a_moment_is_read_with_any_offset_and_written_in_utc() {
        let at = read_moment("2026-11-23T12:00:00.5+02:00").unwrap();
        assert_eq!(moment(at).unwrap(), "2026-11-23T10:00:00.500000+00:00");
    }
}
