//! The database: rows, transactions and statements, by [`Dialect`] for each back end.

mod access;
mod audit;
mod dialect;
mod due;
mod faults;
mod filled;
mod has_key;
pub(crate) mod json;
pub(crate) mod list;
mod locking;
pub(crate) mod patch;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod rows_read;
pub mod schema;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod transaction;
mod transition_write;

pub(crate) use access::{Key, Store};
pub use audit::AuditRow;
pub(crate) use dialect::Dialect;
pub(crate) use due::{DueKey, DueKind, DueRow};
pub(crate) use faults::{is_deadlock, is_of_aborted_transaction, is_retryable};
pub(crate) use filled::Filled;
pub(crate) use locking::{Locking, is_lost_race, lost_race};
#[cfg(feature = "test-util")]
pub(crate) use rows_read::READ;
pub(crate) use transition_write::{DueWrite, NewCandidate, ProcessWrite, TransitionWrite};

/// A diesel connection that flows support: `SqliteConnection` or `PgConnection`.
///
/// The trait is sealed. A pooled connection dereferences to one, so `&mut pooled` is accepted wherever a flow takes
/// `&mut Db`.
#[diagnostic::on_unimplemented(
    message = "flows do not support the connection `{Self}`",
    note = "use `diesel::SqliteConnection` with the feature `sqlite` or `sqlite-bundled`, or `diesel::PgConnection` with `postgres` or `postgres-bundled`; a diesel-async connection cannot share its transaction"
)]
pub trait FlowConnection: diesel::Connection<Backend: json::JsonDialect> {
    /// The query that `HelloWorldFlow.approve.tasks()` is.
    type NodeTasks;

    #[doc(hidden)]
    fn node_tasks(flows: &'static [&'static str], nodes: &'static [&'static str]) -> Self::NodeTasks;

    #[doc(hidden)]
    fn dialect(&mut self, key: Key) -> &mut dyn Dialect;
}
