//! Messages for the catches of flows.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::{Delivery, Error, FieldError, FieldErrorKind, FlowConnection};
use serde_json::{Map, Value, json};

use super::json_response;
use super::once::{once, own_key};
use super::sent::Json;
use crate::fault::Fault;
use crate::visit::Visit;

/// Longest time that a message is kept, in seconds: a year.
const LONGEST: u64 = 366 * 86_400;

/// `POST /api/messages/payment` with `{"key": "A-17", "value": 500, "kept_for": 86400}`: one catch receives it. With the
/// header `Idempotency-Key` it is delivered once, however often it is sent by this person.
pub(crate) async fn send<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let name = visit.param("name")?;
            let body = sent.object(&["key", "value", "kept_for"])?;
            let key = match body.get("key") {
                Some(Value::String(key)) => key.clone(),
                Some(Value::Number(key)) => key.to_string(),
                Some(_) => return Err(invalid("key", FieldErrorKind::Type, "is neither a text nor a number")),
                None => return Err(invalid("key", FieldErrorKind::Missing, "is missing")),
            };
            let value = body.get("value").unwrap_or(&Value::Null);
            let (flows, id, kept_for) = (visit.flows(), own_key(visit)?, kept_for(&body)?);
            let send = |conn: &mut C| {
                let mut message = flows.message(conn, visit.user(), name, key.as_str(), value);
                if let Some(id) = &id {
                    message = message.id(id);
                }
                if let Some(seconds) = kept_for {
                    message = message.kept_for(flow_core::seconds(seconds));
                }
                let (status, delivery, task) = match message.send()? {
                    Delivery::To(task) => (StatusCode::OK, "delivered", Some(task)),
                    Delivery::Repeated => (StatusCode::OK, "repeated", None),
                    // It was accepted, and is delivered later.
                    _ => (StatusCode::ACCEPTED, "kept", None),
                };
                let at = task.map(|task| (task.process(), task.number())).unwrap_or_default();
                Ok((at, json_response(status, &json!({ "delivery": delivery, "task": task }))))
            };
            // One that nobody has received in time may be sent again: the engine knows.
            once(visit, conn, sent.form(), send, |conn, _| send(conn).map(|(_, response)| response))
        })
        .await
}

fn kept_for(body: &Map<String, Value>) -> Result<Option<u64>, Fault> {
    match body.get("kept_for") {
        None | Some(Value::Null) => Ok(None),
        Some(seconds) => match seconds.as_u64().filter(|seconds| *seconds <= LONGEST) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(invalid("kept_for", FieldErrorKind::OutOfRange, "is not a number of seconds up to a year")),
        },
    }
}

fn invalid(field: &'static str, kind: FieldErrorKind, message: &'static str) -> Fault {
    Fault::Flow(Error::Invalid(vec![FieldError::of(kind, field, message)]))
}
