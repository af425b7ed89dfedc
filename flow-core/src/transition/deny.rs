//! What is written down beside transitions: that somebody was denied, and comments.

use super::actor::storable;
use super::{Actor, Verb};
use crate::data::Document;
use crate::store::{AuditRow, FlowConnection, Store as _};
use crate::{ProcessStatus, User, clock};

/// Writes down that a person was denied something, in a transaction of its own. Inside a caller's transaction it is only
/// traced: what the caller does with the error decides what becomes of everything else.
pub(crate) fn record<C: FlowConnection>(
    conn: &mut C,
    process: i64,
    user: &dyn User,
    verb: Verb,
    task: Option<(i32, &str)>,
    reason: &str,
) {
    tracing::info!(user = user.id(), process, verb = verb.as_str(), reason, "denied");
    if !matches!(conn.store().depth(), Ok(0)) {
        return;
    }
    let mut row = row(process, &Actor::of(user), Verb::Denied, task);
    row.note = Some(storable(&format!("{verb}: {reason}")));
    // The caller gets `Denied` even if the row cannot be written.
    let written = conn.atomically(|conn| conn.store().add_audit(row));
    if let Err(error) = written {
        tracing::warn!(%error, "a denial could not be stored");
    }
}

/// A row of the audit that belongs to no transition.
pub(crate) fn row(process: i64, actor: &Actor, verb: Verb, task: Option<(i32, &str)>) -> AuditRow {
    AuditRow {
        process_id: process,
        number: 0,
        version: 0,
        at: clock::now(),
        actor: actor.id.clone(),
        action: verb.as_str().to_owned(),
        task: task.map(|(number, _)| number),
        node: task.map(|(_, node)| node.to_owned()),
        process_status: ProcessStatus::Unknown,
        changes: Document::default(),
        note: actor.note.clone(),
        on_behalf_of: actor.on_behalf_of.clone(),
        fields: None,
    }
}
