//! Tasks as JSON.

use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::{IntoResponse as _, Response};
use flow_core::form::Sent;
use flow_core::{Error, FieldError, FieldErrorKind, FlowConnection, Task, TaskId, Verb};
use serde_json::{Map, Value, json};

use super::once::{once, unseen};
use super::openapi::forms::schema;
use super::sent::{Json, text};
use super::{etag, json_response};
use crate::fault::{Fault, wrong};
use crate::pages::task::see;
use crate::pages::task_verb::on_task;
use crate::pages::task_verb_of;
use crate::show;
use crate::visit::Visit;

/// A task with its tag.
fn shown<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, task: &Task) -> Result<Response, Fault> {
    let mut body = json!(task);
    body["title"] = visit.flows().task_title(task).into();
    let mut response = json_response(StatusCode::OK, &body);
    response.headers_mut().insert(ETAG, etag::header(visit.flows().tag(conn, task.id(), visit.user())?)?);
    Ok(response)
}

/// What a task is about, for its key.
fn place(task: &Task) -> (i64, i32) {
    (task.id().process(), task.id().number())
}

/// The task that was changed before, as it is now.
fn shown_again<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, at: (i64, i32)) -> Result<Response, Fault> {
    match see(visit, conn, TaskId::new(at.0, at.1)) {
        Ok(view) => shown(visit, conn, &view.task),
        Err(fault) => unseen(fault),
    }
}

/// A response without anything, also when it is sent again.
fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// A task, and what the person may do with it.
pub(crate) async fn read<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            let view = see(visit, conn, id)?;
            let task = &view.task;
            let mut body = json!(task);
            body["title"] = visit.flows().task_title(task).into();
            let values = visit.flows().find(task.flow()).map(|flow| {
                let of_process = show::shown_fields(flow).into_iter().map(|(_, field)| field.clone());
                let of_process = of_process.map(|field| field.with_value_of(view.process()));
                let all = of_process.chain(show::own_fields(flow, task));
                all.filter_map(|field| Some((field.name.to_owned(), field.value?))).collect::<Map<String, Value>>()
            });
            body["values"] = json!(values.unwrap_or_default());
            body["brief"] = json!(visit.flows().task_brief(conn, view.process(), task).ok());
            let verbs = crate::pages::task::available(visit, conn, &view)?;
            body["available"] = verbs
                .iter()
                .map(|known| {
                    let reason = known.allowed.as_ref().err().map(|error| match error {
                        Error::Denied { reason, .. } => reason.clone(),
                        error => error.to_string(),
                    });
                    json!({ "verb": known.verb.as_str(), "allowed": known.is_allowed(), "reason": reason })
                })
                .collect();
            let mut response = json_response(StatusCode::OK, &body);
            response.headers_mut().insert(ETAG, etag::header(visit.flows().tag_in(conn, &view, visit.user())?)?);
            Ok(response)
        })
        .await
}

/// The form of a task: its fields with their values, and its schema. Of whoever may see the task: it has what they see.
pub(crate) async fn form<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            let view = see(visit, conn, id)?;
            let task = &view.task;
            let fields = visit.flows().form_in(conn, &view, visit.user())?;
            let values = visit.flows().values_in(conn, &view, visit.user())?;
            let flow = visit.flows().get(task.flow())?;
            let schema = schema(flow.graph(), task.node(), flow.fields(task.node()));
            let body = json!({ "fields": fields, "values": values, "schema": schema });
            let mut response = json_response(StatusCode::OK, &body);
            response.headers_mut().insert(ETAG, etag::header(visit.flows().tag_in(conn, &view, visit.user())?)?);
            Ok(response)
        })
        .await
}

/// Whether the task is in the person's inbox or queue, and if not, why.
pub(crate) async fn explain<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            see(visit, conn, id)?;
            let why = visit.flows().explain_task(conn, id, visit.user())?;
            let body = json!({
                "task": id, "in_inbox": why.in_inbox, "in_queue": why.in_queue, "reason": why.reason,
                "text": why.to_string(),
            });
            Ok(json_response(StatusCode::OK, &body))
        })
        .await
}

