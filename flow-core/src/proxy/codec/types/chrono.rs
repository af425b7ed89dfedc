//! Dates and times of chrono.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Timelike as _, Utc};
use jiff::civil::{Date, Time};

use super::{iso, written};

fn date(date: NaiveDate) -> Option<Date> {
    let (month, day) = (i8::try_from(date.month()).ok()?, i8::try_from(date.day()).ok()?);
    Date::new(i16::try_from(date.year()).ok()?, month, day).ok()
}

fn read_date(text: &str) -> Option<NaiveDate> {
    let date = iso::read_date(text)?;
    NaiveDate::from_ymd_opt(
        i32::from(date.year()),
        date.month().unsigned_abs().into(),
        date.day().unsigned_abs().into(),
    )
}

fn time(time: NaiveTime) -> Option<Time> {
    let of_day = |n: u32| i8::try_from(n).ok();
    // chrono's leap second has more than 999,999,999 nanoseconds, which the stored format cannot represent.
    let nanos = i32::try_from(time.nanosecond()).ok()?;
    Time::new(of_day(time.hour())?, of_day(time.minute())?, of_day(time.second())?, nanos).ok()
}

fn read_time(text: &str) -> Option<NaiveTime> {
    let time = iso::read_time(text)?;
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(|n| u32::from(n.unsigned_abs()));
    NaiveTime::from_hms_nano_opt(hour, minute, second, time.subsec_nanosecond().unsigned_abs())
}

fn moment(at: &DateTime<Utc>) -> Result<String, String> {
    let nanos = i32::try_from(at.timestamp_subsec_nanos()).unwrap_or(i32::MAX);
    iso::moment(jiff::Timestamp::new(at.timestamp(), nanos).map_err(|_| OUTSIDE.to_owned())?)
}

fn read_moment(text: &str) -> Option<DateTime<Utc>> {
    let at = iso::read_moment(text)?;
    // Before 1970, jiff's nanoseconds are negative, chrono's count from the second before.
    let nanos = at.as_nanosecond();
    let (second, rest) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
    DateTime::from_timestamp(i64::try_from(second).ok()?, u32::try_from(rest).ok()?)
}

const OUTSIDE: &str = "is outside the years 0 to 9999";

written!(
    NaiveDate,
    AsText,
    Date,
    "a date, like 2026-11-23",
    |value| iso::date(date(*value).ok_or_else(|| OUTSIDE.to_owned())?),
    read_date
);
written!(
    NaiveTime,
    AsText,
    Time,
    "a time, like 14:30:00",
    |value| time(*value).map(iso::time).ok_or_else(|| "is a leap second".to_owned()),
    read_time
);
written!(DateTime<Utc>, Instant, DateTime, "a date-time, like 2026-11-23T14:30:00+00:00", moment, read_moment);
