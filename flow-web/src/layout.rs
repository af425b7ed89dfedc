//! How the fields of a form are arranged: in rows, and in groups with a title.
//!
//! ```
//! use flow_web::layout::{Part, field, fieldset, row};
//!
//! let trip: [Part; 2] = [
//!     row([field("first_day"), field("last_day")]),
//!     fieldset("Where to", [row([field("street").span(2), field("number")]), field("town")]),
//! ];
//! ```

use std::collections::HashSet;

use flow_core::{FlowConnection, Flows};
use serde_json::{Value, json};

/// A part of a form: see [`FlowWeb::layout`](crate::FlowWeb::layout).
#[derive(Clone, Debug)]
pub struct Part {
    kind: Kind,
    span: u8,
}

#[derive(Clone, Debug)]
enum Kind {
    Field(String),
    Row(Vec<Part>),
    FieldSet(String, Vec<Part>),
}

/// A field of the form, by its name.
pub fn field(name: impl Into<String>) -> Part {
    Part { kind: Kind::Field(name.into()), span: 1 }
}

/// Parts beside each other; below each other where the window is too narrow.
pub fn row(parts: impl IntoIterator<Item = Part>) -> Part {
    Part { kind: Kind::Row(parts.into_iter().collect()), span: 1 }
}

/// Parts in a group with a title. The title is a key of [`FlowWeb::text`](crate::FlowWeb::text) for other languages.
pub fn fieldset(title: impl Into<String>, parts: impl IntoIterator<Item = Part>) -> Part {
    Part { kind: Kind::FieldSet(title.into(), parts.into_iter().collect()), span: 1 }
}

impl Part {
    /// How much of its row it takes, beside others that take 1: from 1 to 12.
    #[must_use]
    pub fn span(mut self, span: u8) -> Self {
        self.span = span;
        self
    }
}

/// The layout of the form of one node.
pub(crate) struct Layout {
    pub(crate) flow: String,
    pub(crate) node: String,
    pub(crate) parts: Vec<Part>,
}

impl Layout {
    /// What is wrong with it.
    pub(crate) fn fault<C: FlowConnection>(&self, flows: &Flows<C>) -> Option<String> {
        let Layout { flow, node, .. } = self;
        // By their current names alone: the pages look for these.
        let known = flows.find(flow).filter(|known| known.graph().name == flow);
        let Some(known) = known else { return Some(format!("there is no flow `{flow}`")) };
        let is_current = known.graph().nodes.iter().any(|known| known.name == node);
        let fields = if is_current { known.fields(node) } else { &[] };
        if fields.is_empty() {
            return Some(format!("`{flow}` has no form at a node `{node}`"));
        }
        let mut seen = HashSet::new();
        for part in all(&self.parts) {
            let fault = match &part.kind {
                _ if !(1..=12).contains(&part.span) => format!("a span of {} is not from 1 to 12", part.span),
                Kind::Field(name) if !fields.iter().any(|field| field.name == name) => {
                    format!("the form of `{flow}.{node}` has no field `{name}`")
                }
                Kind::Field(name) if !seen.insert(name) => format!("`{flow}.{node}` has the field `{name}` twice"),
                Kind::Row(parts) | Kind::FieldSet(_, parts) if parts.is_empty() => {
                    format!("`{flow}.{node}` has a row or a group without fields")
                }
                _ => continue,
            };
            return Some(fault);
        }
        None
    }

    /// The titles of its groups.
    pub(crate) fn titles(&self) -> impl Iterator<Item = &str> {
        all(&self.parts).into_iter().filter_map(|part| match &part.kind {
            Kind::FieldSet(title, _) => Some(title.as_str()),
            Kind::Field(_) | Kind::Row(_) => None,
        })
    }
}

/// All parts, also those inside of others.
fn all(parts: &[Part]) -> Vec<&Part> {
    let mut found: Vec<&Part> = Vec::new();
    for part in parts {
        found.push(part);
        if let Kind::Row(inner) | Kind::FieldSet(_, inner) = &part.kind {
            found.extend(all(inner));
        }
    }
    found
}

/// The inputs in their places, for the template: those that the layout does not name come last, so that none is missing.
pub(crate) fn arranged(layout: Option<&Layout>, inputs: &Value, text: &dyn Fn(&str) -> String) -> Value {
    let mut left: Vec<&Value> = inputs.as_array().into_iter().flatten().collect();
    let parts = layout.map(|layout| layout.parts.as_slice()).unwrap_or_default();
    let mut placed = place(parts, &mut left, text);
    placed.extend(left.into_iter().map(|input| json!({ "kind": "field", "span": 1, "field": input })));
    placed.into()
}

fn place(parts: &[Part], left: &mut Vec<&Value>, text: &dyn Fn(&str) -> String) -> Vec<Value> {
    let shown = parts.iter().filter_map(|part| {
        let span = part.span;
        Some(match &part.kind {
            Kind::Field(name) => {
                let at = left.iter().position(|input| input["name"] == name.as_str())?;
                json!({ "kind": "field", "span": span, "field": left.remove(at) })
            }
            Kind::Row(parts) => json!({ "kind": "row", "span": span, "parts": place(parts, left, text) }),
            Kind::FieldSet(title, parts) => {
                json!({ "kind": "fieldset", "span": span, "title": text(title), "parts": place(parts, left, text) })
            }
        })
    });
    shown.collect()
}
