//! Whatever a manager does to a process: what `available` offers is done, what it refuses is refused, the rows stay sound,
//! and no state is a dead end.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use diesel::result::Error::RollbackTransaction;
use flow_graph::Kind;

use super::TestClock;
use crate::form::Sent;
use crate::store::schema::flow_process;
use crate::{
    Error, ErrorKind, Flows, Permission, ProcessStatus, Result, System, Task, TaskStatus, User, Verb, clock, days,
};

/// How many steps are more than any process needs.
const STEPS: usize = 300;

/// How many days the walk waits for timers.
const DAYS: usize = 60;

/// Who does what a manager may, and completes what is open.
const MANAGER: System = System("a manager of the test");

/// Task types that wait for a message, a condition, a call, or a child.
const OUTSIDE: &[&str] = &["EVENT", "FUNCTION", "SUBPROCESS", "OBSOLETE"];

impl Flows<SqliteConnection> {
    /// Asserts that the processes of a database stay sound whatever a manager does to them now:
    ///
    /// - `check` and `check_deep` find nothing;
    /// - each verb on each task does what `available` says, and leaves rows that agree; it is tried in a transaction that is
    ///   rolled back;
    /// - each process is undone to its start in a copy of the database, and walked forward again: it ends, or what is open
    ///   waits for the outside (a form that asks for more than is known, a message, a handle, a child). Jobs run meanwhile,
    ///   and timers fire: 60 days pass.
    ///
    /// Call it in the tests of an app at each state that matters.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct NoteFlow {
    ///     #[node(permission(anyone), next = this.read)] start: Start,
    ///     #[node(permission(anyone), next = this.end)] read: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![NoteFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::test_util::database();
    ///     NoteFlow.start.run(&mut conn, &System("test"), ())?;
    ///     FLOWS.assert_sound(&mut conn)
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of the database, and of callbacks where `available` had not refused.
    ///
    /// # Panics
    /// If something is not sound; the message has the verb and the node, or the process with its history.
    #[track_caller]
    pub fn assert_sound(&self, conn: &mut SqliteConnection) -> Result<()> {
        assert_eq!((self.check(conn)?, self.check_deep(conn)?), (vec![], vec![]));
        let names = self.names();
        let known = flow_process::table.filter(flow_process::flow.eq_any(names)).select(flow_process::id);
        for process in known.load::<i64>(conn)? {
            self.try_each_verb(conn, process)?;
            self.undo_and_walk_again(conn, process)?;
        }
        Ok(())
    }

