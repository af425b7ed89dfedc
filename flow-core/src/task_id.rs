//! The id of a task.

use std::fmt;
use std::str::FromStr;

/// The id of a task: the process id, and the number of the task in the process. It is displayed and parsed as `17.2`.
///
/// ```
/// use flow_core::TaskId;
///
/// let id: TaskId = "17.2".parse()?;
/// assert_eq!((id.process(), id.number()), (17, 2));
/// assert!("17".parse::<TaskId>().is_err());
/// # Ok::<(), flow_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    process: i64,
    number: i32,
}

impl TaskId {
    /// The task of this number in this process.
    #[must_use]
    pub const fn new(process: i64, number: i32) -> Self {
        TaskId { process, number }
    }

    /// The process it belongs to.
    #[must_use]
    pub const fn process(self) -> i64 {
        self.process
    }

    /// Its number in the process, from 1.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.number
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.process, self.number))
    }
}

/// The error of parsing a string that is not a task id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a task id, for example 17.2")]
#[non_exhaustive]
pub struct ParseTaskIdError;

impl From<ParseTaskIdError> for crate::Error {
    /// [`Error::Invalid`](crate::Error::Invalid) of the field `task`.
    fn from(error: ParseTaskIdError) -> Self {
        crate::Error::invalid("task", error.to_string())
    }
}

impl FromStr for TaskId {
    type Err = ParseTaskIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('.').and_then(|(process, number)| {
            let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            (digits(process) && digits(number)).then(|| Some(TaskId::new(process.parse().ok()?, number.parse().ok()?)))
        });
        parts.flatten().ok_or(ParseTaskIdError)
    }
}

impl serde::Serialize for TaskId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for TaskId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
