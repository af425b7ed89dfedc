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

/// The suites on one back end.
macro_rules! races {
    ($name:ident, $connection:ty, $fresh:expr) => {
        mod $name {
            flow_tests::race_suite!(many, $connection, $fresh);
            flow_tests::verb_race_suite!(verbs, $connection, $fresh);
            flow_tests::boundary_race_suite!(boundaries, $connection, $fresh);
            flow_tests::event_race_suite!(events, $connection, $fresh);

            pub const SUITES: [&[flow_tests::cases::Case]; 4] =
                [many::CASES, verbs::CASES, boundaries::CASES, events::CASES];
        }
    };
}

races!(sqlite, diesel::SqliteConnection, crate::file);
races!(postgres, diesel::PgConnection, crate::schema);

fn main() {
    let missing = server::missing();
    let sqlite = sqlite::SUITES.map(|cases| Group { name: "sqlite", cases, missing: None });
    let postgres = postgres::SUITES.map(|cases| Group { name: "postgres", cases, missing });
    let groups: Vec<Group> = sqlite.into_iter().chain(postgres).collect();
    flow_tests::cases::run(&groups, server::clean_up);
}
