//! A whole process is cancelled.

use super::drive::{Frame, drive};
use super::loaded::{RowOnly, Subject};
use super::verb::{Mode, Verb};
use super::{Actor, Cause, Hooks, UnitOfWork};
use crate::engine::Run;
use crate::store::Locking;
use crate::{Flow, Process, Result, clock};

/// Cancels a process with all of its open tasks. No code of the flow runs, so that no document can hinder it.
pub(crate) fn cancel<F: Flow>(
    conn: &mut F::Connection,
    process: Process,
    locking: Locking,
    actor: impl Into<Actor>,
    change: impl FnOnce(&mut UnitOfWork),
) -> Result<Process> {
    let mut work = UnitOfWork::open(F::GRAPH, clock::now(), &process, locking);
    let run = Run::cancel(F::GRAPH, work.process_state());
    change(&mut work);
    let subject: Box<dyn Subject<F::Connection>> = Box::new(RowOnly(process));
    let cause = Cause { actor: actor.into(), verb: Verb::Cancel, subject: None };
    let frame = drive(conn, Frame { subject, work, run, cause, hooks: Hooks::of::<F>() }, Mode::Background)?;
    Ok(frame.subject.row().clone())
}
