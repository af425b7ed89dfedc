//! Processes as JSON.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::{AuditRow, Error, ErrorKind, FieldError, FlowConnection, Verb};
use serde_json::{Map, Value, json};

use super::json_response;
use super::lists::process_row;
use super::once::{once, unseen};
use super::sent::{Json, text};
use crate::fault::Fault;
use crate::pages::process_verb::on_process;
use crate::pages::process_verb_of;
use crate::visit::Visit;

/// A process: its row, what its forms have of its data, and what the person may do with it.
pub(crate) async fn read<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.process()?;
            let flows = visit.flows();
            let row = flows.view_row(conn, visit.user(), id)?;
            let mut body = process_row(&row);
            let mut values = Map::new();
            for node in flows.get(row.process().flow())?.graph().nodes {
                values.extend(flow_core::form::values(flows.fields(row.process().flow(), node.name), row.process()));
            }
            body["values"] = values.into();
            let verbs = match flows.process_available(conn, id, visit.user()) {
                Ok(verbs) => verbs,
                Err(error) if error.kind() == ErrorKind::Data => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            let verbs = verbs.iter().map(|known| {
                let reason = known.allowed.as_ref().err().map(|error| match error {
                    Error::Denied { reason, .. } => reason.clone(),
                    error => error.to_string(),
                });
                json!({ "verb": known.verb.as_str(), "allowed": known.is_allowed(), "reason": reason })
            });
            body["available"] = verbs.collect();
            Ok(json_response(StatusCode::OK, &body))
        })
        .await
}

/// Its tasks, by number.
pub(crate) async fn tasks<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let view = visit.flows().view(conn, visit.user(), visit.process()?)?;
            let rows = view.tasks.iter().map(|task| {
                let mut shown = json!(task);
                shown["title"] = visit.flows().task_title(task).into();
                shown
            });
            Ok(json_response(StatusCode::OK, &json!({ "rows": rows.collect::<Value>() })))
        })
        .await
}

/// What happened to it, in order.
pub(crate) async fn history<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let view = visit.flows().view(conn, visit.user(), visit.process()?)?;
            Ok(json_response(StatusCode::OK, &json!({ "rows": view.history })))
        })
        .await
}

/// What it waits for.
pub(crate) async fn explain<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.process()?;
            visit.flows().view_row(conn, visit.user(), id)?;
            let explanation = visit.flows().explain(conn, id)?;
            let places = explanation.places.iter().map(|place| {
                json!({
                    "task": place.task, "node": place.node, "title": place.title, "status": place.status,
                    "since": place.since, "waits_for": place.waits_for.to_string(), "attempts": place.attempts,
                    "next_try": place.next_try, "last_error": place.last_error, "then": place.then,
                })
            });
            let body = json!({
                "process": explanation.process, "title": explanation.title, "status": explanation.status,
                "suspended": explanation.suspended, "places": places.collect::<Value>(),
                "text": explanation.to_string(),
            });
            Ok(json_response(StatusCode::OK, &body))
        })
        .await
}

/// A comment.
pub(crate) async fn comment<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.process()?;
            let work = |conn: &mut C| {
                visit.flows().view_row(conn, visit.user(), id)?;
                let arguments = sent.arguments(&["text"])?;
                let written = text(&arguments, "text").unwrap_or_default();
                visit.flows().comment(conn, id, visit.user(), &written).map_err(|error| match error {
                    // The argument has another name here.
                    Error::Invalid(faults) => {
                        let named = faults.into_iter().map(|fault| FieldError::of(fault.kind, "text", fault.message));
                        Error::Invalid(named.collect())
                    }
                    error => error,
                })?;
                let view = visit.flows().view(conn, visit.user(), id)?;
                // Somebody else may have commented meanwhile.
                let by_them =
                    |row: &&AuditRow| row.action() == Verb::Comment.as_str() && row.actor() == visit.user().id();
                let row = view.history.iter().rev().find(by_them);
                let number = row.and_then(|row| i32::try_from(row.number()).ok()).unwrap_or_default();
                Ok(((id.get(), number), json_response(StatusCode::CREATED, &json!(row))))
            };
            // The row of the history is as it was.
            let again = |conn: &mut C, (_, number): (i64, i32)| match visit.flows().view(conn, visit.user(), id) {
                Ok(view) => match view.history.iter().find(|row| row.number() == i64::from(number)) {
                    Some(row) => Ok(json_response(StatusCode::CREATED, &json!(row))),
                    None => unseen(Fault::not_found()),
                },
                Err(error) => unseen(error.into()),
            };
            once(visit, conn, sent.form(), work, again)
        })
        .await
}

/// A verb: `cancel`, `suspend`, `resume_process`.
pub(crate) async fn perform<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let (id, verb) = (visit.process()?, process_verb_of(visit.param("verb")?)?);
            let work = |conn: &mut C| {
                visit.flows().view_row(conn, visit.user(), id)?;
                let arguments = sent.arguments(&["note"])?;
                let process = on_process(conn, visit, verb, id, text(&arguments, "note").as_deref())?;
                Ok(((id.get(), 0), json_response(StatusCode::OK, &json!(process))))
            };
            let again = |conn: &mut C, _| match visit.flows().view(conn, visit.user(), id) {
                Ok(view) => Ok(json_response(StatusCode::OK, &json!(view.process()))),
                Err(error) => unseen(error.into()),
            };
            once(visit, conn, sent.form(), work, again)
        })
        .await
}
