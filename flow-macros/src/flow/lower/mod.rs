//! From what was written to what it means.

mod boundary;
mod callback;
mod edge;
mod event;
mod keys;
mod people;
mod plain;
mod retry;

use std::collections::HashMap;
use std::ops::Range;

use flow_graph::{Body, FLOW_KEYS, Key, Kind, NodeId, Takes};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::model::{FlowModel, NodeModel, Permission};
use super::syntax::{Field, FlowSyntax, KeyValue, last_word};
use super::value::{NodeRef, node_ref, text};
use crate::errors::Errors;
use crate::names::{flow_name, plain, title_and_rest, title_of};
use boundary::{Boundary, delay_of};
use callback::callback;
use edge::{edge, retired};
use people::{assign, different_from, form, permission};
use plain::{allow, old_names, stored_name, type_of};
use retry::retry;

/// The numbers of the nodes, by field.
struct Names(HashMap<String, NodeId>);

pub(crate) fn flow(written: &FlowSyntax, errors: &mut Errors) -> FlowModel {
    let mut flow = header(written, errors);
    let numbers = flow_graph::number(written.fields.iter().map(boundaries_of));
    let mut names = Names(HashMap::new());
    for (field, numbers) in written.fields.iter().zip(&numbers) {
        names.0.entry(plain(&field.ident)).or_insert(numbers.start);
    }
    let mut timeouts = Vec::new();
    for (field, numbers) in written.fields.iter().zip(numbers) {
        timeouts.extend(node(field, numbers, &names, &mut flow, errors));
    }
    boundary::name(&mut flow, &timeouts, errors);
    boundary::refuse_same_codes(&flow, &timeouts, errors);
    let has_process = written.entries.iter().any(|entry| entry.is("process"));
    people::forms(&mut flow.nodes, has_process, errors);
    people::default_permission(&mut flow);
    flow
}

/// How many boundaries a field has. One whose type is unknown keeps them.
fn boundaries_of(field: &Field) -> usize {
    let has = |key: &str| field.kind.is_none_or(|kind| kind.key(key).is_some());
    let written = |key: &str| field.entries.iter().filter(|entry| entry.is(key)).count();
    let all: usize = ["on_timeout", "on_error", "on_escalation"].into_iter().filter(|key| has(key)).map(written).sum();
    // A node has one handler: a second one is not read.
    all + if has("compensate") { written("compensate").min(1) } else { 0 }
}

