//! What a transition writes, as one parcel, so that a back end may send it in one statement.

use std::fmt;

use super::{AuditRow, DueKind, DueRow};
use crate::{Process, Task, Timestamp};

/// What a transition writes: all of it, or what a callback must see so far.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct Writes<'w> {
    pub(crate) process: ProcessWrite<'w>,
    /// Without their process's number as long as that has none.
    pub(crate) new_tasks: Vec<&'w mut Task>,
    pub(crate) changed_tasks: Vec<&'w Task>,
    pub(crate) due: Vec<DueWrite>,
    pub(crate) audit: Option<AuditRow>,
}

/// The row of the process.
#[derive(Debug)]
pub(crate) enum ProcessWrite<'w> {
    /// It has none yet. Its number is given if it was reserved.
    New(&'w Process),
    /// It has one, which must be of version `from`.
    Changed { row: &'w Process, from: i64 },
}

/// A change of what is due.
#[derive(Clone, Debug)]
pub(crate) enum DueWrite {
    /// A row of the process with this number; 0: of the process that is written, which may have none yet.
    Insert(DueRow),
    Delete {
        process: i64,
        task: i32,
        kind: DueKind,
    },
    /// One more attempt, under a new token, until this time.
    Lease {
        row: DueRow,
        until: Timestamp,
    },
}

impl DueWrite {
    /// This row is not due any more.
    pub(crate) fn delete(row: &DueRow, kind: DueKind) -> Self {
        DueWrite::Delete { process: row.process_id, task: row.task, kind }
    }
}

/// Marks the error by which a plan that somebody overtook goes back to where it can be made again.
#[derive(Debug)]
struct LostRace;

impl fmt::Display for LostRace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process was changed meanwhile")
    }
}

impl std::error::Error for LostRace {}

/// The version of the process was another than the plan was made on.
pub(crate) fn lost_race() -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(Box::new(LostRace))
}

pub(crate) fn is_lost_race(error: &crate::Error) -> bool {
    matches!(error, crate::Error::Database(diesel::result::Error::QueryBuilderError(inner)) if inner.is::<LostRace>())
}
