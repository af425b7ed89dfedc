//! The times of a cron expression: what it says, without a clock or a time zone.

/// A cron expression of five fields, as POSIX has it: minute, hour, day of the month, month, day of the week.
///
/// A field is `*`, a number, a name (`MON`, `jan`), a range (`9-17`), each with a step (`*/15`, `9-17/2`), or several of
/// these with commas between them. Sunday is 0 or 7. Where both the day of the month and that of the week are given, a day
/// that is either is meant.
///
/// ```
/// use flow_graph::Cron;
///
/// let cron = Cron::parse("0 7 * * MON-FRI")?;
/// assert!(cron.has_day(11, 27, 5) && !cron.has_day(11, 28, 6));
/// assert!(cron.has_hour(7) && cron.has_minute(0) && !cron.has_minute(1));
/// assert!(Cron::parse("0 25 * * *").is_err());
/// # Ok::<(), flow_graph::CronError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Both fields of days say something: a day of either is meant.
    either: bool,
    every_hour: bool,
}

/// What is wrong with a cron expression. Its text is a part of a sentence: "has 4 fields instead of 5".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronError(String);

impl std::fmt::Display for CronError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CronError {}

/// A field: what it is called, its first and last number, and names of numbers, from `first` on.
struct Field {
    name: &'static str,
    first: u32,
    last: u32,
    names: &'static [&'static str],
    named_from: u32,
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", first: 0, last: 59, names: &[], named_from: 0 },
    Field { name: "hour", first: 0, last: 23, names: &[], named_from: 0 },
    Field { name: "day of the month", first: 1, last: 31, names: &[], named_from: 0 },
    Field {
        name: "month",
        first: 1,
        last: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        named_from: 1,
    },
    Field {
        name: "day of the week",
        first: 0,
        last: 7,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
        named_from: 0,
    },
];

/// The longest that each month can be.
const LONGEST: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it; also one that no day of any year fits, such as the 30th of February.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let parts: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = parts.as_slice() else {
            let found = parts.len();
            return Err(CronError(format!(
                "has {found} fields instead of 5: minute, hour, day of the month, month, day of the week"
            )));
        };
        let [minutes, hours, days, months, mut weekdays] =
            [(minute, 0), (hour, 1), (day, 2), (month, 3), (weekday, 4)].map(|(text, at)| FIELDS[at].read(text));
        // Sunday has two numbers.
        if let Ok(weekdays) = &mut weekdays
            && *weekdays & (1 << 7) != 0
        {
            *weekdays |= 1;
        }
        let cron = Cron {
            minutes: minutes?,
            hours: hours?,
            days: days?,
            months: months?,
            weekdays: weekdays?,
            either: !day.starts_with('*') && !weekday.starts_with('*'),
            every_hour: hour.starts_with('*'),
        };
        let comes =
            |month: u32| has(cron.months, month + 1) && (1..=LONGEST[month as usize]).any(|day| has(cron.days, day));
        if weekday.starts_with('*') && !(0..12).any(comes) {
            return Err(CronError("means no day of any year".to_owned()));
        }
        Ok(cron)
    }

    /// Whether a day is meant: by its date, and its day of the week from Sunday, 0, to Saturday, 6.
    #[must_use]
    pub fn has_day(&self, month: u32, day: u32, weekday: u32) -> bool {
        let (in_month, in_week) = (has(self.days, day), has(self.weekdays, weekday));
        has(self.months, month) && if self.either { in_month || in_week } else { in_month && in_week }
    }

    /// Whether an hour of such a day is meant.
    #[must_use]
    pub fn has_hour(&self, hour: u32) -> bool {
        has(self.hours, hour)
    }

    /// Whether a minute of such an hour is meant.
    #[must_use]
    pub fn has_minute(&self, minute: u32) -> bool {
        has(self.minutes, minute)
    }

    /// It does not name hours: an hour that comes twice, when summer time ends, is meant twice.
    #[must_use]
    pub fn repeats_hours(&self) -> bool {
        self.every_hour
    }
}

fn has(set: u64, number: u32) -> bool {
    number < 64 && set & (1 << number) != 0
}

