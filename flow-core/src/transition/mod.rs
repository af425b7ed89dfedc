//! One transition: the engine asks, the flow's callbacks answer, the rows are written.
//!
//! [`drive`] is compiled once per connection type; what is a flow's own is behind [`Host`].

mod book;
mod guard;
mod host;
mod input;

pub(crate) mod assign;
pub(crate) mod background;
pub(crate) mod due;
pub(crate) mod execute;
pub(crate) mod start;

use background::Guard;
pub(crate) use book::Book;
pub(crate) use guard::{allowed_by_name, may_start, may_take_task};
use host::Host;
pub use input::Again;
pub(crate) use input::Input;

use crate::engine::{Answer, Ask, Fault, Limit, Run};
use crate::store::FlowConnection;
use crate::{Error, Result};

/// Who asked for a transition, and what it is called in the audit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a> {
    pub(crate) actor: &'a str,
    pub(crate) action: &'static str,
    /// The task that the audit row is about: its place.
    pub(crate) subject: usize,
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

/// Drives a run to its rest and writes what came of it.
pub(crate) fn drive<C: FlowConnection>(
    conn: &mut C,
    host: &mut dyn Host<C>,
    mut run: Run<'static>,
    book: &mut Book,
    mode: Mode,
    cause: Cause<'_>,
) -> Result<()> {
    let mut guard = Guard::default();
    loop {
        let ask = match run.next() {
            Ok(Some(ask)) => ask,
            Ok(None) => break,
            Err(fault) => {
                stopped(&fault, &mut run, mode, book)?;
                continue;
            }
        };
        book.sync(&mut run)?;
        let answer = match (ask, mode) {
            (Ask::Scope { scope, .. }, _) => Answer::Rows(book.read_scope(conn, host.row_mut().id, scope)?),
            (_, Mode::Foreground) => {
                prepare(conn, host, book, ask)?;
                let answer = host.answer(ask, book, conn);
                answer.map_err(|source| match (ask, book.node_name(ask.task())) {
                    // What the caller gave is refused by the form, the function or the handle that got it.
                    (Ask::Act { .. }, node) => source.into_error(node),
                    (_, node) => Error::Step { node, source },
                })?
            }
            (_, Mode::Background) => guard.answer(conn, host, ask, book)?,
        };
        if let Err(fault) = run.answer(answer) {
            stopped(&fault, &mut run, mode, book)?;
        }
    }
    guard.close(conn)?;
    book.sync(&mut run)?;
    host.store().map_err(Error::Invalid)?;
    write_joined(conn, host, book)?;
    book.finish(conn, host.row_mut(), cause)
}

/// Writes the joined columns, if they may have been changed.
fn write_joined<C: FlowConnection>(conn: &mut C, host: &mut dyn Host<C>, book: &mut Book) -> Result<()> {
    if !host.joined_changed() {
        return Ok(());
    }
    // In the transaction that everything else is written in.
    book.show(conn, host.row_mut())?;
    host.write_joined(conn)
}

/// Writes as much as the callback behind a question must be able to see.
fn prepare<C: FlowConnection>(conn: &mut C, host: &mut dyn Host<C>, book: &mut Book, ask: Ask) -> Result<()> {
    let needs = host.needs(ask, book.node(ask.task()));
    if needs.connection {
        host.store().map_err(Error::Invalid)?;
        write_joined(conn, host, book)?;
        book.show(conn, host.row_mut())
    } else if needs.activation {
        book.number_process(conn, host.row_mut())
    } else {
        Ok(())
    }
}

/// The engine cannot go on. In the background a split that starts nothing is its task's failure; anything else
/// ends the transition.
fn stopped(fault: &Fault, run: &mut Run<'static>, mode: Mode, book: &mut Book) -> Result<()> {
    let (task, error) = match *fault {
        Fault::Broken(text) => return Err(Error::Internal(text.to_owned())),
        Fault::NoBranch { task } => {
            (task, Error::Step { node: node_name(run, task), source: fault.to_string().into() })
        }
        Fault::Limit { task, what: Limit::Steps, limit } => {
            return Err(Error::StepLimit { node: node_name(run, task), limit });
        }
        Fault::Limit { task, what, limit } => {
            return Err(Error::Limit { node: node_name(run, task), what: what.to_string(), limit });
        }
    };
    if mode == Mode::Foreground {
        return Err(error);
    }
    run.fail(task);
    book.sync(run)?;
    book.touch(task).error = Some(fault.to_string());
    Ok(())
}

fn node_name(run: &Run<'static>, task: usize) -> &'static str {
    run.tasks().get(task).and_then(|task| run.graph().node(task.node)).map_or("?", |node| node.name)
}
