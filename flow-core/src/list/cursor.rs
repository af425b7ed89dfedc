//! Where a page begins.

use std::fmt;
use std::str::FromStr;

use crate::store::list::{Place, Sort};
use crate::{TaskId, Timestamp};

/// Where the next page of a list begins: a text for a link. It names the order of the list, and the last row that was
/// seen; nothing of it is secret, and nothing of it is trusted.
///
/// ```
/// use flow_core::Cursor;
///
/// let cursor: Cursor = "oldest:17.2".parse()?;
/// assert_eq!(cursor.to_string(), "oldest:17.2");
/// assert!("17.2".parse::<Cursor>().is_err());
/// # Ok::<(), flow_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub(crate) Place);

impl Cursor {
    /// Behind this task, in a list whose oldest process is first.
    pub(crate) fn behind(task: TaskId) -> Self {
        Cursor(Place { sort: Sort::Oldest, process: task.process(), number: task.number() })
    }
}

/// A text that is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a place in a list, as in oldest:17.2")]
#[non_exhaustive]
pub struct ParseCursorError;

impl From<ParseCursorError> for crate::Error {
    /// [`Error::Invalid`](crate::Error::Invalid) of the field `cursor`.
    fn from(error: ParseCursorError) -> Self {
        crate::Error::invalid("cursor", error.to_string())
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { sort, process, number } = self.0;
        match sort {
            Sort::Oldest => write!(f, "oldest:{process}.{number}"),
            Sort::Newest => write!(f, "newest:{process}.{number}"),
            Sort::Priority(priority) => write!(f, "priority:{priority}:{process}.{number}"),
            Sort::Field => write!(f, "field:{process}.{number}"),
            Sort::Due(None) => write!(f, "due::{process}.{number}"),
            Sort::Due(Some(due)) => write!(f, "due:{}:{process}.{number}", due.as_micros()),
        }
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let (rest, id) = text.rsplit_once(':').ok_or(ParseCursorError)?;
        // Of a list of processes the number is 0, which no task has.
        let (process, number) = match id.strip_suffix(".0") {
            Some(process) => (process.parse().map_err(|_| ParseCursorError)?, 0),
            None => {
                let id: TaskId = id.parse().map_err(|_| ParseCursorError)?;
                (id.process(), id.number())
            }
        };
        let sort = match rest.split_once(':') {
            None if rest == "oldest" => Sort::Oldest,
            None if rest == "newest" => Sort::Newest,
            None if rest == "field" => Sort::Field,
            Some(("priority", priority)) => Sort::Priority(priority.parse().map_err(|_| ParseCursorError)?),
            Some(("due", "")) => Sort::Due(None),
            Some(("due", micros)) => {
                Sort::Due(Some(Timestamp::from_micros(micros.parse().map_err(|_| ParseCursorError)?)))
            }
            _ => return Err(ParseCursorError),
        };
        Ok(Cursor(Place { sort, process, number }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_shows_and_reads_as_the_same_text() {
        for text in
            ["oldest:17.2", "newest:17.0", "field:17.2", "priority:-5:17.2", "due::17.2", "due:1700000000000000:1.1"]
        {
            assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "17.2",
            "oldest",
            "oldest:",
            "oldest:x.0",
            "best:17.2",
            "priority:17.2",
            "priority:x:17.2",
            "due:1.1:1.1",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(ParseCursorError), "{text}");
        }
    }
}
