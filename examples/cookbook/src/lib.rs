//! Workflow patterns, one small file each: the flow as an app would write it, and a test that walks through a process
//! of it.
//!
//! `README.md` lists them, with the control-flow patterns by their numbers.

pub mod apps;
pub mod control_flow;
pub mod events;
pub mod people;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod testing;

/// The connection of the app.
pub type Db = diesel::SqliteConnection;
