//! Errors as `application/problem+json` (RFC 9457).

use axum::body::to_bytes;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, TRANSFER_ENCODING};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use flow_core::{Error, FieldErrorKind};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::language::Language;
use crate::texts;
use crate::user::WebUser;

/// Whether a content type is JSON.
pub(crate) fn is_json(ty: &str) -> bool {
    ty.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// A fault as a problem. `id` is that of the log, where the log has more.
pub(crate) fn response(fault: &Fault, me: Option<&dyn WebUser>, id: Option<&str>) -> Response {
    let status = fault.status();
    let body = body(fault, fault.heading(me), status, id);
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// Most of the text of an app's refusal that is handed on, in bytes.
const LONGEST: usize = 1_000;

/// What the app responds to a program that it does not let in, as a problem: with its status and its headers. What is no
/// error, such as a redirect to a page where people sign in, is 401.
pub(crate) async fn of_app(response: Response) -> Response {
    let ty = response.headers().get(CONTENT_TYPE).and_then(|ty| ty.to_str().ok()).unwrap_or_default().to_owned();
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    if is_error && ty.starts_with("application/problem+json") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let title = match parts.status {
        StatusCode::FORBIDDEN => texts::text(Language::English, "fault.denied"),
        status if is_error && status != StatusCode::UNAUTHORIZED => status.canonical_reason().unwrap_or("Error"),
        _ => texts::text(Language::English, "fault.unknown_user"),
    };
    if !is_error {
        parts.status = StatusCode::UNAUTHORIZED;
    }
    let mut problem = json!({ "type": "about:blank", "title": title, "status": parts.status.as_u16() });
    if is_error && ty.starts_with("text/plain") {
        let text = to_bytes(body, LONGEST).await.unwrap_or_default();
        if let Some(text) = std::str::from_utf8(&text).ok().filter(|text| !text.is_empty()) {
            problem["detail"] = text.into();
        }
    }
    // What they say is of another body.
    for name in [CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING, LOCATION] {
        parts.headers.remove(name);
    }
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    Response::from_parts(parts, problem.to_string().into())
}

fn body(fault: &Fault, title: &'static str, status: StatusCode, id: Option<&str>) -> Value {
    let mut problem = json!({
        "type": "about:blank",
        "title": texts::text(Language::English, title),
        "status": status.as_u16(),
    });
    if let Some(detail) = fault.detail() {
        problem["detail"] = detail.into();
    }
    if let Fault::Flow(Error::Invalid(faults)) = fault {
        let fields = faults
            .iter()
            .map(|fault| json!({ "field": fault.field, "kind": kind(fault.kind), "message": fault.message }));
        problem["fields"] = fields.collect();
    }
    if let Some(conflict) = fault.conflict() {
        problem["task"] = json!(conflict.task);
        problem["task_status"] = json!(conflict.status);
        problem["process_status"] = json!(conflict.process_status);
        problem["by"] = json!(conflict.by);
        problem["at"] = json!(conflict.at);
    }
    if let Some(id) = id {
        problem["instance"] = format!("urn:uuid:{}", uuid(id)).into();
    }
    problem
}

/// The key of the log in the form that an address of an occurrence has.
fn uuid(key: &str) -> String {
    let part = |from: usize, to: usize| key.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

const fn kind(kind: FieldErrorKind) -> &'static str {
    match kind {
        FieldErrorKind::Missing => "missing",
        FieldErrorKind::Unknown => "unknown",
        FieldErrorKind::Twice => "twice",
        FieldErrorKind::Type => "type",
        FieldErrorKind::Empty => "empty",
        FieldErrorKind::TooLong => "too_long",
        FieldErrorKind::OutOfRange => "out_of_range",
        FieldErrorKind::NotAChoice => "not_a_choice",
        FieldErrorKind::Format => "format",
        _ => "other",
    }
}
