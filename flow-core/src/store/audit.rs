//! The audit of a process.

use crate::data::Document;
use crate::store::schema::flow_audit;
use crate::{ProcessStatus, TaskId, TaskStatus, Timestamp};

/// An audit row: one transition of a process, with who did what, when, and what it changed.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = flow_audit, treat_none_as_default_value = false)]
pub struct AuditRow {
    pub(crate) process_id: i64,
    /// Its number in the process, from 1. The statement that writes the row takes it from the process's counter.
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) task: Option<i32>,
    pub(crate) node: Option<String>,
    pub(crate) process_status: ProcessStatus,
    pub(crate) changes: Document,
    pub(crate) note: Option<String>,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) fields: Option<Document>,
}

impl AuditRow {
    /// The process.
    #[must_use]
    pub fn process(&self) -> i64 {
        self.process_id
    }

    /// Its number in the process, from 1: the order of its history.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// The process's version after it.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The id of the [`User`](crate::User), or `flow` for jobs and timers.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The user on whose behalf the actor acted.
    #[must_use]
    pub fn on_behalf_of(&self) -> Option<&str> {
        self.on_behalf_of.as_deref()
    }

    /// The reason, as given by the actor.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// What: the word of a [`Verb`](crate::Verb).
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The task it was done to.
    #[must_use]
    pub fn task(&self) -> Option<TaskId> {
        self.task.map(|number| TaskId::new(self.process_id, number))
    }

    /// The node of that task.
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// The status of the process after it.
    #[must_use]
    pub fn process_status(&self) -> ProcessStatus {
        self.process_status
    }

    /// The tasks that it created or changed, by number, with their status after it.
    #[must_use]
    pub fn changes(&self) -> Vec<(i32, TaskStatus)> {
        let map: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&self.changes.to_json()).unwrap_or_default();
        let mut changes: Vec<_> = map
            .iter()
            .filter_map(|(number, status)| Some((number.parse().ok()?, TaskStatus::from_word(status.as_str()?))))
            .collect();
        changes.sort_unstable_by_key(|(number, _)| *number);
        changes
    }
}