impl Field {
    fn read(&self, text: &str) -> Result<u64, CronError> {
        let mut set = 0;
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(self.step(step, text)?)),
                None => (part, None),
            };
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (self.first, self.last),
                Some((from, to)) => (self.number(from, text)?, self.number(to, text)?),
                // From there on, if there is a step.
                None => {
                    let from = self.number(range, text)?;
                    (from, if step.is_some() { self.last } else { from })
                }
            };
            if from > to {
                return Err(self.error(text, &format!("`{range}` ends before it begins")));
            }
            let mut at = from;
            while at <= to {
                set |= 1 << at;
                at += step.unwrap_or(1);
            }
        }
        Ok(set)
    }

    fn step(&self, text: &str, field: &str) -> Result<u32, CronError> {
        let step = text.parse().ok().filter(|step| (1..=self.last).contains(step));
        step.ok_or_else(|| self.error(field, &format!("`{text}` is not a step from 1 to {}", self.last)))
    }

    fn number(&self, text: &str, field: &str) -> Result<u32, CronError> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = match named.and_then(|at| u32::try_from(at).ok()) {
            Some(at) => Some(at + self.named_from),
            // A sign is a number for Rust, and not here.
            None => text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())),
        };
        number.filter(|number| (self.first..=self.last).contains(number)).ok_or_else(|| {
            let names = if self.names.is_empty() { "" } else { ", or its name" };
            self.error(field, &format!("`{text}` is not a number from {} to {}{names}", self.first, self.last))
        })
    }

    fn error(&self, field: &str, what: &str) -> CronError {
        CronError(format!("has `{field}` as its {}, but {what}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(text: &str) -> Vec<u32> {
        let cron = Cron::parse(&format!("{text} * * * *")).unwrap();
        (0..60).filter(|minute| cron.has_minute(*minute)).collect()
    }

    #[test]
    fn numbers_ranges_steps_and_lists_are_read() {
        assert_eq!(minutes("5"), [5]);
        assert_eq!(minutes("5,7-9"), [5, 7, 8, 9]);
        assert_eq!(minutes("*/20"), [0, 20, 40]);
        assert_eq!(minutes("50/4"), [50, 54, 58]);
        assert_eq!(minutes("10-20/5,0"), [0, 10, 15, 20]);
        assert_eq!(minutes("*").len(), 60);
    }

    #[test]
    fn days_have_names_and_sunday_has_two_numbers() {
        let week = |text: &str| {
            let cron = Cron::parse(&format!("0 0 * * {text}")).unwrap();
            (0..7).filter(|day| cron.has_day(1, 1, *day)).collect::<Vec<_>>()
        };
        assert_eq!(week("MON-FRI"), [1, 2, 3, 4, 5]);
        assert_eq!(week("7"), [0]);
        assert_eq!(week("0"), [0]);
        assert_eq!(week("sat,Sun"), [0, 6]);
        let months = Cron::parse("0 0 1 JAN,jul *").unwrap();
        assert_eq!((1..=12).filter(|month| months.has_day(*month, 1, 0)).collect::<Vec<_>>(), [1, 7]);
    }

    #[test]
    fn a_day_of_the_month_or_of_the_week_is_enough_where_both_are_given() {
        let both = Cron::parse("0 0 13 * 5").unwrap();
        assert!(both.has_day(1, 13, 2) && both.has_day(1, 2, 5) && !both.has_day(1, 3, 6));
        let stepped = Cron::parse("0 0 */2 * 5").unwrap();
        assert!(stepped.has_day(1, 3, 5) && !stepped.has_day(1, 3, 6) && !stepped.has_day(1, 2, 5));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| Cron::parse(text).unwrap_err().to_string();
        assert!(message("0 7 * *").starts_with("has 4 fields instead of 5"));
        assert_eq!(message("60 * * * *"), "has `60` as its minute, but `60` is not a number from 0 to 59");
        assert_eq!(message("+5 * * * *"), "has `+5` as its minute, but `+5` is not a number from 0 to 59");
        assert_eq!(message("0 9-5 * * *"), "has `9-5` as its hour, but `9-5` ends before it begins");
        assert_eq!(message("*/0 * * * *"), "has `*/0` as its minute, but `0` is not a step from 1 to 59");
        assert!(message("0 0 * * MO").ends_with("`MO` is not a number from 0 to 7, or its name"));
        assert_eq!(message("0 0 30 2 *"), "means no day of any year");
        assert!(Cron::parse("0 0 29 2 *").is_ok());
        assert!(message("").starts_with("has 0 fields"));
        assert!(message("*-5 * * * *").contains("`*`"));
    }
}
