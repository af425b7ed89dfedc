//! Working days: a calendar of the application's own, and lengths of time counted in it.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::callback::{IntoDelay, IntoWhen, When};
use crate::{StepError, Timestamp};

/// Most working days that are counted.
const MOST_DAYS: u16 = 10_000;

/// How many days are looked at for one working day: a calendar with none has a mistake.
const LONGEST_BREAK: u16 = 1_000;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the days of the week")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A day in a [`Calendar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The year: 2027.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, from 1 for January.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// The day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        match self.0.weekday() {
            jiff::civil::Weekday::Monday => Weekday::Monday,
            jiff::civil::Weekday::Tuesday => Weekday::Tuesday,
            jiff::civil::Weekday::Wednesday => Weekday::Wednesday,
            jiff::civil::Weekday::Thursday => Weekday::Thursday,
            jiff::civil::Weekday::Friday => Weekday::Friday,
            jiff::civil::Weekday::Saturday => Weekday::Saturday,
            jiff::civil::Weekday::Sunday => Weekday::Sunday,
        }
    }
}

/// Which days are working days, and where: named by `#[flow(calendar = CAL)]`, and asked by [`working_days`].
///
/// ```
/// use flow_core::prelude::*;
/// use flow_core::{Calendar, Day, working_days};
///
/// struct Germany;
///
/// impl Calendar for Germany {
///     fn zone(&self) -> &str { "Europe/Berlin" }
///     fn is_holiday(&self, day: Day) -> bool { matches!((day.month(), day.day()), (1, 1) | (5, 1) | (10, 3) | (12, 25 | 26)) }
/// }
///
/// static GERMANY: Germany = Germany;
///
/// #[flow(calendar = GERMANY)]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.approve)] start: Start,
///     #[node(permission("can_approve"), due = working_days(3), next = this.end)] approve: View,
///     end: End,
/// }
/// # fn main() {}
/// ```
pub trait Calendar: Sync {
    /// The time zone, by its name in the IANA database: it says when a day begins.
    fn zone(&self) -> &str {
        "UTC"
    }

    /// Whether nobody works on this day of each week. Without it: Saturday and Sunday.
    fn is_weekend(&self, weekday: Weekday) -> bool {
        matches!(weekday, Weekday::Saturday | Weekday::Sunday)
    }

    /// Whether this day is a public holiday. Without it: there are none.
    fn is_holiday(&self, day: Day) -> bool {
        let _ = day;
        false
    }
}

/// The calendar of a flow that names none: Monday to Friday, in UTC, without holidays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weekdays;

impl Calendar for Weekdays {}

/// A number of working days: see [`working_days`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDays(u16);

/// So many working days: for `due` of a `View`, the delay of a `Timer` and of `on_timeout`. They are counted in the
/// calendar of the flow, from the day on which the task is made; the time of day stays. Without `#[flow(calendar = ..)]` it is Monday to Friday in UTC. At most 10,000
/// days. See [`Calendar`].
#[must_use]
pub const fn working_days(days: u16) -> WorkingDays {
    WorkingDays(if days > MOST_DAYS { MOST_DAYS } else { days })
}

impl IntoWhen for WorkingDays {
    fn when(self) -> Result<When, StepError> {
        Ok(When::Working(self.0))
    }
}

impl IntoDelay for WorkingDays {}

/// The time so many working days later.
pub(crate) fn after(start: Timestamp, days: u16, calendar: &dyn Calendar) -> Result<Timestamp, StepError> {
    let zone = TimeZone::get(calendar.zone())?;
    let local = jiff::Timestamp::from_microsecond(start.as_micros())?.to_zoned(zone.clone());
    let works = |date: Date| {
        let day = Day(date);
        !calendar.is_weekend(day.weekday()) && !calendar.is_holiday(day)
    };
    let (mut date, mut left, mut idle) = (local.date(), days, 0);
    // Of no days at all: the first working day from this one on.
    while left > 0 || !works(date) {
        date = date.tomorrow()?;
        if works(date) {
            (left, idle) = (left.saturating_sub(1), 0);
        } else {
            idle += 1;
        }
        if idle > LONGEST_BREAK {
            return Err(format!("the calendar has no working day in {LONGEST_BREAK} days").into());
        }
    }
    let at = date.to_datetime(local.time()).to_zoned(zone)?.timestamp();
    Ok(Timestamp::from_micros(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Germany in 2027: the holidays of all its states.
    struct Germany;

    impl Calendar for Germany {
        fn zone(&self) -> &'static str {
            "Europe/Berlin"
        }

        fn is_holiday(&self, day: Day) -> bool {
            let easter = matches!((day.month(), day.day()), (3, 26 | 29) | (5, 6 | 17));
            day.year() == 2027 && easter
                || matches!((day.month(), day.day()), (1, 1) | (5, 1) | (10, 3) | (12, 25 | 26))
        }
    }

    struct Never;

    impl Calendar for Never {
        fn is_holiday(&self, _: Day) -> bool {
            true
        }
    }

    fn later(start: &str, days: u16, calendar: &dyn Calendar) -> String {
        after(start.parse().unwrap(), days, calendar).unwrap().to_string()
    }

    #[test]
    fn weekends_and_german_holidays_of_2027_are_passed_over() {
        let at = |start, days| later(start, days, &Germany)[..10].to_owned();
        // Thursday before Easter: Good Friday, the weekend and Easter Monday are free.
        assert_eq!(at("2027-03-25T09:00:00Z", 1), "2027-03-30");
        assert_eq!(at("2027-03-25T09:00:00Z", 3), "2027-04-01");
        assert_eq!(at("2027-05-05T09:00:00Z", 1), "2027-05-07", "Ascension Day");
        assert_eq!(at("2027-05-14T09:00:00Z", 1), "2027-05-18", "Whit Monday");
        assert_eq!(at("2027-12-24T09:00:00Z", 1), "2027-12-27", "Christmas falls on a weekend");
        assert_eq!(at("2027-12-31T09:00:00Z", 1), "2028-01-03");
        assert_eq!(at("2027-06-05T09:00:00Z", 1), "2027-06-07", "a Saturday counts from the next working day");
        assert_eq!(at("2027-06-05T09:00:00Z", 0), "2027-06-07");
        assert_eq!(at("2027-06-07T09:00:00Z", 0), "2027-06-07");
    }

    #[test]
    fn the_zone_says_which_day_it_is_and_keeps_the_time_of_day() {
        // Friday 23:30 UTC is Saturday in Berlin.
        assert_eq!(later("2027-06-04T23:30:00Z", 1, &Germany), "2027-06-06T23:30:00.000000Z");
        assert_eq!(later("2027-06-04T23:30:00Z", 1, &Weekdays), "2027-06-07T23:30:00.000000Z");
        // 9:00 in Berlin before and after summer time begins, on 28 March.
        assert_eq!(later("2027-03-25T08:00:00Z", 1, &Germany), "2027-03-30T07:00:00.000000Z");
    }

    #[test]
    fn a_calendar_without_working_days_is_an_error() {
        let error = after("2027-06-04T23:30:00Z".parse().unwrap(), 1, &Never).unwrap_err();
        assert!(error.to_string().contains("no working day"), "{error}");
        assert!(after(Timestamp::from_micros(i64::MAX), 5, &Weekdays).is_err());
    }
}
