//! A callback's failure when nobody is there to be told: the task is in error, the rest goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::host::Host;
use super::{Book, prepare, write_joined};
use crate::engine::{Answer, Ask};
use crate::store::{FlowConnection, is_retryable};
use crate::{Error, FieldError, Process, Result, StepError, Task};

/// Everything that is asked about one task is inside one guard: if any of it fails, all that its callbacks did
/// is undone.
#[derive(Default)]
pub(super) struct Guard {
    open: Option<Open>,
}

struct Open {
    task: usize,
    process: Process,
    row: Task,
    /// What the callbacks write is behind a savepoint, inside so many transactions.
    savepoint: Option<u32>,
}

impl Guard {
    /// Asks a callback.
    pub(super) fn answer<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        host: &mut dyn Host<C>,
        ask: Ask,
        book: &mut Book,
    ) -> Result<Answer> {
        let task = ask.task();
        if self.open.as_ref().is_some_and(|open| open.task != task) {
            self.close(conn)?;
        }
        if self.open.is_none() {
            self.open = Some(open(conn, host, task, book)?);
        } else {
            prepare(conn, host, book, ask)?;
        }
        let mut moment = None;
        let outcome = attempt(|| {
            let answer = host.answer(ask, book, conn).map_err(|error| {
                let text = describe(&error);
                moment = Some(error).filter(|error| error.database().is_some_and(is_retryable));
                text
            })?;
            host.store().map_err(|errors| list(&errors))?;
            Ok(answer)
        });
        if let Some(source) = moment {
            // The database's moment of weakness, and no fault of the task: what is due stays due.
            return Err(Error::Step { node: book.node_name(task), source });
        }
        outcome.or_else(|text| self.undo(conn, host, book, text))
    }

    /// Undoes what the callbacks of this task did; it is in error.
    fn undo<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        host: &mut dyn Host<C>,
        book: &mut Book,
        text: String,
    ) -> Result<Answer> {
        let Some(open) = self.open.take() else { return Ok(Answer::Failed) };
        if let Some(depth) = open.savepoint {
            conn.roll_back_to(depth)?;
        }
        host.reset(open.process, conn)?;
        *book.task(open.task) = open.row;
        tracing::warn!(node = book.node_name(open.task), error = %text, "failed in the background");
        book.touch(open.task).error = Some(text);
        Ok(Answer::Failed)
    }

    /// The task is over: what its callbacks did is kept.
    pub(super) fn close<C: FlowConnection>(&mut self, conn: &mut C) -> Result<()> {
        match self.open.take().and_then(|open| open.savepoint) {
            Some(_) => Ok(conn.keep_savepoint()?),
            None => Ok(()),
        }
    }
}

/// Before the first callback of a task is asked. If any of them takes the connection, what was planned before is
/// written in front of the savepoint, and so stays when that is undone.
fn open<C: FlowConnection>(conn: &mut C, host: &mut dyn Host<C>, task: usize, book: &mut Book) -> Result<Open> {
    host.store().map_err(Error::Invalid)?;
    // They are read again from where they are kept if this task fails.
    write_joined(conn, host, book)?;
    let mut savepoint = None;
    if host.connects(book.node(task)) {
        book.show(conn, host.row_mut())?;
        savepoint = Some(conn.depth()?);
        conn.begin_savepoint()?;
    }
    Ok(Open { task, process: host.row_mut().clone(), row: book.task(task).clone(), savepoint })
}

/// Runs code of the user's: a panic is a failure like another, of which only the word is kept. Its text may
/// be a secret, and the panic hook has printed it.
pub(super) fn attempt<T>(f: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    if cfg!(flow_sabotage = "no_net") {
        return f();
    }
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|_| Err("panicked".to_owned()))
}

/// What is kept of an error: its Display text.
pub(super) fn describe(error: &StepError) -> String {
    error.to_string()
}

fn list(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
