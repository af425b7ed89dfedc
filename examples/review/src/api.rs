//! A JSON interface over the transitions: what can be done with a review, doing it, and what was done.

use flow_core::prelude::*;
use serde_json::{Value, json};

use crate::Db;
use crate::review::{Review, find};

/// `GET /reviews/7`: the row, and what this person can do with it, or why not.
///
/// # Errors
/// There is no such review.
pub fn show(conn: &mut Db, user: &dyn User, id: i32) -> flow_core::Result<Value> {
    let review = find(conn, id)?;
    Ok(json!({ "review": review, "available": review.available(user) }))
}

/// `POST /reviews/7/approve`: takes a transition and saves, both or neither. `body` has its arguments by their
/// names, and perhaps a `note` for the log.
///
/// # Errors
/// Those of the transition and of `save`: `error.kind()` is the HTTP status.
pub fn take(conn: &mut Db, user: &dyn User, id: i32, transition: &str, body: &Value) -> flow_core::Result<Value> {
    let mut arguments = body.clone();
    let note = arguments.as_object_mut().and_then(|fields| fields.remove("note"));
    let note = note.as_ref().and_then(Value::as_str).unwrap_or_default();
    diesel::Connection::transaction(conn, |conn| {
        let mut review = find(conn, id)?;
        review.by(user).because(note).call(transition, &arguments, conn)?;
        if transition == "erase" {
            review.delete(conn)?;
            return Ok(Value::Null);
        }
        review.save(conn)?;
        Ok(json!({ "review": review }))
    })
}

/// `GET /reviews/7/log`: who did what, when, and what it changed.
///
/// # Errors
/// The database could not.
pub fn log(conn: &mut Db, id: i32) -> flow_core::Result<Value> {
    Ok(json!(Review::transitions_of(conn, id)?))
}
