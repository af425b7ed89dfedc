//! What is due: a job in three steps (claim, run, complete), a timer in one.

use std::any::Any;
use std::time::Duration;

use flow_graph::Kind;

use super::background::{attempt, describe};
use super::execute::with_armed;
use super::host::Live;
use super::{Book, Cause, FLOW, Mode, drive};
use crate::engine::{Event, Run};
use crate::flow::{JobDef, node};
use crate::job::{JobCall, JobContext};
use crate::proxy;
use crate::store::{DueKind, DueRow, DueWrite, Hold, Store as _};
use crate::{Error, Flow, Process, ProcessStatus, Result, Task, TaskStatus, Timestamp, clock};

/// How often a job is begun before it is given up: each begin uses up one try, so that a body which kills
/// its worker ends in error too.
pub(crate) const ATTEMPTS: i32 = 5;

/// What came of a row that was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Failed,
    /// Somebody else had it, or it was not to be done any more.
    Passed,
}

/// Does what this row says.
pub(crate) fn run<F: Flow>(conn: &mut F::Connection, row: &DueRow) -> Result<Outcome> {
    if row.kind == DueKind::Timer.as_str() {
        fire::<F>(conn, row)
    } else if row.kind == DueKind::Job.as_str() {
        job::<F>(conn, row)
    } else if row.kind == DueKind::Resume.as_str() {
        resume::<F>(conn, row)
    } else {
        // Another version's work: it is listed by nobody here, and left alone.
        Ok(Outcome::Passed)
    }
}

/// The time of a timer has come: of a node of its own, or of another task's timeout.
fn fire<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    step::<F>(conn, due, (DueKind::Timer, "timeout"), true, |conn, process, task, now, hold| {
        if task.status != TaskStatus::Scheduled || task.due.is_some_and(|at| at > now) {
            return Ok(None);
        }
        let kind = F::GRAPH.find(&task.node).and_then(|id| F::GRAPH.node(id)).map(|node| node.kind);
        let (rows, event) = if kind == Some(Kind::Timer) {
            (vec![task.clone()], Event::Complete)
        } else {
            let host = task.previous.map(|number| conn.task(due.process_id, number)).transpose()?.flatten();
            let Some(host) = host else { return Ok(None) };
            // The host's other timeouts end with it; this one is among them.
            (with_armed::<F>(conn, host)?, Event::Fire)
        };
        let mut live = Live::<F>::load(process.clone(), None, conn)?;
        let mut book = Book::open(F::GRAPH, now, process, rows, hold);
        let Some(at) = book.position(due.task) else { return Ok(None) };
        let run = Run::resume(F::GRAPH, book.process_state(), book.states(), at, event);
        let cause = Cause { actor: FLOW, action: "timeout", subject: at };
        drive(conn, &mut live, run, &mut book, Mode::Background, cause)?;
        Ok(Some(Outcome::Done))
    })
}

/// A child has ended: its parent's task is done. The row is the child's.
fn resume<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let child = conn.process(due.process_id)?;
    let parent = child.as_ref().and_then(Process::parent);
    let outcome = match parent {
        None => Outcome::Passed,
        Some(parent) => {
            let of_parent = DueRow { process_id: parent.process(), task: parent.number(), ..due.clone() };
            step::<F>(conn, &of_parent, (DueKind::Resume, "resume"), true, |conn, process, task, now, hold| {
                if task.status != TaskStatus::Started {
                    return Ok(None);
                }
                let mut live = Live::<F>::load(process.clone(), None, conn)?;
                let rows = with_armed::<F>(conn, task.clone())?;
                let mut book = Book::open(F::GRAPH, now, process, rows, hold);
                // In the same transaction, or a crash would resume the parent a second time.
                book.also(DueWrite::Delete { process: due.process_id, task: due.task, kind: DueKind::Resume });
                let run = Run::resume(F::GRAPH, book.process_state(), book.states(), 0, Event::Complete);
                let cause = Cause { actor: FLOW, action: "resume", subject: 0 };
                drive(conn, &mut live, run, &mut book, Mode::Background, cause)?;
                Ok(Some(Outcome::Done))
            })?
        }
    };
    if outcome != Outcome::Done {
        // Nobody waits for it any more, or the parent is in error.
        conn.delete_due(due.process_id, due.task, DueKind::Resume)?;
    }
    Ok(outcome)
}

fn job<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let mut claimed = None;
    let outcome = claim::<F>(conn, due, &mut claimed)?;
    let Some(Claim { context, lease, def }) = claimed else { return Ok(outcome) };
    let result = attempt(|| (def.call)(JobCall::Run(&context)).map_err(|error| describe(&error)));
    drop(context);
    complete::<F>(conn, &lease, def, result)
}

/// A job that is ours until its lease ends.
struct Claim<F: Flow> {
    context: JobContext<F>,
    lease: DueRow,
    def: &'static JobDef<F>,
}

