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

/// `POST /reviews/7/approve`: takes a transition and saves, both or neither. `body` is its arguments.
///
/// # Errors
/// Those of the transition and of `save`: `error.kind()` is the HTTP status.
pub fn take(conn: &mut Db, user: &dyn User, id: i32, transition: &str, body: &Value) -> flow_core::Result<Value> {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    diesel::Connection::transaction(conn, |conn| {
        let mut review = find(conn, id)?;
        let by = review.by(user).because(text("note").unwrap_or_default());
        match transition {
            "approve" => by.approve(text("comment"))?,
            "reject" => by.reject(text("why").unwrap_or_default())?,
            "publish" => by.publish(conn).map(drop)?,
            "remove" => by.remove()?,
            "erase" => {
                by.erase()?;
                review.delete(conn)?;
                return Ok(Value::Null);
            }
            _ => return Err(diesel::result::Error::NotFound.into()),
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
