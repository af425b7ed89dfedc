//! The failure of a callback: what it did is undone, and the failure goes to an `on_error` of its node. What none takes
//! ends a person's request; in the background the task is in ERROR, and the other branches go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use flow_graph::Slot;

use super::drive::Frame;
use super::verb::Mode;
use super::{Items, UnitOfWork};
use crate::engine::{Answer, Failure};
use crate::store::{FlowConnection, Store as _};
use crate::{Canceled, Error, JobFailure, Process, Result, StepError, Task};

/// Everything that is asked about one task is inside one guard: if any of it fails, all that its callbacks did
/// is undone.
pub(super) struct Guard {
    mode: Mode,
    /// Of a child inside its parent's transition: what no `on_error` takes is a failure of the parent's task.
    inner: bool,
    open: Option<Open>,
}

struct Open {
    task: usize,
    process: Process,
    row: Task,
    /// The items of it that wait for their turn.
    items: Option<Items>,
    /// What the callbacks write is behind a savepoint, inside so many transactions.
    savepoint: Option<u32>,
    /// A panic is a failure like another.
    catches: bool,
}

/// Why a callback gave no answer.
pub(super) enum Failed {
    Error(Error),
    /// Of a panic only the fact is kept: its text may be a secret, and the panic hook has printed it.
    Panic,
}

impl Guard {
    /// Of a transition in this mode.
    pub(super) fn new(mode: Mode) -> Self {
        Guard { mode, inner: false, open: None }
    }

    /// Of a child that is driven inside its parent's transition.
    pub(super) fn inner(mode: Mode) -> Self {
        Guard { inner: true, ..Guard::new(mode) }
    }

    /// What fails is in ERROR, whether an `on_error` takes it or not: in the background, and where somebody else's branch
    /// is looked at, which is no failure of who acts.
    fn takes_all<C: FlowConnection>(&self, frame: &Frame<C>) -> bool {
        self.mode == Mode::Background && !self.inner || frame.run.is_looking()
    }

    /// Before a callback is called. Where a failure ends everything, only what an `on_error` may take is guarded.
    pub(super) fn begin<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        frame: &mut Frame<C>,
        (task, slot): (usize, Slot),
    ) -> Result<()> {
        if self.open.as_ref().is_some_and(|open| open.task != task) {
            self.close(conn)?;
        }
        if self.open.is_none() && (self.takes_all(frame) || frame.has_taker(task)) {
            let any = Failure::default();
            let catches = self.takes_all(frame) || self.mode == Mode::Background && frame.run.takes(task, any);
            self.open = Some(Open { catches, ..open(conn, frame, (task, slot))? });
        }
        frame.prepare(conn, task, slot)
    }

    /// Runs what the callback does.
    pub(super) fn run<T>(&self, f: impl FnOnce() -> Result<T>) -> Result<T, Failed> {
        if self.open.as_ref().is_some_and(|open| open.catches) { attempt(f) } else { f().map_err(Failed::Error) }
    }

    /// After it: what it answered, or what becomes of its failure.
    pub(super) fn end<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        frame: &mut Frame<C>,
        (task, slot): (usize, Slot),
        outcome: Result<Answer, Failed>,
    ) -> Result<Answer> {
        if self.open.is_none() {
            return outcome.map_err(Failed::into_error);
        }
        let failed = match outcome {
            // A child that ended with an error code has still ended: nothing is rolled back.
            Ok(answer) if answer.is_failed() => return Ok(answer),
            Ok(answer) if self.is_untouched(conn, frame, slot)? => return Ok(answer),
            Ok(_) => Failed::Error(UnitOfWork::changed_by_itself(frame.subject.row())),
            Err(failed) => failed,
        };
        let failure = self.failure(&failed, (task, slot));
        match failed {
            // A transient database error is not a failure of the task: its row stays due.
            Failed::Error(error) if error.is_retryable() => Err(error),
            // This release cannot read the document: the row stays due for one that can.
            Failed::Error(Error::Data(error)) if error.process == frame.subject.row().id => Err(Error::Data(error)),
            failed if !self.takes_all(frame) && !frame.run.takes(task, failure) => Err(failed.into_error()),
            failed => self.undo(conn, frame, failure, &failed),
        }
    }

    /// What the flow can react to. A code of a child's is none of its `Subprocess`: that has those of the child's ends.
    /// What a person sent and is not valid goes back to the person.
    fn failure(&self, failed: &Failed, (task, slot): (usize, Slot)) -> Failure {
        let failure = failed.failure();
        let is_sent = self.mode == Mode::Foreground && !self.inner && task == 0;
        let sent = is_sent && matches!(failed, Failed::Error(Error::Invalid(_)));
        Failure { code: failure.code.filter(|_| slot != Slot::Child), fatal: failure.fatal || sent, ..failure }
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

    /// Undoes what the callbacks of this task did, which has failed.
    fn undo<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        frame: &mut Frame<C>,
        mut failure: Failure,
        failed: &Failed,
    ) -> Result<Answer> {
        let Some(open) = self.open.take() else { return Ok(Answer::Failed(failure)) };
        if let Some(depth) = open.savepoint {
            conn.store().roll_back_to(depth)?;
        }
        frame.subject.reset(open.process, conn)?;
        *frame.work.task_mut(open.task) = open.row;
        frame.work.restore_items(open.task, open.items);
        let text = failed.text();
        tracing::warn!(node = frame.work.node_name(open.task), error = %text, "failed");
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
fn open<C: FlowConnection>(conn: &mut C, frame: &mut Frame<C>, (task, slot): (usize, Slot)) -> Result<Open> {
    frame.subject.store().map_err(Error::Invalid)?;
    // If this task fails, the joined columns are read again from the database.
    frame.write_joined(conn)?;
    let mut savepoint = None;
    if frame.subject.connects(frame.work.node(task)) {
        frame.work.show(conn, frame.subject.row_mut())?;
        savepoint = Some(conn.store().depth()?);
        conn.store().begin_savepoint()?;
    } else {
        // A new process keeps the number that it is given here, whatever fails.
        frame.prepare(conn, task, slot)?;
    }
    let (process, row) = (frame.subject.row().clone(), frame.work.task(task).clone());
    let items = frame.work.items(task);
    Ok(Open { task, process, row, items, savepoint, catches: false })
}

/// Runs code of the user's: a panic is a failure like another.
pub(super) fn attempt<T>(f: impl FnOnce() -> Result<T>) -> Result<T, Failed> {
    if crate::sabotage::is_out("no_net") {
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
        Failure { code, again: false, fatal: self.is_fatal() }
    }

    /// The program is at fault, or somebody else was quicker: no `on_error` takes it.
    pub(super) fn is_fatal(&self) -> bool {
        matches!(
            self,
            Failed::Error(
                Error::Misuse { .. }
                    | Error::Internal(_)
                    | Error::Data(_)
                    | Error::Conflict(_)
                    | Error::RowConflict(_)
                    | Error::StepLimit { .. }
            )
        )
    }

    /// The error. A panic is only caught where it is taken.
    fn into_error(self) -> Error {
        match self {
            Failed::Error(error) => error,
            Failed::Panic => Error::Internal("panicked".to_owned()),
        }
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
