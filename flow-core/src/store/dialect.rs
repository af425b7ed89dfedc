//! What a database must be able to do: the traits behind which all SQL of the engine is.
//!
//! A back end is a folder, `store/<back end>/`, with an implementation of [`Dialect`] for its connection, of
//! [`JsonDialect`](super::json::JsonDialect) for its SQL of documents, and of diesel's traits for our column types. The
//! other traits of this page are questions that diesel asks of every back end in the same words: `store/statements/`
//! implements them, compiled once for each connection (docs/decisions.md). A new back end is its folder and its line in
//! `store/mod.rs`, `store/faults.rs` and `lib.rs`.
//!
//! Each statement is a promise about one row or one question. What they add up to is the business of the transition
//! that calls them.

#![allow(unreachable_pub, reason = "seen through a sealed trait")]

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::list::{ListQuery, Offer, Part};
use super::{
    Attempt, AuditRow, DueKey, DueRow, DueTask, Locking, NewStateLog, OpenCatch, OpenCount, OpenNode, Reserve,
    StateLogRow, TransitionWrite,
};
use crate::clock::DatabaseClock;
use crate::data::{Document, Patch};
use crate::{Process, Result, Task, TaskId, Timestamp};

/// What differs from one database to the next.
pub trait Dialect:
    Savepoints
    + ProcessRows
    + TaskRows
    + DueRows
    + WorkRows
    + EventRows
    + AuditRows
    + Lists
    + PersonalRows
    + StrayRows
    + StateRows
{
    /// How a transition keeps others from its process unless something makes it lock. [`Locking::Pessimistic`] where
    /// beginning a transaction locks already.
    fn locking(&self) -> Locking;

    /// Opens a transaction that may write. None is open.
    fn begin(&mut self) -> QueryResult<()>;

    /// Goes over from [`Locking::Optimistic`] to [`Locking::Pessimistic`]: opens the transaction and locks the process
    /// with this number, unless what is written next does so. False if its version is another than this by now.
    fn begin_locked(&mut self, process: Option<(i64, i64)>) -> QueryResult<bool>;

    /// What is left to do when a rollback failed.
    fn after_failed_rollback(&mut self, error: &diesel::result::Error);

    /// Asks the database to tell this connection when something is due. False if it does not do that.
    fn listen(&mut self) -> QueryResult<bool>;

    /// Whether the database has notified this connection, since the last call, that something is due. Sends nothing to it.
    fn is_notified(&mut self) -> QueryResult<bool>;

    /// Brings the tables to this version. Safe from several programs at once.
    fn migrate(&mut self) -> Result<()>;

    /// Whether another connection keeps a process from every other transition right now. Does not wait for it.
    fn is_held(&mut self, id: i64) -> QueryResult<bool>;

    /// The process, kept from every other transition until this transaction ends.
    fn lock_process(&mut self, id: i64) -> QueryResult<Option<Process>>;

    /// A process and one of its tasks, locked where `locking` says so.
    fn read(&mut self, id: i64, number: i32, locking: Locking) -> QueryResult<Option<(Process, Task)>>;

    /// A process alone, locked where `locking` says so.
    fn read_process(&mut self, id: i64, locking: Locking) -> QueryResult<Option<Process>> {
        match locking {
            Locking::Pessimistic => self.lock_process(id),
            Locking::Optimistic => self.process(id),
        }
    }

    /// The number of a process that is to be written later, where the database can tell it before.
    fn reserve_number(&mut self) -> QueryResult<Option<i64>>;

    /// Writes rows of a transition. Returns the number of the process; `None` if its version was another than it
    /// should be, or if somebody else has started a process with its key: nothing was written then.
    fn write(&mut self, rows: TransitionWrite<'_>) -> QueryResult<Option<i64>>;

    /// Writes rows of transitions of processes that differ: all of one process or none, and nothing at all if it fails.
    /// Returns the numbers of the processes that were written. Left out are those whose version is another than it should
    /// be, those that somebody else has locked, and those of which more is to be written than fits in with the others.
    fn write_all(&mut self, rows: Vec<TransitionWrite<'_>>) -> QueryResult<Vec<i64>>;
}

/// Transactions inside one another, as diesel counts them.
pub trait Savepoints {
    /// How many transactions are open inside one another; 0: none.
    fn depth(&mut self) -> QueryResult<u32>;

    /// Marks a point in the open transaction: one level deeper.
    fn begin_savepoint(&mut self) -> QueryResult<()>;

    /// Ends the innermost level and keeps what was done in it: the outermost one is committed.
    fn keep_savepoint(&mut self) -> QueryResult<()>;

    /// Undoes what was done in all levels that are deeper than this: a callback of the user's may have left its own
    /// open when it panicked.
    fn roll_back_to(&mut self, depth: u32) -> QueryResult<()>;
}

/// Rows of `flow_process`.
pub trait ProcessRows {
    /// The process with this number.
    fn process(&mut self, id: i64) -> QueryResult<Option<Process>>;

    /// The process that was started with this key.
    fn started(&mut self, flow: &str, key: &str) -> QueryResult<Option<Process>>;

    /// The open processes that a task has started.
    fn open_children(&mut self, process: i64, task: i32) -> QueryResult<Vec<Process>>;

    /// The processes that a task has started and that are done, in the order in which they were started.
    fn done_children(&mut self, process: i64, task: i32) -> QueryResult<Vec<Process>>;

    /// How many of the processes that a task has started have not ended, or have ended and the task has not learned it.
    fn awaited_children(&mut self, process: i64, task: i32) -> QueryResult<i32>;

    /// The newest process that a task has started.
    fn newest_child(&mut self, process: i64, task: i32) -> QueryResult<Option<Process>>;

    /// The newest child of each of these tasks, by its number.
    fn newest_children(&mut self, tasks: &[TaskId]) -> QueryResult<BTreeMap<TaskId, i64>>;

    /// Open processes of these flows, by number, behind the one with number `after`.
    fn open_processes(&mut self, flows: &[&str], after: i64, most: i64) -> QueryResult<Vec<Process>>;

    /// Processes of these flows, by number, behind the one with number `after`.
    fn all_processes(&mut self, flows: &[&str], after: i64, most: i64) -> QueryResult<Vec<Process>>;

    /// Patches the document of a process, which gets this version.
    fn patch_process(&mut self, id: i64, version: i64, patch: Patch) -> QueryResult<()>;
}

/// Rows of `flow_task` of one process.
pub trait TaskRows {
    /// The task with this number.
    fn task(&mut self, process: i64, number: i32) -> QueryResult<Option<Task>>;

    /// The tasks of a process, by number.
    fn tasks(&mut self, process: i64) -> QueryResult<Vec<Task>>;

    /// The open tasks of a process, by number.
    fn open_tasks(&mut self, process: i64) -> QueryResult<Vec<Task>>;

    /// The tasks of a process with these numbers.
    fn numbered_tasks(&mut self, process: i64, numbers: &[i32]) -> QueryResult<Vec<Task>>;

    /// The tasks of a process in the branches of a split, by number: their tokens begin with that of the split, `/` and
    /// its number.
    fn tasks_inside(&mut self, process: i64, token: &str) -> QueryResult<Vec<Task>>;

    /// The tasks of a process in which a token rests, by number.
    fn resting_tasks(&mut self, process: i64) -> QueryResult<Vec<Task>>;

    /// The tasks that a split has led to and that are open, or in which a token rests, with their open boundaries.
    fn racers(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>>;

    /// A task, then the open boundaries that are armed with it.
    fn with_boundaries(&mut self, process: i64, host: i32) -> QueryResult<Vec<Task>>;

    /// The tasks of these nodes, and those that compensate others.
    fn compensation_tasks(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Vec<Task>>;

    /// A compensation's throw, then the first open ones of its tasks behind number `after`.
    fn handlers(&mut self, process: i64, throw: i32, after: i32, most: u32) -> QueryResult<Vec<Task>>;

    /// A split, then the joins that wait for its branches, those in which arrivals rest, and the one that has continued
    /// early.
    fn scope(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>>;

    /// Who did the newest task of these nodes that is done.
    fn last_owner(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Option<String>>;

    /// Whether a task is offered to this person, or to one of these groups.
    fn is_candidate(&mut self, process: i64, task: i32, person: &str, groups: &[&str]) -> QueryResult<bool>;

    /// A node among these of which one of these people did a task, or for whom it was done; whatever became of it later.
    fn node_done_by(&mut self, process: i64, nodes: &[&str], people: &[&str]) -> QueryResult<Option<String>>;
}

/// Rows of `flow_due`. A row is named by its whole key: one task may have several of one kind.
pub trait DueRows {
    /// What is due and not leased, the oldest first, behind the row `after`.
    fn due(&mut self, flows: &[&str], now: Timestamp, after: Option<&DueRow>, most: i64) -> QueryResult<Vec<DueRow>>;

    /// A row as it is now.
    fn due_row(&mut self, key: &DueKey) -> QueryResult<Option<DueRow>>;

    /// These rows as they are now, with their tasks and processes, in the order of the processes. None is locked.
    fn due_tasks(&mut self, keys: &[&DueKey]) -> QueryResult<Vec<DueTask>>;

    /// All rows of a process.
    fn due_of(&mut self, process: i64) -> QueryResult<Vec<DueRow>>;

    /// The item of a task whose turn it is.
    fn first_item(&mut self, process: i64, task: i32) -> QueryResult<Option<DueRow>>;

    /// How many items of a task wait for their turn.
    fn count_items(&mut self, process: i64, task: i32) -> QueryResult<i32>;

    /// The items of a task that wait for their turn, in their order.
    fn items(&mut self, process: i64, task: i32) -> QueryResult<Vec<DueRow>>;

    /// Removes a row, if it is there.
    fn delete_due(&mut self, key: &DueKey) -> QueryResult<()>;

    /// Leases the row until this time, under a new token. False if somebody else was quicker.
    fn lease_due(&mut self, row: &DueRow, until: Timestamp) -> QueryResult<bool>;

    /// Makes the row due at a later time under this token, gives its lease back and restores its number of attempts,
    /// which is that of `row`. Nothing happens if somebody else has the lease by now.
    fn postpone(&mut self, row: &DueRow, token: i64, due: Timestamp, error: &str) -> QueryResult<()>;

    /// Gives the lease of a row back, as if nobody had had it, and restores its number of attempts, which is that of
    /// `row`. Nothing happens if somebody else has the lease by now.
    fn give_back(&mut self, row: &DueRow) -> QueryResult<()>;

    /// The attempts at a task that have failed, in order.
    fn attempts(&mut self, process: i64, task: i32) -> QueryResult<Vec<Attempt>>;
}

/// Rows of `flow_due`, as workers take and hold them.
pub trait WorkRows {
    /// The clock of the database, if it has one of its own.
    fn clock(&mut self) -> QueryResult<Option<DatabaseClock>>;

    /// Gives a row back that this holder has reserved and not begun. Nothing happens if somebody else has it by now.
    fn release(&mut self, row: &DueRow) -> QueryResult<()>;

    /// Makes the lease of a row longer. False if it is not ours any more.
    fn renew(&mut self, row: &DueRow, until: Timestamp) -> QueryResult<bool>;

    /// Takes rows that are due for a worker, the most urgent first. What another worker is about to take is left to it.
    fn reserve(&mut self, rows: &Reserve<'_>) -> QueryResult<Vec<DueRow>>;

    /// When the next row of these flows is due, behind now.
    fn next_due(&mut self, flows: &[&str], now: Timestamp) -> QueryResult<Option<Timestamp>>;

    /// Rows of these flows, the oldest first, each with its task; those alone that a worker holds, if `held`.
    fn due_work(&mut self, flows: &[&str], held: bool, most: i64) -> QueryResult<Vec<(DueRow, Option<Task>)>>;

    /// Pauses a queue since this time, or lets it go on.
    fn pause_queue(&mut self, name: &str, paused: Option<Timestamp>, by: &str) -> QueryResult<()>;

    /// The queues that are paused: since when, and by whom.
    fn paused_queues(&mut self) -> QueryResult<Vec<(String, Timestamp, Option<String>)>>;
}

/// What is noted of a message by its id: its key, and to which process and task it was delivered.
pub type NotedMessage = (Option<String>, Option<(i64, i32)>);

/// Rows of `flow_due` that wait for something outside, and of `flow_message`.
pub trait EventRows {
    /// Adds a row, unless there is one of its key: false then.
    fn insert_due(&mut self, row: &DueRow) -> QueryResult<bool>;

    /// The rows of timers that start processes of these flows.
    fn ticks(&mut self, flows: &[&str]) -> QueryResult<Vec<DueRow>>;

    /// Makes the row of such a timer due next at this time, and keeps it from others until this transaction ends. False
    /// if somebody else has done it since the row was read.
    fn tick(&mut self, row: &DueRow, due: Timestamp, payload: &Document) -> QueryResult<bool>;

    /// The catches that wait for this message or signal, the oldest first, behind `after`.
    fn catches(&mut self, lookup: &str, after: Option<&OpenCatch>, most: i64) -> QueryResult<Vec<OpenCatch>>;

    /// Open tasks of these nodes that wait for another message or signal than the one whose lookup begins like this.
    fn catches_of_others(&mut self, flows: &[&str], nodes: &[&str], begins: &str, most: i64) -> QueryResult<Vec<Task>>;

    /// Keeps a row from others until this transaction ends. False if it is not there any more.
    fn hold_due(&mut self, key: &DueKey) -> QueryResult<bool>;

    /// Makes a row due at this time, and gives its lease back.
    fn set_due(&mut self, key: &DueKey, due: Timestamp) -> QueryResult<()>;

    /// The catches of a process look for kept messages once more.
    fn wake_catches(&mut self, process: i64, now: Timestamp) -> QueryResult<()>;

    /// The messages that are kept for such a catch, the oldest first.
    fn kept_messages(&mut self, lookup: &str, most: i64) -> QueryResult<Vec<DueRow>>;

    /// Adds a row of due work, of this key, for each catch that waits for this signal. Returns how many.
    fn throw_signal(&mut self, lookup: &str, key: &str, now: Timestamp) -> QueryResult<usize>;

    /// Notes the id of a message. False if it was there.
    fn add_message_id(&mut self, name: &str, id: &str, key: &str, now: Timestamp) -> QueryResult<bool>;

    /// Notes which task has received the message of this id.
    fn message_delivered(&mut self, name: &str, id: &str, now: Timestamp, to: (i64, i32)) -> QueryResult<()>;

    /// The key that a message of this id was matched by, and the process and task that it was delivered to.
    fn message_of_id(&mut self, name: &str, id: &str) -> QueryResult<Option<NotedMessage>>;

    /// The message of this id was not delivered, and is not kept any more.
    fn forget_message_id(&mut self, name: &str, id: &str) -> QueryResult<()>;

    /// Forgets the ids of messages that were delivered before this time. Returns how many.
    fn forget_message_ids(&mut self, before: Timestamp) -> QueryResult<usize>;
}

/// Rows of `flow_audit`.
pub trait AuditRows {
    /// The audit of a process: its history, in order.
    fn history(&mut self, process: i64) -> QueryResult<Vec<AuditRow>>;

    /// The audit of one task, in order: what was done to it, and what changed its status.
    fn history_of_task(&mut self, task: TaskId) -> QueryResult<Vec<AuditRow>>;

    /// The newest rows of a process, so many, the last one first.
    fn newest_history(&mut self, process: i64, most: i64) -> QueryResult<Vec<AuditRow>>;

    /// Adds a row that belongs to no transition: its number, version and process status are those of the process now.
    /// Nothing happens if there is no such process.
    fn add_audit(&mut self, row: AuditRow) -> QueryResult<()>;

    /// The last transition that changed the status of a task.
    fn last_change(&mut self, process: i64, task: i32) -> QueryResult<Option<AuditRow>>;

    /// The row by which an open process was last suspended or resumed; by which one that is not open has ended.
    fn last_turn(&mut self, process: i64, is_open: bool) -> QueryResult<Option<AuditRow>>;
}

/// Rows of `flow_state_log`.
pub trait StateRows {
    /// Adds the transitions of a row of the app's, in order.
    fn add_transitions(&mut self, rows: &[NewStateLog<'_>]) -> QueryResult<()>;

    /// The transitions of a row of the app's, in order.
    fn transitions(&mut self, machine: &str, key: &str) -> QueryResult<Vec<StateLogRow>>;

    /// The last one.
    fn last_transition(&mut self, machine: &str, key: &str) -> QueryResult<Option<StateLogRow>>;
}

/// Tasks and processes of many flows, for people.
pub trait Lists {
    /// The tasks of a page, each with its process.
    fn list_tasks(&mut self, query: &ListQuery) -> QueryResult<Vec<(Task, Process)>>;

    /// The processes of a page.
    fn list_processes(&mut self, query: &ListQuery) -> QueryResult<Vec<Process>>;

    /// How many tasks each list has, at most as many as its page: in one statement.
    fn count_tasks(&mut self, lists: &[ListQuery]) -> QueryResult<Vec<i64>>;

    /// How many processes each list has, at most as many as its page: in one statement.
    fn count_processes(&mut self, lists: &[ListQuery]) -> QueryResult<Vec<i64>>;

    /// How many tasks, done ones too, are or were offered to these; at most so many.
    fn count_offers(&mut self, to: &[Offer], most: i64) -> QueryResult<i64>;

    /// The nodes at which tasks are open, and the statuses of these: as many looks at an index as there are.
    fn open_nodes(&mut self) -> QueryResult<Vec<OpenNode>>;

    /// The flows of which there are processes, and the statuses of these: as many looks at an index as there are.
    fn process_groups(&mut self) -> QueryResult<Vec<(String, String)>>;

    /// People behind one, by id, who have or had tasks, and the statuses of these; at most so many rows.
    fn owners(&mut self, after: &str, most: i64) -> QueryResult<Vec<(String, String)>>;

    /// The tasks in each of these parts, counted by flow and node; of each part so many of the oldest.
    fn count_open(&mut self, parts: &[Part], now: Timestamp, most: i64) -> QueryResult<Vec<OpenCount>>;

    /// The tasks at which these processes wait, of each the first ones.
    fn places(&mut self, processes: &[i64], each: i64) -> QueryResult<Vec<Task>>;

    /// These tasks: no task, no statement.
    fn tasks_by_id(&mut self, ids: &[TaskId]) -> QueryResult<Vec<Task>>;

    /// What is due of these processes, of tasks with these numbers.
    fn due_of_each(&mut self, processes: &[i64], tasks: &[i32]) -> QueryResult<Vec<DueRow>>;

    /// Open tasks of these nodes behind a task (its process and number), by process and number.
    fn open_tasks_of(&mut self, flows: &[&str], nodes: &[&str], after: (i64, i32), most: i64)
    -> QueryResult<Vec<Task>>;
}

/// Rows of `flow_snooze` and `flow_draft`: what one person has put off, and what they have half filled in.
pub trait PersonalRows {
    /// Hides a task from a person until then.
    fn snooze(&mut self, task: TaskId, person: &str, until: Timestamp) -> QueryResult<()>;

    /// Shows it again, if it is hidden.
    fn unsnooze(&mut self, task: TaskId, person: &str) -> QueryResult<()>;

    /// Keeps what a person has filled in so far, in place of what was kept before.
    fn save_draft(&mut self, task: TaskId, person: &str, data: &Document, saved: Timestamp) -> QueryResult<()>;

    /// A task, with what a person has filled in so far.
    fn task_with_draft(&mut self, task: TaskId, person: &str) -> QueryResult<Option<(Task, Option<Document>)>>;

    /// What a person has filled in so far.
    fn draft(&mut self, task: TaskId, person: &str) -> QueryResult<Option<Document>>;

    /// Deletes it, if it is there.
    fn delete_draft(&mut self, task: TaskId, person: &str) -> QueryResult<()>;
}

/// Rows that a program does not know, for [`Flows::check`](crate::Flows::check).
pub trait StrayRows {
    /// Open processes of other flows than these, or of a status that is not known.
    fn stray_processes(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<Process>>;

    /// Open tasks of a flow at other nodes than these, or of a status that is not known.
    fn stray_tasks(&mut self, flows: &[&str], nodes: &[&str], most: i64) -> QueryResult<Vec<Task>>;

    /// Open tasks of these nodes that are of another kind.
    fn tasks_of_other_kind(&mut self, flows: &[&str], nodes: &[&str], kind: &str, most: i64) -> QueryResult<Vec<Task>>;

    /// Open tasks of open processes of these flows, counted by flow, release of the process and node.
    fn open_places(&mut self, flows: &[&str]) -> QueryResult<Vec<(String, i32, String, i64)>>;

    /// Open processes of these flows, counted by flow and release.
    fn open_releases(&mut self, flows: &[&str]) -> QueryResult<Vec<(String, i32, i64)>>;

    /// Due work of other flows than these.
    fn stray_due(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<DueRow>>;
}
