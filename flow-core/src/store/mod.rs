//! What the engine needs of a database: one sealed trait, implemented per connection type.

mod audit;
mod classify;
mod due;
mod patch;
pub mod schema;
#[macro_use]
mod shared;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use std::time::Duration;

use diesel::QueryResult;

pub use audit::AuditRow;
pub(crate) use classify::is_retryable;
pub(crate) use due::{DueKind, DueRow};

use crate::data::Patch;
use crate::{Process, Result, Task, Timestamp};

/// A diesel connection that flows work on: `SqliteConnection`.
///
/// Sealed: what it promises is the engine's own business. A pooled connection derefs to one, so
/// `&mut pooled` is accepted wherever a flow asks for `&mut Db`.
#[diagnostic::on_unimplemented(
    message = "flows cannot work on `{Self}`",
    note = "turn on the feature `sqlite` or `sqlite-bundled` and use `diesel::SqliteConnection`; a diesel-async connection cannot share its transaction"
)]
pub trait FlowConnection: Store {
    /// The query that `HelloWorldFlow.approve.tasks()` is.
    type NodeTasks;

    #[doc(hidden)]
    fn node_tasks(flow: &'static str, nodes: &'static [&'static str]) -> Self::NodeTasks;
}

/// The statements of the engine. Each is a promise about one row or one question; what they add up to is
/// the business of the transition that calls them, inside [`atomically`](Store::atomically).
#[allow(unreachable_pub, reason = "a supertrait of a public trait, out of reach so that it is sealed")]
pub trait Store: diesel::Connection {
    /// Runs `f` in a transaction that may write: a new one, or a savepoint inside the caller's. If `f` fails
    /// or panics everything it did is undone, and the connection stays usable.
    fn atomically<T, E: From<diesel::result::Error>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E>;

    /// Marks a point in the open transaction: one level deeper.
    fn begin_savepoint(&mut self) -> QueryResult<()>;
    fn keep_savepoint(&mut self) -> QueryResult<()>;
    /// How many transactions are open inside one another; 0: none.
    fn depth(&mut self) -> QueryResult<u32>;
    /// Undoes what was done in all that are open deeper than this: a callback of the user's may have left its
    /// own open when it panicked.
    fn roll_back_to(&mut self, depth: u32) -> QueryResult<()>;

    /// Brings the tables to this version. Safe from several processes at once.
    fn migrate(&mut self) -> Result<()>;

    /// The process, kept from every other transition until this transaction ends.
    fn lock_process(&mut self, id: i64) -> QueryResult<Option<Process>>;
    fn process(&mut self, id: i64) -> QueryResult<Option<Process>>;
    fn insert_process(&mut self, row: &Process) -> QueryResult<i64>;
    fn update_process(&mut self, row: &Process) -> QueryResult<()>;
    fn patch_process(&mut self, id: i64, version: i64, patches: Vec<Patch>) -> QueryResult<()>;

    fn task(&mut self, process: i64, number: i32) -> QueryResult<Option<Task>>;
    fn tasks(&mut self, process: i64) -> QueryResult<Vec<Task>>;
    /// The timeouts that are armed with a task.
    fn armed(&mut self, process: i64, host: i32) -> QueryResult<Vec<Task>>;
    /// A split, then the joins that wait for its branches.
    fn scope(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>>;
    /// Who did the newest task of these nodes that is done.
    fn last_owner(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Option<String>>;
    fn insert_task(&mut self, row: &Task) -> QueryResult<()>;
    fn update_task(&mut self, row: &Task) -> QueryResult<()>;

    fn insert_due(&mut self, row: &DueRow) -> QueryResult<()>;
    fn delete_due(&mut self, process: i64, task: i32, kind: DueKind) -> QueryResult<()>;
    /// What is due and not leased, the oldest first, behind the row `after`.
    fn due(&mut self, flows: &[&str], now: Timestamp, after: Option<&DueRow>, most: i64) -> QueryResult<Vec<DueRow>>;
    fn due_row(&mut self, process: i64, task: i32, kind: DueKind) -> QueryResult<Option<DueRow>>;
    /// Takes a row for this long: one more attempt, under a new token.
    fn lease(&mut self, row: &DueRow, now: Timestamp, length: Duration) -> QueryResult<()>;

    fn insert_audit(&mut self, row: &AuditRow) -> QueryResult<()>;
    fn history(&mut self, process: i64) -> QueryResult<Vec<AuditRow>>;
    /// The last transition that changed a task.
    fn last_change(&mut self, process: i64, task: i32) -> QueryResult<Option<AuditRow>>;

    /// Open tasks that this person has taken.
    fn inbox(&mut self, flows: &[&str], owner: &str, most: i64) -> QueryResult<Vec<Task>>;
    /// Tasks of these nodes that nobody has taken.
    fn queue(&mut self, flow: &str, nodes: &[&str], most: i64) -> QueryResult<Vec<Task>>;
}
