//! The page on which a sample is measured: with what the app's own tables know of it.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use flow_core::form::Sent;
use flow_core::{Error, TaskId, TaskView, Verb};
use serde::{Deserialize, Serialize};

use crate::FLOWS;
use crate::flow::Db;
use crate::web::pages::{Faults, Refused};
use crate::web::people::Person;
use crate::web::{App, FLOW, FLOW_PAGES, MEASURE, tables};

/// What the page shows.
#[derive(Serialize)]
struct Shown {
    task: String,
    /// Of the task as it is shown: sent with the form, to notice what somebody else has changed meanwhile.
    tag: String,
    patient: String,
    /// Birthday, tube and day of the sample, where they are known.
    sample: Option<(String, String, String)>,
    inputs: Vec<Input>,
}

/// An input for a number.
#[derive(Serialize)]
struct Input {
    name: &'static str,
    label: &'static str,
    value: String,
}

/// In the address to which the form is sent, so that its body has the fields of the flow's form and nothing else.
#[derive(Deserialize)]
pub(crate) struct Seen {
    tag: String,
}

/// The page. Whoever cannot measure the sample now is led to the page of the task, where it can be taken.
pub(crate) async fn page(State(app): State<App>, user: Person, Path(task): Path<String>) -> Result<Response, Refused> {
    let id = id_of(&task)?;
    let shown = app
        .db(move |conn| {
            let view = see(conn, user, id)?;
            let verbs = FLOWS.available_in(conn, &view, &user)?;
            let may = verbs.iter().any(|known| known.verb == Verb::Execute && known.is_allowed());
            if may && view.task.owner().is_some() { shown(conn, user, &view, None).map(Some) } else { Ok(None) }
        })
        .await?;
    match shown {
        Some(shown) => app.templates.page("biochemical.html", shown, &Faults::new()),
        None => Ok(Redirect::to(&format!("{FLOW_PAGES}/tasks/{id}")).into_response()),
    }
}

/// What was measured. The engine checks all of it again: who it is, the task, the values.
pub(crate) async fn submit(
    State(app): State<App>,
    user: Person,
    Path(task): Path<String>,
    Query(seen): Query<Seen>,
    body: Bytes,
) -> Result<Response, Refused> {
    let id = id_of(&task)?;
    let tag = seen.tag.parse().map_err(|_| Refused::NotFound)?;
    let outcome = app
        .db(move |conn| {
            let view = see(conn, user, id)?;
            match FLOWS.if_unchanged(tag).execute(conn, id, &user, Sent::Urlencoded(&body)) {
                Ok(_) => Ok(None),
                Err(Error::Invalid(faults)) => {
                    let faults = faults.into_iter().map(|fault| (fault.field.into_owned(), fault.message)).collect();
                    Ok(Some((shown(conn, user, &view, Some(&body))?, faults)))
                }
                Err(error) => Err(error.into()),
            }
        })
        .await?;
    match outcome {
        Some((shown, faults)) => app.templates.page("biochemical.html", shown, &faults),
        None => {
            let to = format!("{FLOW_PAGES}/processes/{}?done=execute:{id}", id.process());
            Ok(Redirect::to(&to).into_response())
        }
    }
}

fn id_of(text: &str) -> Result<TaskId, Refused> {
    text.parse().map_err(|_| Refused::NotFound)
}

/// A task of this page, if the person may see it.
fn see(conn: &mut Db, user: Person, id: TaskId) -> Result<TaskView, Refused> {
    let view = FLOWS.view_task(conn, &user, id)?;
    if (view.task.flow(), view.task.node()) != (FLOW, MEASURE) {
        return Err(Refused::NotFound);
    }
    Ok(view)
}

/// What is shown of it; with what was typed, if that is to be corrected.
fn shown(conn: &mut Db, user: Person, view: &TaskView, typed: Option<&[u8]>) -> Result<Shown, Refused> {
    let typed = typed.map(|body| Sent::Urlencoded(body).values()).transpose()?;
    let inputs = FLOWS.form_in(conn, view, &user)?.into_iter().map(|field| {
        let typed = typed.as_ref().and_then(|all| all.get(field.name)).and_then(|value| value.as_str());
        Input {
            name: field.name,
            label: field.label,
            value: typed.map_or_else(|| field.texts().concat(), str::to_owned),
        }
    });
    let inputs = inputs.collect();
    let (patient, sample) = match tables::of_process(conn, view.process().id())? {
        Some((name, born, tube, drawn)) => (name, Some((born, tube, drawn))),
        None => (view.row.brief().to_owned(), None),
    };
    let tag = FLOWS.tag_in(conn, view, &user)?.to_string();
    Ok(Shown { task: view.task.id().to_string(), tag, patient, sample, inputs })
}
