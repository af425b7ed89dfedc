//! Who may do a node, who has it from the start, and by what form.

use proc_macro2::{Delimiter, Ident, TokenTree};
use quote::ToTokens as _;

use super::super::model::{Assign, FlowModel, Form, FormField, Hook, NodeModel, Permission};
use super::super::syntax::KeyValue;
use super::super::value::{CallbackSyntax, callback, node_ref, owner_of};
use super::{Names, resolve};
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::{span_of, split_commas, string};

/// `assign = this.start.owner`, or a callback.
pub(super) fn assign(
    entry: &KeyValue,
    names: &Names,
    model: &mut NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) {
    if let Some(found) = owner_of(&entry.value, errors) {
        model.assign = resolve(&found, names).map(Assign::OwnerOf);
        flow.refs.push(found);
        return;
    }
    model.assign = super::callback::callback(entry, errors).map(Assign::Callback);
}

/// `different_from(this.start)`
pub(super) fn different_from(
    entry: &KeyValue,
    names: &Names,
    model: &mut NodeModel,
    flow: &mut FlowModel,
    errors: &mut Errors,
) {
    let parts = entry.arguments.as_ref().map(|group| split_commas(group.stream())).unwrap_or_default();
    if parts.is_empty() {
        let (first, last) = entry.span();
        errors.push_range(first, last, "`different_from` takes a node", &["different_from(this.start)"]);
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

pub(super) fn form(entry: &KeyValue, errors: &mut Errors) -> Option<Form> {
    match entry.value.as_slice() {
        [TokenTree::Ident(ident), TokenTree::Group(body), rest @ ..] if body.delimiter() == Delimiter::Brace => {
            if let Some(next) = rest.first() {
                errors.push(next.span(), "expected a comma", &[]);
            }
            let mut fields: Vec<FormField> = Vec::new();
            for part in split_commas(body.stream()) {
                match form_field(&part) {
                    Some(field) if fields.iter().any(|known| known.ident == field.ident) => {
                        let name = plain(&field.ident);
                        let help = "the fields of a form need different names; rename one in its proxy, and give it `#[json(key = \"..\")]` to keep its key";
                        let differs =
                            fields.iter().any(|known| known.ident == field.ident && known.of_task != field.of_task);
                        let help: &[&str] = if differs { &[help] } else { &[] };
                        errors.push(field.ident.span(), format!("`{name}` is listed twice in this form"), help);
                    }
                    Some(field) => fields.push(field),
                    None => not_a_field(&part, ident, errors),
                }
            }
            Some(Form::Fields { ident: ident.clone(), fields })
        }
        [] => {
            errors.push(entry.key.span(), "`form` has no value", &["form = ApproveForm { approved }"]);
            None
        }
        [TokenTree::Group(body), ..] if body.delimiter() == Delimiter::Brace => {
            errors.push(body.span_open(), "a form needs a name", &["form = ApproveForm { approved }"]);
            None
        }
        other => Some(Form::Type(other.iter().cloned().collect())),
    }
}

/// `approved`, `approved: required`, `task.choice`, `task.choice: required`
fn form_field(part: &[TokenTree]) -> Option<FormField> {
    let (part, required) = match part {
        [field @ .., TokenTree::Punct(sign), TokenTree::Ident(word)] if sign.as_char() == ':' && word == "required" => {
            (field, true)
        }
        _ => (part, false),
    };
    match part {
        [TokenTree::Ident(field)] => Some(FormField { ident: field.clone(), of_task: false, required }),
        [TokenTree::Ident(task), TokenTree::Punct(dot), TokenTree::Ident(field)]
            if dot.as_char() == '.' && task == "task" =>
        {
            Some(FormField { ident: field.clone(), of_task: true, required })
        }
        _ => None,
    }
}

fn not_a_field(part: &[TokenTree], form: &Ident, errors: &mut Errors) {
    let Some((first, last)) = span_of(part) else { return };
    let of_task =
        matches!(part, [TokenTree::Ident(task), TokenTree::Punct(dot), ..] if dot.as_char() == '.' && task == "task");
    if of_task {
        let help = format!("form = {form} {{ task.choice }}");
        errors.push_range(first, last, "expected the name of a field of the node's task type", &[&help]);
        return;
    }
    let helps = [
        format!("form = {form} {{ text, approved }}"),
        format!("form = {form} {{ approved: required }}"),
        format!("form = {form} {{ task.choice }}"),
    ];
    errors.push_range(
        first,
        last,
        "expected the name of a field of the process",
        &helps.each_ref().map(String::as_str),
    );
}

/// What only all forms together show: one that is declared twice, and fields of a process or a task that has none.
pub(super) fn forms(nodes: &mut [NodeModel], has_process: bool, errors: &mut Errors) {
    let mut declared: Vec<(Ident, String)> = Vec::new();
    for node in nodes {
        let Some(Form::Fields { ident, fields }) = &mut node.form else { continue };
        if let Some((_, first)) = declared.iter().find(|(known, _)| known == ident) {
            let text = format!("`{ident}` is already declared at `{first}`");
            let help = format!("to reuse it write `form = {ident}`; for other fields choose another name");
            errors.push(ident.span(), text, &[&help]);
            let name = ident.clone();
            node.form = Some(Form::Type(name.into_token_stream()));
            continue;
        }
        declared.push((ident.clone(), node.name.clone()));
        let has_task = node.task.is_some();
        fields.retain(|field| {
            let name = plain(&field.ident);
            match field.of_task {
                true if !has_task => {
                    let text = format!("`{}` has no `task = ..`, so its task has no field `{name}`", plain(&node.ident));
                    let help = "write `task = MyTask` beside the form, where `MyTask` is a struct with `#[derive(TaskProxy)]` and this field";
                    errors.push(field.ident.span(), text, &[help]);
                    false
                }
                false if !has_process => {
                    let text = format!("this flow has no `process = ..`, so there is no field `{name}`");
                    let help = "write `#[flow(process = MyProcess)]`, where `MyProcess` is a struct with `#[derive(ProcessProxy)]` and this field";
                    errors.push(field.ident.span(), text, &[help]);
                    false
                }
                _ => true,
            }
        });
    }
}

pub(super) fn permission(entry: &KeyValue, errors: &mut Errors) -> Permission {
    let inside: Vec<TokenTree> =
        entry.arguments.as_ref().map(|group| group.stream().into_iter().collect()).unwrap_or_default();
    match inside.as_slice() {
        [TokenTree::Ident(word)] if word == "auto" => return Permission::Auto,
        [TokenTree::Ident(word)] if word == "anyone" => return Permission::Anyone,
        [TokenTree::Ident(this), ..] if this == "this" => {
            let found = callback(&inside, entry.key.span(), errors);
            if let Some(CallbackSyntax::Method { connection: Some(conn), .. }) = &found {
                errors.push(conn.span(), "a permission method cannot take the connection (`conn`)", &[]);
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
        "`permission` needs a value: who may do this",
        &["permission(auto), permission(anyone), permission(\"can_approve\") or permission(this.method)"],
    );
    Permission::Managers
}

/// The permission of a flow: of nodes that differ in what a method is given, so it is no method.
pub(super) fn of_flow(entry: &KeyValue, errors: &mut Errors) -> Permission {
    match permission(entry, errors) {
        Permission::Method(CallbackSyntax::Method { name, .. }) => {
            let help = "permission(auto), permission(anyone) or permission(\"staff\"); a method is named on each node";
            errors.push(name.span(), "the `permission` of a flow cannot be a method", &[help]);
            Permission::Managers
        }
        found => found,
    }
}

/// Nodes that do not say who may do them have the permission of the flow.
pub(super) fn default_permission(flow: &mut FlowModel) {
    let FlowModel { permission, nodes, .. } = flow;
    for node in nodes.iter_mut().filter(|node| node.kind.key("permission").is_some()) {
        let says = !matches!(node.permission, Permission::Managers)
            || node.assign.is_some()
            || node.candidates.is_some()
            || node.available.is_some();
        if !says {
            node.permission = permission.clone();
        }
    }
}

/// A method that decides about a person: `cancel(this.may_withdraw)`, `available(this.may_ask)`.
pub(super) fn rule(does: &str, example: &str, entry: &KeyValue, errors: &mut Errors) -> Option<CallbackSyntax> {
    let inside: Vec<TokenTree> =
        entry.arguments.as_ref().map(|group| group.stream().into_iter().collect()).unwrap_or_default();
    if matches!(inside.first(), Some(TokenTree::Ident(this)) if this == "this") {
        let found = callback(&inside, entry.key.span(), errors)?;
        if let CallbackSyntax::Method { connection: Some(conn), .. } = &found {
            errors.push(conn.span(), "a rule of permission takes no connection", &[]);
        }
        return Some(found);
    }
    let (first, last) = entry.span();
    errors.push_range(first, last, format!("`{}` names the method that {does}", plain(&entry.key)), &[example]);
    None
}

/// `observe = this.watch`, or `observe = crate::watch`
pub(super) fn hook(entry: &KeyValue, errors: &mut Errors) -> Option<Hook> {
    if matches!(entry.value.first(), Some(TokenTree::Ident(this)) if this == "this") {
        return super::callback::callback(entry, errors).map(Hook::Method);
    }
    Some(Hook::Path(entry.value.iter().cloned().collect()))
}
