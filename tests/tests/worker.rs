//! Workers: what they promise, while they are killed, stopped and stepped on.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};

fn file(name: &str) -> flow_tests::sqlite::File {
    flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), &format!("worker-{name}"))
}

fn schema(_: &str) -> Schema {
    Schema::new()
}

flow_tests::worker_suite!(sqlite, diesel::SqliteConnection, "sqlite", crate::file);
flow_tests::worker_suite!(postgres, diesel::PgConnection, "postgres", crate::schema);

fn main() {
    let missing = server::missing();
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
