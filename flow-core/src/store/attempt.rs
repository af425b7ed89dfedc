//! Attempts at jobs.

use crate::store::schema::flow_attempt;
use crate::{TaskId, Timestamp};

/// An attempt at a job that did not complete it: when it was begun, when and why it ended, and by whom it was made.
///
/// The attempt that completed a job is its task itself: [`started`](crate::Task::started) and
/// [`finished`](crate::Task::finished).
#[derive(Clone, Debug, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = flow_attempt, treat_none_as_default_value = false)]
pub struct Attempt {
    pub(crate) process_id: i64,
    pub(crate) task: i32,
    pub(crate) number: i32,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) error: Option<String>,
    pub(crate) holder: Option<String>,
}

impl Attempt {
    /// The task.
    #[must_use]
    pub fn task(&self) -> TaskId {
        TaskId::new(self.process_id, self.task)
    }

    /// Its place among the attempts at this task that failed, from 1.
    #[must_use]
    pub fn number(&self) -> i32 {
        self.number
    }

    /// When it was begun.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// When it ended, or when somebody found out.
    #[must_use]
    pub fn ended(&self) -> Option<Timestamp> {
        self.ended
    }

    /// Why it failed.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The worker that made it. `None` if it was made by [`run_due`](crate::Flows::run_due).
    #[must_use]
    pub fn holder(&self) -> Option<&str> {
        self.holder.as_deref()
    }
}
