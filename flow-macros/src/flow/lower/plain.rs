//! Values that mean nothing but themselves: types, names, findings that are right.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::super::model::Allow;
use super::super::syntax::{KeyValue, entries};
use super::super::value::text;
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::{split_commas, string};

pub(super) fn type_of(entry: &KeyValue, errors: &mut Errors) -> Option<TokenStream> {
    if entry.value.is_empty() {
        errors.push(entry.key.span(), format!("`{}` has no value", entry.key), &[]);
        return None;
    }
    Some(entry.value.iter().cloned().collect())
}

/// `audit = values`: a key that takes one word.
pub(super) fn word(word: &str, entry: &KeyValue, errors: &mut Errors) -> bool {
    if matches!(entry.value.as_slice(), [TokenTree::Ident(found)] if found == word) {
        return true;
    }
    let (first, last) = entry.span();
    let key = plain(&entry.key);
    errors.push_range(first, last, format!("`{key}` takes the word `{word}`"), &[&format!("{key} = {word}")]);
    false
}

pub(super) fn old_names(entry: &KeyValue, errors: &mut Errors) -> Vec<String> {
    if let [TokenTree::Group(list)] = entry.value.as_slice() {
        let names: Vec<Option<String>> = split_commas(list.stream()).iter().map(|part| string(part)).collect();
        if list.delimiter() == Delimiter::Bracket && names.iter().all(Option::is_some) {
            return names.into_iter().flatten().collect();
        }
    }
    let (first, last) = entry.span();
    errors.push_range(first, last, "`was` takes a list of old names", &["was = [\"old_name\"]"]);
    Vec::new()
}

/// `name = "approve"`; one that cannot be stored is reported, and used all the same.
pub(super) fn stored_name(entry: &KeyValue, errors: &mut Errors) -> Option<String> {
    let (name, span) = text(entry, errors)?;
    let fine = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 60
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !fine {
        errors.push(span, "a stored name starts with an ASCII letter, contains only ASCII letters, digits and `_`, and has at most 60 characters", &[]);
    }
    Some(name)
}

/// `cancel_active = false`
pub(super) fn flag(entry: &KeyValue, errors: &mut Errors) -> Option<(bool, Span)> {
    if let [TokenTree::Ident(word)] = entry.value.as_slice()
        && (word == "true" || word == "false")
    {
        return Some((word == "true", word.span()));
    }
    let (first, last) = entry.span();
    errors.push_range(first, last, format!("`{}` takes `true` or `false`", entry.key), &[]);
    None
}

/// `code = "no-stock"`; one that cannot be a code is reported, and used all the same.
pub(super) fn error_code(entry: &KeyValue, errors: &mut Errors) -> Option<(String, Span)> {
    let (code, span) = text(entry, errors)?;
    let fine = (1..=60).contains(&code.len())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !fine {
        let text = "an error code contains only ASCII letters, digits, `-`, `_` and `.`, and has 1 to 60 characters";
        errors.push(span, text, &["code = \"no-stock\""]);
    }
    Some((code, span))
}

/// `allow(unreachable_nodes, reason = "..")`
pub(super) fn allow(entry: &KeyValue, errors: &mut Errors) -> Option<Allow> {
    let inside = entry.arguments.as_ref().map(|group| group.stream()).unwrap_or_default();
    let parts = entries(inside, errors);
    let example = ["allow(unreachable_nodes, reason = \"older processes still wait here\")"];
    let Some((check, rest)) = parts.split_first() else {
        errors.push(entry.key.span(), "`allow` takes the name of a check and a reason", &example);
        return None;
    };
    let name = plain(&check.key);
    let known = flow_graph::CHECKS.iter().find(|known| known.name == name);
    match known {
        None => errors.push(check.key.span(), format!("unknown check `{name}`"), &[]),
        Some(known) if known.severity == flow_graph::Severity::Error => {
            errors.push(
                check.key.span(),
                format!("`{name}` cannot be allowed: a flow with this mistake cannot run"),
                &[],
            );
        }
        Some(_) => {}
    }
    let reason = rest.iter().find(|entry| entry.is("reason")).and_then(|entry| string(&entry.value));
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        errors.push(check.key.span(), format!("give a reason why `{name}` is acceptable here"), &example);
    }
    known.map(|_| Allow { check: check.key.clone(), used: std::cell::Cell::new(false) })
}
