//! The tables of keys.

use std::fmt::Write as _;

use flow_core::graph::{EDGE_KEYS, Key, Kind, Need, Takes};

pub(crate) fn of_kind(kind: Kind) -> String {
    let mut text = "| key | takes | required | meaning |\n|---|---|---|---|\n".to_owned();
    for key in kind.keys() {
        let _ =
            writeln!(text, "| `{}` | {} | {} | {} |", cell(key.example), takes(key), need(key), cell(key.doc.trim()));
    }
    text.push('\n');
    text
}

/// The keys in the brackets of its edges.
pub(crate) fn of_edges(kind: Kind) -> String {
    let roles = kind.keys().iter().filter_map(|key| match key.takes {
        Takes::Edge(role) => Some(role),
        Takes::Retired => Some(flow_core::graph::Role::Next),
        _ => None,
    });
    let roles: Vec<_> = roles.collect();
    if roles.is_empty() {
        return String::new();
    }
    let mut text =
        "An edge can have keys of its own, in parentheses after the node: `next(this.approve, task_data = ..)`.\n\n\
         | key of an edge | meaning |\n|---|---|\n"
            .to_owned();
    for key in EDGE_KEYS.iter().filter(|key| roles.iter().any(|role| key.edges.has(kind.exits(), *role))) {
        let _ = writeln!(text, "| `{}` | {} |", cell(key.example), cell(key.doc.trim()));
    }
    text.push('\n');
    text
}

fn takes(key: &Key) -> &'static str {
    match key.takes {
        Takes::Edge(_) => "a node, `this.x`",
        Takes::Retired => "`to = this.x`, a node",
        Takes::Callback => "a closure or `this.method`",
        Takes::Delay => "a `Duration`, a closure or `this.method`",
        Takes::Number => "a number, a closure or `this.method`",
        Takes::Permission => "`auto`, `anyone`, a string or `this.method`",
        Takes::Person => "`this.x.owner`, a closure or `this.method`",
        Takes::Nodes => "nodes",
        Takes::Timeout => "a delay and a node",
        Takes::Error | Takes::Escalation => "a node, and perhaps a code",
        Takes::Handler => "a node, `this.x`",
        Takes::Flag => "`true` or `false`",
        Takes::Retry => "options in parentheses, or `this.method`",
        Takes::Form => "a form to declare, or a type",
        Takes::Type => "a type or a value",
        Takes::Text => "a string literal",
        Takes::Names => "a list of string literals",
        Takes::Rule => "`this.method`",
        Takes::Word(_) => "a word",
        Takes::Allow => "the name of a check and a reason",
    }
}

fn need(key: &Key) -> String {
    match key.need {
        Need::Optional => "no".to_owned(),
        Need::Many => "no, may be repeated".to_owned(),
        Need::Required => "yes".to_owned(),
        Need::With(other) => format!("with `{other}`"),
        Need::Unless(other) => format!("unless `{other}`"),
    }
}

/// A bar would end the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
