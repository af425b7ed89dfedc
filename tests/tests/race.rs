//! Several at once: one wins, the others are told who; what can be done by all is done by all.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};

fn file(name: &str) -> flow_tests::sqlite::File {
    flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), &format!("race-{name}"))
}

fn schema(_: &str) -> Schema {
    Schema::new()
}

flow_tests::race_suite!(sqlite, diesel::SqliteConnection, crate::file);
flow_tests::race_suite!(postgres, diesel::PgConnection, crate::schema);

fn main() {
    let missing = server::missing();
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}

/// Two branches, which two people do at the same time.
#[flow]
#[derive(Debug)]
pub struct BranchesFlow {
    #[node(permission(anyone), next = this.split)]
    start: StartHandle,
    #[node(next = this.a, next = this.b)]
    split: Split,
    #[node(permission(anyone), next = this.join)]
    a: Handle,
    #[node(permission(anyone), next = this.join)]
    b: Handle,
    #[node(next = this.end)]
    join: Join,
    end: End,
}

#[test]
fn case_42_two_branches_that_are_done_at_once_meet_in_one_join() {
    static FLOWS: Flows<diesel::SqliteConnection> = flows![BranchesFlow];
    let path = file("branches");
    let mut conn = flow_core::sqlite::open(&path).unwrap();
    FLOWS.migrate(&mut conn).unwrap();
    let code = System("test");
    for _ in 0..ROUNDS {
        let process = BranchesFlow.start.run(&mut conn, &code, flow_core::proxy::NoData).unwrap().id();
        let a = BranchesFlow.a.tasks().of(process).one(&mut conn).unwrap().id();
        let b = BranchesFlow.b.tasks().of(process).one(&mut conn).unwrap().id();
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            let (path, barrier) = (&path, &barrier);
            scope.spawn(move || {
                let mut conn = flow_core::sqlite::open(path).unwrap();
                barrier.wait();
                BranchesFlow.a.run(&mut conn, a, &System("a"), ()).unwrap();
            });
            scope.spawn(move || {
                let mut conn = flow_core::sqlite::open(path).unwrap();
                barrier.wait();
                BranchesFlow.b.run(&mut conn, b, &System("b"), ()).unwrap();
            });
        });
        let seen = FLOWS.expect(&mut conn, process).is(flow_core::ProcessStatus::Done);
        assert_eq!(seen.rows().iter().filter(|task| task.node() == "join").count(), 1);
        assert_eq!(seen.rows().iter().filter(|task| task.node() == "end").count(), 1);
    }
}
