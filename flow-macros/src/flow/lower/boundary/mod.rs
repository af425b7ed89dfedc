//! The boundaries of tasks: timeouts, and what takes failures, escalations and what was done.

mod name;

pub(super) use name::name;

use flow_graph::{Kind, NodeId, Role};
use proc_macro2::{Ident, TokenTree};

use super::super::closure::closure;
use super::super::model::{Delay, EdgeModel, FlowModel, NodeModel};
use super::super::syntax::{KeyValue, entries};
use super::super::value::node_ref;
use super::callback::callback_in;
use super::plain::{error_code, old_names, stored_name};
use super::{Names, resolve};
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::split_commas;

/// A boundary on its way to its name.
pub(super) struct Boundary<'a> {
    entry: &'a KeyValue,
    event: Event,
    pub(super) host: NodeId,
    pub(super) id: NodeId,
    /// The target, as it is written.
    target: Option<String>,
    /// `name = ".."`
    name: Option<String>,
    /// `was = [".."]`
    was: Vec<String>,
}

/// What a boundary waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Timeout,
    Error,
    Compensation,
    Escalation,
}

impl Event {
    /// The word of stored names.
    fn word(self) -> &'static str {
        match self {
            Event::Timeout => "timeout",
            Event::Error => "error",
            Event::Compensation => "compensation",
            Event::Escalation => "escalation",
        }
    }

    /// The key that it is written with.
    fn key(self) -> &'static str {
        match self {
            Event::Timeout => "on_timeout",
            Event::Error => "on_error",
            Event::Escalation => "on_escalation",
            Event::Compensation => "compensate",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Event::Timeout => Kind::TimerBoundary,
            Event::Error => Kind::ErrorBoundary,
            Event::Escalation => Kind::EscalationBoundary,
            Event::Compensation => Kind::CompensationBoundary,
        }
    }

    /// What a message calls it.
    fn title(self) -> &'static str {
        match self {
            Event::Timeout => "timeout",
            Event::Error => "`on_error`",
            Event::Compensation => "`compensate`",
            Event::Escalation => "`on_escalation`",
        }
    }
}

/// `on_timeout(days(3), this.escalate, interrupting = false, name = "reminder", was = ["first_reminder"])`
pub(super) fn timeout<'a>(
    entry: &'a KeyValue,
    names: &Names,
    host: &NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) -> (NodeModel, Boundary<'a>) {
    let mut made = Boundary::new(entry, Event::Timeout, host);
    let mut parts = parts(entry);
    let (Some(delay), Some(to)) = (parts.next(), parts.next()) else {
        let (first, last) = entry.span();
        let example = ["on_timeout(days(3), this.escalate)"];
        errors.push_range(first, last, "`on_timeout` takes a delay and a node", &example);
        made.0.incomplete = true;
        return made;
    };
    made.0.delay = delay_of(&delay, &entry.key, errors);
    lead(&mut made, &to, names, flow, errors);
    options(&mut made, parts, errors);
    made
}

/// `on_error(this.order_more, code = "no-stock", interrupting = false, name = "late", was = ["old_name"])`
pub(super) fn error<'a>(
    entry: &'a KeyValue,
    names: &Names,
    host: &NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) -> (NodeModel, Boundary<'a>) {
    coded(Event::Error, entry, names, host, flow, errors)
}

/// `on_escalation(this.ask_boss, code = "late", interrupting = false, name = "slow", was = ["old_name"])`
pub(super) fn escalation<'a>(
    entry: &'a KeyValue,
    names: &Names,
    host: &NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) -> (NodeModel, Boundary<'a>) {
    coded(Event::Escalation, entry, names, host, flow, errors)
}

/// A boundary with a node and perhaps a code.
fn coded<'a>(
    event: Event,
    entry: &'a KeyValue,
    names: &Names,
    host: &NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) -> (NodeModel, Boundary<'a>) {
    let mut made = Boundary::new(entry, event, host);
    let mut parts = parts(entry);
    let Some(to) = parts.next() else {
        let (first, last) = entry.span();
        let example = if event == Event::Error { "on_error(this.repair)" } else { "on_escalation(this.ask_boss)" };
        errors.push_range(first, last, format!("`{}` takes a node", event.key()), &[example]);
        made.0.incomplete = true;
        return made;
    };
    lead(&mut made, &to, names, flow, errors);
    options(&mut made, parts, errors);
    made
}

/// `compensate = this.refund`
pub(super) fn compensation<'a>(
    entry: &'a KeyValue,
    names: &Names,
    host: &NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) -> (NodeModel, Boundary<'a>) {
    let mut made = Boundary::new(entry, Event::Compensation, host);
    made.0.interrupting = false;
    lead(&mut made, &entry.value, names, flow, errors);
    made
}

