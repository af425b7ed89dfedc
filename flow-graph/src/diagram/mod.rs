//! Pictures of flows, and their exchange with tools of BPMN.

mod bpmn;
mod icons;
mod label;
mod layout;
mod mermaid;
mod state;
mod states;
mod states_svg;
mod svg;
mod text;
mod words;
mod xml;

pub use bpmn::bpmn;
pub use layout::{Label, Layout, PlacedEdge, PlacedNode, Point, Rect, layout};
pub use mermaid::mermaid;
pub use state::{NodeState, State};
pub use states::{states_mermaid, states_text};
pub use states_svg::states_svg;
pub use svg::{STYLE, SvgOptions, SvgWords, svg, svg_with};
pub use text::text;
pub use words::EdgeWords;
