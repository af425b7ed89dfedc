//! Moments as people of a country write them, and as browsers send them.

use flow_core::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use crate::language::Language;

/// A moment in the time zone of the pages: `28 Nov 2026, 16:10`, `28.11.2026, 16:10`.
pub(crate) fn moment(language: Language, zone: &TimeZone, at: Timestamp) -> String {
    let Ok(at) = jiff::Timestamp::from_microsecond(at.as_micros()) else { return at.to_string() };
    let at = at.to_zoned(zone.clone()).datetime();
    format!("{}, {:02}:{:02}", day(language, at.date()), at.hour(), at.minute())
}

/// A moment as spreadsheets read and sort it: `2026-11-28 16:10:05`, in the time zone of the pages.
pub(crate) fn sortable(zone: &TimeZone, at: Timestamp) -> String {
    let Ok(at) = jiff::Timestamp::from_microsecond(at.as_micros()) else { return at.to_string() };
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A day: `28 Nov 2026`, `28.11.2026`.
pub(crate) fn day(language: Language, day: civil::Date) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = usize::try_from(day.month() - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"");
    match language {
        Language::English => format!("{} {month} {}", day.day(), day.year()),
        Language::German => format!("{:02}.{:02}.{}", day.day(), day.month(), day.year()),
    }
}

/// What is stored of a day, as people write it.
pub(crate) fn day_text(language: Language, stored: &str) -> Option<String> {
    Some(day(language, stored.parse().ok()?))
}

/// What is stored of a moment, as people write it.
pub(crate) fn moment_text(language: Language, zone: &TimeZone, stored: &str) -> Option<String> {
    Some(moment(language, zone, stored.parse().ok()?))
}

/// What is stored of a moment, as an input of the type `datetime-local` takes it: without an offset, in the zone of the
/// pages.
pub(crate) fn local(zone: &TimeZone, stored: &str) -> Option<String> {
    let at: jiff::Timestamp = stored.parse().ok()?;
    let at = at.to_zoned(zone.clone()).datetime();
    Some(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

/// What such an input sends, with the offset that it has in the zone of the pages. A text that has one already, or that
/// is no moment, stays as it is: the form says what is wrong.
pub(crate) fn with_offset(zone: &TimeZone, sent: &str) -> String {
    let text = sent.trim();
    let has_offset = text.get(11..).is_none_or(|time| time.is_empty() || time.contains(['Z', 'z', '+', '-']));
    let local: Option<civil::DateTime> = if has_offset { None } else { text.parse().ok() };
    match local.and_then(|local| local.to_zoned(zone.clone()).ok()) {
        Some(at) => at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        None => sent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_language_has_it() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let at: Timestamp = "2026-11-28T23:10:00Z".parse().unwrap();
        assert_eq!(moment(Language::English, &berlin, at), "29 Nov 2026, 00:10");
        assert_eq!(moment(Language::German, &berlin, at), "29.11.2026, 00:10");
        assert_eq!(moment(Language::German, &TimeZone::UTC, at), "28.11.2026, 23:10");
        assert_eq!(day_text(Language::German, "2026-03-01").as_deref(), Some("01.03.2026"));
    }

    #[test]
    fn what_a_browser_sends_gets_the_offset_of_its_day() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(with_offset(&berlin, "2026-07-01T08:30"), "2026-07-01T08:30:00+02:00");
        assert_eq!(with_offset(&berlin, "2026-12-01T08:30:15"), "2026-12-01T08:30:15+01:00");
        for same in ["2026-12-01T08:30:15Z", "2026-12-01T08:30:15-05:00", "tomorrow", "", "2026-12-01"] {
            assert_eq!(with_offset(&berlin, same), same);
        }
        assert_eq!(local(&berlin, "2026-07-01T06:30:00+00:00").as_deref(), Some("2026-07-01T08:30:00"));
    }
}
