//! A process starts: by a person, by code, or by another process.

use std::any::Any;

use flow_graph::NodeId;

use super::drive::{ChildPlan, Frame, Parent, drive};
use super::loaded::Loaded;
use super::verb::{Mode, Verb};
use super::{Actor, Cause, FLOW, Hooks, Input, UnitOfWork, permit};
use crate::data::Document;
use crate::engine::Run;
use crate::flow::node;
use crate::model::Key;
use crate::proxy::{self, Beginning, Persist as _, ProcessProxy};
use crate::store::{Locking, Store as _, is_lost_race, lost_race};
use crate::{Error, Flow, Process, Result, TaskFailure, User, clock};

/// The maximum length of an idempotency key, in bytes.
const LONGEST_KEY: usize = 200;

/// Starts a process at this node, from what the caller handed over.
pub(crate) fn start<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    user: &dyn User,
    input: Input,
) -> Result<F::Process> {
    permit::may_start::<F>(user, at)?;
    begin_at::<F>(conn, at, user, None, input)
}

/// Starts a process at this node, unless one was started with this key: then that one is returned.
pub(crate) fn start_once<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    user: &dyn User,
    key: &str,
    input: Input,
) -> Result<F::Process> {
    permit::may_start::<F>(user, at)?;
    if key.is_empty() || key.len() > LONGEST_KEY || key.contains('\0') {
        return Err(Error::invalid("key", format!("must have 1 to {LONGEST_KEY} bytes and no NUL character")));
    }
    if let Some(row) = started::<F>(conn, key)? {
        return proxy::load(row, conn);
    }
    match begin_at::<F>(conn, at, user, Some(key), input) {
        // A concurrent call with the same key was first, and has committed.
        Err(error) if is_lost_race(&error) => {
            let row = started::<F>(conn, key)?.ok_or(error)?;
            proxy::load(row, conn)
        }
        outcome => outcome,
    }
}

/// The process that was started with this key, also under an old name of the flow.
fn started<F: Flow>(conn: &mut F::Connection, key: &str) -> Result<Option<Process>> {
    for name in F::GRAPH.flow_names() {
        if let Some(row) = conn.store().started(name, key)? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

fn begin_at<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    user: &dyn User,
    key: Option<&str>,
    mut input: Input,
) -> Result<F::Process> {
    let (_, def) = node::<F>(at)?;
    // A start's code that takes the connection must not write before there is a transaction.
    let connection = def.initial.as_ref().is_some_and(|initial| initial.connection);
    conn.transition(input.repeatable() && !connection, |conn, locking| {
        // Without a lock, the unique index reports it.
        if let Some(key) = key.filter(|_| locking == Locking::Pessimistic)
            && started::<F>(conn, key)?.is_some()
        {
            return Err(lost_race().into());
        }
        let mut input = input.take(locking)?;
        let (data, joined) = match &def.initial {
            Some(initial) => (initial.call)(&mut input, conn)?,
            None => (Document::default(), None),
        };
        let mut row = Process::new(F::GRAPH.name, clock::now(), data);
        row.release = release::<F>();
        row.start_key = key.map(str::to_owned);
        row.started_by = Some(user.id().to_owned());
        let frame = begin::<F>(conn, at, row, joined, input, &Actor::of(user), Some(locking))?;
        let frame = drive(conn, frame, Mode::Foreground)?;
        let loaded = frame.subject.into_any().downcast::<Loaded<F>>();
        loaded.map_err(|_| Error::Internal("the process was not loaded".to_owned()))?.into_process()
    })
}

/// Starts a process at a timer, in the background. Returns the tasks that failed.
pub(crate) fn by_timer<F: Flow>(conn: &mut F::Connection, at: NodeId, locking: Locking) -> Result<Vec<TaskFailure>> {
    let mut row = Process::new(F::GRAPH.name, clock::now(), Document::default());
    row.release = release::<F>();
    let frame = begin::<F>(conn, at, row, None, None, &Actor::from(FLOW), Some(locking))?;
    Ok(drive(conn, frame, Mode::Background)?.work.failures())
}

/// The release that a new process is started under.
fn release<F: Flow>() -> i32 {
    i32::try_from(F::LOCKED.release).unwrap_or(i32::MAX)
}

/// A process that another one starts inside its own transition.
pub(crate) fn child<F: Flow>(
    at: NodeId,
    (data, joined): Beginning<F::Process>,
    seed: Option<Key>,
) -> ChildPlan<F::Connection> {
    ChildPlan {
        begin: Box::new(move |conn, Parent { task, depth }| {
            let mut row = Process::new(F::GRAPH.name, clock::now(), data);
            row.release = release::<F>();
            row.parent_process = Some(task.process());
            row.parent_task = Some(task.number());
            row.depth = depth + 1;
            (row.seed_type, row.seed_key) = seed.unzip();
            begin::<F>(conn, at, row, joined, None, &Actor::from(FLOW), None)
        }),
    }
}

/// Begins a process; without `locking` inside its parent's transition.
fn begin<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    mut row: Process,
    joined: Option<<F::Process as ProcessProxy>::NewJoined>,
    input: Option<Box<dyn Any>>,
    actor: &Actor,
    locking: Option<Locking>,
) -> Result<Frame<F::Connection>> {
    let mut work = UnitOfWork::start(F::GRAPH, row.created, locking);
    let run = Run::start(F::GRAPH, at);
    // Conditions of a child are evaluated after its parent's transition.
    let mut run = if locking.is_some() { run.with_conditions() } else { run };
    work.sync(&mut run)?;
    // Children and processes of a `StartTimer` have no owner.
    if locking.is_some() && actor.id != FLOW {
        work.own(0, actor);
    }
    if let Some(name) = F::Process::JOINED {
        // The joined row names the process, and columns are in its row: so that goes first.
        work.show(conn, &mut row)?;
        if F::Process::JOINED_IS_GIVEN {
            let joined = joined.ok_or_else(|| Error::invalid(name, "is missing"))?;
            F::Process::insert_joined(joined, row.id, conn)?;
        }
    }
    let loaded = Loaded::<F>::load(row, conn).map_err(not_given)?.with_input(input);
    // A child is started by its parent, whoever acts there.
    let loaded = loaded.acting(locking.map(|_| actor.id.as_str()).filter(|id| *id != FLOW));
    let cause = Cause { actor: actor.clone(), verb: Verb::Start, subject: Some(0) };
    Ok(Frame { subject: Box::new(loaded), work, run, cause, hooks: Hooks::of::<F>() })
}

/// What a start does not give is missing from what the caller gave, not from a stored document.
fn not_given(error: Error) -> Error {
    let Error::Data(error) = error else { return error };
    Error::invalid(error.field, format!("is {}, expected {}", error.found, error.expected))
}
