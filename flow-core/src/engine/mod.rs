//! The engine: a pure, deterministic state machine.
//!
//! Given the few rows that a step needs and what happened to one task, a [`Run`] asks, one by one, what only
//! the flow's callbacks can tell ("does this condition hold?"), is answered, and ends as a set of changed
//! and new tasks. It never calls a callback, a clock or a database, so that property tests, a model checker
//! and a benchmark can drive it as the [transition](crate) does: by answering.
//!
//! ```
//! use flow_core::engine::{Answer, Ask, Run};
//! use flow_core::graph::{Edge, Graph, Kind, Node, Role, Slot};
//! use flow_core::{ProcessStatus, TaskStatus};
//!
//! const GRAPH: Graph<'static> = Graph {
//!     name: "greet",
//!     was: &[],
//!     title: "Greet",
//!     description: "",
//!     nodes: &[
//!         Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new("start", Kind::Start) },
//!         Node { edges: &[Edge::new(Role::Next, 2)], ..Node::new("greet", Kind::Function) },
//!         Node::new("end", Kind::End),
//!     ],
//! };
//!
//! let mut run = Run::start(&GRAPH, 0);
//! while let Some(ask) = run.next()? {
//!     assert!(matches!(ask, Ask::Call { slot: Slot::Act, .. }));
//!     run.answer(Answer::Done)?;
//! }
//! assert_eq!(run.process().status, ProcessStatus::Done);
//! assert!(run.tasks().iter().all(|task| task.status == TaskStatus::Done));
//! # Ok::<(), flow_core::engine::Fault>(())
//! ```

mod activate;
mod answer;
mod ask;
mod child;
mod compensation;
mod conditions;
mod early;
mod go_back;
mod race;
mod run;
mod scope;
mod state;
mod step;
mod terminate;
mod undo;
mod verbs;
mod work;

pub use ask::{Answer, Ask, Event, Failure, Fault, Limit, Obstacle, Rows};
pub use child::CHILD_LIMIT;
pub use run::{BRANCH_LIMIT, NESTING_LIMIT, Run, STEP_LIMIT};
pub use state::{ProcessState, TaskState, UNKNOWN_NODE, Via};
