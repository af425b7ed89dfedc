//! Who may do a node, who has it from the start, and by what form.

use proc_macro2::{Delimiter, Ident, TokenTree};
use quote::ToTokens as _;

use super::super::model::{Assign, FlowModel, Form, Hook, NodeModel, Permission};
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
            let (mut fields, mut required): (Vec<Ident>, Vec<Ident>) = (Vec::new(), Vec::new());
            for part in split_commas(body.stream()) {
                let part = match part.as_slice() {
                    // `approved: required`: an `Option` that this form asks for.
                    [TokenTree::Ident(field), TokenTree::Punct(sign), TokenTree::Ident(word)]
                        if sign.as_char() == ':' && word == "required" =>
                    {
                        required.push(field.clone());
                        vec![TokenTree::Ident(field.clone())]
                    }
                    _ => part,
                };
                match part.as_slice() {
                    [TokenTree::Ident(field)] if fields.contains(field) => {
                        errors.push(field.span(), format!("`{field}` is listed twice in this form"), &[]);
                    }
                    [TokenTree::Ident(field)] => fields.push(field.clone()),
                    other => {
                        if let Some((first, last)) = span_of(other) {
                            let help = format!("form = {ident} {{ text, approved }}");
                            let required = format!("form = {ident} {{ approved: required }}");
                            let text = "expected the name of a field of the process";
                            errors.push_range(first, last, text, &[&help, &required]);
                        }
                    }
                }
            }
            Some(Form::Fields { ident: ident.clone(), fields, required })
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

/// What only all forms together show: one that is declared twice, and fields of a process that has none.
pub(super) fn forms(nodes: &mut [NodeModel], has_process: bool, errors: &mut Errors) {
    let mut declared: Vec<(Ident, String)> = Vec::new();
    for node in nodes {
        let Some(Form::Fields { ident, fields, .. }) = &mut node.form else { continue };
        if let Some((_, first)) = declared.iter().find(|(known, _)| known == ident) {
            let text = format!("`{ident}` is already declared at `{first}`");
            let help = format!("to reuse it write `form = {ident}`; for other fields choose another name");
            errors.push(ident.span(), text, &[&help]);
            let name = ident.clone();
            node.form = Some(Form::Type(name.into_token_stream()));
            continue;
        }
        declared.push((ident.clone(), node.name.clone()));
        if has_process {
            continue;
        }
        for field in fields.drain(..) {
            let text = format!("this flow has no `process = ..`, so there is no field `{}`", plain(&field));
            let help = "write `#[flow(process = MyProcess)]`, where `MyProcess` is a struct with `#[derive(ProcessProxy)]` and this field";
            errors.push(field.span(), text, &[help]);
        }
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
