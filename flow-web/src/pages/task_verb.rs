//! What is done with a task beside completing it: a page that asks first, with room for a reason.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::ActingUser as _;
use flow_core::{Error, FlowConnection, Flows, Refusal, Task, TaskId, TaskView, User, Verb};
use serde_json::json;

use super::task::{allowed, available, see};
use super::task_verb_of;
use crate::fault::Fault;
use crate::posted::Posted;
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;

/// The page that asks.
pub(crate) async fn confirm<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let (id, verb) = (visit.task()?, task_verb_of(visit.param("verb")?)?);
            let view = see(visit, conn, id)?;
            let verbs = available(visit, conn, &view)?;
            let known = verbs.into_iter().find(|known| known.verb == verb).ok_or_else(Fault::not_found)?;
            // What the verb itself would return.
            known.allowed?;
            asked(conn, visit, &view, verb, None)
        })
        .await
}

/// The page, with what was sent before and why it was refused.
fn asked<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    view: &TaskView,
    verb: Verb,
    refused: Option<(&Posted, String, StatusCode)>,
) -> Result<Response, Fault> {
    let id = view.task.id();
    let mut names = Names::new(&visit.web);
    let (posted, fault, status) = match refused {
        Some((posted, fault, status)) => (Some(posted), Some(fault), status),
        None => (None, None, StatusCode::OK),
    };
    let mut content = json!({
        "task": show::task(visit, conn, &mut names, &view.task)?,
        "process": show::process_row(visit, conn, &mut names, &view.row)?,
        "verb": verb.as_str(),
        "action": format!("/tasks/{id}/{verb}"), "back": format!("/tasks/{id}"),
        "fault": fault, "note": posted.and_then(|posted| posted.own("note")),
    });
    if verb != Verb::Reassign {
        return visit.page_of(conn, &["confirm.html".to_owned()], status, content);
    }
    let search = visit.asked("search").or(posted.and_then(|posted| posted.own("search"))).unwrap_or_default();
    let found = match &visit.web.people {
        Some(people) => people.search(conn, search)?,
        None => Vec::new(),
    };
    let to = posted.and_then(|posted| posted.own("to"));
    let others = found.iter().filter(|person| Some(person.id()) != view.task.owner());
    content["people"] = others
        .map(|person| json!({ "id": person.id(), "name": person.display_name(), "chosen": Some(person.id()) == to }))
        .collect();
    content["search"] = search.into();
    content["has_people"] = visit.web.people.is_some().into();
    visit.page_of(conn, &["reassign.html".to_owned()], status, content)
}

/// Does it.
pub(crate) async fn perform<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let (id, verb) = (visit.task()?, task_verb_of(visit.param("verb")?)?);
            let view = see(visit, conn, id)?;
            let note = posted.note();
            let done = match on_task(conn, visit, visit.flows(), (verb, id), note.as_deref(), posted.own("to")) {
                // Not to this person: another one can be chosen.
                Err(fault) if verb == Verb::Reassign && is_of_the_other(conn, visit, &view, &fault) => {
                    let text = match &fault {
                        Fault::Flow(Error::Denied { refusal: Refusal::SamePerson(_), .. }) => {
                            visit.text("refusal.other_same_person").to_owned()
                        }
                        Fault::Flow(Error::Denied { .. }) => visit.text("refusal.other_person").to_owned(),
                        fault => visit.text(fault.title()).to_owned(),
                    };
                    return asked(conn, visit, &view, verb, Some((&posted, text, fault.status())));
                }
                done => done?,
            };
            // A new task of the node may stand in the place of this one: the process shows both.
            let page = match verb {
                Verb::Unassign | Verb::Reassign => "/".to_owned(),
                _ => format!("/processes/{}", done.id().process()),
            };
            visit.redirect(&format!("{page}?done={verb}:{id}"))
        })
        .await
}

/// Whether a task may be given away by this person, and not to the one whom they have chosen.
fn is_of_the_other<C: FlowConnection + Send>(conn: &mut C, visit: &Visit<C>, view: &TaskView, fault: &Fault) -> bool {
    let is_refusal = matches!(fault, Fault::Flow(Error::Denied { .. }) | Fault::Request(..));
    is_refusal && available(visit, conn, view).is_ok_and(|verbs| allowed(&verbs, Verb::Reassign))
}

/// A verb of a task, with the reason of the person.
pub(crate) fn on_task<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    flows: Flows<C>,
    (verb, id): (Verb, TaskId),
    note: Option<&str>,
    to: Option<&str>,
) -> Result<Task, Fault> {
    let because;
    let user: &dyn User = match note {
        Some(note) => {
            because = visit.user().because(note);
            &because
        }
        None => visit.user(),
    };
    Ok(match verb {
        Verb::Assign => flows.assign(conn, id, user)?,
        Verb::Unassign => flows.unassign(conn, id, user)?,
        Verb::Reassign => {
            let people = visit.web.people.as_ref();
            let to = to.filter(|to| !to.is_empty());
            let (Some(people), Some(to)) = (people, to) else { return Err(nobody()) };
            let to = people.find(conn, to)?.ok_or_else(nobody)?;
            flows.reassign(conn, id, user, &*to)?
        }
        Verb::CancelTask => flows.cancel_task(conn, id, user)?,
        Verb::EndBranch => flows.end_branch(conn, id, user)?,
        Verb::Undo => flows.undo(conn, id, user)?,
        Verb::Revive => flows.revive(conn, id, user)?,
        Verb::Retry => flows.retry(conn, id, user)?,
        Verb::GoBack => flows.go_back(conn, id, user)?,
        Verb::MoveRetired => flows.move_on(conn, id, user)?,
        _ => return Err(Fault::not_found()),
    })
}

/// The person to whom a task is to be given is not there.
fn nobody() -> Fault {
    Fault::Request(StatusCode::UNPROCESSABLE_ENTITY, "fault.nobody")
}
