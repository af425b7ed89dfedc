//! `retry(attempts = 5, delay = seconds(10), factor = 2.0, max = hours(1), jitter)`, or `retry(this.method)`.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::super::model::Retry;
use super::super::syntax::{KeyValue, entries};
use super::super::value::{CallbackSyntax, this_dot};
use super::callback::callback_in;
use crate::errors::Errors;
use crate::names::plain;

const EXAMPLES: &[&str] =
    &["retry(attempts = 5, delay = seconds(10), factor = 2.0, max = hours(1), jitter)", "retry(this.method)"];

pub(super) fn retry(entry: &KeyValue, errors: &mut Errors) -> Option<Retry> {
    let inside = entry.arguments.as_ref().map(|group| group.stream()).unwrap_or_default();
    let tokens: Vec<TokenTree> = inside.clone().into_iter().collect();
    if tokens.is_empty() {
        let (first, last) = entry.span();
        errors.push_range(first, last, "`retry` says how often and after how long", EXAMPLES);
        return None;
    }
    if this_dot(&tokens).is_some() {
        let found = callback_in(&tokens, &entry.key, errors)?;
        if let CallbackSyntax::Method { connection: Some(conn), .. } = &found {
            errors.push(conn.span(), "a job runs outside any transaction, so its `retry` gets no connection", &[]);
        }
        return Some(Retry::Method(found));
    }
    let mut fields: Vec<(proc_macro2::Ident, TokenStream)> = Vec::new();
    for option in entries(inside, errors) {
        let key = plain(&option.key);
        if fields.iter().any(|(known, _)| plain(known) == key) {
            errors.push(option.key.span(), format!("`{key}` is written twice"), &["leave one of them out"]);
            continue;
        }
        let value: TokenStream = option.value.iter().cloned().collect();
        match (key.as_str(), value.is_empty()) {
            ("attempts" | "delay" | "factor" | "max", false) => fields.push((option.key, value)),
            ("jitter", _) if !option.assigned && option.arguments.is_none() => {
                fields.push((option.key, quote!(true)));
            }
            _ => {
                let (first, last) = option.span();
                let text = "expected `attempts = ..`, `delay = ..`, `factor = ..`, `max = ..` or `jitter`";
                errors.push_range(first, last, text, EXAMPLES);
            }
        }
    }
    Some(Retry::Policy(fields))
}