/// The keys of `#[flow(..)]`.
fn header(written: &FlowSyntax, errors: &mut Errors) -> FlowModel {
    let (title, description) = title_and_rest(&written.docs);
    let mut flow = FlowModel {
        ident: written.ident.clone(),
        root: quote!(::flow_core),
        name: flow_name(&written.ident),
        was: Vec::new(),
        title: title.unwrap_or_else(|| {
            let snake = flow_name(&written.ident);
            title_of(&snake)
        }),
        description,
        process: TokenStream::new(),
        connection: TokenStream::new(),
        summary: None,
        result: None,
        permission: Permission::Managers,
        view: Permission::Managers,
        audit_values: false,
        calendar: TokenStream::new(),
        reference: None,
        observe: None,
        notify: None,
        cancel: None,
        lock: None,
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
            errors.push(entry.key.span(), format!("`{key}` is written twice"), &["remove one of them"]);
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
            "calendar" if needs_value(errors) => flow.calendar = value,
            "crate" if needs_value(errors) => flow.root = value,
            "name" => flow.name = stored_name(entry, errors).unwrap_or(flow.name),
            "was" => flow.was = old_names(entry, errors),
            "title" => flow.title = text(entry, errors).map_or(flow.title, |(text, _)| text),
            "summary" => flow.summary = text(entry, errors),
            "result" => flow.result = text(entry, errors),
            "permission" => flow.permission = people::of_flow(entry, errors),
            "view" => flow.view = permission(entry, errors),
            "audit" => flow.audit_values = plain::word("values", entry, errors),
            "reference" => flow.reference = text(entry, errors),
            "observe" if needs_value(errors) => flow.observe = people::hook(entry, errors),
            "notify" if needs_value(errors) => flow.notify = people::hook(entry, errors),
            "cancel" => {
                flow.cancel = people::rule("says who may cancel a process", "cancel(this.may_withdraw)", entry, errors)
            }
            "lock" => flow.lock = text(entry, errors),
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

/// What a field's type says it is.
fn kind_of(field: &Field, errors: &mut Errors) -> Option<Kind> {
    if field.kind.is_none()
        && let Some(last) = last_word(&field.ty)
    {
        let names = Kind::FIELDS.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(", ");
        errors.push(last.span(), format!("`{last}` is not a kind of node"), &[&format!("the kinds are {names}")]);
    }
    field.kind
}

/// Adds the node of a field, and its boundaries behind it.
fn node<'a>(
    field: &'a Field,
    numbers: Range<NodeId>,
    names: &Names,
    flow: &mut FlowModel,
    errors: &mut Errors,
) -> Vec<Boundary<'a>> {
    // A node of an unknown kind keeps its place, so that what leads to it is not a second mistake.
    let known = kind_of(field, errors);
    let kind = known.unwrap_or(Kind::View);
    let mut model = NodeModel::new(kind, field.ident.clone());
    model.incomplete = known.is_none();
    let (title, description) = title_and_rest(&field.docs);
    model.title = title.unwrap_or(model.title);
    model.description = description;
    model.boundaries = (numbers.start..numbers.end).skip(1).collect();
    let mut timeouts = Vec::new();
    let mut seen: Vec<&Key> = Vec::new();
    // Whether a case is a pattern depends on `on`, wherever that is written.
    let mut entries: Vec<&KeyValue> = field.entries.iter().collect();
    entries.sort_by_key(|entry| !entry.is("on"));
    for entry in entries {
        let Some(key) = keys::find(known, entry, errors) else {
            // It may have been meant for an edge.
            model.incomplete |= names_a_node(entry);
            keep_refs(entry, flow);
            continue;
        };
        // A second way on is `next_twice`, which knows where the first one leads.
        let is_way = matches!(key.takes, Takes::Edge(_));
        if seen.contains(&key) && !key.repeats() && !is_way {
            errors.push(entry.key.span(), format!("`{}` is written twice", key.name), &["remove one of them"]);
            keep_refs(entry, flow);
            continue;
        }
        match key.takes {
            Takes::Edge(role) => edge(role, entry, names, &mut model, flow, errors),
            Takes::Retired => retired(entry, names, &mut model, flow, errors),
            Takes::Timeout => timeouts.push(boundary::timeout(entry, names, &model, flow, errors)),
            Takes::Error => timeouts.push(boundary::error(entry, names, &model, flow, errors)),
            Takes::Handler => timeouts.push(boundary::compensation(entry, names, &model, flow, errors)),
            Takes::Escalation => timeouts.push(boundary::escalation(entry, names, &model, flow, errors)),
            _ => value(key, entry, names, &mut model, flow, errors),
        }
        seen.push(key);
    }
    // Without `retired` it leads nowhere, which is reported as the key that it needs.
    model.incomplete |= kind == Kind::Obsolete && model.edges.is_empty();
    if known.is_some() {
        keys::missing(&model, &seen, errors);
        event::together(&model, errors);
    }
    if let (Some((_, span)), None) = (model.cancel_active, &model.continue_on) {
        let text =
            "`cancel_active` says what becomes of open branches when the join continues early, and it never does";
        errors.push(span, text, &["add `continue_on = |_a, arrived, _open| arrived.len() >= 2`, or remove it"]);
    }
    if let (Some((_, span)), None) = (&model.concurrency_key, &model.concurrency) {
        let text = "`concurrency_key` says which jobs share the limit of `concurrency`, and there is no `concurrency`";
        errors.push(*span, text, &["add `concurrency = 1`, or remove it"]);
    }
    let ids = model.boundaries.clone();
    flow.nodes.push(model);
    let mut added = Vec::new();
    for ((model, mut timeout), id) in timeouts.into_iter().zip(ids) {
        (timeout.host, timeout.id) = (numbers.start, id);
        flow.nodes.push(model);
        added.push(timeout);
    }
    debug_assert_eq!(flow.nodes.len(), usize::from(numbers.end), "nodes are stored in the order of their numbers");
    added
}

