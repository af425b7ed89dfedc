//! A process that is undone as far as it goes, and walked forward again: no state of a pattern is a dead end.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::RunQueryDsl as _;
use flow_core::form::Sent;
use flow_core::prelude::*;
use flow_core::{Error, Verb, clock, days};
use serde_json::Value;

use crate::Db;
use crate::testing::*;

/// How many steps are more than any pattern needs.
const STEPS: usize = 300;

/// How many days the walk waits for timers.
const DAYS: usize = 60;

/// Undoes all tasks of a process but its start, newest first, in a copy of the database; and goes forward again. It
/// ends, or each of its open tasks waits for what only the outside can give.
#[track_caller]
pub(crate) fn undone_and_walked_again(flows: &Flows<Db>, conn: &mut Db, process: i64) -> Result<()> {
    let copy = DatabaseCopy::of(conn)?;
    let mut conn = flow_core::sqlite::open(&copy.0.to_string_lossy())?;
    let clock = TestClock::install_at(clock::now());
    while undo_newest(flows, &mut conn, process)? {
        assert_eq!(flows.check_deep(&mut conn)?, vec![]);
    }
    for _ in 0..DAYS {
        for _ in 0..STEPS {
            if !go_forward(flows, &mut conn, process)? {
                break;
            }
            assert_eq!(flows.check_deep(&mut conn)?, vec![]);
        }
        if flows.process(&mut conn, process)?.status() != New {
            return Ok(());
        }
        clock.advance(days(1));
    }
    for task in flows.tasks(&mut conn, process)? {
        let waits = task.status().is_final() || OUTSIDE.contains(&task.task_type());
        let waits = waits || needs_input(flows, &mut conn, &task)?;
        assert!(waits, "`{}` is a dead end\n{}", task.node(), flows.expect(&mut conn, process).story());
    }
    flows.cancel(&mut conn, process, &MONA)?;
    assert_eq!(flows.check_deep(&mut conn)?, vec![]);
    Ok(())
}

/// Task types that wait for a message, a condition, a call, or a child.
const OUTSIDE: &[&str] = &["EVENT", "FUNCTION", "SUBPROCESS", "OBSOLETE"];

/// Whether it is somebody's, and its form asks for more than the process has.
fn needs_input(flows: &Flows<Db>, conn: &mut Db, task: &Task) -> Result<bool> {
    let Some(owner) = task.owner().map(Somebody) else { return Ok(false) };
    let values = Value::Object(flows.values(conn, task.id())?);
    let refused = flows.execute(conn, task.id(), &owner, Sent::Value(&values));
    Ok(refused.is_err_and(|error| error.kind() == ErrorKind::Invalid))
}

/// Whether a manager may do this to a task.
fn may(flows: &Flows<Db>, conn: &mut Db, task: &Task, verb: Verb) -> Result<bool> {
    Ok(flows.available(conn, task.id(), &MONA)?.iter().any(|offered| offered.verb == verb && offered.is_allowed()))
}

/// Cancels or undoes the newest task that can be, but not the start. Whether there was one.
fn undo_newest(flows: &Flows<Db>, conn: &mut Db, process: i64) -> Result<bool> {
    for task in flows.tasks(conn, process)?.iter().rev().filter(|task| task.previous().is_some()) {
        if may(flows, conn, task, Verb::CancelTask)? {
            flows.cancel_task(conn, task.id(), &MONA)?;
            return Ok(true);
        }
        if may(flows, conn, task, Verb::Undo)? {
            flows.undo(conn, task.id(), &MONA)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does what can be done at this time: due work, revives, retries, and what people do, each form as it was left. Whether
/// there was anything.
fn go_forward(flows: &Flows<Db>, conn: &mut Db, process: i64) -> Result<bool> {
    let mut moved = flows.run_until_idle(conn)?.any();
    for task in flows.tasks(conn, process)? {
        if may(flows, conn, &task, Verb::Retry)? {
            flows.retry(conn, task.id(), &MONA)?;
            moved = true;
        } else if task.resting() && may(flows, conn, &task, Verb::Revive)? {
            match flows.revive(conn, task.id(), &MONA) {
                // A gate whose conditions speak of what was entered and is still there: it says so, and stays as it is.
                Err(Error::Step { .. }) => {}
                revived => moved |= revived.is_ok_and(|task| !task.resting()),
            }
        } else if matches!(task.status(), TaskStatus::New | TaskStatus::Assigned) {
            moved |= complete_as_it_was_left(flows, conn, &task)?;
        }
    }
    Ok(moved)
}

/// Completes a person's task with the values that its form shows, unless more is asked: as its owner, as who did it
/// before, or as code.
fn complete_as_it_was_left(flows: &Flows<Db>, conn: &mut Db, task: &Task) -> Result<bool> {
    let values = Value::Object(flows.values(conn, task.id())?);
    let tasks = flows.tasks(conn, task.id().process())?;
    let before = tasks.iter().filter(|other| other.node() == task.node()).filter_map(Task::owner).map(Somebody);
    let people: Vec<Somebody<'_>> = task.owner().map(Somebody).into_iter().chain(before).collect();
    for user in people.iter().map(|user| user as &dyn User).chain([&OFFICE as &dyn User]) {
        if task.owner().is_none() && flows.assign(conn, task.id(), user).is_err() {
            continue;
        }
        if flows.execute(conn, task.id(), user, Sent::Value(&values)).is_ok() {
            return Ok(true);
        }
    }
    Ok(false)
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
    fn of(conn: &mut Db) -> Result<DatabaseCopy> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("flow-cookbook-{}-{number}.sqlite", std::process::id()));
        diesel::sql_query(format!("vacuum into '{}'", path.display())).execute(conn)?;
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
