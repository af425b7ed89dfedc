//! A job whose worker is lost: killed, or so late that another one has done the work.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

use std::io::BufRead as _;
use std::process::{Command, Stdio};
use std::sync::{Barrier, Mutex, MutexGuard};

use flow_core::prelude::*;
use flow_core::test_util::TestClock;
use flow_core::{DueReport, ProcessStatus::*};
use flow_tests::crash::{CrashFlow, CrashProcess, CrashProcessData, FLOWS, file, set_body};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// The body of the job is one for the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    let guard = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    set_body(|_| ());
    guard
}

fn started(path: &str) -> (diesel::SqliteConnection, i64) {
    let mut conn = flow_core::sqlite::open(path).unwrap();
    let process = CrashFlow.start.run(&mut conn, &System("test"), CrashProcessData { done_by: 0 }).unwrap();
    (conn, process.id())
}

/// Lets a child claim the job, and kills it with SIGKILL while it runs.
fn kill_a_worker(path: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_crash_child")).arg(path).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "running\n");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_job_whose_worker_was_killed_runs_again_when_its_lease_has_ended() {
    let _alone = alone();
    let path = file(FOLDER, "killed");
    let (mut conn, process) = started(&path);
    kill_a_worker(&path);
    FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "work:STARTED"]);
    assert_eq!(FLOWS.run_due(&mut conn).unwrap(), DueReport::default(), "the dead worker's lease still runs");
    let now = flow_core::clock::now();
    let _clock = TestClock::install_at(now + minutes(6));
    assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
    FLOWS.expect(&mut conn, process).is(Done).tasks(&["start:DONE", "work:DONE", "end:DONE"]);
    let row: CrashProcess = CrashFlow.processes().first(&mut conn).unwrap();
    assert_eq!(row.done_by(), 2, "the second try did it");
}

#[test]
fn a_job_that_kills_each_of_its_workers_ends_in_error() {
    let _alone = alone();
    let path = file(FOLDER, "poison");
    let (mut conn, process) = started(&path);
    for _ in 0..5 {
        kill_a_worker(&path);
        // As if the lease of the dead worker had ended.
        diesel::sql_query("update flow_due set leased_until = '2020-01-01T00:00:00.000000Z'")
            .execute(&mut conn)
            .unwrap();
    }
    assert_eq!(FLOWS.run_due(&mut conn).unwrap().failed, 1);
    let seen = FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "work:ERROR"]);
    assert_eq!(seen.rows()[1].error(), Some("gave up after 5 attempts: the worker stopped before completing it"));
    assert_eq!(FLOWS.run_due(&mut conn).unwrap(), DueReport::default());
}

/// Two workers meet here: the second has begun, then the first has come back too late.
static BEGUN: Barrier = Barrier::new(2);
static LATE: Barrier = Barrier::new(2);

#[test]
fn a_worker_that_comes_late_changes_nothing() {
    let _alone = alone();
    let path = file(FOLDER, "late");
    let (mut conn, process) = started(&path);
    set_body(|job| {
        if job.attempt == 1 {
            // The lease of this try ends while it runs, and another worker takes the job.
            std::thread::spawn(|| {
                let _clock = TestClock::install_at(flow_core::clock::now() + minutes(6));
                let mut other = flow_core::sqlite::open(&format!("{FOLDER}/late.sqlite")).unwrap();
                let report = FLOWS.run_due(&mut other).unwrap();
                assert_eq!((report.done, report.passed), (1, 0));
                LATE.wait();
            });
            BEGUN.wait();
        } else {
            BEGUN.wait();
            LATE.wait();
        }
    });
    let report = FLOWS.run_due(&mut conn).unwrap();
    assert_eq!((report.done, report.passed), (0, 1), "its lease had gone to another");
    FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "work:STARTED"]);
    LATE.wait();
    LATE.wait();
    FLOWS.expect(&mut conn, process).is(Done).tasks(&["start:DONE", "work:DONE", "end:DONE"]);
    let row: CrashProcess = CrashFlow.processes().first(&mut conn).unwrap();
    assert_eq!(row.done_by(), 2);
}
