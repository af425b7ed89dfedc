//! The conformance suite on SQLite.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

flow_tests::hello_world_suite!(diesel::SqliteConnection, flow_core::test_util::database());
flow_tests::kinds_suite!(diesel::SqliteConnection, flow_core::test_util::database());
flow_tests::branches_suite!(diesel::SqliteConnection, flow_core::test_util::database());
flow_tests::data_suite!(diesel::SqliteConnection, flow_core::test_util::database());
