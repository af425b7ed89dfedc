//! A transition that is written together with those of other processes.

use super::UnitOfWork;
use crate::Process;
use crate::store::TransitionWrite;

impl UnitOfWork {
    /// Plans it as one of a batch: nothing is written before all are planned, so no callback can have the connection.
    pub(crate) fn in_a_batch(&mut self) {
        self.batched = true;
    }

    /// Whether it is one of a batch.
    pub(crate) fn is_batched(&self) -> bool {
        self.batched
    }

    /// What it writes, once it is planned.
    pub(crate) fn planned<'w>(&'w mut self, row: &'w Process) -> Option<TransitionWrite<'w>> {
        let audit = self.audit.take()?;
        Some(self.writes(row, Some(audit), true).0)
    }
}
