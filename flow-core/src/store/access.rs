//! Access to the statements, sealed: only this crate can use it.
//!
//! Were [`Dialect`] a supertrait of [`FlowConnection`], its methods would be in scope wherever somebody writes
//! `C: FlowConnection`, and code of an app could write rows beside the engine.

use super::{Dialect, FlowConnection, Locking, transaction};
use crate::Result;

/// What opens the door. Nobody outside can name it, and nobody but this file can make one.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct Key(());

/// The statements of a connection, and its transactions, for this crate.
pub(crate) trait Store: FlowConnection {
    /// The statements.
    fn store(&mut self) -> &mut dyn Dialect {
        self.dialect(Key(()))
    }

    /// Runs a statement on a table of the app's, which returns one document or none.
    fn document(
        &mut self,
        statement: &dyn diesel::query_builder::QueryFragment<Self::Backend>,
    ) -> diesel::QueryResult<Option<crate::data::Document>> {
        self.one_document(Key(()), statement)
    }

    /// Runs `f` in a transaction that may write: a new one, or a savepoint inside the caller's. If `f` fails
    /// or panics everything it did is undone, and the connection stays usable.
    fn atomically<T, E: From<diesel::result::Error>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        transaction::atomically(self, f)
    }

    /// Runs a transition: `f` reads, plans and writes, all or nothing as in [`atomically`](Store::atomically).
    /// If it is `repeatable` it may be run again from the beginning: after it lost a race, or after a deadlock.
    fn transition<T>(&mut self, repeatable: bool, f: impl FnMut(&mut Self, Locking) -> Result<T>) -> Result<T> {
        transaction::transition(self, repeatable, f)
    }

    /// Runs `f`, which reads, plans and writes transitions of many processes: in one transaction that may write, or, where
    /// all that it writes is one statement, without any.
    fn batch<T>(&mut self, f: impl FnOnce(&mut Self, Locking) -> Result<T>) -> Result<T> {
        transaction::batch(self, f)
    }
}

impl<C: FlowConnection> Store for C {}
