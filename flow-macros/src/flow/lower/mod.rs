//! From what was written to what it means.

mod edge;
mod people;
mod plain;

use std::collections::HashMap;

use flow_graph::{FLOW_KEYS, Kind, NodeId, Role, find_key, keys_of, owners_of};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;

use super::model::{FlowModel, NodeModel};
use super::syntax::{Entry, Field, Written};
use super::value::{NodeRef, callback, node_ref, text};
use crate::errors::Errors;
use crate::names::{flow_name, plain, title_and_rest, title_of};
use edge::{delay_of, edge, timeout};
use people::{assign, different_from, form, permission};
use plain::{allow, old_names, type_of};

/// The numbers of the nodes, by field.
struct Names(HashMap<String, NodeId>);

pub(crate) fn flow(written: &Written, errors: &mut Errors) -> FlowModel {
    let mut flow = header(written, errors);
    let kinds: Vec<Option<Kind>> = written.fields.iter().map(|field| kind_of(field, errors)).collect();
    // A node's timeouts follow it, so its number depends on how many the nodes before it have.
    let mut names = Names(HashMap::new());
    let mut number = 0;
    for (field, kind) in written.fields.iter().zip(&kinds) {
        names.0.entry(plain(&field.ident)).or_insert(number);
        let timeouts = field.entries.iter().filter(|entry| entry.is("on_timeout")).count();
        let keeps = kind.is_none_or(|kind| find_key(kind, "on_timeout").is_some());
        number += 1 + if keeps { NodeId::try_from(timeouts).unwrap_or(0) } else { 0 };
    }
    for (field, kind) in written.fields.iter().zip(kinds) {
        node(field, kind, &names, &mut flow, errors);
    }
    let has_process = written.entries.iter().any(|entry| entry.is("process"));
    people::forms(&mut flow.nodes, has_process, errors);
    flow
}

/// The keys of `#[flow(..)]`.
fn header(written: &Written, errors: &mut Errors) -> FlowModel {
    let (title, description) = title_and_rest(&written.docs);
    let mut flow = FlowModel {
        ident: written.ident.clone(),
        root: quote!(::flow_core),
        name: flow_name(&written.ident),
        title: title.unwrap_or_else(|| {
            let snake = flow_name(&written.ident);
            title_of(&snake)
        }),
        description,
        process: TokenStream::new(),
        connection: TokenStream::new(),
        summary: None,
        result: None,
        nodes: Vec::new(),
        refs: Vec::new(),
    };
    let mut seen: Vec<String> = Vec::new();
    for entry in &written.entries {
        let key = plain(&entry.key);
        if !FLOW_KEYS.iter().any(|known| known.name == key) {
            let names = FLOW_KEYS.iter().map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(", ");
            let text = format!("`{key}` is not a key of a flow");
            errors.push(entry.key.span(), text, &[&format!("the keys are {names}")]);
            continue;
        }
        if seen.contains(&key) {
            errors.push(entry.key.span(), format!("`{key}` is written twice"), &["leave one of them out"]);
            continue;
        }
        let value: TokenStream = entry.value.iter().cloned().collect();
        let needs_value = |errors: &mut Errors| {
            if value.is_empty() {
                let example = FLOW_KEYS.iter().find(|known| known.name == key).map_or("", |known| known.example);
                errors.push(entry.key.span(), format!("`{key}` has no value"), &[example]);
            }
            !value.is_empty()
        };
        match key.as_str() {
            "process" if needs_value(errors) => flow.process = value,
            "connection" if needs_value(errors) => flow.connection = value,
            "crate" if needs_value(errors) => flow.root = value,
            "name" => {
                if let Some((text, span)) = text(entry, errors) {
                    stored_name(&text, span, errors);
                    flow.name = text;
                }
            }
            "title" => flow.title = text(entry, errors).map_or(flow.title, |(text, _)| text),
            "summary" => flow.summary = text(entry, errors),
            "result" => flow.result = text(entry, errors),
            _ => {}
        }
        seen.push(key);
    }
    let root = &flow.root;
    if flow.process.is_empty() {
        flow.process = quote!(#root::Process);
    }
    if flow.connection.is_empty() {
        flow.connection = quote!(#root::__private::DefaultConnection);
    }
    flow
}

/// What a field's type says it is. The compiler checks later that the type is really ours.
fn kind_of(field: &Field, errors: &mut Errors) -> Option<Kind> {
    let last = field.ty.iter().rev().find_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    })?;
    let kind = Kind::from_name(&plain(last));
    if kind.is_none() {
        let names = Kind::FIELDS.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(", ");
        errors.push(last.span(), format!("`{last}` is not a kind of node"), &[&format!("the kinds are {names}")]);
    }
    kind
}

