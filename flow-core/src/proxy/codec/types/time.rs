//! Dates and times of the crate `time`.

use time::{Date, Month, OffsetDateTime, Time};

use super::{iso, written};

const OUTSIDE: &str = "is outside the years 0 to 9999";

fn date(date: Date) -> Option<jiff::civil::Date> {
    let (month, day) = (i8::try_from(u8::from(date.month())).ok()?, i8::try_from(date.day()).ok()?);
    jiff::civil::Date::new(i16::try_from(date.year()).ok()?, month, day).ok()
}

fn read_date(text: &str) -> Option<Date> {
    let date = iso::read_date(text)?;
    let month = Month::try_from(date.month().unsigned_abs()).ok()?;
    Date::from_calendar_date(i32::from(date.year()), month, date.day().unsigned_abs()).ok()
}

fn time(time: Time) -> Option<jiff::civil::Time> {
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(|n| i8::try_from(n).ok());
    jiff::civil::Time::new(hour?, minute?, second?, i32::try_from(time.nanosecond()).ok()?).ok()
}

fn read_time(text: &str) -> Option<Time> {
    let time = iso::read_time(text)?;
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(i8::unsigned_abs);
    Time::from_hms_nano(hour, minute, second, time.subsec_nanosecond().unsigned_abs()).ok()
}

fn moment(at: &OffsetDateTime) -> Result<String, String> {
    let at = jiff::Timestamp::from_nanosecond(at.unix_timestamp_nanos()).map_err(|_| OUTSIDE.to_owned())?;
    iso::moment(at)
}

written!(
    Date,
    AsText,
    Date,
    "a date, like 2026-11-23",
    |value| iso::date(date(*value).ok_or_else(|| OUTSIDE.to_owned())?),
    read_date
);
written!(
    Time,
    AsText,
    Time,
    "a time, like 14:30:00",
    |value| time(*value).map(iso::time).ok_or_else(|| "is not a valid time of day".to_owned()),
    read_time
);
// Read in UTC, whatever offset it was written with.
written!(OffsetDateTime, Instant, DateTime, "a date-time, like 2026-11-23T14:30:00+00:00", moment, |text| {
    OffsetDateTime::from_unix_timestamp_nanos(iso::read_moment(text)?.as_nanosecond()).ok()
});
