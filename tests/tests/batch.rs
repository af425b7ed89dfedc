//! Jobs that a worker claims and completes together.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};

fn file(name: &str) -> flow_tests::sqlite::File {
    flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), &format!("batch-{name}"))
}

fn schema(_: &str) -> Schema {
    Schema::new()
}

fn poison_on_sqlite(process: i64) -> String {
    format!(
        "create trigger poison before insert on flow_task when new.process_id = {process} and new.node = 'end' \
         begin select raise(abort, 'poison'); end"
    )
}

fn poison_on_postgres(process: i64) -> String {
    format!(
        "create function poison() returns trigger language plpgsql as 'begin raise exception ''poison''; end'; \
         create trigger poison before insert on flow_task for each row \
         when (new.process_id = {process} and new.node = 'end') execute function poison()"
    )
}

flow_tests::batches!(sqlite, diesel::SqliteConnection, crate::file, crate::poison_on_sqlite);
flow_tests::batches!(postgres, diesel::PgConnection, crate::schema, crate::poison_on_postgres);

fn main() {
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing: server::missing() },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
