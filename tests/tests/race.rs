//! Two at once: one wins, the other is told who; nobody sees a busy database.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

use std::sync::Barrier;

use flow_core::ErrorKind;
use flow_tests::app::{ALICE, BOB, CAROL, Person};

flow_tests::hello_world!(diesel::SqliteConnection);

static FLOWS: Flows<diesel::SqliteConnection> = flows![HelloWorldFlow];

const ROUNDS: usize = 25;
const PEOPLE: usize = 4;

fn file(name: &str) -> String {
    let path = format!("{}/{name}.sqlite", env!("CARGO_TARGET_TMPDIR"));
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
    path
}

#[test]
fn many_take_one_task_and_one_has_it() {
    let path = file("race");
    let mut conn = flow_core::sqlite::open(&path).unwrap();
    FLOWS.migrate(&mut conn).unwrap();
    for _ in 0..ROUNDS {
        let process = HelloWorldFlow.start.run(&mut conn, &ALICE, StartForm { text: "hi".into() }).unwrap();
        let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(&mut conn).unwrap().id();
        let barrier = Barrier::new(PEOPLE);
        let results: Vec<_> = std::thread::scope(|scope| {
            let take = |who: &'static Person| {
                let (path, barrier) = (&path, &barrier);
                scope.spawn(move || {
                    let mut conn = flow_core::sqlite::open(path).unwrap();
                    barrier.wait();
                    HelloWorldFlow.approve.assign(&mut conn, task, who)
                })
            };
            let threads: Vec<_> = (0..PEOPLE).map(|n| take(if n % 2 == 0 { &BOB } else { &CAROL })).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for error in results.into_iter().filter_map(Result::err) {
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        }
    }
}

#[test]
fn two_processes_may_migrate_at_once() {
    let path = file("migrate");
    let barrier = Barrier::new(PEOPLE);
    std::thread::scope(|scope| {
        for _ in 0..PEOPLE {
            scope.spawn(|| {
                let mut conn = flow_core::sqlite::open(&path).unwrap();
                barrier.wait();
                FLOWS.migrate(&mut conn).unwrap();
            });
        }
    });
}
