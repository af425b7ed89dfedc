//! The conformance suite on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]
#![recursion_limit = "512"]

use flow_tests::postgres;

flow_tests::conformance!(diesel::PgConnection, flow_tests::postgres::Schema::new().connect());

fn main() {
    flow_tests::cases::run(&suite(postgres::missing()), postgres::clean_up);
}
