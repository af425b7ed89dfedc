//! The page of a task: its form, its process, and what can be done with it.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::{IntoResponse as _, Response};
use flow_core::form::Sent;
use flow_core::{
    Availability, Error, ErrorKind, FieldError, FlowConnection, Flows, FormField, Obstacle, TaskId, TaskStatus,
    TaskView, Verb,
};
use serde_json::{Value, json};

use crate::api::etag;
use crate::fault::Fault;
use crate::posted::Posted;
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;
use crate::widget::Filling;
use crate::{looks, refusal};

/// A task that the person may see, with its process.
pub(crate) fn see<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, id: TaskId) -> Result<TaskView, Fault> {
    match visit.flows().view_task(conn, visit.user(), id) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(taken(visit, conn, id)?.unwrap_or_else(Fault::not_found))
        }
        view => Ok(view?),
    }
}

/// The conflict that is shown to a user who could have taken this task, if another user has taken it meanwhile.
/// Authorization precedes it, so that nobody else learns the owner.
fn taken<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, id: TaskId) -> Result<Option<Fault>, Fault> {
    let flows = visit.flows();
    let task = match flows.task(conn, id) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        task => task?,
    };
    if task.status() != TaskStatus::Assigned {
        return Ok(None);
    }
    let verbs = known_only(flows.available(conn, id, visit.user()))?;
    let assign = verbs.into_iter().find(|known| known.verb == Verb::Assign);
    Ok(assign.and_then(|assign| assign.allowed.err()).and_then(|error| match error {
        Error::Conflict(conflict) => Some(Fault::Taken(conflict)),
        _ => None,
    }))
}

/// What the person may do with it; nothing with a task of a node that the code does not know.
pub(crate) fn available<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    view: &TaskView,
) -> Result<Vec<Availability>, Fault> {
    known_only(visit.flows().available_in(conn, view, visit.user()))
}

/// Nothing of a document that cannot be read: the page says so.
fn known_only(verbs: flow_core::Result<Vec<Availability>>) -> Result<Vec<Availability>, Fault> {
    match verbs {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Data) => Ok(Vec::new()),
        verbs => Ok(verbs?),
    }
}

pub(super) fn allowed(verbs: &[Availability], verb: Verb) -> bool {
    verbs.iter().any(|known| known.verb == verb && known.is_allowed())
}

/// Whether the form is theirs to send: code may do a task that nobody has, people take it first.
fn can_execute(view: &TaskView, verbs: &[Availability]) -> bool {
    view.task.owner().is_some() && allowed(verbs, Verb::Execute)
}

pub(crate) async fn page<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            let view = see(visit, conn, id)?;
            match visit.own_page(&view.task) {
                Some(own) if can_execute(&view, &available(visit, conn, &view)?) => own.redirect(Some(id)),
                _ => shown(conn, visit, &view, None, &[]),
            }
        })
        .await
}

