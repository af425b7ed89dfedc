//! Open tasks that are counted together.

#![allow(unreachable_pub, reason = "seen through a sealed trait")]

use crate::Timestamp;

/// A node at which tasks are open, and the status of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenNode {
    pub flow: String,
    pub node: String,
    /// As it is stored: another version may have written it.
    pub status: String,
}

/// How many open tasks of a node are in a part of the tasks.
#[derive(Clone, Debug)]
pub struct OpenCount {
    /// Which part, of those that were asked for.
    pub part: usize,
    pub flow: String,
    pub node: String,
    pub count: i64,
    pub oldest: Option<Timestamp>,
    pub overdue: i64,
}
