//! What is written down beside transitions: that somebody was denied, and comments.

use std::cell::RefCell;

use super::actor::storable;
use super::{Actor, Verb};
use crate::data::Document;
use crate::sabotage::is_out;
use crate::store::{AuditRow, FlowConnection, Store as _};
use crate::{ProcessStatus, User, clock};

/// Writes down that a person was denied something, in a transaction of its own; inside a transaction of ours once that is
/// rolled back. Inside a caller's transaction it is only traced: what the caller does with the error decides what becomes
/// of everything else.
pub(crate) fn record<C: FlowConnection>(
    conn: &mut C,
    process: i64,
    user: &dyn User,
    verb: Verb,
    task: Option<(i32, &str)>,
    reason: &str,
) {
    tracing::info!(user = user.id(), process, verb = verb.as_str(), reason, "denied");
    let mut row = row(process, &Actor::of(user), Verb::Denied, task);
    row.note = Some(storable(&format!("{verb}: {reason}")));
    if matches!(conn.store().depth(), Ok(0)) {
        write(conn, row);
    } else {
        let at = address(conn);
        KEPT.with_borrow_mut(|kept| {
            if let Some((_, rows)) = kept.iter_mut().rev().find(|(other, _)| *other == at) {
                rows.push(row);
            }
        });
    }
}

thread_local! {
    /// Denials inside of transactions of ours, each with the address of its connection: written down once it is known
    /// that they are rolled back.
    static KEPT: RefCell<Vec<(usize, Vec<AuditRow>)>> = const { RefCell::new(Vec::new()) };
}

/// Runs a transaction of ours around transitions. If it fails, the denials in it are written down behind it, as they are
/// without it.
pub(crate) fn keeping<C: FlowConnection, T, E>(conn: &mut C, f: impl FnOnce(&mut C) -> Result<T, E>) -> Result<T, E> {
    if !matches!(conn.store().depth(), Ok(0)) {
        return f(conn);
    }
    KEPT.with_borrow_mut(|kept| kept.push((address(conn), Vec::new())));
    let kept = Kept;
    let outcome = f(conn);
    let rows = kept.take();
    if outcome.is_err() {
        for row in rows {
            write(conn, row);
        }
    }
    outcome
}

/// The newest entry of `KEPT`, which goes with it, also when something panics.
struct Kept;

impl Kept {
    fn take(self) -> Vec<AuditRow> {
        KEPT.with_borrow_mut(|kept| kept.last_mut().map(|(_, rows)| std::mem::take(rows))).unwrap_or_default()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        KEPT.with_borrow_mut(|kept| kept.pop());
    }
}

fn address<C>(conn: &C) -> usize {
    std::ptr::from_ref(conn).addr()
}

/// How many of the newest rows of a process are looked at before a denial is written down.
const NEWEST: i64 = 50;

/// How often the same denial is written down within a minute.
const SAME: usize = 3;

/// Whether a denial says nothing that the history does not say already: a person who is denied the same over and over,
/// or whose denials are all that there is at its end, must not make it longer without limit.
fn is_known(newest: &[AuditRow], row: &AuditRow) -> bool {
    let by_them = |known: &&AuditRow| known.action == row.action && known.actor == row.actor;
    let minute_ago = row.at.as_micros().saturating_sub(60_000_000);
    let is_same = |known: &&AuditRow| {
        (known.task, &known.note, &known.on_behalf_of) == (row.task, &row.note, &row.on_behalf_of)
            && known.at.as_micros() > minute_ago
    };
    let theirs = newest.iter().filter(by_them);
    theirs.clone().filter(is_same).count() >= SAME || i64::try_from(theirs.count()).is_ok_and(|count| count >= NEWEST)
}

/// The caller gets `Denied` even if the row cannot be written.
fn write<C: FlowConnection>(conn: &mut C, row: AuditRow) {
    let written = conn.atomically(|conn| {
        if is_known(&conn.store().newest_history(row.process_id, NEWEST)?, &row) && !is_out("denials") {
            return Ok(());
        }
        conn.store().add_audit(row)
    });
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
