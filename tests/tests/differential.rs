//! The same commands on SQLite and on PostgreSQL give the same answers and the same rows, whatever they are.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

use flow_tests::cases::Group;
use flow_tests::differential::Command;
use flow_tests::postgres::Schema;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

mod sqlite {
    flow_tests::differential!(diesel::SqliteConnection);
}

mod postgres {
    flow_tests::differential!(diesel::PgConnection);
}

fn command() -> impl Strategy<Value = Command> {
    let items = || prop::collection::vec(0..5_i64, 0..4);
    let text = || prop::sample::select(vec!["", "hi", "torn", "longer than it may be at all"]);
    prop_oneof![
        3 => (0..3_usize, items(), text()).prop_map(|(by, items, text)| Command::Start { by, items, text }),
        1 => (0..2_usize, items()).prop_map(|(key, items)| Command::StartOnce { key, items }),
        3 => (0..9_usize, 0..3_usize).prop_map(|(task, by)| Command::Assign { task, by }),
        1 => (0..9_usize, 0..3_usize).prop_map(|(task, by)| Command::Unassign { task, by }),
        3 => (0..9_usize, 0..3_usize, any::<bool>()).prop_map(|(task, by, approved)| Command::Execute { task, by, approved }),
        4 => (0..9_usize, -1..5_i64).prop_map(|(task, item)| Command::Deliver { task, item }),
        1 => (0..9_usize, text()).prop_map(|(process, text)| Command::Save { process, text }),
        2 => (1..100_u64).prop_map(|minutes| Command::Wait { minutes }),
        3 => Just(Command::Work),
    ]
}

fn both_back_ends_do_the_same() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let schema = Schema::new();
    let conn = std::cell::RefCell::new(schema.connect());
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let commands = prop::collection::vec(command(), 1..30);
    runner
        .run(&commands, |commands| {
            let conn = &mut *conn.borrow_mut();
            flow_tests::postgres::empty(conn, &[]);
            let here = sqlite::perform(&mut flow_core::test_util::database(), &commands);
            let there = postgres::perform(conn, &commands);
            for (a, b) in here.iter().zip(&there) {
                prop_assert_eq!(a, b);
            }
            prop_assert_eq!(here.len(), there.len());
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}\n{runner}"));
}

fn main() {
    let cases = &[("both_back_ends_do_the_same", both_back_ends_do_the_same as fn())];
    let groups = [Group { name: "postgres", cases, missing: flow_tests::postgres::missing() }];
    flow_tests::cases::run(&groups, flow_tests::postgres::clean_up);
}
