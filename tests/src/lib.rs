//! What the tests that cross crates share: an app with people, and a look at every table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    missing_debug_implementations,
    reason = "tests"
)]
// The suites are lists of items that a macro walks.
#![recursion_limit = "512"]

pub mod app;
pub mod batches;
pub mod cases;
pub mod crash;
pub mod differential;
pub mod dump;
pub mod hello;
pub mod kill;
pub mod postgres;
pub mod race;
pub mod sqlite;
pub mod suite;
pub mod upgrade;
pub mod worker;

pub use serde;

/// The README's code compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The code of the page about what needs no flow compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/beside-flows.md")]
pub struct BesideFlows;

/// The guide's code compiles and runs.
#[cfg(doctest)]
pub mod guide {
    macro_rules! pages {
        ($($name:ident: $file:literal),* $(,)?) => {$(
            #[doc = include_str!(concat!("../../docs/guide/", $file))]
            pub struct $name;
        )*};
    }
    pages! {
        GettingStarted: "getting-started.md",
        Nodes: "nodes.md",
        Data: "data.md",
        Forms: "forms.md",
        PeopleAndPermissions: "people-and-permissions.md",
        BackgroundWork: "background-work.md",
        Events: "events.md",
        Lists: "lists.md",
        Testing: "testing.md",
        Upgrading: "upgrading.md",
        Operations: "operations.md",
        Errors: "errors.md",
    }
}
