//! Times, messages and signals with several dispatchers and senders at once: each is one start, one delivery.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};

fn file(name: &str) -> flow_tests::sqlite::File {
    flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), &format!("event-race-{name}"))
}

fn schema(_: &str) -> Schema {
    Schema::new()
}

flow_tests::event_race_suite!(sqlite, diesel::SqliteConnection, crate::file);
flow_tests::event_race_suite!(postgres, diesel::PgConnection, crate::schema);

fn main() {
    let missing = server::missing();
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
