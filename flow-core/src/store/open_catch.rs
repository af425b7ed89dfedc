//! A task that waits for a message or a signal.

use crate::Timestamp;

/// A task that waits for a message or a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct OpenCatch {
    /// Since when: the time of its task.
    pub(crate) since: Timestamp,
    pub(crate) process: i64,
    pub(crate) task: i32,
    /// The stored names of its flow and its node.
    pub(crate) flow: String,
    pub(crate) node: String,
}
