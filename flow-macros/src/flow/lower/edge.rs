//! Edges: where they lead, what they ask and carry.

use flow_graph::{EDGE_KEYS, EdgesWith, Kind, Role};

use super::super::model::{EdgeModel, FlowModel, NodeModel};
use super::super::syntax::KeyValue;
use super::super::value;
use super::callback::callback;
use super::{Names, resolve};
use crate::errors::Errors;
use crate::names::plain;

pub(super) fn edge(
    role: Role,
    entry: &KeyValue,
    names: &Names,
    model: &mut NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) {
    let value::EdgeSyntax { pattern, target, entries } = value::edge(entry, errors);
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
fn edge_keys(entries: &[KeyValue], kind: Kind, edge: &mut EdgeModel, errors: &mut Errors) {
    let mut seen: Vec<&str> = Vec::new();
    for entry in entries {
        let Some(key) = edge_key(entry, kind, edge.role, errors) else { continue };
        if seen.contains(&key) {
            errors.push(entry.key.span(), format!("`{key}` is written twice"), &["leave one of them out"]);
            continue;
        }
        let place = match key {
            "when" => &mut edge.when,
            "task_data" => &mut edge.data,
            "task_seed" => &mut edge.seed,
            "task_data_source" => &mut edge.data_source,
            "task_seed_source" => &mut edge.seed_source,
            other => {
                let text = format!("this macro has a fault: it knows the key `{other}` and has no use for it");
                errors.push(entry.key.span(), text, &["please report it, with this struct"]);
                continue;
            }
        };
        *place = callback(entry, errors);
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

/// The name of a key, if it is one of this edge.
fn edge_key(entry: &KeyValue, kind: Kind, role: Role, errors: &mut Errors) -> Option<&'static str> {
    let Some(key) = EDGE_KEYS.iter().find(|key| entry.is(key.name)) else {
        let of = |edges| {
            let names = EDGE_KEYS.iter().filter(move |key| key.edges == edges).map(|key| format!("`{}`", key.name));
            names.collect::<Vec<_>>().join(", ")
        };
        let keys = format!(
            "the keys of an edge are {}, and of a split {}, {}",
            of(EdgesWith::All),
            of(EdgesWith::BranchesAndCases),
            of(EdgesWith::Branches)
        );
        errors.push(entry.key.span(), format!("`{}` is not a key of an edge", plain(&entry.key)), &[&keys]);
        return None;
    };
    if key.edges.has(kind.exits(), role) {
        return Some(key.name);
    }
    let text = format!("`{}` has no meaning on this edge of a `{}`", key.name, kind.name());
    let help = "it is for the branches of a `Split`; `when` for the cases of a `Switch` too";
    errors.push(entry.key.span(), text, &[help]);
    None
}

/// A case has a condition or, where the switch is `on` a value, a pattern.
fn pattern_fits(entry: &KeyValue, edge: &EdgeModel, model: &NodeModel, errors: &mut Errors) {
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
