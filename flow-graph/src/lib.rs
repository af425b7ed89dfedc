//! The graph of a flow: its nodes and edges, and the checks on them.
//!
//! `#[flow]` builds a [`Graph`] from a struct and runs [`check()`] over it while rustc compiles; the same
//! graph is a constant of the flow at run time, where the engine walks it and [`diagram`] draws it.
//! Nothing here reads a clock, a file or a database, and nothing depends on another crate.
//!
//! Use it through `flow_core::graph`.

mod analysis;
pub mod check;
pub mod code;
mod cron;
pub mod diagram;
#[cfg(test)]
mod draw;
mod finding;
mod grammar;
mod graph;
mod hash;
mod keys;
mod kind;
#[cfg(test)]
mod known_flows;
pub mod lock;
mod pages;
pub mod position;
mod repair;
mod slot;
pub mod states;
mod walk;

pub use check::{CHECKS, Check, always_passes, check, check_with, hints, hints_of_code};
pub use cron::{Cron, CronError};
pub use finding::{Edit, Finding, Hint, NewNode, Place, Severity};
pub use graph::{Early, Edge, Graph, Node, NodeId, Role, Times};
pub use hash::name_hash;
pub use keys::{EDGE_KEYS, EdgeKey, EdgesWith, FLOW_KEYS, Key, Need, Takes, owners_of};
pub use kind::{Body, EventDefinition, Exits, Kind, Shape, number};
pub use pages::page;
pub use position::NESTING_LIMIT;
pub use repair::Repaired;
pub use slot::Slot;
