//! From what was written to what it means.

use std::collections::HashMap;

use flow_graph::{FLOW_KEYS, Kind, NodeId, Role, find_key, keys_of, owners_of};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;

use super::model::{Allow, Assign, Delay, EdgeModel, FlowModel, Form, NodeModel, Permission};
use super::syntax::{Entry, Field, Written, entries};
use super::value::{self, NodeRef, callback, closure, node_ref, owner_of, text};
use crate::errors::Errors;
use crate::names::{flow_name, plain, title_of};
use crate::tokens::{span_of, split_commas, string};

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
        if seen.contains(&key) && !repeats {
            let again = if matches!(key.as_str(), "next" | "then" | "else" | "default") {
                format!("`{}` already goes somewhere by `{key}`", model.name)
            } else {
                format!("`{key}` is written twice")
            };
            errors.push(entry.key.span(), again, &["leave one of them out"]);
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
        "at" => model.delay = callback(&entry.value, entry.key.span(), errors).map(Delay::At),
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

fn edge(role: Role, entry: &Entry, names: &Names, model: &mut NodeModel, flow: &mut FlowModel, errors: &mut Errors) {
    let value::Written { pattern, target, entries } = value::edge(entry, errors);
    let Some(found) = target else {
        model.incomplete = true;
        return;
    };
    let to = resolve(&found, names);
    let mut edge = EdgeModel::new(role, to.unwrap_or_default(), found.span());
    flow.refs.push(found);
    edge.pattern = pattern;
    edge_keys(&entries, model.kind, &mut edge, errors);
    pattern_fits(entry, &edge, model, errors);
    match to {
        Some(_) => model.edges.push(edge),
        None => model.incomplete = true,
    }
}

/// `when = ..`, `task_data = ..` and the like, behind the node of an edge.
fn edge_keys(entries: &[Entry], kind: Kind, edge: &mut EdgeModel, errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    for entry in entries {
        let key = plain(&entry.key);
        let split = kind == Kind::Split;
        let place = match key.as_str() {
            "task_data" => &mut edge.data,
            "task_seed" => &mut edge.seed,
            "when" if split || (kind == Kind::Switch && edge.role == Role::Case) => &mut edge.when,
            "task_data_source" if split => &mut edge.data_source,
            "task_seed_source" if split => &mut edge.seed_source,
            "when" | "task_data_source" | "task_seed_source" => {
                let text = format!("`{key}` has no meaning on this edge of a `{}`", kind.name());
                errors.push(
                    entry.key.span(),
                    text,
                    &["it is for the branches of a `Split`; `when` for the cases of a `Switch` too"],
                );
                continue;
            }
            _ => {
                let keys = "the keys of an edge are `task_data`, `task_seed`, and of a split `when`, `task_data_source`, `task_seed_source`";
                errors.push(entry.key.span(), format!("`{key}` is not a key of an edge"), &[keys]);
                continue;
            }
        };
        if seen.contains(&key) {
            errors.push(entry.key.span(), format!("`{key}` is written twice"), &["leave one of them out"]);
            continue;
        }
        *place = callback(&entry.value, entry.key.span(), errors);
        seen.push(key);
    }
    for (source, single) in [("task_data_source", "task_data"), ("task_seed_source", "task_seed")] {
        if seen.iter().any(|key| key == source) && seen.iter().any(|key| key == single) {
            if let Some(entry) = entries.iter().find(|entry| entry.is(single)) {
                let text = format!("`{source}` gives each task its own, so `{single}` has no meaning here");
                errors.push(entry.key.span(), text, &["leave one of them out"]);
            }
        }
    }
    if edge.data_source.is_some() && edge.seed_source.is_some() {
        if let Some(entry) = entries.iter().find(|entry| entry.is("task_seed_source")) {
            errors.push(
                entry.key.span(),
                "one list says how many tasks there are",
                &["leave one of the two lists out"],
            );
        }
    }
}

/// A case has a condition or, where the switch is `on` a value, a pattern.
fn pattern_fits(entry: &Entry, edge: &EdgeModel, model: &NodeModel, errors: &mut Errors) {
    let (first, last) = entry.span();
    if edge.role != Role::Case {
        if edge.pattern.is_some() {
            errors.push_range(first, last, "a pattern is for the cases of a `Switch`", &[]);
        }
    } else if model.on.is_some() && edge.pattern.is_none() {
        errors.push_range(
            first,
            last,
            "this switch is `on` a value, so a case is a pattern",
            &["case(Size::Small => this.small)"],
        );
    } else if model.on.is_none() && edge.pattern.is_some() {
        errors.push_range(
            first,
            last,
            "a pattern needs the value that it is for",
            &["add `on = |a| a.process.size()` in front"],
        );
    } else if edge.pattern.is_none() && edge.when.is_none() {
        errors.push_range(
            first,
            last,
            "this case does not say when it is chosen",
            &["case(this.small, when = |a| ..)"],
        );
    } else if edge.pattern.is_some() && edge.when.is_some() {
        errors.push_range(first, last, "a pattern has its condition in itself", &["case(n if n < 10 => this.small)"]);
    }
}

/// `assign = this.start.owner`, or a callback.
fn assign(entry: &Entry, names: &Names, model: &mut NodeModel, flow: &mut FlowModel, errors: &mut Errors) {
    if let Some(found) = owner_of(&entry.value, errors) {
        model.assign = resolve(&found, names).map(Assign::OwnerOf);
        flow.refs.push(found);
        return;
    }
    model.assign = callback(&entry.value, entry.key.span(), errors).map(Assign::Callback);
}

/// `different_from(this.start)`
fn different_from(entry: &Entry, names: &Names, model: &mut NodeModel, flow: &mut FlowModel, errors: &mut Errors) {
    let parts = entry.arguments.as_ref().map(|group| split_commas(group.stream())).unwrap_or_default();
    if parts.is_empty() {
        let (first, last) = entry.span();
        errors.push_range(first, last, "`different_from` names a node", &["different_from(this.start)"]);
    }
    for part in parts {
        let Some(mut found) = node_ref(&part, entry.key.span(), errors) else { continue };
        model.different_from.extend(resolve(&found, names));
        // It asks for the owner, so the node must have one.
        let owner = Ident::new("owner", found.span());
        found.owner = Some((found.dot.clone(), Some(owner)));
        flow.refs.push(found);
    }
}

/// The node that is named. An unknown one is rustc's to report: it knows what was meant.
fn resolve(found: &NodeRef, names: &Names) -> Option<NodeId> {
    found.name.as_ref().and_then(|name| names.0.get(&plain(name))).copied()
}

/// `on_timeout(days(3), this.escalate, interrupting = false)`
fn timeout(entry: &Entry, names: &Names, host: &NodeModel, flow: &mut FlowModel, errors: &mut Errors) -> NodeModel {
    let mut model = NodeModel::new(Kind::TimerBoundary, host.ident.clone());
    model.interrupting = true;
    let parts = entry.arguments.as_ref().map(|group| split_commas(group.stream())).unwrap_or_default();
    let mut parts = parts.into_iter();
    let (Some(delay), Some(to)) = (parts.next(), parts.next()) else {
        let (first, last) = entry.span();
        errors.push_range(
            first,
            last,
            "`on_timeout` takes a delay and a node",
            &["on_timeout(days(3), this.escalate)"],
        );
        model.incomplete = true;
        return model;
    };
    model.delay = delay_of(&delay, errors);
    match node_ref(&to, entry.key.span(), errors) {
        Some(found) => {
            match resolve(&found, names) {
                Some(to) => model.edges.push(EdgeModel::new(Role::Next, to, found.span())),
                None => model.incomplete = true,
            }
            flow.refs.push(found);
        }
        None => model.incomplete = true,
    }
    for extra in parts {
        match extra.as_slice() {
            [TokenTree::Ident(key), TokenTree::Punct(sign), TokenTree::Ident(word)]
                if key == "interrupting" && sign.as_char() == '=' && (word == "true" || word == "false") =>
            {
                model.interrupting = word == "true";
            }
            other => {
                if let Some((first, last)) = span_of(other) {
                    errors.push_range(first, last, "expected `interrupting = false`", &[]);
                }
            }
        }
    }
    model
}

fn delay_of(tokens: &[TokenTree], errors: &mut Errors) -> Option<Delay> {
    let is_this =
        matches!(tokens, [TokenTree::Ident(this), TokenTree::Punct(dot), ..] if this == "this" && dot.as_char() == '.');
    if is_this || closure(tokens).is_some() {
        let span = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        return callback(tokens, span, errors).map(Delay::Callback);
    }
    zero_delay(tokens, errors);
    Some(Delay::Value(tokens.iter().cloned().collect()))
}

/// `days(0)`: it would time out before anybody can do it.
fn zero_delay(tokens: &[TokenTree], errors: &mut Errors) {
    if let [.., TokenTree::Ident(unit), TokenTree::Group(group)] = tokens {
        let zero = group.stream().to_string() == "0";
        if zero && matches!(unit.to_string().as_str(), "seconds" | "minutes" | "hours" | "days") {
            errors.push_range(
                unit.span(),
                group.span_close(),
                "this timeout comes at once",
                &["give the task some time"],
            );
        }
    }
}

fn form(entry: &Entry, errors: &mut Errors) -> Option<Form> {
    match entry.value.as_slice() {
        [TokenTree::Ident(ident), TokenTree::Group(body)] if body.delimiter() == Delimiter::Brace => {
            let mut fields: Vec<Ident> = Vec::new();
            for part in split_commas(body.stream()) {
                match part.as_slice() {
                    [TokenTree::Ident(field)] if fields.contains(field) => {
                        errors.push(field.span(), format!("`{field}` is in this form already"), &[]);
                    }
                    [TokenTree::Ident(field)] => fields.push(field.clone()),
                    other => {
                        if let Some((first, last)) = span_of(other) {
                            let help = format!("form = {ident} {{ text, approved }}");
                            errors.push_range(first, last, "expected the name of a field of the process", &[&help]);
                        }
                    }
                }
            }
            Some(Form::Fields { ident: ident.clone(), fields })
        }
        [] => {
            errors.push(entry.key.span(), "`form` has no value", &["form = ApproveForm { approved }"]);
            None
        }
        other => Some(Form::Type(other.iter().cloned().collect())),
    }
}

fn type_of(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if entry.value.is_empty() {
        errors.push(entry.key.span(), format!("`{}` has no value", entry.key), &[]);
        return None;
    }
    Some(entry.value.iter().cloned().collect())
}

fn permission(entry: &Entry, errors: &mut Errors) -> Permission {
    let inside: Vec<TokenTree> =
        entry.arguments.as_ref().map(|group| group.stream().into_iter().collect()).unwrap_or_default();
    match inside.as_slice() {
        [TokenTree::Ident(word)] if word == "auto" => return Permission::Auto,
        [TokenTree::Ident(word)] if word == "anyone" => return Permission::Anyone,
        [TokenTree::Ident(this), ..] if this == "this" => {
            let found = callback(&inside, entry.key.span(), errors);
            if let Some(super::value::Callback::Method { connection: Some(conn), .. }) = &found {
                errors.push(conn.span(), "a rule of permission takes no connection", &[]);
            }
            return found.map_or(Permission::Managers, Permission::Method);
        }
        tokens => {
            if let Some(name) = string(tokens).filter(|name| !name.is_empty()) {
                return Permission::Named(name);
            }
        }
    }
    let (first, last) = entry.span();
    errors.push_range(
        first,
        last,
        "`permission` says who may do this",
        &["permission(auto), permission(anyone), permission(\"can_approve\") or permission(this.method)"],
    );
    Permission::Managers
}

fn old_names(entry: &Entry, errors: &mut Errors) -> Vec<String> {
    if let [TokenTree::Group(list)] = entry.value.as_slice() {
        let names: Vec<Option<String>> = split_commas(list.stream()).iter().map(|part| string(part)).collect();
        if list.delimiter() == Delimiter::Bracket && names.iter().all(Option::is_some) {
            return names.into_iter().flatten().collect();
        }
    }
    let (first, last) = entry.span();
    errors.push_range(first, last, "`was` takes the old names", &["was = [\"old_name\"]"]);
    Vec::new()
}

/// `allow(unreachable_nodes, reason = "..")`
fn allow(entry: &Entry, errors: &mut Errors) -> Option<Allow> {
    let inside = entry.arguments.as_ref().map(|group| group.stream()).unwrap_or_default();
    let parts = entries(inside, errors);
    let example = ["allow(unreachable_nodes, reason = \"older processes still wait here\")"];
    let Some((check, rest)) = parts.split_first() else {
        errors.push(entry.key.span(), "`allow` names a check and a reason", &example);
        return None;
    };
    let name = plain(&check.key);
    let known = flow_graph::CHECKS.iter().find(|known| known.name == name);
    match known {
        None => errors.push(check.key.span(), format!("there is no check `{name}`"), &[]),
        Some(known) if known.severity == flow_graph::Severity::Error => {
            errors.push(check.key.span(), format!("`{name}` cannot be allowed: such a flow cannot run"), &[]);
        }
        Some(_) => {}
    }
    let reason = rest.iter().find(|entry| entry.is("reason")).and_then(|entry| string(&entry.value));
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        errors.push(check.key.span(), format!("say why `{name}` is right here"), &example);
    }
    known.map(|_| Allow { check: check.key.clone(), used: std::cell::Cell::new(false) })
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

/// The first paragraph of a doc comment is the title, the rest the description.
fn title_and_rest(docs: &[String]) -> (Option<String>, String) {
    let mut lines = docs.iter().map(|line| line.trim()).peekable();
    let mut title = Vec::new();
    while let Some(line) = lines.next_if(|line| !line.is_empty()) {
        title.push(line);
    }
    let rest = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
    let title = title.join(" ");
    let title = title.strip_suffix('.').unwrap_or(&title).to_owned();
    ((!title.is_empty()).then_some(title), rest)
}
