//! Tracks which processes are in a callback that has the connection: such a callback must change its own process only
//! through its activation, or the planned changes would be wrong.

use std::cell::RefCell;

use crate::store::{FlowConnection, Store as _};
use crate::{Error, Result};

thread_local! {
    /// The processes, each with the connection's address: another database may have a process of the same number.
    static IN_STEP: RefCell<Vec<(usize, i64)>> = const { RefCell::new(Vec::new()) };
}

/// A callback with the connection is running for a process, until this is dropped.
pub(crate) struct InStep(());

impl InStep {
    pub(crate) fn enter<C>(conn: &C, process: i64) -> Self {
        IN_STEP.with_borrow_mut(|list| list.push((address(conn), process)));
        InStep(())
    }
}

impl Drop for InStep {
    fn drop(&mut self) {
        IN_STEP.with_borrow_mut(|list| {
            list.pop();
        });
    }
}

/// Whether this connection is the one of a callback that runs.
pub(crate) fn is_any<C>(conn: &C) -> bool {
    let at = address(conn);
    IN_STEP.with_borrow(|list| list.iter().any(|(other, _)| *other == at))
}

/// Refuses a change of a process from inside a callback that runs for it, however deep. Also by another connection to
/// the same database: it would wait for a lock that this very thread holds, for ever.
pub(crate) fn refuse<C: FlowConnection>(conn: &mut C, process: i64, what: &str) -> Result<()> {
    let at = address(conn);
    if IN_STEP.with_borrow(|list| list.contains(&(at, process))) {
        return Err(misuse(process, what));
    }
    refuse_elsewhere(conn, process, what)
}

/// Refuses a change by another connection alone: one by the same is seen when the versions are compared.
pub(crate) fn refuse_elsewhere<C: FlowConnection>(conn: &mut C, process: i64, what: &str) -> Result<()> {
    let at = address(conn);
    let elsewhere = IN_STEP.with_borrow(|list| list.iter().any(|(other, id)| *id == process && *other != at));
    if elsewhere && conn.store().is_held(process)? { Err(misuse(process, what)) } else { Ok(()) }
}

fn misuse(process: i64, what: &str) -> Error {
    Error::misuse(format!(
        "{what} was called from a callback of process {process} itself; use `a.process` and `a.task` there, or do it in a later task"
    ))
}

fn address<C>(conn: &C) -> usize {
    std::ptr::from_ref(conn).addr()
}
