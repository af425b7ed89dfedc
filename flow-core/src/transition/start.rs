//! A process starts.

use std::any::Any;

use flow_graph::NodeId;

use super::host::Live;
use super::{Book, Cause, Mode, drive, may_start};
use crate::engine::Run;
use crate::flow::node;
use crate::store::Store as _;
use crate::{Error, FieldError, Flow, Process, Result, User, clock};

/// Starts a process at this node, from what the caller handed over.
pub(crate) fn start<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    user: &dyn User,
    input: Box<dyn Any>,
) -> Result<F::Process> {
    let (_, def) = node::<F>(at)?;
    may_start::<F>(user, at)?;
    let data = def.initial.map_or_else(|| Ok(Default::default()), |initial| initial(&*input))?;
    let now = clock::now();
    conn.atomically(|conn| {
        let row = Process::new(F::GRAPH.name, now, data);
        // What a start does not give is missing from what the caller gave, not from a stored document.
        let live = Live::<F>::new(row, Some(input));
        let mut live = live.map_err(|error| {
            Error::Invalid(vec![FieldError::new(
                error.field,
                format!("is {}, expected {}", error.found, error.expected),
            )])
        })?;
        let mut book = Book::new(F::GRAPH, now);
        let run = Run::start(F::GRAPH, at);
        book.sync(&run)?;
        book.own(0, user.id());
        drive(conn, &mut live, run, &mut book, 0, Mode::Foreground, Cause { actor: user.id(), action: "start" })?;
        live.into_process()
    })
}
