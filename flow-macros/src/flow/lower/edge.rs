//! Edges: where they lead, what they ask and carry; and the timeouts of tasks.

use flow_graph::{Kind, Role};
use proc_macro2::{Span, TokenTree};

use super::super::model::{Delay, EdgeModel, FlowModel, NodeModel};
use super::super::syntax::Entry;
use super::super::value::{self, callback, closure, node_ref};
use super::{Names, resolve};
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::{span_of, split_commas};

pub(super) fn edge(
    role: Role,
    entry: &Entry,
    names: &Names,
    model: &mut NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) {
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
pub(super) fn edge_keys(entries: &[Entry], kind: Kind, edge: &mut EdgeModel, errors: &mut Errors) {
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
    let of = |key: &str| entries.iter().find(|entry| entry.is(key));
    for (source, single) in [("task_data_source", "task_data"), ("task_seed_source", "task_seed")] {
        if let (Some(_), Some(entry)) = (of(source), of(single)) {
            let text = format!("`{source}` gives each task its own, so `{single}` has no meaning here");
            errors.push(entry.key.span(), text, &["leave one of them out"]);
        }
    }
    if let (Some(_), Some(entry)) = (of("task_data_source"), of("task_seed_source")) {
        errors.push(entry.key.span(), "one list says how many tasks there are", &["leave one of the two lists out"]);
    }
}

/// A case has a condition or, where the switch is `on` a value, a pattern.
pub(super) fn pattern_fits(entry: &Entry, edge: &EdgeModel, model: &NodeModel, errors: &mut Errors) {
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

/// `on_timeout(days(3), this.escalate, interrupting = false)`
pub(super) fn timeout(
    entry: &Entry,
    names: &Names,
    host: &NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) -> NodeModel {
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

pub(super) fn delay_of(tokens: &[TokenTree], errors: &mut Errors) -> Option<Delay> {
    let is_this =
        matches!(tokens, [TokenTree::Ident(this), TokenTree::Punct(dot), ..] if this == "this" && dot.as_char() == '.');
    if is_this || closure(tokens).is_some() {
        let span = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        return callback(tokens, span, errors).map(Delay::Callback);
    }
    Some(Delay::Value(tokens.iter().cloned().collect()))
}
