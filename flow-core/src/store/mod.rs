//! What the engine needs of a database: one sealed trait, implemented per connection type.

mod audit;
mod by_index;
mod classify;
mod counted;
mod due;
pub(crate) mod json;
pub(crate) mod patch;
pub mod schema;
#[macro_use]
mod shared;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod writes;

use diesel::QueryResult;

pub use audit::AuditRow;
#[cfg(feature = "postgres")]
pub(crate) use classify::is_deadlock;
pub(crate) use classify::{is_of_aborted_transaction, is_retryable};
#[cfg(feature = "test-util")]
pub(crate) use counted::READ;
pub(crate) use due::{DueKind, DueRow};
pub(crate) use writes::{DueWrite, ProcessWrite, Writes, is_lost_race, lost_race};

use crate::data::Patch;
use crate::{Process, Result, Task, TaskId, Timestamp};

/// A diesel connection that flows work on: `SqliteConnection` or `PgConnection`.
///
/// Sealed: what it promises is the engine's own business. A pooled connection derefs to one, so
/// `&mut pooled` is accepted wherever a flow asks for `&mut Db`.
#[diagnostic::on_unimplemented(
    message = "flows cannot work on `{Self}`",
    note = "use `diesel::SqliteConnection` with the feature `sqlite` or `sqlite-bundled`, or `diesel::PgConnection` with `postgres` or `postgres-bundled`; a diesel-async connection cannot share its transaction"
)]
pub trait FlowConnection: Store {
    /// The query that `HelloWorldFlow.approve.tasks()` is.
    type NodeTasks;

    #[doc(hidden)]
    fn node_tasks(flows: &'static [&'static str], nodes: &'static [&'static str]) -> Self::NodeTasks;
}

/// How a transition keeps others from its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub enum Hold {
    /// A transaction is open, and the row of the process is locked in it.
    Lock,
    /// Nothing is open: what is written must find the version that the plan was made on.
    Version,
}

/// The statements of the engine. Each is a promise about one row or one question; what they add up to is
/// the business of the transition that calls them, inside [`transition`](Store::transition).
#[allow(unreachable_pub, reason = "a supertrait of a public trait, out of reach so that it is sealed")]
pub trait Store: diesel::Connection<Backend: json::JsonDialect> {
    /// Runs `f` in a transaction that may write: a new one, or a savepoint inside the caller's. If `f` fails
    /// or panics everything it did is undone, and the connection stays usable.
    fn atomically<T, E: From<diesel::result::Error>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E>;

    /// Opens a transaction that may write.
    fn begin(&mut self) -> QueryResult<()>;

