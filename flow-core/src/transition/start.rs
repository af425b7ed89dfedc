//! A process starts: by a person, by code, or by another process.

use std::any::Any;

use flow_graph::NodeId;

use super::host::Live;
use super::{Book, Cause, FLOW, Mode, drive, may_start};
use crate::data::Document;
use crate::engine::Run;
use crate::flow::node;
use crate::model::Key;
use crate::store::Store as _;
use crate::{DataError, Error, FieldError, Flow, Process, ProcessStatus, Result, TaskId, User, clock};

/// Starts a process at this node, from what the caller handed over.
pub(crate) fn start<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    user: &dyn User,
    input: Box<dyn Any>,
) -> Result<F::Process> {
    let (_, def) = node::<F>(at)?;
    may_start::<F>(user, at)?;
    conn.atomically(|conn| {
        let mut input = Some(input);
        let data = match def.initial {
            Some(initial) => initial(&mut input, conn)?,
            None => Document::default(),
        };
        let row = Process::new(F::GRAPH.name, clock::now(), data);
        let live = begin::<F>(conn, at, row, input, user.id(), false)?;
        live.into_process()
    })
}

/// Starts a process inside its parent's transition. True if it has ended already.
pub(crate) fn start_child<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    parent: TaskId,
    data: Document,
    seed: Option<Key>,
) -> Result<bool> {
    let mut row = Process::new(F::GRAPH.name, clock::now(), data);
    row.parent_process = Some(parent.process());
    row.parent_task = Some(parent.number());
    (row.seed_type, row.seed_key) = seed.unzip();
    conn.atomically(|conn| {
        let mut live = begin::<F>(conn, at, row, None, FLOW, true)?;
        Ok::<_, Error>(super::host::Host::row_mut(&mut live).status != ProcessStatus::New)
    })
}

fn begin<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    row: Process,
    input: Option<Box<dyn Any>>,
    actor: &str,
    inside_parent: bool,
) -> Result<Live<F>> {
    let now = row.created;
    let mut live = Live::<F>::new(row, input).map_err(|error| not_given(&error))?;
    let mut book = Book::new(F::GRAPH, now);
    book.inside_parent = inside_parent;
    let mut run = Run::start(F::GRAPH, at);
    book.sync(&mut run)?;
    if !inside_parent {
        book.own(0, actor);
    }
    let cause = Cause { actor, action: "start", subject: 0 };
    drive(conn, &mut live, run, &mut book, Mode::Foreground, cause)?;
    Ok(live)
}

/// What a start does not give is missing from what the caller gave, not from a stored document.
fn not_given(error: &DataError) -> Error {
    Error::Invalid(vec![FieldError::new(error.field, format!("is {}, expected {}", error.found, error.expected))])
}
