//! Which processes are in a callback that has the connection: such a callback must not change its own process by
//! another way than its activation, or what is planned would be wrong.

use std::cell::RefCell;

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

/// Refuses a change of a process from inside a callback that runs for it, however deep.
pub(crate) fn refuse<C>(conn: &C, process: i64, what: &str) -> Result<()> {
    if IN_STEP.with_borrow(|list| list.contains(&(address(conn), process))) {
        return Err(Error::misuse(format!(
            "{what} was called from a callback of process {process} itself; change it by `a.process` and `a.task`, \
             or leave it to a task that follows"
        )));
    }
    Ok(())
}

fn address<C>(conn: &C) -> usize {
    std::ptr::from_ref(conn).addr()
}
