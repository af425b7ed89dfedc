//! Pictures of a graph, as text.

mod mermaid;

pub use mermaid::mermaid;
