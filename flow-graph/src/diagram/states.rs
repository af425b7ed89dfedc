//! A state machine as text and as Mermaid text.

use std::fmt::Write as _;

use super::mermaid::escape;
use crate::states::StateGraph;

/// The state machine as text: a line for each state that something leads from, its ways sorted.
///
/// ```
/// use flow_graph::states::{Arc, StateDef, StateGraph};
///
/// const fn state(name: &'static str) -> StateDef { StateDef { name, value: name, label: name, end: false } }
/// const STATES: &[StateDef] = &[state("New"), state("Approved"), state("Removed")];
/// const ARCS: &[Arc] = &[
///     Arc { name: "remove", label: "Remove", from: None, to: Some(2) },
///     Arc { name: "approve", label: "Approve", from: Some(&[0]), to: Some(1) },
/// ];
/// let graph = StateGraph { name: "review", states: STATES, initial: 0, arcs: ARCS };
/// let text = "Approved -> Removed (remove)\nNew      -> Approved (approve), Removed (remove)\n";
/// assert_eq!(flow_graph::diagram::states_text(&graph), text);
/// ```
#[must_use]
pub fn states_text(graph: &StateGraph) -> String {
    let name = |state: u16| graph.states.get(usize::from(state)).map_or("?", |state| state.name);
    let edges = graph.edges();
    let width = edges.iter().map(|(from, ..)| name(*from).len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut before = None;
    for (from, to, arc) in &edges {
        let start = match before {
            Some(state) if state == from => ", ".to_owned(),
            Some(_) => format!("\n{:width$} -> ", name(*from)),
            None => format!("{:width$} -> ", name(*from)),
        };
        before = Some(from);
        text.push_str(&format!("{start}{} ({})", name(*to), arc.name));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The state machine as a Mermaid state diagram, its ways sorted.
///
/// ```
/// use flow_graph::states::{Arc, StateDef, StateGraph};
///
/// const STATES: &[StateDef] = &[
///     StateDef { name: "New", value: "new", label: "New", end: false },
///     StateDef { name: "Done", value: "done", label: "Done", end: true },
/// ];
/// const ARCS: &[Arc] = &[Arc { name: "finish", label: "Finish", from: Some(&[0]), to: Some(1) }];
/// let graph = StateGraph { name: "job", states: STATES, initial: 0, arcs: ARCS };
/// let text = flow_graph::diagram::states_mermaid(&graph);
/// assert!(text.starts_with("stateDiagram-v2\n"));
/// assert!(text.contains("[*] --> s0") && text.contains("s0 --> s1: Finish") && text.contains("s1 --> [*]"));
/// ```
#[must_use]
pub fn states_mermaid(graph: &StateGraph) -> String {
    let mut text = String::from("stateDiagram-v2\n");
    // Writing to a String cannot fail.
    for (at, state) in graph.states.iter().enumerate() {
        let _ = writeln!(text, "    state \"{}\" as s{at}", escape(state.label));
    }
    let _ = writeln!(text, "    [*] --> s{}", graph.initial);
    for (from, to, arc) in graph.edges() {
        let _ = writeln!(text, "    s{from} --> s{to}: {}", escape(arc.label));
    }
    for (at, _) in graph.states.iter().enumerate().filter(|(_, state)| state.end) {
        let _ = writeln!(text, "    s{at} --> [*]");
    }
    text
}