/// The page, with what was sent before and what is wrong with it.
fn shown<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    view: &TaskView,
    posted: Option<&Posted>,
    faults: &[FieldError],
) -> Result<Response, Fault> {
    let (flows, task) = (visit.flows(), &view.task);
    let verbs = available(visit, conn, view)?;
    let can_execute = can_execute(view, &verbs);
    let filling = Filling {
        language: visit.caller.language,
        zone: &visit.web.zone,
        words: &visit.web.words,
        templates: &visit.web.templates,
        flow: view.process().flow(),
        layout: visit.layout(task),
        posted,
        faults,
    };
    let form = if can_execute {
        let mut fields = flows.form_in(conn, view, visit.user())?;
        if let Some(posted) = posted {
            fields = chosen(conn, visit, &fields, posted)?;
        }
        filling.form(&fields, depend(visit, &fields))
    } else {
        filling.form(&[], false)
    };
    let manages = visit.user().manages(view.process().flow());
    let mut names = Names::new(&visit.web);
    let history = view.history.get(view.history.len().saturating_sub(show::HISTORY)..).unwrap_or_default();
    let people = show::people_of_task(task).chain(view.process().started_by()).map(Cow::Borrowed);
    names.learn(conn, people.chain(show::people_of_history(history)))?;
    // Of a task that people do there are none.
    let attempts = if task.kind() == "Job" { flows.attempts(conn, task.id())? } else { Vec::new() };
    let attempts: Vec<Value> = attempts
        .iter()
        .map(|attempt| json!({ "started": attempt.started(), "ended": attempt.ended(), "error": attempt.error() }))
        .collect();
    // Another row is no look at what somebody else has changed meanwhile: the form keeps what it has seen.
    let seen = posted.filter(|posted| posted.is_about_the_form()).and_then(|posted| posted.own("tag"));
    let tag = match seen {
        Some(tag) => tag.to_owned(),
        None => flows.tag_in(conn, view, visit.user())?.to_string(),
    };
    let refused = match verbs.iter().find(|known| known.verb == Verb::Assign).map(|known| &known.allowed) {
        Some(Err(Error::Denied { reason, refusal, .. })) if task.status() != TaskStatus::Assigned => {
            let mut refusal = refusal.clone();
            if let Some(person) = refusal::person_of(&mut refusal) {
                *person = names.of(conn, person)?;
            }
            Some(show::refused(visit, &refusal, reason))
        }
        _ => None,
    };
    let can_assign = allowed(&verbs, Verb::Assign);
    let others_of_verbs: Vec<Availability> =
        verbs.into_iter().filter(|known| !matches!(known.verb, Verb::Execute | Verb::Assign)).collect();
    let flow = flows.find(view.process().flow());
    let name = flow.map_or(task.flow(), |flow| flow.graph().name);
    let mut content = json!({
        "task": show::task(visit, conn, &mut names, task)?,
        "process": show::process_row(visit, conn, &mut names, &view.row)?,
        "panels": looks::panels(visit, conn, view.process()),
        "own": if can_execute { Value::Null } else { show::own_data(visit, task) },
        "data": show::data(visit, view.process()),
        "history": show::history(visit, conn, &mut names, view.process().flow(), history)?,
        "brief": flows
            .task_brief(conn, view.process(), task)
            .ok()
            .filter(|brief| *brief != format!("{} - {}", flows.task_title(task), task.status())),
        "can_execute": can_execute, "has_draft": view.has_draft(),
        // What is not kept yet, and is theirs to overwrite.
        "unsaved": posted.is_some_and(|posted| posted.own("do") != Some("draft")) && !is_changed(faults),
        "tag": if can_execute { Some(tag) } else { None },
        "action": format!("/tasks/{}", task.id()),
        "can_assign": can_assign,
        "refused": refused,
        "verbs": show::verbs(visit, &others_of_verbs, manages),
        "attempts": attempts,
    });
    add(&mut content, form);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let node = task.node();
    let templates = [format!("{name}/{node}_task.html"), format!("{name}/task.html"), "task.html".to_owned()];
    visit.page_of(conn, &templates, status, content)
}

/// Keeps a draft while somebody types: the page stays, and learns the new tag of the task.
fn kept<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    flows: Flows<C>,
    id: TaskId,
    sent: Sent<'_>,
) -> Result<Response, Fault> {
    flows.draft(conn, id, visit.user(), sent)?;
    let tag = etag::header(flows.tag(conn, id, visit.user())?)?;
    Ok((StatusCode::NO_CONTENT, [(ETAG, tag)]).into_response())
}

/// Whether a form is shown again because somebody else has changed its task.
fn is_changed(faults: &[FieldError]) -> bool {
    matches!(faults, [fault] if fault.field.is_empty())
}

