//! The failure of a callback in the background: the task is in ERROR, the other branches go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use flow_graph::Slot;

use super::UnitOfWork;
use super::drive::Frame;
use crate::engine::{Answer, Failure};
use crate::store::{FlowConnection, Store as _};
use crate::{Canceled, Error, JobFailure, Process, Result, StepError, Task};

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

/// Why a callback gave no answer.
pub(super) enum Failed {
    Error(Error),
    /// Of a panic only the fact is kept: its text may be a secret, and the panic hook has printed it.
    Panic,
}

impl Guard {
    /// Calls a callback.
    pub(super) fn call<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        frame: &mut Frame<C>,
        task: usize,
        slot: Slot,
    ) -> Result<Answer> {
        if self.open.as_ref().is_some_and(|open| open.task != task) {
            self.close(conn)?;
        }
        if self.open.is_none() {
            self.open = Some(open(conn, frame, task)?);
        } else {
            frame.prepare(conn, task, slot)?;
        }
        let outcome = attempt(|| {
            let answer = frame.call(conn, task, slot)?;
            frame.subject.store().map_err(Error::Invalid)?;
            Ok(answer)
        });
        match outcome {
            Ok(answer) if self.is_untouched(conn, frame, slot)? => Ok(answer),
            Ok(_) => {
                let failed = Failed::Error(UnitOfWork::changed_by_itself(frame.subject.row()));
                self.undo(conn, frame, &failed)
            }
            // The database's moment of weakness, and no fault of the task: what is due stays due.
            Err(Failed::Error(error)) if error.is_retryable() => Err(error),
            // The release is at fault: one that can read the task's document does it later.
            Err(Failed::Error(Error::Data(error))) if error.process == frame.subject.row().id => {
                Err(Error::Data(error))
            }
            Err(failed) => self.undo(conn, frame, &failed),
        }
    }

    /// Whether the row of the process is as it was before a callback that could write. Looked at here, so that it is
    /// this task that fails, and not the one that led to it.
    fn is_untouched<C: FlowConnection>(&self, conn: &mut C, frame: &Frame<C>, slot: Slot) -> Result<bool> {
        let Some(Open { task, savepoint: Some(_), .. }) = self.open else { return Ok(true) };
        if slot != Slot::Child && !frame.subject.needs(frame.work.node(task), slot).connection {
            return Ok(true);
        }
        let row = frame.subject.row();
        Ok(conn.store().process(row.id)?.is_some_and(|stored| stored.version == row.version))
    }

    /// Undoes what the callbacks of this task did; it is in ERROR.
    fn undo<C: FlowConnection>(&mut self, conn: &mut C, frame: &mut Frame<C>, failed: &Failed) -> Result<Answer> {
        let mut failure = failed.failure();
        let Some(open) = self.open.take() else { return Ok(Answer::Failed(failure)) };
        if let Some(depth) = open.savepoint {
            conn.store().roll_back_to(depth)?;
        }
        frame.subject.reset(open.process, conn)?;
        *frame.work.task_mut(open.task) = open.row;
        let text = failed.text();
        tracing::warn!(node = frame.work.node_name(open.task), error = %text, "failed in the background");
        failure.again = frame.work.is_tried_again(open.task, failed.of_attempt());
        if !failure.again {
            frame.work.fail(open.task, &text);
        }
        Ok(Answer::Failed(failure))
    }

    /// The task is over: what its callbacks did is kept.
    pub(super) fn close<C: FlowConnection>(&mut self, conn: &mut C) -> Result<()> {
        match self.open.take().and_then(|open| open.savepoint) {
            Some(_) => Ok(conn.store().keep_savepoint()?),
            None => Ok(()),
        }
    }
}

/// Before the first callback of a task is called. If any of them takes the connection, what was planned before is
/// written in front of the savepoint, and so stays when that is undone.
fn open<C: FlowConnection>(conn: &mut C, frame: &mut Frame<C>, task: usize) -> Result<Open> {
    frame.subject.store().map_err(Error::Invalid)?;
    // They are read again from where they are stored if this task fails.
    frame.write_joined(conn)?;
    let mut savepoint = None;
    if frame.subject.connects(frame.work.node(task)) {
        frame.work.show(conn, frame.subject.row_mut())?;
        savepoint = Some(conn.store().depth()?);
        conn.store().begin_savepoint()?;
    }
    Ok(Open { task, process: frame.subject.row().clone(), row: frame.work.task(task).clone(), savepoint })
}

/// Runs code of the user's: a panic is a failure like another.
pub(super) fn attempt<T>(f: impl FnOnce() -> Result<T>) -> Result<T, Failed> {
    if cfg!(flow_sabotage = "no_net") {
        return f().map_err(Failed::Error);
    }
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(outcome) => outcome.map_err(Failed::Error),
        Err(_) => Err(Failed::Panic),
    }
}

impl Failed {
    /// What the flow can react to.
    pub(super) fn failure(&self) -> Failure {
        let code = match self {
            Failed::Error(Error::Step { source, .. }) => source.as_code(),
            _ => None,
        };
        Failure { code, again: false }
    }

    /// As the failure of an attempt at a job; `None` of what no other attempt could mend.
    pub(super) fn of_attempt(&self) -> Option<JobFailure> {
        match self {
            Failed::Error(
                Error::Misuse { .. } | Error::Internal(_) | Error::Limit { .. } | Error::StepLimit { .. },
            ) => None,
            failed => Some(JobFailure::new(failed.failure().code, failed.text())),
        }
    }

    /// Why the body of a job stopped before its end, if it says so.
    pub(super) fn canceled(&self) -> Option<Canceled> {
        match self {
            Failed::Error(Error::Step { source, .. }) => source.downcast_ref().copied(),
            _ => None,
        }
    }

    /// What is stored of it: the Display text of the error that the callback returned.
    pub(super) fn text(&self) -> String {
        match self {
            Failed::Error(error) => text_of(error),
            Failed::Panic => "panicked".to_owned(),
        }
    }
}

/// What is stored of an error.
pub(super) fn text_of(error: &Error) -> String {
    match error {
        Error::Step { source, .. } => source.to_string(),
        Error::Invalid(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        error => error.to_string(),
    }
}

impl From<StepError> for Failed {
    fn from(source: StepError) -> Self {
        Failed::Error(Error::Step { node: "", source })
    }
}
