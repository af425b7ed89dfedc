//! What is due between a child process and its parent.

use flow_graph::Kind;

use super::due::{Outcome, Subject, UNKNOWN_STATUS, background_of};
use super::verb::Verb;
use super::{FLOW, cancel};
use crate::engine::{Event, Failure};
use crate::store::{DueKind, DueRow, DueWrite, Store as _};
use crate::{Flow, Process, ProcessStatus, Result};

/// The code with which a cancelled child reaches its parent.
pub(crate) const CANCELED: &str = "canceled";

/// What a child has thrown, or that it has ended. What comes of one child comes in order: an escalation that interrupts
/// its task, or the end of the child, must not pass by what was thrown before.
pub(super) fn in_order<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let orders = F::GRAPH.nodes.iter().any(|node| node.kind == Kind::EscalationBoundary);
    while orders && !crate::sabotage::is_out("child_order") {
        let Some(first) = first_of_child(conn, due.process_id)? else { break };
        if first.primary_key() == due.primary_key() {
            break;
        }
        match of_child::<F>(conn, &first)? {
            Outcome::Done | Outcome::Passed | Outcome::Failed(_) => {}
            Outcome::Postponed(text) => return Ok(Outcome::Postponed(text)),
            stopped => return Ok(stopped),
        }
        if conn.store().due_row(&first.primary_key())?.is_some() {
            return Ok(Outcome::Postponed("an escalation before it is not done yet".to_owned()));
        }
    }
    of_child::<F>(conn, due)
}

fn of_child<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    if due.kind == DueKind::Escalate.as_str() { escalate::<F>(conn, due) } else { resume::<F>(conn, due) }
}

/// What was thrown first of what a child has thrown and nobody has taken yet.
fn first_of_child<C: crate::FlowConnection>(conn: &mut C, child: i64) -> Result<Option<DueRow>> {
    let rows = conn.store().due_of(child)?;
    Ok(rows.into_iter().filter(|row| row.kind == DueKind::Escalate.as_str()).min_by(|a, b| a.key.cmp(&b.key)))
}

/// A child has thrown an escalation: an `on_escalation` of its parent's task takes it, or nothing happens. The row is
/// the child's.
fn escalate<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let child = conn.store().process(due.process_id)?;
    let Some(parent) = child.as_ref().and_then(Process::parent) else {
        conn.store().delete_due(&due.primary_key())?;
        return Ok(Outcome::Passed);
    };
    let code = due.error_code().unwrap_or_default();
    background_of::<F>(conn, &Subject { due, task: parent }, Verb::Escalate, true, |conn, target, locking| {
        // Read behind the process, which whoever takes the row changes: so it is taken once, and in its turn.
        let is_next = first_of_child(conn, due.process_id)?.map(|first| first.primary_key()) == Some(due.primary_key());
        if !is_next && !crate::sabotage::is_out("child_order") {
            return Ok(None);
        }
        let node = F::GRAPH.find(&target.task.node);
        let Some(taker) = node.and_then(|node| F::GRAPH.escalation_taker(node, &code)) else {
            conn.store().delete_due(&due.primary_key())?;
            return Ok(None);
        };
        let gone = DueWrite::Delete(due.primary_key());
        let event = (Verb::Escalate, Event::Escalate(taker));
        let performed = target.perform(conn, locking, event, FLOW, None, |work| work.also(gone))?;
        Ok(Some(Outcome::of(performed.failures)))
    })
}

/// A child has ended: its parent's task is done. The row is the child's.
fn resume<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let child = conn.store().process(due.process_id)?;
    let Some(parent) = child.as_ref().and_then(Process::parent) else {
        conn.store().delete_due(&due.primary_key())?;
        return Ok(Outcome::Passed);
    };
    let of_parent = Subject { due, task: parent };
    let canceled = child.as_ref().is_some_and(|child| child.status == ProcessStatus::Canceled);
    background_of::<F>(conn, &of_parent, Verb::Resume, true, |conn, target, locking| {
        let node = F::GRAPH.find(&target.task.node);
        // Of several children each is counted once. Read behind the process, which whoever counts it changes.
        let many = target.task.kind == Kind::NSubprocess.name();
        let counted = many && conn.store().due_row(&due.primary_key())?.is_none();
        if counted && !crate::sabotage::is_out("child_twice") {
            return Ok(None);
        }
        // In the same transaction, or a crash would resume the parent a second time.
        let gone = DueWrite::Delete(due.primary_key());
        let code = if canceled { Some(CANCELED.to_owned()) } else { due.error_code() };
        let failure = code.as_ref().map(|code| {
            let known = node.and_then(|node| F::GRAPH.named_code(node, code));
            Failure { code: known, ..Failure::default() }
        });
        let verb = if failure.is_some() { Verb::Fail } else { Verb::Resume };
        let text = code.map(|code| match canceled {
            true => format!("process {} was cancelled", due.process_id),
            false => code,
        });
        let performed = target.perform(conn, locking, (verb, Event::ChildEnds(failure)), FLOW, None, |work| {
            work.also(gone);
            if let Some(text) = text {
                work.fail(0, &text);
            }
        })?;
        Ok(Some(Outcome::of(performed.failures)))
    })
}

/// The parent of this process does not wait for it any more.
pub(super) fn cancel_child<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    conn.transition(true, |conn, locking| {
        let found = conn.store().read_process(due.process_id, locking)?;
        match found.filter(|process| matches!(process.status, ProcessStatus::New | ProcessStatus::Unknown)) {
            Some(process) if process.status == ProcessStatus::Unknown => Ok(Outcome::Unknown(UNKNOWN_STATUS)),
            Some(process) => {
                let gone = DueWrite::Delete(due.primary_key());
                cancel::cancel::<F>(conn, process, locking, FLOW, |work| work.also(gone))?;
                Ok(Outcome::Done)
            }
            None => {
                conn.store().delete_due(&due.primary_key())?;
                Ok(Outcome::Passed)
            }
        }
    })
}
