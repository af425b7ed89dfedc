//! The database: rows, transactions and statements, by [`Dialect`] for each back end.

mod access;
mod attempt;
mod audit;
mod dialect;
mod due;
mod faults;
mod filled;
mod has_key;
pub(crate) mod json;
pub(crate) mod limits;
pub(crate) mod list;
mod locking;
mod open_catch;
mod open_group;
pub(crate) mod patch;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod reserve;
pub(crate) mod row_statement;
mod rows_read;
pub mod schema;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod state_log;
mod transaction;
mod transition_write;

pub(crate) use access::{Key, Store};
pub use attempt::Attempt;
pub(crate) use audit::ASSIGNED_TO;
pub use audit::{AuditRow, ChangedField};
pub(crate) use dialect::Dialect;
pub(crate) use due::{DueKey, DueKind, DueRow, DueTask, NEVER, NOBODY};
pub(crate) use faults::{is_deadlock, is_of_aborted_transaction, is_retryable};
pub(crate) use filled::Filled;
pub(crate) use locking::{Locking, is_connection_needed, is_lost_race, lost_race, needs_connection};
pub(crate) use open_catch::OpenCatch;
pub(crate) use open_group::{OpenCount, OpenNode};
pub(crate) use reserve::Reserve;
#[cfg(feature = "test-util")]
pub(crate) use rows_read::READ;
pub(crate) use state_log::NewStateLog;
pub use state_log::StateLogRow;
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

    /// The migrations as SQL: the name of each, and what it does.
    #[doc(hidden)]
    const MIGRATIONS: &'static [(&'static str, &'static str)];

    #[doc(hidden)]
    fn node_tasks(flows: &'static [&'static str], nodes: &'static [&'static str]) -> Self::NodeTasks;

    #[doc(hidden)]
    fn dialect(&mut self, key: Key) -> &mut dyn Dialect;

    /// Runs a statement on a table of the app's, which returns one document or none.
    #[doc(hidden)]
    fn one_document(
        &mut self,
        key: Key,
        statement: &dyn diesel::query_builder::QueryFragment<Self::Backend>,
    ) -> diesel::QueryResult<Option<crate::data::Document>>;
}
