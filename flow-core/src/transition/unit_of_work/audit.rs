//! The audit row of a transition.

use serde_json::{Map, Value};

use super::{Audited, UnitOfWork};
use crate::data::Document;
use crate::store::{ASSIGNED_TO, AuditRow};
use crate::transition::Cause;
use crate::{Change, Process, Verb};

impl UnitOfWork {
    /// What the hooks of the flow receive.
    pub(crate) fn change<'c>(&'c self, row: &'c Process, cause: &'c Cause) -> Change<'c> {
        // A reassignment changes the owner and not the status.
        let given = |at| cause.verb == Verb::Reassign && cause.subject == Some(at);
        let changed = self.tasks.iter().enumerate();
        let changed = changed.filter(|(at, tracked)| tracked.before != Some(tracked.task.status) || given(*at));
        Change {
            process: row,
            verb: cause.verb,
            actor: &cause.actor.id,
            on_behalf_of: cause.actor.on_behalf_of.as_deref(),
            note: cause.actor.note.as_deref(),
            task: cause.subject.and_then(|at| self.tasks.get(at)).map(|tracked| &tracked.task),
            tasks: changed.map(|(_, tracked)| &tracked.task).collect(),
        }
    }

    pub(super) fn audit_row(&self, row: &Process, cause: &Cause, audited: &Audited) -> AuditRow {
        let mut changes: Map<String, Value> = self
            .tasks
            .iter()
            .filter(|tracked| tracked.before != Some(tracked.task.status))
            .map(|tracked| (tracked.task.number.to_string(), tracked.task.status.as_str().into()))
            .collect();
        let subject = cause.subject.and_then(|at| self.tasks.get(at)).map(|tracked| &tracked.task);
        // Beside the numbers of tasks, so that no column is needed.
        if let (Verb::Reassign, Some(owner)) = (cause.verb, subject.and_then(|task| task.owner.as_deref())) {
            changes.insert(ASSIGNED_TO.to_owned(), owner.into());
        }
        AuditRow {
            process_id: row.id,
            // Counted by the statement that writes it.
            number: 0,
            version: row.version,
            at: self.now,
            actor: cause.actor.id.clone(),
            action: cause.verb.as_str().to_owned(),
            task: subject.map(|task| task.number),
            node: subject.map(|task| task.node.clone()),
            process_status: row.status,
            changes: Document::from(Value::Object(changes).to_string()),
            note: cause.actor.note.clone(),
            on_behalf_of: cause.actor.on_behalf_of.clone(),
            fields: self.changed_fields(row, audited),
        }
    }
}
