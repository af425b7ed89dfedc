//! Lengths of time, as Django writes them: `P0DT01H30M00S`.

use std::time::Duration;

use serde_json::Value;

use crate::data::sql_types::Length;
use crate::form::FieldType;
use crate::proxy::{EmptyJson, JsonType, Mismatch};

const EXPECTED: &str = "a duration, like P0DT01H30M00S";

/// As many as fit into 64 bits of nanoseconds, which is what databases compare.
const MOST_DAYS: u64 = 99_999;

/// In nanoseconds.
pub(crate) fn nanos(length: Duration) -> Result<i64, String> {
    let too_long = || format!("is longer than {MOST_DAYS} days");
    if length.as_secs() / 86_400 > MOST_DAYS {
        return Err(too_long());
    }
    i64::try_from(length.as_nanos()).map_err(|_| too_long())
}

impl JsonType for Duration {
    type Sql = Length<Duration>;
    type Maybe = Length<Duration>;
    const EXPECTED: &'static str = EXPECTED;
    const TYPE: FieldType = FieldType::Duration;

    fn to_json(&self) -> Result<Value, String> {
        nanos(*self)?;
        let seconds = self.as_secs();
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        let fraction = match self.subsec_nanos() {
            0 => String::new(),
            nanos if nanos % 1000 == 0 => format!(".{:06}", nanos / 1000),
            nanos => format!(".{nanos:09}"),
        };
        Ok(format!("P{days}DT{hours:02}H{minutes:02}M{:02}{fraction}S", seconds % 60).into())
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        let text = json.as_str().ok_or_else(|| Mismatch::new(json, EXPECTED))?;
        read(text).ok_or_else(|| Mismatch::unreadable(EXPECTED))
    }
}

/// Any ISO 8601 length whose days have 24 hours.
fn read(text: &str) -> Option<Duration> {
    // jiff reads "90 minutes" as well, which no other program would.
    let text = text.strip_prefix('P').map(|_| text)?;
    let span: jiff::Span = text.parse().ok()?;
    let length = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(length).ok()
}

impl EmptyJson for Duration {
    const EMPTY: &'static str = "\"P0DT00H00M00S\"";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_written_as_django_writes_it() {
        let length = Duration::from_secs(90 * 60);
        assert_eq!(length.to_json().unwrap(), "P0DT01H30M00S");
        assert_eq!(Duration::from_micros(1).to_json().unwrap(), "P0DT00H00M00.000001S");
        assert_eq!(Duration::from_json(&"P10DT00H00M00S".into()).unwrap(), Duration::from_secs(864_000));
        assert!(Duration::from_json(&"-P1DT00H00M00S".into()).is_err());
        assert!(Duration::from_json(&"90 minutes".into()).is_err());
        assert!(Duration::MAX.to_json().is_err());
    }
}