fn node(field: &Field, kind: Option<Kind>, names: &Names, flow: &mut FlowModel, errors: &mut Errors) {
    // A node of an unknown kind keeps its place, so that what leads to it is not a second mistake.
    let known = kind.is_some();
    let kind = kind.unwrap_or(Kind::View);
    let mut model = NodeModel::new(kind, field.ident.clone());
    model.incomplete = !known;
    let (title, description) = title_and_rest(&field.docs);
    model.title = title.unwrap_or(model.title);
    model.description = description;
    let mut timeouts = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    // Whether a case is a pattern depends on `on`, wherever that is written.
    let mut entries: Vec<&Entry> = field.entries.iter().collect();
    entries.sort_by_key(|entry| !entry.is("on"));
    for entry in entries {
        let key = plain(&entry.key);
        if known && !is_key(kind, &key, entry, errors) {
            // It may have been meant for an edge.
            model.incomplete |= names_a_node(entry);
            keep_refs(entry, flow);
            continue;
        }
        let repeats = find_key(kind, &key).is_some_and(|key| key.repeats);
        // A second way on is `next_twice`, which knows where the first one leads.
        let is_way = matches!(key.as_str(), "next" | "then" | "else" | "default");
        if seen.contains(&key) && !repeats && !is_way {
            errors.push(entry.key.span(), format!("`{key}` is written twice"), &["leave one of them out"]);
            keep_refs(entry, flow);
            continue;
        }
        entry_of(&key, entry, names, &mut model, &mut timeouts, flow, errors);
        seen.push(key);
    }
    if known {
        missing_keys(&model, &seen, errors);
    }
    let id = NodeId::try_from(flow.nodes.len()).unwrap_or(NodeId::MAX);
    let first = id + 1;
    for at in 0..timeouts.len() {
        model.boundaries.push(first + NodeId::try_from(at).unwrap_or(0));
    }
    let host = model.name.clone();
    flow.nodes.push(model);
    for (at, mut boundary) in timeouts.into_iter().enumerate() {
        boundary.name = if at == 0 { format!("{host}__timeout") } else { format!("{host}__timeout_{}", at + 1) };
        boundary.title = format!("Timeout of {host}");
        flow.nodes.push(boundary);
    }
}

fn is_key(kind: Kind, key: &str, entry: &Entry, errors: &mut Errors) -> bool {
    if find_key(kind, key).is_some() {
        return true;
    }
    let owners: Vec<String> = owners_of(key).map(|kind| format!("`{}`", kind.name())).collect();
    let names = keys_of(kind).map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(", ");
    let keys = format!("the keys of `{}` are {names}", kind.name());
    let (text, help) = if owners.is_empty() {
        (format!("`{key}` is not a key of a node"), vec![keys])
    } else if kind.ends() {
        (format!("`{}` is the end, `{key}` has no meaning there", kind.name()), vec![keys])
    } else if key == "on_timeout" {
        (
            format!("`{}` never waits, so it cannot time out", kind.name()),
            vec![format!("tasks that wait are {}", owners.join(", "))],
        )
    } else {
        (
            format!("`{key}` is not a key of `{}`", kind.name()),
            vec![format!("it is one of {}", owners.join(", ")), keys],
        )
    };
    let help: Vec<&str> = help.iter().map(String::as_str).collect();
    errors.push(entry.key.span(), text, &help);
    false
}

fn names_a_node(entry: &Entry) -> bool {
    matches!(entry.value.first(), Some(TokenTree::Ident(word)) if word == "this") || entry.arguments.is_some()
}