fn names_a_node(entry: &KeyValue) -> bool {
    matches!(entry.value.first(), Some(TokenTree::Ident(word)) if word == "this") || entry.arguments.is_some()
}

/// References of an entry that is not used still complete and resolve.
fn keep_refs(entry: &KeyValue, flow: &mut FlowModel) {
    let mut quiet = Errors::default();
    if matches!(entry.value.first(), Some(TokenTree::Ident(word)) if word == "this") {
        flow.refs.extend(node_ref(&entry.value, entry.key.span(), &mut quiet));
    }
}

/// What stands behind a key that leads nowhere.
fn value(key: &Key, entry: &KeyValue, names: &Names, model: &mut NodeModel, flow: &mut FlowModel, errors: &mut Errors) {
    match key.name {
        "on" => model.on = callback(entry, errors),
        "task" => model.task = type_of(entry, errors),
        "delay" => model.delay = delay_of(&entry.value, &entry.key, errors),
        "at" => model.delay = callback(entry, errors).map(super::model::Delay::At),
        "start" => model.child = type_of(entry, errors),
        "item" => model.item = type_of(entry, errors),
        "items" => model.items = callback(entry, errors),
        "sequential" => model.sequential = plain::flag(entry, errors),
        "process_data" => model.process_data = callback(entry, errors),
        "process_seed" => model.process_seed = callback(entry, errors),
        "assign" => assign(entry, names, model, flow, errors),
        "different_from" => different_from(entry, names, model, flow, errors),
        "candidates" => model.candidates = callback(entry, errors),
        "due" => model.due = delay_of(&entry.value, &entry.key, errors),
        "priority" if model.kind.is_human() => model.urgency = delay_of(&entry.value, &entry.key, errors),
        "if" => model.condition = callback(entry, errors),
        "run" if model.kind.body() == Body::Background => model.run = callback::job(entry, errors),
        "run" => model.run = callback(entry, errors),
        "on_done" => model.on_done = callback(entry, errors),
        "undo" => model.undo = callback(entry, errors),
        "on_create" => model.on_create = callback(entry, errors),
        "available" => {
            model.available =
                people::rule("says whom the start is offered to", "available(this.may_ask)", entry, errors);
        }
        "form" => model.form = form(entry, errors),
        "input" => model.input = type_of(entry, errors),
        "timeout" => model.timeout = type_of(entry, errors),
        "retry" => model.retry = retry(entry, errors),
        "queue" => model.queue = stored_name(entry, errors),
        "priority" => model.priority = type_of(entry, errors),
        "concurrency" => model.concurrency = type_of(entry, errors),
        "concurrency_key" => {
            model.concurrency_key = callback(entry, errors).map(|callback| (callback, entry.key.span()));
        }
        "permission" => model.permission = permission(entry, errors),
        "continue_on" => model.continue_on = callback(entry, errors),
        "cancel_active" => model.cancel_active = plain::flag(entry, errors),
        "code" => model.code = plain::error_code(entry, errors),
        "every" => model.every = type_of(entry, errors),
        "cron" => model.cron = event::cron(entry, errors),
        "zone" => model.zone = text(entry, errors),
        "message" => model.message = event::name(entry, errors),
        "key" => model.key = callback(entry, errors),
        "value" => model.value = callback(entry, errors),
        "kept_for" => model.kept_for = type_of(entry, errors),
        "signal" => model.signal = event::name(entry, errors),
        "title" => model.title = text(entry, errors).map_or_else(|| model.title.clone(), |(text, _)| text),
        "summary" => model.summary = text(entry, errors),
        "result" => model.result = text(entry, errors),
        "name" => model.name = stored_name(entry, errors).unwrap_or_else(|| model.name.clone()),
        "was" => model.was = old_names(entry, errors),
        "allow" => model.allows.extend(allow(entry, errors)),
        other => {
            let text = format!("bug in this macro: it knows the key `{other}` but does not handle it");
            errors.push(entry.key.span(), text, &["please report it, together with this struct"]);
        }
    }
}

/// The node that is named. An unknown one is rustc's to report: it knows what was meant.
fn resolve(found: &NodeRef, names: &Names) -> Option<NodeId> {
    found.name.as_ref().and_then(|name| names.0.get(&plain(name))).copied()
}
