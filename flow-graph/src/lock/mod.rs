//! `flow.lock`: the releases of an app's flows, and the proof that processes of each can go on in the current flow.
//!
//! A [`Lock`] lists, for each [`Release`] of each flow, its nodes and its fields, one line each. [`Lock::parse`] reads
//! it, [`Lock::to_string`](std::fmt::Display) writes it, [`review`] says what a new release changes, and
//! [`check_releases`] proves that a graph can take over the processes of the releases.
//!
//! ```
//! use flow_graph::lock::{Lock, Release, check_releases};
//! use flow_graph::{Edge, Graph, Kind, Node, Role};
//!
//! let (start, task) = ([Edge::new(Role::Next, 1)], [Edge::new(Role::Next, 2)]);
//! let nodes = [
//!     Node { edges: &start, ..Node::new("start", Kind::Start) },
//!     Node { edges: &task, ..Node::new("approve", Kind::View) },
//!     Node::new("end", Kind::End),
//! ];
//! let graph = Graph { nodes: &nodes, ..Graph::new("leave") };
//! let mut lock = Lock::default();
//! lock.add(Release::of(&graph, 1));
//! assert_eq!(Lock::parse(&lock.to_string()).unwrap(), lock);
//!
//! // `approve` becomes `sign`, and nothing says so.
//! let renamed = [nodes[0], Node { name: "sign", ..nodes[1] }, nodes[2]];
//! let renamed = Graph { nodes: &renamed, ..graph };
//! let found = check_releases(&renamed, &lock.releases_of(&renamed));
//! assert_eq!(found[0].check, "node_removed");
//! ```

mod compare;
mod error;
mod layers;
mod model;
mod places;
mod proof;
mod read;
mod review;
mod section;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub use error::{LockError, LockErrorKind};
pub use model::{Lock, LockedEdge, LockedField, LockedNode, Release};
pub use proof::check_releases;
pub use review::review;
