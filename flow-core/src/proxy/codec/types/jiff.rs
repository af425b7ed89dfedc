//! Dates and times of jiff.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::{iso, written};

written!(Date, AsText, Date, "a date, like 2026-11-23", |date| iso::date(*date), iso::read_date);
written!(Time, AsText, Time, "a time, like 14:30:00", |time| Ok(iso::time(*time)), iso::read_time);
written!(
    Timestamp,
    Instant,
    DateTime,
    "a date-time, like 2026-11-23T14:30:00+00:00",
    |at| iso::moment(*at),
    iso::read_moment
);
