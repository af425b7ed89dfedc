//! Requests with the header `Idempotency-Key`: each has an effect once, and its key is of no other request.

use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use flow_core::{Error, FieldError, FlowConnection, Once};
use serde_json::Value;

use crate::fault::Fault;
use crate::visit::Visit;

/// The header of a request that has an effect once, however often it is sent.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key with the id of the person, in bytes: room is left for what the engine adds.
const LONGEST: usize = 190;

/// Does what a request asks for; with a key once. `work` returns what it was about beside the response, and `again`
/// responds to the same request when it is sent once more.
pub(super) fn once<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    body: &[u8],
    work: impl FnOnce(&mut C) -> Result<((i64, i32), Response), Fault>,
    again: impl FnOnce(&mut C, (i64, i32)) -> Result<Response, Fault>,
) -> Result<Response, Fault> {
    let Some(key) = key(visit)? else { return work(conn).map(|(_, response)| response) };
    match visit.flows().once(conn, visit.user(), key, &print(visit, body), work)? {
        Once::Done(response) => Ok(response),
        Once::Before(process, number) => again(conn, (process, number)),
        _ => Err(wrong("was used for another request; nothing was done: send this one with a key of its own")),
    }
}

/// What was done before, where the person sees nothing of it any more.
pub(super) fn unseen(fault: Fault) -> Result<Response, Fault> {
    let is_unseen = matches!(fault, Fault::Taken(_)) || fault.status() == StatusCode::NOT_FOUND;
    if is_unseen { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(fault) }
}

/// The key of a request, if it has one.
fn key<C: FlowConnection + Send>(visit: &Visit<C>) -> Result<Option<&str>, Fault> {
    let mut all = visit.headers.get_all(KEY).iter();
    let Some(key) = all.next() else { return Ok(None) };
    let fits = |key: &&str| !key.is_empty() && key.len() + visit.user().id().len() <= LONGEST;
    let key = key.to_str().ok().filter(fits).filter(|_| all.next().is_none());
    let text = "is empty, too long or there twice: with the id of the person it has 190 bytes at most";
    key.map(Some).ok_or_else(|| wrong(text))
}

/// The key of a start or a message, which the engine keeps with it: of this person alone.
pub(super) fn own_key<C: FlowConnection + Send>(visit: &Visit<C>) -> Result<Option<String>, Fault> {
    // Somebody else's key names nothing of theirs: with the length of the id, no two of them are the same text.
    let user = visit.user().id();
    Ok(key(visit)?.map(|key| format!("api:{}:{user}:{key}", user.len())))
}

/// All that a request asks for. A body that says the same with other spaces, or its members in another order, is the same.
fn print<C: FlowConnection + Send>(visit: &Visit<C>, body: &[u8]) -> String {
    let body = match serde_json::from_slice::<Value>(body) {
        Ok(value) => value.to_string(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    format!("{} {body}", visit.line)
}

fn wrong(text: &str) -> Fault {
    Error::Invalid(vec![FieldError::new("Idempotency-Key", text)]).into()
}
