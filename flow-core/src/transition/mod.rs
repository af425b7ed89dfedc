//! One transition: the engine asks, the flow's callbacks answer, the rows are written.
//!
//! [`drive`] is compiled once per connection type; what is a flow's own is behind [`Host`].

mod book;
mod guard;
mod host;

pub(crate) mod assign;
pub(crate) mod background;
pub(crate) mod due;
pub(crate) mod execute;
pub(crate) mod start;

pub(crate) use book::Book;
pub(crate) use guard::{allowed_by_name, may_start, may_take_task};
use host::Host;

use crate::engine::{Fault, Run};
use crate::store::FlowConnection;
use crate::{Error, Result};

/// Who asked for a transition, and what it is called in the audit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a> {
    pub(crate) actor: &'a str,
    pub(crate) action: &'static str,
}

/// The actor of what comes by itself: timers and jobs.
pub(crate) const FLOW: &str = "flow";

/// Whose failure it is when a callback fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The caller's: nothing was changed.
    Foreground,
    /// The task's: it is in error, the rest goes on.
    Background,
}

/// Drives a run to its rest and writes what came of it. `subject` is the task that the audit row is about.
pub(crate) fn drive<C: FlowConnection>(
    conn: &mut C,
    host: &mut dyn Host<C>,
    mut run: Run<'static>,
    book: &mut Book,
    subject: usize,
    mode: Mode,
    cause: Cause<'_>,
) -> Result<()> {
    while let Some(ask) = run.next().map_err(|fault| failed(&fault, &run))? {
        book.sync(&run)?;
        let at = ask.task();
        let node = book.node(at);
        let needs = host.needs(ask, node);
        if needs.connection {
            host.store().map_err(Error::Invalid)?;
            book.flush(conn, host.row_mut())?;
        } else if needs.activation {
            book.insert_process(conn, host.row_mut())?;
        }
        let answer = match mode {
            Mode::Foreground => {
                let answer = host.answer(ask, node, book.task(at), conn);
                answer.map_err(|source| Error::Step { node: book.node_name(at), source })?
            }
            Mode::Background => background::answer(conn, host, ask, node, book, at)?,
        };
        run.answer(answer).map_err(|fault| failed(&fault, &run))?;
    }
    book.sync(&run)?;
    host.store().map_err(Error::Invalid)?;
    book.finish(conn, host.row_mut(), subject, cause)
}

fn failed(fault: &Fault, run: &Run<'static>) -> Error {
    match *fault {
        Fault::StepLimit { task, limit } => {
            let node = run.tasks().get(task).and_then(|task| run.graph().node(task.node));
            Error::StepLimit { node: node.map_or("?", |node| node.name), limit }
        }
        Fault::Broken(text) => Error::Internal(text.to_owned()),
    }
}
