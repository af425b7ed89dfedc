//! The audit of a process.

use serde_json::Value;

use crate::data::Document;
use crate::store::schema::flow_audit;
use crate::{ProcessStatus, TaskId, TaskStatus, Timestamp};

/// The key in [`AuditRow::changes`] of the person whom a `reassign` named. The others are numbers of tasks.
pub(crate) const ASSIGNED_TO: &str = "to";

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

/// A field of a process that a change has set: see [`AuditRow::fields`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChangedField {
    /// Its name.
    pub name: String,
    /// What it was and what it is, null where it was not there. `None` without `#[flow(audit = values)]`, and of a secret
    /// one.
    pub values: Option<(Value, Value)>,
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

    /// The fields of the process that it changed, by name; of a start, which sets them all, they are not listed unless
    /// the flow has `audit = values`.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, days: i64, #[json(default)] approved: bool }
    ///
    /// #[flow(process = LeaveProcess, audit = values)]
    /// pub struct LeaveFlow {
    ///     #[node(form = LeaveForm { days }, permission(anyone), next = this.approve)] start: Start,
    ///     #[node(form = ApproveForm { approved }, permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let anna = System("anna");
    ///     let leave = LeaveFlow.start.run(&mut conn, &anna, LeaveForm { days: 5 })?;
    ///     let task = LeaveFlow.approve.tasks().of(leave.id()).one(&mut conn)?.id();
    ///     LeaveFlow.approve.assign(&mut conn, task, &anna)?;
    ///     LeaveFlow.approve.execute(&mut conn, task, &anna, ApproveForm { approved: true })?;
    ///     let history = FLOWS.history(&mut conn, leave.id())?;
    ///     let changed = history[2].fields();
    ///     assert_eq!((&*changed[0].name, changed[0].values.as_ref().map(|(_, new)| new.clone())), ("approved", Some(true.into())));
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn fields(&self) -> Vec<ChangedField> {
        let object = self.fields.as_ref().and_then(|fields| fields.object().ok());
        let field = |(name, values): (&String, &Value)| ChangedField {
            name: name.clone(),
            values: values.as_array().and_then(|both| match both.as_slice() {
                [old, new] => Some((old.clone(), new.clone())),
                _ => None,
            }),
        };
        object.into_iter().flatten().map(field).collect()
    }

    /// To whom a `reassign` gave the task; `None` for other verbs, and for rows of a release that did not store it.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: Start,
    ///     #[node(permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let leave = LeaveFlow.start.run(&mut conn, &System("anna"), ())?;
    ///     let task = LeaveFlow.approve.tasks().of(leave.id()).one(&mut conn)?.id();
    ///     LeaveFlow.approve.reassign(&mut conn, task, &System("office"), &System("ben"))?;
    ///     let history = FLOWS.history(&mut conn, leave.id())?;
    ///     assert_eq!((history[1].action(), history[1].assigned_to().as_deref()), ("reassign", Some("ben")));
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn assigned_to(&self) -> Option<String> {
        let object = self.changes.object().ok()?;
        object.get(ASSIGNED_TO)?.as_str().map(str::to_owned)
    }

    /// The tasks that it created or changed, by number, with their status after it.
    #[must_use]
    pub fn changes(&self) -> Vec<(i32, TaskStatus)> {
        let map: serde_json::Map<String, Value> = serde_json::from_str(&self.changes.to_json()).unwrap_or_default();
        let mut changes: Vec<_> = map
            .iter()
            .filter_map(|(number, status)| Some((number.parse().ok()?, TaskStatus::from_word(status.as_str()?))))
            .collect();
        changes.sort_unstable_by_key(|(number, _)| *number);
        changes
    }
}
