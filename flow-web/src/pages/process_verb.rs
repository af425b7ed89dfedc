//! What is done with a process: a page that asks first, with room for a reason.

use axum::response::Response;
use flow_core::ActingUser as _;
use flow_core::{FlowConnection, Process, ProcessId, User, Verb};
use serde_json::json;

use super::process_verb_of;
use crate::fault::Fault;
use crate::posted::Posted;
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;

/// The page that asks.
pub(crate) async fn confirm<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let (id, verb) = (visit.process()?, process_verb_of(visit.param("verb")?)?);
            let row = visit.flows().view_row(conn, visit.user(), id)?;
            let verbs = visit.flows().process_available(conn, id, visit.user())?;
            let known = verbs.into_iter().find(|known| known.verb == verb).ok_or_else(Fault::not_found)?;
            known.allowed?;
            let mut names = Names::new(&visit.web);
            let content = json!({
                "task": null,
                "process": show::process_row(visit, conn, &mut names, &row)?,
                "verb": verb.as_str(),
                "action": format!("/processes/{id}/{verb}"), "back": format!("/processes/{id}"),
            });
            visit.page(conn, "confirm", content)
        })
        .await
}

/// Does it.
pub(crate) async fn perform<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let (id, verb) = (visit.process()?, process_verb_of(visit.param("verb")?)?);
            visit.flows().view_row(conn, visit.user(), id)?;
            on_process(conn, visit, verb, id, posted.note().as_deref())?;
            visit.redirect(&format!("/processes/{id}?done={verb}:{id}"))
        })
        .await
}

/// A verb of a process, with the reason of the person.
pub(crate) fn on_process<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    verb: Verb,
    id: ProcessId,
    note: Option<&str>,
) -> Result<Process, Fault> {
    let because;
    let user: &dyn User = match note {
        Some(note) => {
            because = visit.user().because(note);
            &because
        }
        None => visit.user(),
    };
    Ok(match verb {
        Verb::Cancel => visit.flows().cancel(conn, id, user)?,
        Verb::Suspend => visit.flows().suspend(conn, id, user)?,
        Verb::ResumeProcess => visit.flows().resume(conn, id, user)?,
        _ => return Err(Fault::not_found()),
    })
}