/// Takes the job: one more try, for as long as its lease.
fn claim<F: Flow>(conn: &mut F::Connection, due: &DueRow, claimed: &mut Option<Claim<F>>) -> Result<Outcome> {
    step::<F>(conn, due, (DueKind::Job, "claim"), true, |conn, process, task, now, hold| {
        let Some(row) = conn.due_row(due.process_id, due.task, DueKind::Job)? else { return Ok(None) };
        let taken = row.leased_until.is_some_and(|until| until > now) || row.due > now;
        let Some(def) = job_of::<F>(task) else { return Ok(None) };
        if taken || !matches!(task.status, TaskStatus::Scheduled | TaskStatus::Started) {
            return Ok(None);
        }
        if row.attempt >= ATTEMPTS {
            return Err(Error::Step {
                node: node_name::<F>(task),
                source: format!("given up after {ATTEMPTS} tries: each time its worker was lost").into(),
            });
        }
        let snapshot = proxy::load(process.clone(), conn)?;
        let mut book = Book::open(F::GRAPH, now, process, vec![task.clone()], hold);
        let until = now + (def.lease)().max(Duration::from_secs(1));
        book.also(DueWrite::Lease { row: row.clone(), until });
        let task = book.touch(0);
        task.status = TaskStatus::Started;
        task.started = Some(now);
        let task = task.clone();
        let mut process = process.clone();
        book.finish(conn, &mut process, Cause { actor: FLOW, action: "claim", subject: 0 })?;
        let context = JobContext { process: snapshot, task, attempt: row.attempt + 1 };
        let lease = DueRow { lease_token: row.lease_token + 1, attempt: row.attempt + 1, ..row };
        *claimed = Some(Claim { context, lease, def });
        Ok(Some(Outcome::Done))
    })
}

/// Writes what came of a job, if its lease is still the newest.
fn complete<F: Flow>(
    conn: &mut F::Connection,
    lease: &DueRow,
    def: &JobDef<F>,
    result: Result<Box<dyn Any>, String>,
) -> Result<Outcome> {
    let action = if result.is_ok() { "complete" } else { "fail" };
    let mut result = result.map(Some);
    // What a job answered cannot be had a second time.
    let repeatable = result.is_err() || !def.done;
    step::<F>(conn, lease, (DueKind::Job, action), repeatable, |conn, process, task, now, hold| {
        let row = conn.due_row(lease.process_id, lease.task, DueKind::Job)?;
        let lost = row.is_none_or(|row| row.lease_token != lease.lease_token) || task.status != TaskStatus::Started;
        if lost && cfg!(not(flow_sabotage = "no_token")) {
            return Ok(None);
        }
        let (event, output, error) = match &mut result {
            Ok(output) => (Event::Complete, output.take(), None),
            Err(text) => (Event::Fail, None, Some(text.clone())),
        };
        let mut live = Live::<F>::load(process.clone(), output, conn)?;
        let rows = with_armed::<F>(conn, task.clone())?;
        let mut book = Book::open(F::GRAPH, now, process, rows, hold);
        book.touch(0).error = error;
        let run = Run::resume(F::GRAPH, book.process_state(), book.states(), 0, event);
        drive(conn, &mut live, run, &mut book, Mode::Background, Cause { actor: FLOW, action, subject: 0 })?;
        let failed = book.task(0).status == TaskStatus::Error;
        Ok(Some(if failed { Outcome::Failed } else { Outcome::Done }))
    })
}

fn node_name<F: Flow>(task: &Task) -> &'static str {
    F::GRAPH.find(&task.node).and_then(|id| F::GRAPH.node(id)).map_or("?", |node| node.name)
}

fn job_of<F: Flow>(task: &Task) -> Option<&'static JobDef<F>> {
    F::GRAPH.find(&task.node).and_then(|id| node::<F>(id).ok()).and_then(|(_, def)| def.job.as_ref())
}

/// One step of the background in a transaction of its own. What cannot be done at all (a document that does
/// not fit, a process that comes to no rest) leaves the task in error; `None` from `f` means that it is not to
/// be done any more, and its row goes if nothing waits for it.
fn step<F: Flow>(
    conn: &mut F::Connection,
    due: &DueRow,
    (kind, action): (DueKind, &'static str),
    repeatable: bool,
    mut f: impl FnMut(&mut F::Connection, &Process, &Task, Timestamp, Hold) -> Result<Option<Outcome>>,
) -> Result<Outcome> {
    let now = clock::now();
    let outcome = conn.transition(repeatable, |conn, hold| {
        let found = conn.read(due.process_id, due.task, hold)?;
        let open = |(process, task): &(Process, Task)| process.status == ProcessStatus::New && !task.status.is_final();
        match found.filter(open) {
            Some((process, task)) => Ok(f(conn, &process, &task, now, hold)?.unwrap_or(Outcome::Passed)),
            None => {
                conn.delete_due(due.process_id, due.task, kind)?;
                Ok(Outcome::Passed)
            }
        }
    });
    match outcome {
        Err(error) if !error.is_retryable() => {
            tracing::warn!(process = due.process_id, task = due.task, action, %error, "failed in the background");
            let text = match &error {
                Error::Step { source, .. } => source.to_string(),
                error => error.to_string(),
            };
            give_up::<F>(conn, due, kind, &text).map_err(|_| error)?;
            Ok(Outcome::Failed)
        }
        outcome => outcome,
    }
}

/// The task is in error. This needs no proxy, so that no document can hinder it.
fn give_up<F: Flow>(conn: &mut F::Connection, due: &DueRow, kind: DueKind, text: &str) -> Result<()> {
    conn.transition(true, |conn, hold| {
        let Some((mut process, task)) = conn.read(due.process_id, due.task, hold)? else { return Ok(()) };
        let mut book = Book::open(F::GRAPH, clock::now(), &process, vec![task], hold);
        let gone = DueWrite::Delete { process: due.process_id, task: due.task, kind };
        book.also(gone);
        let task = book.touch(0);
        task.status = TaskStatus::Error;
        task.error = Some(text.to_owned());
        book.finish(conn, &mut process, Cause { actor: FLOW, action: "fail", subject: 0 })
    })
}
