//! The forms of this app, and what its handles take.

use flow_core::form::form_schema;
use flow_core::graph::{Graph, Kind};
use flow_core::{FlowConnection, FormField};
use serde_json::{Map, Value, json};

use super::reference;
use crate::visit::Visit;

/// The form of nodes without fields.
const NO_FIELDS: &str = "NoFields";

/// What a node takes. Of an input of a handle only the flow's own code knows how it looks.
pub(in crate::api) fn schema(graph: &Graph<'_>, node: &str, fields: &[FormField]) -> Value {
    let kind = graph.find(node).and_then(|id| graph.node(id)).map(|node| node.kind);
    match fields {
        [] if kind.is_some_and(Kind::is_human) => no_fields(),
        [] => json!({ "description": "The input that the flow declares, as JSON; `{}` if it declares none" }),
        fields => form_schema(fields).into(),
    }
}

fn no_fields() -> Value {
    json!({ "type": "object", "description": "A form without fields" })
}

/// The forms of tasks, each under the names of its flow and node.
pub(super) fn describe<C: FlowConnection + Send>(visit: &Visit<C>, schemas: &mut Map<String, Value>) {
    schemas.insert(NO_FIELDS.to_owned(), no_fields());
    for flow in visit.flows().all() {
        for node in flow.graph().nodes {
            let fields = flow.fields(node.name);
            if is_of_program(node.kind) || is_of_person(node.kind) && !fields.is_empty() {
                let name = format!("{}.{}", flow.graph().name, node.name);
                schemas.insert(name, schema(flow.graph(), node.name, fields));
            }
        }
    }
}

/// The body that completes a task of a person: of the form of its flow and node.
pub(super) fn of_people<C: FlowConnection + Send>(visit: &Visit<C>) -> Value {
    any_of(visit, is_of_person)
}

/// The body that completes a task which waits for a program.
pub(super) fn of_programs<C: FlowConnection + Send>(visit: &Visit<C>) -> Value {
    any_of(visit, is_of_program)
}

/// Forms may have the same fields, so that a body may be of several: not `oneOf`.
fn any_of<C: FlowConnection + Send>(visit: &Visit<C>, is_meant: fn(Kind) -> bool) -> Value {
    let mut names: Vec<String> = Vec::new();
    for flow in visit.flows().all() {
        for node in flow.graph().nodes.iter().filter(|node| is_meant(node.kind)) {
            let is_plain = is_of_person(node.kind) && flow.fields(node.name).is_empty();
            let name = if is_plain { NO_FIELDS.to_owned() } else { format!("{}.{}", flow.graph().name, node.name) };
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    // An app without such nodes has the address all the same.
    if names.is_empty() {
        return reference(NO_FIELDS);
    }
    json!({ "anyOf": names.iter().map(|name| reference(name)).collect::<Value>() })
}

fn is_of_person(kind: Kind) -> bool {
    kind.is_human() && !kind.begins()
}

fn is_of_program(kind: Kind) -> bool {
    matches!(kind, Kind::Handle | Kind::MessageCatch)
}
