//! Pictures of flows.

mod mermaid;
mod states;
mod text;

pub use mermaid::mermaid;
pub use states::{states_mermaid, states_text};
pub use text::text;