    /// The end of [`atomically`](Store::atomically): `f` runs where `outside` transactions were open before and
    /// so many may be open after it.
    fn guarded<T, E: From<diesel::result::Error>>(
        &mut self,
        outside: u32,
        inside: std::ops::RangeInclusive<u32>,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E>;

    /// Runs a transition: `f` reads, plans and writes, all or nothing as in [`atomically`](Store::atomically).
    /// If it is `repeatable` it may be run again from the beginning: after it lost a race, or after a deadlock.
    fn transition<T>(&mut self, repeatable: bool, f: impl FnMut(&mut Self, Hold) -> Result<T>) -> Result<T>;

    /// Goes over from [`Hold::Version`] to [`Hold::Lock`]: opens the transaction and locks the process, if there
    /// is one yet. False if its version is another by now.
    fn hold(&mut self, process: Option<(i64, i64)>) -> QueryResult<bool>;

    /// Marks a point in the open transaction: one level deeper.
    fn begin_savepoint(&mut self) -> QueryResult<()>;
    fn keep_savepoint(&mut self) -> QueryResult<()>;
    /// How many transactions are open inside one another; 0: none.
    fn depth(&mut self) -> QueryResult<u32>;
    /// Undoes what was done in all that are open deeper than this: a callback of the user's may have left its
    /// own open when it panicked.
    fn roll_back_to(&mut self, depth: u32) -> QueryResult<()>;

    /// [`roll_back_to`](Store::roll_back_to) for who has an error to pass on already.
    fn undo_to(&mut self, depth: u32);
    /// What is left to do when a rollback failed.
    fn after_failed_rollback(&mut self, error: &diesel::result::Error);

    /// Brings the tables to this version. Safe from several processes at once.
    fn migrate(&mut self) -> Result<()>;

    /// Whether another connection keeps a process from every other transition right now. Does not wait for it.
    fn is_held(&mut self, id: i64) -> QueryResult<bool>;
    /// The process, kept from every other transition until this transaction ends.
    fn lock_process(&mut self, id: i64) -> QueryResult<Option<Process>>;
    /// A process and one of its tasks.
    fn read(&mut self, id: i64, number: i32, hold: Hold) -> QueryResult<Option<(Process, Task)>>;
    /// A process alone.
    fn read_process(&mut self, id: i64, hold: Hold) -> QueryResult<Option<Process>>;
    fn process(&mut self, id: i64) -> QueryResult<Option<Process>>;
    /// The process that was started with this key.
    fn started(&mut self, flow: &str, key: &str) -> QueryResult<Option<Process>>;
    fn patch_process(&mut self, id: i64, version: i64, patch: Patch) -> QueryResult<()>;
    /// The number of a process that is to be written later, where the database can tell it before.
    fn reserve_number(&mut self) -> QueryResult<Option<i64>>;
    /// Writes a part of a transition. Gives the number of the process; `None` if its version was another than
    /// it should be: nothing was written then.
    fn write(&mut self, writes: Writes<'_>) -> QueryResult<Option<i64>>;

    fn task(&mut self, process: i64, number: i32) -> QueryResult<Option<Task>>;
    fn tasks(&mut self, process: i64) -> QueryResult<Vec<Task>>;
    /// A task, then the open boundaries that are armed with it.
    fn with_boundaries(&mut self, process: i64, host: i32) -> QueryResult<Vec<Task>>;
    /// The open tasks of a process.
    fn open_tasks(&mut self, process: i64) -> QueryResult<Vec<Task>>;
    /// The open processes that a task has started.
    fn open_children(&mut self, process: i64, task: i32) -> QueryResult<Vec<Process>>;
    /// A split, then the joins that wait for its branches.
    fn scope(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>>;
    /// Who did the newest task of these nodes that is done.
    fn last_owner(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Option<String>>;
    /// Whether this person did a task of these nodes, whatever became of it later.
    fn did_task(&mut self, process: i64, nodes: &[&str], person: &str) -> QueryResult<bool>;
    fn delete_due(&mut self, row: &DueRow) -> QueryResult<()>;
    /// Makes a row due at a later time, gives its lease back and restores its number of attempts. Nothing happens if
    /// somebody else has the lease by now.
    fn postpone(&mut self, row: &DueRow, due: Timestamp, error: &str) -> QueryResult<()>;
    /// What is due and not leased, the oldest first, behind the row `after`.
    fn due(&mut self, flows: &[&str], now: Timestamp, after: Option<&DueRow>, most: i64) -> QueryResult<Vec<DueRow>>;
    /// A row as it is now.
    fn due_row(&mut self, row: &DueRow) -> QueryResult<Option<DueRow>>;

    fn history(&mut self, process: i64) -> QueryResult<Vec<AuditRow>>;
    /// The last transition that changed a task.
    fn last_change(&mut self, process: i64, task: i32) -> QueryResult<Option<AuditRow>>;

    /// Open processes of other flows than these, or of a status that is not known.
    fn stray_processes(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<Process>>;
    /// Open tasks of a flow at other nodes than these, or of a status that is not known.
    fn stray_tasks(&mut self, flows: &[&str], nodes: &[&str], most: i64) -> QueryResult<Vec<Task>>;
    /// Open tasks of these nodes that are of another kind.
    fn tasks_of_other_kind(&mut self, flows: &[&str], nodes: &[&str], kind: &str, most: i64) -> QueryResult<Vec<Task>>;
    /// Open tasks of these nodes, the oldest first.
    fn open_tasks_of(&mut self, flows: &[&str], nodes: &[&str], most: i64) -> QueryResult<Vec<Task>>;
    /// Due work of other flows than these.
    fn stray_due(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<DueRow>>;
    /// Open processes of these flows, by number, behind the one with number `after`.
    fn open_processes(&mut self, flows: &[&str], after: i64, most: i64) -> QueryResult<Vec<Process>>;

    /// Open tasks that this person has taken.
    fn inbox(&mut self, flows: &[&str], owner: &str, most: i64) -> QueryResult<Vec<Task>>;
    /// Open tasks of these nodes that nobody is assigned to, the oldest first, behind the task `after`.
    fn queue(&mut self, flows: &[&str], nodes: &[&str], after: Option<TaskId>, most: i64) -> QueryResult<Vec<Task>>;
}
