//! Open tasks that are counted together.

#![allow(unreachable_pub, reason = "seen through a sealed trait")]

use crate::{TaskStatus, Timestamp};

/// Open tasks of one node in the same status and with the same person.
#[derive(Clone, Debug, diesel::Queryable)]
pub struct OpenGroup {
    pub flow: String,
    pub node: String,
    pub status: TaskStatus,
    pub owner: Option<String>,
    pub count: i64,
    pub oldest: Option<Timestamp>,
    pub overdue: i64,
}
