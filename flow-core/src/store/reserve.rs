//! What a worker asks for.

use crate::Timestamp;

/// Which rows of `flow_due` a worker takes next.
#[derive(Clone, Copy, Debug)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct Reserve<'r> {
    /// Stored names of flows that it knows.
    pub(crate) flows: &'r [&'static str],
    /// Kinds of due work that it knows.
    pub(crate) kinds: &'r [&'static str],
    /// The queues that it serves; `None`: all.
    pub(crate) queues: Option<&'r [String]>,
    /// What shares a limit, and has reached it.
    pub(crate) not_groups: &'r [String],
    /// Rows that it does not know: the task and the key, `17.2 key`.
    pub(crate) not_tasks: &'r [String],
    /// What shares a limit of how many run at once, and the limit.
    pub(crate) limits: &'r [(String, u32)],
    /// Nothing whose last attempt lost its worker.
    pub(crate) not_lost: bool,
    /// Nothing that shares a limit: somebody else counts it just now.
    pub(crate) only_unlimited: bool,
    pub(crate) now: Timestamp,
    /// Until when the rows are its own.
    pub(crate) until: Timestamp,
    pub(crate) holder: &'r str,
    pub(crate) most: i64,
}
