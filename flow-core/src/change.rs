//! What the hooks of a flow receive: `observe` inside the transaction, `notify` after the commit.

use serde_json::{Value, json};

use crate::data::Document;
use crate::store::DueRow;
use crate::{Process, ProcessStatus, Task, TaskId, TaskStatus, Verb};

/// A change of a process, as `#[flow(observe = ..)]` sees it: inside the transaction, after the rows were written.
///
/// ```
/// use flow_core::prelude::*;
/// use flow_core::{Change, Verb};
///
/// #[flow(observe = this.watch)]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
///     #[node(permission(anyone), next = this.end)] approve: View,
///     end: End,
/// }
///
/// impl LeaveFlow {
///     fn watch(change: &Change<'_>) -> Step {
///         if change.verb() == Verb::Assign && change.actor() == "eve" {
///             return Err("eve is on leave".into());
///         }
///         Ok(())
///     }
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// fn main() -> flow_core::Result<()> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     FLOWS.migrate(&mut conn)?;
///     let process = LeaveFlow.start.run(&mut conn, &System("import"), Default::default())?;
///     let task = LeaveFlow.approve.tasks().of(process.id()).one(&mut conn)?.id();
///     assert!(LeaveFlow.approve.assign(&mut conn, task, &System("eve")).is_err());
///     LeaveFlow.approve.assign(&mut conn, task, &System("bob"))?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Change<'c> {
    pub(crate) process: &'c Process,
    pub(crate) verb: Verb,
    pub(crate) actor: &'c str,
    pub(crate) on_behalf_of: Option<&'c str>,
    pub(crate) note: Option<&'c str>,
    pub(crate) task: Option<&'c Task>,
    pub(crate) tasks: Vec<&'c Task>,
}

impl<'c> Change<'c> {
    /// The row of the process, as it is after the change.
    #[must_use]
    pub fn process(&self) -> &'c Process {
        self.process
    }

    /// What was done.
    #[must_use]
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// Who did it: the id of the [`User`](crate::User), or `flow` for what came by itself.
    #[must_use]
    pub fn actor(&self) -> &'c str {
        self.actor
    }

    /// The person in whose name the actor acted.
    #[must_use]
    pub fn on_behalf_of(&self) -> Option<&'c str> {
        self.on_behalf_of
    }

    /// Why, in the actor's words.
    #[must_use]
    pub fn note(&self) -> Option<&'c str> {
        self.note
    }

    /// The task that it was done to; `None`: to the process.
    #[must_use]
    pub fn task(&self) -> Option<&'c Task> {
        self.task
    }

    /// The tasks that it made, or whose status or owner it changed.
    #[must_use]
    pub fn tasks(&self) -> &[&'c Task] {
        &self.tasks
    }

    /// What a notification of it is made from.
    pub(crate) fn payload(&self, status: ProcessStatus) -> Document {
        let task = |task: &Task| {
            json!({
                "number": task.number, "node": task.node, "status": task.status.as_str(), "owner": task.owner,
            })
        };
        let payload = json!({
            "verb": self.verb.as_str(), "actor": self.actor, "on_behalf_of": self.on_behalf_of, "note": self.note,
            "task": self.task.map(task), "tasks": self.tasks.iter().map(|row| task(row)).collect::<Vec<_>>(),
            "process_status": status.as_str(),
        });
        Document::from(payload.to_string())
    }
}

/// A committed change, passed to `#[flow(notify = ..)]`: for mail and webhooks. A method that needs the database takes
/// the connection too, `notify = this.mail(conn)`: it is called in no transaction.
///
/// It comes as due work, at least once: a worker that is killed between sending and noting it sends again, with the same
/// [`key`](Notification::key). An error makes it come again later.
///
/// ```
/// use flow_core::prelude::*;
/// use flow_core::{Notification, TaskStatus};
///
/// #[flow(notify = this.mail)]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
///     #[node(permission(anyone), assign = |_| "bob", next = this.end)] approve: View,
///     end: End,
/// }
///
/// impl LeaveFlow {
///     fn mail(note: &Notification) -> Step {
///         for task in note.tasks() {
///             if let (TaskStatus::Assigned, Some(owner)) = (task.status, &task.owner) {
///                 println!("to {owner}: `{}` waits for you (message id {})", task.node, note.key());
///             }
///         }
///         Ok(())
///     }
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// fn main() -> flow_core::Result<()> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     FLOWS.migrate(&mut conn)?;
///     LeaveFlow.start.run(&mut conn, &System("import"), Default::default())?;
///     assert_eq!(FLOWS.run_due(&mut conn)?.done, 1);
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The process.
    pub process: i64,
    /// The stored name of its flow.
    pub flow: String,
    /// What was done.
    pub verb: String,
    /// Who did it.
    pub actor: String,
    /// The person in whose name the actor acted.
    pub on_behalf_of: Option<String>,
    /// Why, in the actor's words.
    pub note: Option<String>,
    /// The task that it was done to; `None`: to the process.
    pub task: Option<ChangedTask>,
    /// Where the process stood after it.
    pub process_status: ProcessStatus,
    tasks: Vec<ChangedTask>,
    key: String,
}

/// A task of a [`Notification`], as it was after the change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedTask {
    /// The task.
    pub id: TaskId,
    /// The stored name of its node.
    pub node: String,
    /// Where it stood.
    pub status: TaskStatus,
    /// The id of the person who had it.
    pub owner: Option<String>,
}

impl Notification {
    /// What names this change for ever: an idempotency key, for a receiver that must act once.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The tasks that it made, or whose status or owner it changed.
    #[must_use]
    pub fn tasks(&self) -> &[ChangedTask] {
        &self.tasks
    }

    /// Of a row of due work.
    pub(crate) fn of(row: &DueRow) -> Self {
        let payload = row.payload.as_ref().map(Document::to_json).unwrap_or_default();
        let payload: Value = serde_json::from_str(&payload).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let task = |value: &Value| {
            let number = value["number"].as_i64().and_then(|number| i32::try_from(number).ok())?;
            Some(ChangedTask {
                id: TaskId::new(row.process_id, number),
                node: text(&value["node"]).unwrap_or_default(),
                status: TaskStatus::from_word(value["status"].as_str().unwrap_or_default()),
                owner: text(&value["owner"]),
            })
        };
        Notification {
            process: row.process_id,
            flow: row.flow.clone(),
            verb: text(&payload["verb"]).unwrap_or_default(),
            actor: text(&payload["actor"]).unwrap_or_default(),
            on_behalf_of: text(&payload["on_behalf_of"]),
            note: text(&payload["note"]),
            task: task(&payload["task"]),
            process_status: ProcessStatus::from_word(payload["process_status"].as_str().unwrap_or_default()),
            tasks: payload["tasks"].as_array().map(|tasks| tasks.iter().filter_map(task).collect()).unwrap_or_default(),
            key: format!("{}-{}-{}", row.flow, row.process_id, row.key),
        }
    }
}
