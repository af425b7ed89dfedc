//! Edges: where they lead, what they ask and carry.

use flow_graph::{EDGE_KEYS, EdgesWith, Kind, Role};

use super::super::model::{EdgeModel, FlowModel, NodeModel};
use super::super::syntax::{KeyValue, entries};
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

/// `retired(to = this.sign, task_data = ..)`: where the tasks of an obsolete node are moved to.
pub(super) fn retired(
    entry: &KeyValue,
    names: &Names,
    model: &mut NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) {
    let mut mistakes = Errors::default();
    let inside = entry.arguments.as_ref().map(|group| entries(group.stream(), &mut mistakes)).unwrap_or_default();
    let (to, keys): (Vec<KeyValue>, Vec<KeyValue>) = inside.into_iter().partition(|key| key.is("to"));
    let Some(first) = to.first() else {
        let (first, last) = entry.span();
        let example = ["retired(to = this.end)"];
        errors.push_range(first, last, "`retired` takes the node that its tasks are moved to", &example);
        return;
    };
    errors.append(mistakes);
    if let Some(second) = to.get(1) {
        errors.push(second.key.span(), "`to` is written twice", &["remove one of them"]);
    }
    let Some(found) = value::node_ref(&first.value, first.key.span(), errors) else { return };
    let mut edge = EdgeModel::new(Role::Next, resolve(&found, names).unwrap_or_default(), found.span());
    let is_known = resolve(&found, names).is_some();
    flow.refs.push(found);
    edge_keys(&keys, model.kind, &mut edge, errors);
    if is_known {
        model.edges.push(edge);
    }
}

/// `when = ..`, `task_data = ..` and the like, behind the node of an edge.
fn edge_keys(entries: &[KeyValue], kind: Kind, edge: &mut EdgeModel, errors: &mut Errors) {
    let mut seen: Vec<&str> = Vec::new();
    for entry in entries {
        let Some(key) = edge_key(entry, kind, edge.role, errors) else { continue };
        if seen.contains(&key) {
            errors.push(entry.key.span(), format!("`{key}` is written twice"), &["remove one of them"]);
            continue;
        }
        let place = match key {
            "when" => &mut edge.when,
            "task_data" => &mut edge.data,
            "task_seed" => &mut edge.seed,
            "task_data_source" => &mut edge.data_source,
            "task_seed_source" => &mut edge.seed_source,
            other => {
                let text = format!("bug in this macro: it knows the key `{other}` but does not handle it");
                errors.push(entry.key.span(), text, &["please report it, together with this struct"]);
                continue;
            }
        };
        *place = callback(entry, errors);
        seen.push(key);
    }
    let of = |key: &str| entries.iter().find(|entry| entry.is(key));
    for (source, single) in [("task_data_source", "task_data"), ("task_seed_source", "task_seed")] {
        if let (Some(_), Some(entry)) = (of(source), of(single)) {
            let text = format!("`{source}` already gives each task its own value, so `{single}` cannot be used here");
            errors.push(entry.key.span(), text, &["remove one of them"]);
        }
    }
    if let (Some(_), Some(entry)) = (of("task_data_source"), of("task_seed_source")) {
        errors.push(
            entry.key.span(),
            "two lists cannot both decide how many tasks are created",
            &["remove one of the two lists"],
        );
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
    let text = format!("`{}` cannot be used on this edge of a `{}`", key.name, kind.name());
    let help = "it is for branches of a `Split`; `when` also works on cases of a `Switch`";
    errors.push(entry.key.span(), text, &[help]);
    None
}

/// A case has a condition or, where the switch is `on` a value, a pattern.
fn pattern_fits(entry: &KeyValue, edge: &EdgeModel, model: &NodeModel, errors: &mut Errors) {
    let (first, last) = entry.span();
    if edge.role != Role::Case {
        if edge.pattern.is_some() {
            errors.push_range(first, last, "a pattern can only be used in a case of a `Switch`", &[]);
        }
    } else if model.on.is_some() && edge.pattern.is_none() {
        errors.push_range(
            first,
            last,
            "this switch has an `on` value, so each case must be a pattern",
            &["case(Size::Small => this.small)"],
        );
    } else if model.on.is_none() && edge.pattern.is_some() {
        errors.push_range(
            first,
            last,
            "a pattern needs a value to match: this switch has no `on`",
            &["add `on = |a| a.process.size()` before the cases"],
        );
    } else if edge.pattern.is_none() && edge.when.is_none() {
        errors.push_range(first, last, "this case has no condition", &["case(this.small, when = |a| ..)"]);
    } else if edge.pattern.is_some() && edge.when.is_some() {
        errors.push_range(
            first,
            last,
            "a pattern takes no `when`: write its condition as a guard",
            &["case(n if n < 10 => this.small)"],
        );
    }
}
