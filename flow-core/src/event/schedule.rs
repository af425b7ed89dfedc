//! The times of a `StartTimer`.

use std::time::Duration;

use flow_graph::Cron;
use jiff::tz::TimeZone;

use crate::{Error, Result, Timestamp};

/// The shortest interval: a shorter one would start processes without a pause.
const SHORTEST: Duration = Duration::from_secs(1);

/// How many days are looked at for the next time of a cron expression: a 29th of February may be eight years away.
const LONGEST_WAIT: usize = 366 * 9;

/// When a `StartTimer` starts processes.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Tick {
    Every(fn() -> Duration),
    Cron { expression: &'static str, zone: &'static str },
}

impl Tick {
    /// The schedule as a text, which is stored: a row that says another one was made by other code.
    pub(crate) fn text(&self) -> String {
        match self {
            Tick::Every(length) => format!("every {} s", length().max(SHORTEST).as_secs_f64()),
            Tick::Cron { expression, zone } => format!("{expression} {zone}"),
        }
    }

    /// When the first process starts: at once, or at the next time that is named.
    pub(crate) fn first(&self, now: Timestamp) -> Result<Timestamp> {
        match self {
            Tick::Every(_) => Ok(now),
            Tick::Cron { .. } => self.next(now, now),
        }
    }

    /// The next time behind `now`, where the last one was `last`: all that were missed are passed over.
    pub(crate) fn next(&self, last: Timestamp, now: Timestamp) -> Result<Timestamp> {
        match self {
            Tick::Every(length) => {
                let length = length().max(SHORTEST);
                let missed = now.since(last).as_micros() / length.as_micros();
                let all = length.as_micros().saturating_mul(missed + 1);
                Ok(last + Duration::from_micros(u64::try_from(all).unwrap_or(u64::MAX)))
            }
            Tick::Cron { expression, zone } => {
                let cron = Cron::parse(expression)
                    .map_err(|error| Error::misuse(format!("the cron expression `{expression}` {error}")))?;
                let zone = TimeZone::get(zone)
                    .map_err(|_| Error::misuse(format!("`{zone}` is not the name of a time zone")))?;
                let next = next_of(&cron, &zone, now).map_err(|error| Error::misuse(error.to_string()))?;
                next.ok_or_else(|| Error::misuse(format!("the cron expression `{expression}` means no day")))
            }
        }
    }
}

/// The next time of a cron expression behind `now`. A time that is left out when summer time begins comes as much later;
/// one that comes twice when it ends is the first of the two, and both where the hours are not named.
fn next_of(cron: &Cron, zone: &TimeZone, now: Timestamp) -> Result<Option<Timestamp>, jiff::Error> {
    let now = jiff::Timestamp::from_microsecond(now.as_micros())?;
    // If the clock is set back over midnight, yesterday's date occurs again.
    let first = now.to_zoned(zone.clone()).date().yesterday()?;
    for date in first.series(jiff::Span::new().days(1)).take(LONGEST_WAIT) {
        let number = |number: i8| u32::try_from(number).unwrap_or_default();
        let weekday = number(date.weekday().to_sunday_zero_offset());
        if !cron.has_day(number(date.month()), number(date.day()), weekday) {
            continue;
        }
        let mut best: Option<jiff::Timestamp> = None;
        let mut consider = |at: jiff::Timestamp| {
            if at > now && best.is_none_or(|best| at < best) {
                best = Some(at);
            }
        };
        for hour in (0..24).filter(|hour| cron.has_hour(number(*hour))) {
            for minute in (0..60).filter(|minute| cron.has_minute(number(*minute))) {
                let local = zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0));
                if local.is_ambiguous() && cron.repeats_hours() {
                    consider(local.later()?);
                }
                consider(local.compatible()?);
            }
        }
        if let Some(at) = best {
            return Ok(Some(Timestamp::from_micros(at.as_microsecond())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(expression: &'static str, zone: &'static str, from: &str, count: usize) -> Vec<String> {
        let tick = Tick::Cron { expression, zone };
        let mut at: Timestamp = from.parse().unwrap();
        let mut found = Vec::new();
        for _ in 0..count {
            at = tick.next(at, at).unwrap();
            found.push(at.to_string()[..16].to_owned());
        }
        found
    }

    #[test]
    fn times_are_those_of_the_zone_and_weekends_are_passed_over() {
        let morning = times("0 7 * * MON-FRI", "Europe/Berlin", "2026-11-27T05:00:00Z", 3);
        assert_eq!(morning, ["2026-11-27T06:00", "2026-11-30T06:00", "2026-12-01T06:00"]);
        assert_eq!(times("30 23 * * *", "UTC", "2026-12-31T23:30:00Z", 1), ["2027-01-01T23:30"]);
        assert_eq!(times("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1), ["2104-02-29T00:00"], "2100 is no leap year");
    }

    #[test]
    fn an_hour_that_is_left_out_is_made_up_for_and_one_that_comes_twice_counts_once_where_it_is_named() {
        // Summer time begins in Berlin at 2:00 on 28 March 2027, and ends at 3:00 on 31 October.
        let night = times("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", 2);
        assert_eq!(night, ["2027-03-28T01:30", "2027-03-29T00:30"]);
        let twice = times("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", 2);
        assert_eq!(twice, ["2027-10-31T00:30", "2027-11-01T01:30"]);
        let quarters = times("*/30 * * * *", "Europe/Berlin", "2027-10-30T23:45:00Z", 5);
        let all = ["2027-10-31T00:00", "2027-10-31T00:30", "2027-10-31T01:00", "2027-10-31T01:30", "2027-10-31T02:00"];
        assert_eq!(quarters, all, "every half hour, through both");
        let spring = times("*/30 * * * *", "Europe/Berlin", "2027-03-28T00:15:00Z", 3);
        assert_eq!(spring, ["2027-03-28T00:30", "2027-03-28T01:00", "2027-03-28T01:30"]);
    }

    #[test]
    fn intervals_keep_their_grid_and_missed_ones_are_passed_over() {
        let tick = Tick::Every(|| crate::minutes(10));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let start = at("2026-11-28T10:00:00Z");
        assert_eq!(tick.first(start).unwrap(), start);
        assert_eq!(tick.next(start, at("2026-11-28T10:00:02Z")).unwrap(), at("2026-11-28T10:10:00Z"));
        assert_eq!(tick.next(start, at("2026-11-28T11:04:00Z")).unwrap(), at("2026-11-28T11:10:00Z"));
        assert_eq!(tick.next(start, at("2026-11-28T09:00:00Z")).unwrap(), at("2026-11-28T10:10:00Z"));
        let none = Tick::Every(|| Duration::ZERO);
        assert!(none.next(start, start).unwrap() > start);
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        let message = |expression, zone| {
            Tick::Cron { expression, zone }.first(Timestamp::from_micros(0)).unwrap_err().to_string()
        };
        assert!(message("0 7 * * *", "Europe/Berln").contains("`Europe/Berln` is not the name of a time zone"));
        assert!(message("0 7 * *", "UTC").contains("has 4 fields"));
    }
}
