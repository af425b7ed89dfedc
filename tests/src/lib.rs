//! What the tests that cross crates share: an app with people, and a look at every table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    missing_debug_implementations,
    reason = "tests"
)]

pub mod app;
pub mod crash;
pub mod dump;
pub mod hello;
pub mod suite;