    /// Tries each verb on each task of a process, and takes it back.
    #[track_caller]
    fn try_each_verb(&self, conn: &mut SqliteConnection, process: i64) -> Result<()> {
        for task in self.tasks(conn, process)? {
            for offered in self.available(conn, task.id(), &MANAGER)? {
                let (verb, node) = (offered.verb, task.node());
                let tried = conn.transaction(|conn| {
                    let outcome = match verb {
                        Verb::CancelTask => self.cancel_task(conn, task.id(), &MANAGER),
                        Verb::EndBranch => self.end_branch(conn, task.id(), &MANAGER),
                        Verb::Undo => self.undo(conn, task.id(), &MANAGER),
                        Verb::Revive => self.revive(conn, task.id(), &MANAGER),
                        Verb::Retry => self.retry(conn, task.id(), &MANAGER),
                        Verb::GoBack => self.go_back(conn, task.id(), &MANAGER),
                        _ => return Err(RollbackTransaction.into()),
                    };
                    match outcome {
                        Ok(_) => assert!(offered.is_allowed(), "{verb} of `{node}`: it was done, and not offered"),
                        Err(error) => assert!(!offered.is_allowed(), "{verb} of `{node}` was offered: {error}"),
                    }
                    assert_eq!(self.check_deep(conn)?, vec![], "{verb} of `{node}`");
                    Err(RollbackTransaction.into())
                });
                match tried {
                    Ok(()) | Err(Error::Database(RollbackTransaction)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Undoes all tasks of a process but its start, newest first, in a copy of the database; and goes forward again.
    #[track_caller]
    fn undo_and_walk_again(&self, conn: &mut SqliteConnection, process: i64) -> Result<()> {
        let copy = DatabaseCopy::of(conn)?;
        let mut conn = crate::sqlite::open(&copy.0.to_string_lossy())?;
        let clock = TestClock::install_at(clock::now());
        while self.undo_newest(&mut conn, process)? {
            assert_eq!(self.check_deep(&mut conn)?, vec![]);
        }
        for _ in 0..DAYS {
            for _ in 0..STEPS {
                if !self.go_forward(&mut conn, process)? {
                    break;
                }
                assert_eq!(self.check_deep(&mut conn)?, vec![]);
            }
            if self.process(&mut conn, process)?.status() != ProcessStatus::New {
                return Ok(());
            }
            clock.advance(days(1));
        }
        let tasks = self.tasks(&mut conn, process)?;
        let (joins, open): (Vec<&Task>, Vec<&Task>) =
            tasks.iter().filter(|task| !task.status().is_final()).partition(|task| task.kind() == Kind::Join.name());
        for task in &open {
            let waits = OUTSIDE.contains(&task.task_type()) || self.needs_input(&mut conn, task)?;
            assert!(waits, "`{}` is a dead end\n{}", task.node(), self.expect(&mut conn, process).story());
        }
        if let (Some(join), true) = (joins.first(), open.is_empty()) {
            panic!("`{}` waits for nothing\n{}", join.node(), self.expect(&mut conn, process).story());
        }
        self.cancel(&mut conn, process, &MANAGER)?;
        assert_eq!(self.check_deep(&mut conn)?, vec![]);
        Ok(())
    }

    /// Whether it is somebody's, and its form asks for more than the process has.
    fn needs_input(&self, conn: &mut SqliteConnection, task: &Task) -> Result<bool> {
        let Some(owner) = task.owner().map(Somebody) else { return Ok(false) };
        let values = serde_json::Value::Object(self.values(conn, task.id())?);
        let refused = self.execute(conn, task.id(), &owner, Sent::Value(&values));
        Ok(refused.is_err_and(|error| error.kind() == ErrorKind::Invalid))
    }

    /// Whether a manager may do this to a task.
    fn is_offered(&self, conn: &mut SqliteConnection, task: &Task, verb: Verb) -> Result<bool> {
        let offered = self.available(conn, task.id(), &MANAGER)?;
        Ok(offered.iter().any(|offered| offered.verb == verb && offered.is_allowed()))
    }

    /// Cancels or undoes the newest task that can be, but not the start. Whether there was one.
    fn undo_newest(&self, conn: &mut SqliteConnection, process: i64) -> Result<bool> {
        for task in self.tasks(conn, process)?.iter().rev().filter(|task| task.previous().is_some()) {
            if self.is_offered(conn, task, Verb::CancelTask)? {
                self.cancel_task(conn, task.id(), &MANAGER)?;
                return Ok(true);
            }
            if self.is_offered(conn, task, Verb::Undo)? {
                self.undo(conn, task.id(), &MANAGER)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Does what can be done at this time: due work, revives, retries, and what people do, each form as it was left.
    /// Whether there was anything.
    fn go_forward(&self, conn: &mut SqliteConnection, process: i64) -> Result<bool> {
        let mut moved = self.run_until_idle(conn)?.any();
        for task in self.tasks(conn, process)? {
            if self.is_offered(conn, &task, Verb::Retry)? {
                self.retry(conn, task.id(), &MANAGER)?;
                moved = true;
            } else if task.resting() && self.is_offered(conn, &task, Verb::Revive)? {
                match self.revive(conn, task.id(), &MANAGER) {
                    // A gate whose conditions speak of what was entered and is still there: it says so, and stays as it is.
                    Err(Error::Step { .. }) => {}
                    revived => moved |= revived.is_ok_and(|task| !task.resting()),
                }
            } else if matches!(task.status(), TaskStatus::New | TaskStatus::Assigned) {
                moved |= self.complete_as_it_was_left(conn, &task)?;
            }
        }
        Ok(moved)
    }

    /// Completes a person's task with the values that its form shows, unless more is asked: as its owner, as who did it
    /// before, or as code.
    fn complete_as_it_was_left(&self, conn: &mut SqliteConnection, task: &Task) -> Result<bool> {
        let values = serde_json::Value::Object(self.values(conn, task.id())?);
        let tasks = self.tasks(conn, task.id().process())?;
        let before = tasks.iter().filter(|other| other.node() == task.node()).filter_map(Task::owner).map(Somebody);
        let people: Vec<Somebody<'_>> = match task.owner() {
            Some(owner) => vec![Somebody(owner)],
            None => before.collect(),
        };
        let code: Option<&dyn User> = task.owner().is_none().then_some(&MANAGER);
        for user in people.iter().map(|user| user as &dyn User).chain(code) {
            if task.owner().is_none() && self.assign(conn, task.id(), user).is_err() {
                continue;
            }
            if self.execute(conn, task.id(), user, Sent::Value(&values)).is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A person with every permission.
struct Somebody<'n>(&'n str);

impl User for Somebody<'_> {
    fn id(&self) -> &str {
        self.0
    }

    fn may(&self, _permission: &Permission) -> bool {
        true
    }
}

/// A copy of a database, deleted when it is no longer used.
struct DatabaseCopy(PathBuf);

impl DatabaseCopy {
    fn of(conn: &mut SqliteConnection) -> Result<DatabaseCopy> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("flow-test-{}-{number}.sqlite", std::process::id()));
        diesel::sql_query(format!("vacuum into '{}'", path.to_string_lossy().replace('\'', "''"))).execute(conn)?;
        Ok(DatabaseCopy(path))
    }
}

impl Drop for DatabaseCopy {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}
