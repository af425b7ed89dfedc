use super::Subject;
use crate::{Finding, Place};

/// Longest stored name, in bytes: it goes into addresses and into a column.
const LONGEST: usize = 60;

/// Methods of every flow, which `HelloWorldFlow.processes` would read as.
const METHODS: &[&str] = &["processes", "tasks", "graph", "brief", "task_brief"];

/// Names that a node cannot have.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let graph = subject.graph;
    for (id, node) in graph.ids().zip(graph.nodes) {
        if node.kind.is_boundary() {
            continue;
        }
        let name = node.name;
        if METHODS.contains(&name) {
            found.push(
                Finding::at(Place::Node(id), format!("`{name}` cannot be the name of a node"))
                    .note("the flow has a method of this name")
                    .help(format!("call it `{name}_step`")),
            );
        } else if name.len() > LONGEST {
            found.push(
                Finding::at(Place::Node(id), format!("the name of a node has at most {LONGEST} bytes"))
                    .note(format!("`{name}` has {}", name.len())),
            );
        } else if !is_slug(name) {
            found.push(
                Finding::at(Place::Node(id), format!("`{name}` cannot be the name of a node"))
                    .note("it is stored, and shown in addresses: ASCII letters, digits and `_`, a letter first"),
            );
        }
    }
}

fn is_slug(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