/// What stands between the commas in the brackets.
fn parts(entry: &KeyValue) -> std::vec::IntoIter<Vec<TokenTree>> {
    entry.arguments.as_ref().map(|group| split_commas(group.stream())).unwrap_or_default().into_iter()
}

/// Where it leads.
fn lead(
    (model, boundary): &mut (NodeModel, Boundary<'_>),
    to: &[TokenTree],
    names: &Names,
    flow: &mut FlowModel,
    errors: &mut Errors,
) {
    match node_ref(to, boundary.entry.key.span(), errors) {
        Some(found) => {
            match resolve(&found, names) {
                Some(to) => model.edges.push(EdgeModel::new(Role::Next, to, found.span())),
                None => model.incomplete = true,
            }
            boundary.target = found.name.as_ref().map(plain);
            flow.refs.push(found);
        }
        None => model.incomplete = true,
    }
}

/// What stands behind the node.
fn options(
    (model, boundary): &mut (NodeModel, Boundary<'_>),
    parts: impl Iterator<Item = Vec<TokenTree>>,
    errors: &mut Errors,
) {
    let rest = parts.flat_map(|part| part.into_iter().chain([TokenTree::Punct(comma())]));
    let mut seen: Vec<String> = Vec::new();
    for option in entries(rest.collect(), errors) {
        let key = plain(&option.key);
        if seen.contains(&key) {
            errors.push(option.key.span(), format!("`{key}` is written twice"), &["remove one of them"]);
            continue;
        }
        match (key.as_str(), option.value.as_slice()) {
            ("interrupting", [TokenTree::Ident(word)]) if word == "true" || word == "false" => {
                model.interrupting = word == "true";
            }
            ("code", _) if boundary.event != Event::Timeout => model.code = error_code(&option, errors),
            ("name", _) => boundary.name = stored_name(&option, errors),
            ("was", _) => boundary.was = old_names(&option, errors),
            _ => {
                let (first, last) = option.span();
                let (expected, others) = match boundary.event {
                    Event::Timeout => (
                        "expected `interrupting = false`",
                        "`name = \"reminder\"` and `was = [\"old_name\"]` are also allowed here",
                    ),
                    Event::Error | Event::Escalation => (
                        "expected `code = \"..\"`",
                        "`interrupting = false`, `name = \"late\"` and `was = [\"old_name\"]` are also allowed here",
                    ),
                    Event::Compensation => ("expected the end of the key", "write `compensate = this.refund`"),
                };
                errors.push_range(first, last, expected, &[others]);
            }
        }
        seen.push(key);
    }
}

/// Each failure of a task, and each escalation of its child, goes to one place.
pub(super) fn refuse_same_codes(flow: &FlowModel, boundaries: &[Boundary<'_>], errors: &mut Errors) {
    let of_errors = || boundaries.iter().filter(|boundary| boundary.event != Event::Timeout);
    let code = |boundary: &Boundary<'_>| {
        let code = flow.nodes.get(usize::from(boundary.id)).and_then(|node| node.code.as_ref());
        code.map(|(code, _)| code.clone())
    };
    for (at, boundary) in of_errors().enumerate() {
        let same = |other: &Boundary<'_>| {
            other.host == boundary.host && other.event == boundary.event && code(other) == code(boundary)
        };
        if !of_errors().take(at).any(same) {
            continue;
        }
        let host = flow.nodes.get(usize::from(boundary.host)).map_or("?", |node| node.name.as_str());
        let (first, last) = boundary.entry.span();
        let title = boundary.event.title();
        let what = if boundary.event == Event::Error { "failures" } else { "escalations" };
        let (text, help) = match code(boundary) {
            Some(code) => (
                format!("another {title} of `{host}` already takes the code `{code}`"),
                "remove one of them, or give it another code",
            ),
            None => (
                format!("another {title} of `{host}` already takes all other {what}"),
                "remove one of them, or give it a code: `code = \"no-stock\"`",
            ),
        };
        errors.push_range(first, last, text, &[help]);
    }
}

fn comma() -> proc_macro2::Punct {
    proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone)
}

/// A length of time, or a callback that returns one.
pub(super) fn delay_of(tokens: &[TokenTree], key: &Ident, errors: &mut Errors) -> Option<Delay> {
    let is_this =
        matches!(tokens, [TokenTree::Ident(this), TokenTree::Punct(dot), ..] if this == "this" && dot.as_char() == '.');
    if is_this || closure(tokens).is_some() {
        return callback_in(tokens, key, errors).map(Delay::Callback);
    }
    Some(Delay::Value(tokens.iter().cloned().collect()))
}

impl<'a> Boundary<'a> {
    fn new(entry: &'a KeyValue, event: Event, host: &NodeModel) -> (NodeModel, Self) {
        let mut model = NodeModel::new(event.kind(), host.ident.clone());
        model.interrupting = true;
        (model, Boundary { entry, event, host: 0, id: 0, target: None, name: None, was: Vec::new() })
    }
}
