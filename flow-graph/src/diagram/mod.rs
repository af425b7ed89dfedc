//! Pictures of flows.

mod mermaid;
mod text;

pub use mermaid::mermaid;
pub use text::text;
