//! Errors as `application/problem+json` (RFC 9457).

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use flow_core::{Error, FieldErrorKind};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::language::Language;
use crate::texts;

/// Whether a content type is JSON.
pub(crate) fn is_json(ty: &str) -> bool {
    ty.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// A fault as a problem. `id` is that of the log, where the log has more.
pub(crate) fn response(fault: &Fault, id: Option<&str>) -> Response {
    let status = fault.status();
    let body = body(fault, status, id);
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

fn body(fault: &Fault, status: StatusCode, id: Option<&str>) -> Value {
    let mut problem = json!({
        "type": "about:blank",
        "title": texts::text(Language::English, fault.title()),
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
