//! The REST interface: the same rows and verbs as JSON, under the same rules.

pub(crate) mod etag;
pub(crate) mod lists;
pub(crate) mod messages;
mod once;
pub(crate) mod openapi;
pub(crate) mod problem;
pub(crate) mod processes;
mod sent;
pub(crate) mod starts;
pub(crate) mod tasks;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

/// A response of JSON.
fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
