//! The conformance suite on SQLite.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]
#![recursion_limit = "512"]

flow_tests::conformance!(diesel::SqliteConnection, flow_core::test_util::database());

fn main() {
    flow_tests::cases::run(&suite(None), || {});
}
