//! What waits for a thread of a worker: rows that are reserved, and jobs that are claimed.

use std::time::{Duration, Instant};

use crate::store::DueRow;
use crate::transition::due::Body;

/// A job that was claimed and that no thread has begun in this time is given back: others may be free.
pub(super) const LONGEST_AHEAD: Duration = Duration::from_secs(1);

/// Something that waits for a thread.
pub(super) enum Ready<C> {
    /// A row that is reserved and not begun.
    Row(Box<DueRow>),
    /// A job that is claimed.
    Claimed(Claimed<C>),
    /// A job whose body was run, and that is not completed together with others.
    Done(Claimed<C>),
}

/// A job that this worker has claimed.
pub(super) struct Claimed<C> {
    pub(super) body: Box<dyn Body<C>>,
    /// Its number among the leases.
    pub(super) lease: u64,
    since: Instant,
}

impl<C> Claimed<C> {
    pub(super) fn new(body: Box<dyn Body<C>>, lease: u64) -> Self {
        Claimed { body, lease, since: Instant::now() }
    }

    /// Whether its body is not to be begun any more.
    pub(super) fn is_stale(&self) -> bool {
        self.since.elapsed() > LONGEST_AHEAD || self.body.control().canceled().is_some()
    }

    /// The row, to be given back with its attempt.
    pub(super) fn row_before(&self) -> DueRow {
        let lease = self.body.lease();
        DueRow { attempt: lease.attempt - 1, ..lease.clone() }
    }
}
