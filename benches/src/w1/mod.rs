//! W1, the approval: start, a task that waits, a condition, a function, end. One process, five tasks; two or three
//! transitions, each with its audit row.

#[macro_use]
mod flows;
mod on_postgres;
mod on_sqlite;

pub(crate) use on_postgres::run as on_postgres;
pub(crate) use on_sqlite::run as on_sqlite;

use flow_core::System;

/// Who does it all.
pub(crate) const USER: System = System("bench");

/// What the process is started with.
pub(crate) const TEXT: &str = "Hello, world!";

diesel::table! {
    /// A table of the app's own, for the function that takes the connection.
    note (process_id) {
        process_id -> BigInt,
    }
}

w1_flows!(sqlite, diesel::SqliteConnection);
w1_flows!(postgres, diesel::PgConnection);

/// The four ways, in the order in which they are measured.
pub(crate) const WAYS: [&str; 4] = [
    "Handle, 2 transitions",
    "Handle, 2 transitions, function with the connection",
    "View, 3 transitions",
    "View, 3 transitions, function with the connection",
];
