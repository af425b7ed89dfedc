//! What the body of a running job learns from the worker that runs it.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;

use crate::Timestamp;
use crate::clock::{self, DatabaseClock};

/// Why the body of a job should stop: what [`JobContext::heartbeat`](crate::JobContext::heartbeat) returns.
///
/// A body that returns it as its error is not at fault where the worker stops: the job is given back with its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Canceled {
    /// The worker stops. The job is given back, and begins again elsewhere.
    #[error("the worker stops")]
    Stopping,
    /// The attempt took longer than the `timeout` of the node.
    #[error("it took longer than its timeout")]
    TimedOut,
    /// The lease is lost: the task was cancelled, or another worker has taken it. What the body returns changes nothing.
    #[error("its lease is lost")]
    LeaseLost,
}

impl Canceled {
    const ALL: [Canceled; 3] = [Canceled::Stopping, Canceled::TimedOut, Canceled::LeaseLost];

    const fn number(self) -> u8 {
        match self {
            Canceled::Stopping => 1,
            Canceled::TimedOut => 2,
            Canceled::LeaseLost => 3,
        }
    }
}

/// Shared by the body of a job and the thread that renews its lease.
#[derive(Clone, Default)]
pub(crate) struct JobControl(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The number of a [`Canceled`]; 0: none.
    canceled: AtomicU8,
    /// When the attempt must be done, by the clock that counted then: the body may run on another thread.
    until: OnceLock<(Timestamp, Option<DatabaseClock>)>,
    /// Who renews the lease, to be woken by a heartbeat.
    keeper: OnceLock<Thread>,
}

impl JobControl {
    /// For an attempt that must be done by then.
    pub(crate) fn new(until: Timestamp, keeper: Option<Thread>) -> Self {
        let control = JobControl::default();
        let _ = control.0.until.set((until, clock::followed()));
        if let Some(keeper) = keeper {
            let _ = control.0.keeper.set(keeper);
        }
        control
    }

    pub(crate) fn cancel(&self, why: Canceled) {
        self.0.canceled.fetch_max(why.number(), Ordering::Release);
    }

    /// When the attempt must be done; `None` for a context that was made by hand.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.0.until.get().map(|(until, _)| *until)
    }

    pub(crate) fn canceled(&self) -> Option<Canceled> {
        let number = self.0.canceled.load(Ordering::Acquire);
        let reason = Canceled::ALL.into_iter().find(|why| why.number() == number);
        let is_late = || self.0.until.get().is_some_and(|(until, clock)| clock::by(*clock) >= *until);
        reason.or_else(|| is_late().then_some(Canceled::TimedOut))
    }

    pub(crate) fn heartbeat(&self) -> Result<(), Canceled> {
        if let Some(keeper) = self.0.keeper.get() {
            keeper.unpark();
        }
        self.canceled().map_or(Ok(()), Err)
    }
}

impl fmt::Debug for JobControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobControl").field("canceled", &self.canceled()).field("until", &self.until()).finish()
    }
}
