//! The rows that a transition writes, together, so that a back end may send them in one statement.

use super::{Attempt, AuditRow, DueKey, DueRow, Filled};
use crate::candidate::Candidate;
use crate::{Process, Task, Timestamp};

/// The rows that a transition writes: all of them, or those that a callback must see so far.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct TransitionWrite<'w> {
    pub(crate) process: ProcessWrite<'w>,
    /// Without their process's number as long as that has none.
    pub(crate) new_tasks: Vec<&'w mut Task>,
    /// With what their rows have.
    pub(crate) changed_tasks: Vec<(&'w Task, Filled)>,
    pub(crate) due: Vec<DueWrite>,
    /// Whom new tasks are offered to.
    pub(crate) candidates: Vec<NewCandidate>,
    /// Tasks of people that are over: their half-filled forms are of no use any more, and they are offered to nobody.
    pub(crate) over: Vec<i32>,
    pub(crate) audit: Option<AuditRow>,
}

/// Somebody whom a new task is offered to.
#[derive(Clone, Debug)]
pub(crate) struct NewCandidate {
    pub(crate) task: i32,
    pub(crate) candidate: Candidate,
}

/// The row of the process.
#[derive(Debug)]
pub(crate) enum ProcessWrite<'w> {
    /// It has none yet. Its number is given if it was reserved.
    New(&'w Process),
    /// It has one, which must be of version `from`, and has these columns.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "PostgreSQL writes all columns in one statement"))]
    Changed { row: &'w Process, from: i64, filled: Filled },
    /// It has one, which is locked if it is not yet, and stays as it is until the transition is complete.
    Kept(&'w Process),
}

/// A change of what is due.
#[derive(Clone, Debug)]
pub(crate) enum DueWrite {
    /// A row of the process with this number; 0: of the process that is written, which may have none yet.
    Insert(DueRow),
    /// This row is not due any more, if it is there.
    Delete(DueKey),
    /// One more attempt, under the token and by the holder of `row`, until this time.
    Lease { row: DueRow, until: Timestamp },
    /// The attempt failed: the row is due again at its time, under its token, and nobody has it.
    Again { row: DueRow, error: String },
    /// An attempt that has ended. The statement that writes it gives it its number.
    Attempt(Attempt),
}
