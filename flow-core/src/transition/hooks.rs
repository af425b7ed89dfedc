//! What a flow wants to know of each change: `observe` in the transaction, `notify` after it.

use super::due::{Outcome, postpone};
use super::savepoint::attempt;
use super::{Cause, UnitOfWork};
use crate::in_step::InStep;
use crate::store::{DueKind, DueRow, DueWrite, FlowConnection, Store as _};
use crate::{Change, Error, Flow, Notification, Process, Result, StepError, clock, minutes};

/// Code that sees each change, and may refuse it.
pub(crate) type Observe<C> = fn(&Change<'_>, &mut C) -> Result<(), StepError>;

/// The hooks of a flow.
pub(crate) struct Hooks<C> {
    observe: Option<Observe<C>>,
    notifies: bool,
}

impl<C> Clone for Hooks<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Hooks<C> {}

impl<C: FlowConnection> Hooks<C> {
    pub(crate) fn of<F: Flow<Connection = C>>() -> Self {
        Hooks { observe: F::OBSERVE, notifies: F::NOTIFY.is_some() }
    }

    /// Before the last rows are written. What sees them then must be inside of their transaction.
    pub(super) fn before(&self, conn: &mut C, work: &mut UnitOfWork, row: &mut Process, cause: &Cause) -> Result<()> {
        if self.observe.is_some() {
            work.show(conn, row)?;
        }
        if self.notifies {
            let payload = work.change(row, cause).payload(work.process_state().status);
            let mut due = DueRow::new(row.id, 0, DueKind::Notify, &row.flow, clock::now());
            due.key = (row.version + 1).to_string();
            due.payload = Some(payload);
            work.also(DueWrite::Insert(due));
        }
        Ok(())
    }

    /// After they are written.
    pub(super) fn after(&self, conn: &mut C, work: &UnitOfWork, row: &Process, cause: &Cause) -> Result<()> {
        let Some(observe) = self.observe else { return Ok(()) };
        let _in_step = InStep::enter(conn, row.id);
        observe(&work.change(row, cause), conn).map_err(|source| Error::of_step("observe", source))
    }
}

/// Calls `notify` with a committed change. If the worker is lost meanwhile, it is called again.
pub(super) fn notify<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let Some(notify) = F::NOTIFY else { return Ok(Outcome::Unknown("this release of the flow has no `notify`")) };
    if !conn.store().lease_due(due, clock::now() + minutes(5))? {
        return Ok(Outcome::Passed);
    }
    let leased = DueRow { lease_token: due.lease_token + 1, ..due.clone() };
    let outcome =
        attempt(|| notify(&Notification::of(due), conn).map_err(|source| Error::Step { node: "notify", source }));
    match outcome {
        Ok(()) => {
            conn.store().delete_due(&due.primary_key())?;
            Ok(Outcome::Done)
        }
        Err(failed) => {
            let text = failed.text();
            postpone(conn, &leased, leased.lease_token, Error::Step { node: "notify", source: text.into() })
        }
    }
}
