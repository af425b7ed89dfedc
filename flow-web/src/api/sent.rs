//! What a program sends: JSON.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use flow_core::{Error, FieldError, FieldErrorKind};
use serde_json::{Map, Value};

use super::problem::is_json;
use crate::fault::Fault;
use crate::posted::body;

/// A body of JSON, or none.
#[derive(Clone, Debug)]
pub(crate) struct Json(Bytes);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let ty = request.headers().get(header::CONTENT_TYPE).map(|ty| ty.to_str().unwrap_or_default().to_owned());
        let bytes = body(request, state).await?;
        match ty {
            Some(ty) if !is_json(&ty) => {
                Err(Fault::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fault.media_type_json"))
            }
            None if !bytes.is_empty() => {
                Err(Fault::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fault.media_type_json"))
            }
            _ => Ok(Json(bytes)),
        }
    }
}

impl Json {
    /// The text, for the form that reads it: no body is an empty form.
    pub(crate) fn form(&self) -> &[u8] {
        if self.0.is_empty() { b"{}" } else { &self.0 }
    }

    /// The arguments of a verb: texts, each under one of these names.
    pub(crate) fn arguments(&self, known: &[&str]) -> Result<Map<String, Value>, Fault> {
        let invalid = |kind, field: &str, message: &str| {
            Fault::Flow(Error::Invalid(vec![FieldError::of(kind, field.to_owned(), message)]))
        };
        let value: Value = serde_json::from_slice(self.form())
            .map_err(|_| invalid(FieldErrorKind::Type, "", "the body is not valid JSON"))?;
        let Value::Object(arguments) = value else {
            return Err(invalid(FieldErrorKind::Type, "", "the body is not a JSON object"));
        };
        for (name, value) in &arguments {
            if !known.contains(&name.as_str()) {
                return Err(invalid(FieldErrorKind::Unknown, name, "is not known here"));
            }
            if !value.is_string() && !value.is_null() {
                return Err(invalid(FieldErrorKind::Type, name, "is not a text"));
            }
        }
        Ok(arguments)
    }
}

/// A text among the arguments of a verb, if it says anything.
pub(crate) fn text(arguments: &Map<String, Value>, name: &str) -> Option<String> {
    let text = arguments.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
