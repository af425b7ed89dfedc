//! Our own [`Timestamp`], as a date-time.

use super::{iso, written};
use crate::Timestamp;

written!(
    Timestamp,
    Instant,
    DateTime,
    "a date-time, like 2026-11-23T14:30:00+00:00",
    |at| iso::moment(
        jiff::Timestamp::from_microsecond(at.as_micros()).map_err(|_| "is not a valid date-time".to_owned())?
    ),
    |text| Some(Timestamp::from_micros(iso::read_moment(text)?.as_microsecond()))
);
