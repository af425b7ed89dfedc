//! Which keys a kind of node has, by the grammar, and which of them it needs.

use flow_graph::{Key, Kind, Need, Takes, owners_of};

use super::super::model::NodeModel;
use super::super::syntax::KeyValue;
use crate::errors::Errors;
use crate::names::plain;

/// The key, if a node of this kind has it. A node of an unknown kind has those of all.
pub(super) fn find(kind: Option<Kind>, entry: &KeyValue, errors: &mut Errors) -> Option<&'static Key> {
    let name = plain(&entry.key);
    let Some(kind) = kind else { return owners_of(&name).find_map(|kind| kind.key(&name)) };
    let found = kind.key(&name);
    if found.is_none() {
        unknown(kind, &name, entry, errors);
    }
    found
}

fn unknown(kind: Kind, key: &str, entry: &KeyValue, errors: &mut Errors) {
    let owners: Vec<String> = owners_of(key).map(|kind| format!("`{}`", kind.name())).collect();
    let names = kind.keys().iter().map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(", ");
    let keys = format!("the keys of `{}` are {names}", kind.name());
    let is_timeout = || owners_of(key).filter_map(|kind| kind.key(key)).all(|key| key.takes == Takes::Timeout);
    let (text, help) = if owners.is_empty() {
        (format!("`{key}` is not a key of a node"), vec![keys])
    } else if kind.ends() {
        (format!("`{}` takes no `{key}`", kind.name()), vec![keys])
    } else if is_timeout() {
        let tasks = format!("only these kinds wait: {}", owners.join(", "));
        (format!("`{}` never waits, so it cannot time out", kind.name()), vec![tasks])
    } else {
        let others = format!("it is a key of {}", owners.join(", "));
        (format!("`{key}` is not a key of `{}`", kind.name()), vec![others, keys])
    };
    let help: Vec<&str> = help.iter().map(String::as_str).collect();
    errors.push(entry.key.span(), text, &help);
}

/// Reports the first key that a node needs and has not. Edges have checks of their own.
pub(super) fn missing(model: &NodeModel, seen: &[&Key], errors: &mut Errors) {
    let has = |name: &str| seen.iter().any(|key| key.name == name);
    let needs = |key: &&Key| match key.need {
        Need::Optional | Need::Many => false,
        Need::Required => true,
        Need::With(other) => has(other),
        Need::Unless(other) => !has(other),
    };
    let Some(key) = model.kind.keys().iter().find(|key| !has(key.name) && needs(key)) else { return };
    let text = match key.need {
        Need::With(other) => format!("`{}` has `{other}`, which needs `{}`", model.name, key.name),
        _ => format!("`{}` has no `{}`", model.name, key.name),
    };
    errors.push(model.ident.span(), text, &[&format!("add `{}`", key.example)]);
}