/// References of an entry that is not used still complete and resolve.
fn keep_refs(entry: &Entry, flow: &mut FlowModel) {
    let mut quiet = Errors::default();
    if matches!(entry.value.first(), Some(TokenTree::Ident(word)) if word == "this") {
        flow.refs.extend(node_ref(&entry.value, entry.key.span(), &mut quiet));
    }
}

fn entry_of(
    key: &str,
    entry: &Entry,
    names: &Names,
    model: &mut NodeModel,
    timeouts: &mut Vec<NodeModel>,
    flow: &mut FlowModel,
    errors: &mut Errors,
) {
    match key {
        "next" => edge(Role::Next, entry, names, model, flow, errors),
        "then" => edge(Role::Then, entry, names, model, flow, errors),
        "else" => edge(Role::Else, entry, names, model, flow, errors),
        "case" => edge(Role::Case, entry, names, model, flow, errors),
        "default" => edge(Role::Default, entry, names, model, flow, errors),
        "on" => model.on = callback(&entry.value, entry.key.span(), errors),
        "task" => model.task = type_of(entry, errors),
        "delay" => model.delay = delay_of(&entry.value, errors),
        "at" => model.delay = callback(&entry.value, entry.key.span(), errors).map(super::model::Delay::At),
        "start" => model.child = type_of(entry, errors),
        "process_data" => model.process_data = callback(&entry.value, entry.key.span(), errors),
        "process_seed" => model.process_seed = callback(&entry.value, entry.key.span(), errors),
        "assign" => assign(entry, names, model, flow, errors),
        "different_from" => different_from(entry, names, model, flow, errors),
        "on_timeout" => timeouts.push(timeout(entry, names, model, flow, errors)),
        "if" => model.condition = callback(&entry.value, entry.key.span(), errors),
        "run" => model.run = callback(&entry.value, entry.key.span(), errors),
        "on_done" => model.on_done = callback(&entry.value, entry.key.span(), errors),
        "form" => model.form = form(entry, errors),
        "input" => model.input = type_of(entry, errors),
        "timeout" => model.lease = type_of(entry, errors),
        "permission" => model.permission = permission(entry, errors),
        "title" => model.title = text(entry, errors).map_or_else(|| model.title.clone(), |(text, _)| text),
        "summary" => model.summary = text(entry, errors),
        "result" => model.result = text(entry, errors),
        "name" => {
            if let Some((text, span)) = text(entry, errors) {
                stored_name(&text, span, errors);
                model.name = text;
            }
        }
        "was" => model.was = old_names(entry, errors),
        "allow" => model.allows.extend(allow(entry, errors)),
        _ => {}
    }
}

/// The node that is named. An unknown one is rustc's to report: it knows what was meant.
fn resolve(found: &NodeRef, names: &Names) -> Option<NodeId> {
    found.name.as_ref().and_then(|name| names.0.get(&plain(name))).copied()
}

fn missing_keys(model: &NodeModel, seen: &[String], errors: &mut Errors) {
    let has = |key: &str| seen.iter().any(|seen| seen == key);
    let missing = match model.kind {
        Kind::If if !has("if") => Some("if"),
        Kind::Function | Kind::Job if !has("run") => Some("run"),
        Kind::StartHandle if has("input") && !has("run") => Some("run"),
        Kind::StartHandle | Kind::Handle if has("run") && !has("input") => Some("input"),
        Kind::Timer if !has("delay") && !has("at") => Some("delay"),
        Kind::Subprocess if !has("start") => Some("start"),
        _ => None,
    };
    let Some(key) = missing.and_then(|key| find_key(model.kind, key)) else { return };
    let text = format!("`{}` has no `{}`", model.name, key.name);
    errors.push(model.ident.span(), text, &[&format!("add `{}`", key.example)]);
}

fn stored_name(name: &str, span: Span, errors: &mut Errors) {
    let fine = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 60
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !fine {
        errors.push(span, "a stored name has ASCII letters, digits and `_`, a letter first, at most 60", &[]);
    }
}