/// Fields with the choices that fit what was filled in.
pub(super) fn chosen<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    fields: &[FormField],
    posted: &Posted,
) -> Result<Vec<FormField>, Fault> {
    let form = posted.form(fields, visit.caller.language, &visit.web.zone);
    let values = Sent::Urlencoded(form.as_bytes()).values()?;
    Ok(visit.flows().fill_choices(conn, visit.user(), fields, &values)?)
}

/// Whether the choices of a field may depend on what is filled in elsewhere: where the app has a query for them.
pub(super) fn depend<C: FlowConnection + Send>(visit: &Visit<C>, fields: &[FormField]) -> bool {
    fields.len() > 1 && fields.iter().any(|field| visit.flows().has_choices(field.name))
}

/// Adds the members of one object to another.
pub(super) fn add(content: &mut Value, more: Value) {
    if let (Some(content), Value::Object(more)) = (content.as_object_mut(), more) {
        content.extend(more);
    }
}

/// The address of a button, opened by itself: the task.
pub(crate) async fn reload<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            see(visit, conn, id)?;
            visit.redirect(&format!("/tasks/{id}"))
        })
        .await
}

/// Takes a task, and opens it.
pub(crate) async fn assign<C: FlowConnection + Send>(visit: Visit<C>, _: Posted) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let id = visit.task()?;
            see(visit, conn, id)?;
            visit.flows().assign(conn, id, visit.user())?;
            visit.redirect(&format!("/tasks/{id}?done=assign:{id}"))
        })
        .await
}

/// The flows by which a form changes its task: only if the task is as the page has shown it. An app's own page need not say.
fn as_seen<C: FlowConnection>(flows: Flows<C>, posted: &Posted) -> Result<Flows<C>, Fault> {
    match posted.own("tag") {
        None => Ok(flows),
        Some(tag) => Ok(flows.if_unchanged(tag.parse().map_err(|_| Fault::Changed)?)),
    }
}

/// What the form of a task sends: it completes the task, or it is kept for later.
pub(crate) async fn submit<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.task()?;
            let view = see(visit, conn, id)?;
            let flows = as_seen(visit.flows(), &posted)?;
            let fields = flows.fields(view.task.flow(), view.task.node());
            if posted.is_about_the_form() {
                return shown(conn, visit, &view, Some(&posted), &[]);
            }
            let form = posted.form(fields, visit.caller.language, &visit.web.zone);
            let sent = Sent::Urlencoded(form.as_bytes());
            if posted.own("do") == Some("keep") {
                return kept(conn, visit, flows, id, sent);
            }
            let outcome = match posted.own("do") {
                Some("draft") => {
                    flows.draft(conn, id, visit.user(), sent).map(|()| format!("/tasks/{id}?done=draft:{id}"))
                }
                Some("discard") => {
                    flows.discard_draft(conn, id, visit.user()).map(|()| format!("/tasks/{id}?done=discard:{id}"))
                }
                Some("execute") | None => match flows.execute(conn, id, visit.user(), sent) {
                    Ok(_) => super::next::after(visit, conn, id.process().into(), &format!("execute:{id}")),
                    Err(error) => Err(error),
                },
                Some(_) => return Err(Fault::Request(StatusCode::UNPROCESSABLE_ENTITY, "fault.action")),
            };
            match outcome {
                Ok(to) => visit.redirect(&to),
                Err(Error::Invalid(faults)) => shown(conn, visit, &view, Some(&posted), &faults),
                // Somebody has changed it in another window: what was typed is shown again, with what is there now.
                Err(Error::Conflict(mut conflict)) if conflict.obstacle == Some(Obstacle::Changed) => {
                    let view = see(visit, conn, id)?;
                    if !can_execute(&view, &available(visit, conn, &view)?) {
                        // Their form is no more: what is in the way is what the task is now.
                        conflict.obstacle = None;
                        return Err(Fault::Flow(Error::Conflict(conflict)));
                    }
                    let changed = FieldError::new("", visit.text("task.changed"));
                    shown(conn, visit, &view, Some(&posted), &[changed])
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
}
