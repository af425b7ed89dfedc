use crate::analysis::Analysis;
use crate::{Finding, Place};

/// Longest stored name, in bytes: it goes into addresses and into a column.
const LONGEST: usize = 60;

/// Methods of every flow, which `HelloWorldFlow.processes` would read as.
const METHODS: &[&str] =
    &["processes", "tasks", "graph", "brief", "task_brief", "svg", "svg_of", "state_of", "mermaid", "bpmn"];

/// Names that a node cannot have.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    for (id, node) in graph.ids().zip(graph.nodes) {
        if node.kind.is_boundary() {
            continue;
        }
        let name = node.name;
        if METHODS.contains(&name) {
            found.push(
                Finding::at(Place::Node(id), format!("`{name}` cannot be the name of a node"))
                    .note("the flow has a method of this name")
                    .help(format!("rename it to `{name}_step`")),
            );
        } else if name.len() > LONGEST {
            found.push(
                Finding::at(Place::Node(id), format!("the name of a node can have at most {LONGEST} bytes"))
                    .note(format!("`{name}` has {}", name.len())),
            );
        } else if !is_slug(name) {
            found.push(
                Finding::at(Place::Node(id), format!("`{name}` cannot be the name of a node"))
                    .note("it is stored and used in URLs: use ASCII letters, digits and `_`, starting with a letter"),
            );
        }
    }
}

fn is_slug(name: &str) -> bool {
    // Byte by byte, since there are thousands in a large flow.
    for byte in name.as_bytes() {
        if !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_') {
            return false;
        }
    }
    name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
}
