//! What a program sends: JSON.

use std::fmt;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use flow_core::form::has_name_twice;
use flow_core::{Error, FieldError, FieldErrorKind};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
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

    /// An object whose members have some of these names.
    pub(crate) fn object(&self, known: &[&str]) -> Result<Map<String, Value>, Fault> {
        let read = serde_json::from_slice(self.form());
        let Unique(object) = read.map_err(|error| {
            let text = if error.is_data() { error.to_string() } else { "the body is not valid JSON".to_owned() };
            Fault::Flow(Error::Invalid(vec![FieldError::of(FieldErrorKind::Type, "", text)]))
        })?;
        // Of a value that is an object as well.
        if has_name_twice(self.form()) {
            return Err(invalid(FieldErrorKind::Twice, "", "a name is given more than once"));
        }
        match object.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(invalid(FieldErrorKind::Unknown, name, "is not known here")),
            None => Ok(object),
        }
    }

    /// The arguments of a verb: texts, each under one of these names.
    pub(crate) fn arguments(&self, known: &[&str]) -> Result<Map<String, Value>, Fault> {
        let arguments = self.object(known)?;
        match arguments.iter().find(|(_, value)| !value.is_string() && !value.is_null()) {
            Some((name, _)) => Err(invalid(FieldErrorKind::Type, name, "is not a text")),
            None => Ok(arguments),
        }
    }
}

/// An object in which no name is twice: readers would not agree on which of them counts.
struct Unique(Map<String, Value>);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Unique, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("`{name}` is given more than once")));
            }
            object.insert(name, value);
        }
        Ok(Unique(object))
    }
}

fn invalid(kind: FieldErrorKind, field: &str, message: &'static str) -> Fault {
    Fault::Flow(Error::Invalid(vec![FieldError::of(kind, field.to_owned(), message)]))
}

/// A text among the arguments of a verb, if it says anything.
pub(crate) fn text(arguments: &Map<String, Value>, name: &str) -> Option<String> {
    let text = arguments.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
