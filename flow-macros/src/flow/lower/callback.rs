//! Callbacks: what each may be. What rustc would say of the code around it is said here in the user's words.

use proc_macro2::{Ident, TokenTree};

use super::super::closure::second_argument;
use super::super::syntax::KeyValue;
use super::super::value::{self, CallbackSyntax};
use crate::errors::Errors;

/// The code behind a key: what is called inside the transaction.
pub(super) fn callback(entry: &KeyValue, errors: &mut Errors) -> Option<CallbackSyntax> {
    callback_in(&entry.value, &entry.key, errors)
}

/// The same of a part of what stands behind a key.
pub(super) fn callback_in(tokens: &[TokenTree], key: &Ident, errors: &mut Errors) -> Option<CallbackSyntax> {
    let found = value::callback(tokens, key.span(), errors)?;
    if let Some(word) = found.async_word() {
        let text = format!("`{key}` runs inside the transaction, so it cannot be async");
        errors.push(word, text, &["use a `Job` for work that waits for something else: its `run` can be async"]);
        return None;
    }
    if let Some(word) = found.move_word() {
        let text =
            "a callback cannot capture variables: it is called for every process, also after the app was restarted";
        let help = "remove `move`; read what it needs from the process, its task, a `static` or the database";
        errors.push(word, text, &[help]);
        return None;
    }
    Some(found)
}

/// The code of a job: what is called outside any transaction.
pub(super) fn job(entry: &KeyValue, errors: &mut Errors) -> Option<CallbackSyntax> {
    let found = value::callback(&entry.value, entry.key.span(), errors)?;
    let connection = match &found {
        CallbackSyntax::Method { connection, .. } => connection.as_ref().map(Ident::span),
        CallbackSyntax::Closure { tokens, .. } => second_argument(tokens),
    };
    let Some(span) = connection else { return Some(found) };
    let helps = [
        "write to the database in `on_done = |a, conn, output| ..`, which runs inside the transaction that completes the job",
        "for a query inside `run`, take a connection from your own pool",
    ];
    errors.push(span, "`run` of a job is called outside any transaction and gets no connection", &helps);
    None
}
