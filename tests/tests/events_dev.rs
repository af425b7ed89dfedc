#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]
use flow_tests::cases::Group;
use flow_tests::postgres as server;
mod sqlite {
    flow_tests::events_suite!(diesel::SqliteConnection, flow_core::test_util::database());
    pub use events::CASES;
}
mod postgres {
    flow_tests::events_suite!(diesel::PgConnection, flow_tests::postgres::Schema::new().connect());
    pub use events::CASES;
}
fn main() {
    let missing = server::missing();
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