/// The attempts at a job.
pub(crate) async fn attempts<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            see(visit, conn, id)?;
            let rows = visit.flows().attempts(conn, id)?;
            let rows = rows.iter().map(|attempt| {
                json!({
                    "number": attempt.number(), "started": attempt.started(), "ended": attempt.ended(),
                    "error": attempt.error(),
                })
            });
            Ok(json_response(StatusCode::OK, &json!({ "rows": rows.collect::<Value>() })))
        })
        .await
}

/// Keeps what is filled in so far.
pub(crate) async fn draft<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.task()?;
            let work = |conn: &mut C| {
                let task = see(visit, conn, id)?.task;
                etag::flows(visit, conn, id)?.draft(conn, id, visit.user(), Sent::Json(sent.form()))?;
                Ok((place(&task), shown(visit, conn, &task)?))
            };
            once(visit, conn, sent.form(), work, |conn, at| shown_again(visit, conn, at))
        })
        .await
}

/// Drops what was kept.
pub(crate) async fn discard<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            let work = |conn: &mut C| {
                see(visit, conn, id)?;
                etag::flows(visit, conn, id)?.discard_draft(conn, id, visit.user())?;
                Ok(((id.process(), id.number()), nothing()))
            };
            once(visit, conn, b"", work, |_, _| Ok(nothing()))
        })
        .await
}

/// Completes a task with its form.
pub(crate) async fn execute<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.task()?;
            let work = |conn: &mut C| {
                see(visit, conn, id)?;
                let task = etag::flows(visit, conn, id)?.execute(conn, id, visit.user(), Sent::Json(sent.form()))?;
                Ok((place(&task), shown(visit, conn, &task)?))
            };
            once(visit, conn, sent.form(), work, |conn, at| shown_again(visit, conn, at))
        })
        .await
}

/// Completes a task of a `Handle` with its input.
pub(crate) async fn run<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.task()?;
            let work = |conn: &mut C| {
                see(visit, conn, id)?;
                let task = etag::flows(visit, conn, id)?.run(conn, id, visit.user(), Sent::Json(sent.form()))?;
                Ok((place(&task), shown(visit, conn, &task)?))
            };
            once(visit, conn, sent.form(), work, |conn, at| shown_again(visit, conn, at))
        })
        .await
}

/// Hides a task from the person's inbox and queue: `{"until": "2026-12-01T08:00:00Z"}`. A time that has passed shows it
/// again.
pub(crate) async fn snooze<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.task()?;
            let work = |conn: &mut C| {
                see(visit, conn, id)?;
                let arguments = sent.arguments(&["until"])?;
                let until = text(&arguments, "until").unwrap_or_default().parse();
                let until = until.map_err(|_| {
                    let text = "is not a time with its offset, as in 2026-12-01T08:00:00Z";
                    Error::Invalid(vec![FieldError::of(FieldErrorKind::Type, "until", text)])
                })?;
                etag::flows(visit, conn, id)?.snooze(conn, id, visit.user(), until)?;
                Ok(((id.process(), id.number()), nothing()))
            };
            once(visit, conn, sent.form(), work, |_, _| Ok(nothing()))
        })
        .await
}

/// Any other verb: `assign`, `unassign`, `reassign`, `cancel_task`, ..
pub(crate) async fn perform<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.task()?;
            let word = visit.param("verb")?;
            let verb = if word == Verb::Assign.as_str() { Verb::Assign } else { task_verb_of(word)? };
            let work = |conn: &mut C| {
                see(visit, conn, id)?;
                let known: &[&str] = if verb == Verb::Reassign { &["note", "to"] } else { &["note"] };
                let arguments = sent.arguments(known)?;
                let flows = etag::flows(visit, conn, id)?;
                let (note, to) = (text(&arguments, "note"), text(&arguments, "to"));
                if verb == Verb::Reassign && to.is_none() {
                    return Err(wrong(FieldErrorKind::Missing, "to", "is missing"));
                }
                let task = on_task(conn, visit, flows, (verb, id), note.as_deref(), to.as_deref());
                let task = task.map_err(|fault| match fault {
                    Fault::Request(_, "fault.nobody") => {
                        wrong(FieldErrorKind::NotAChoice, "to", "is not the id of a person of this app")
                    }
                    fault => fault,
                })?;
                Ok((place(&task), shown(visit, conn, &task)?))
            };
            once(visit, conn, sent.form(), work, |conn, at| shown_again(visit, conn, at))
        })
        .await
}
