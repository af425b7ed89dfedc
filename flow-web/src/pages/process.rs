//! The page of a process: what it is about, where it stands, its picture, its tasks and its history.

use std::borrow::Cow;
use std::cmp::Reverse;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use flow_core::graph::Graph;
use flow_core::graph::diagram::{SvgOptions, svg_with};
use flow_core::{Error, ErrorKind, FlowConnection, Once, Task};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::guard::PICTURE_POLICY;
use crate::posted::Posted;
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;
use crate::{looks, once};

pub(crate) async fn page<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit.work(|conn, visit| shown(conn, visit, None, StatusCode::OK)).await
}

fn shown<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    comment: Option<(&str, String)>,
    status: StatusCode,
) -> Result<Response, Fault> {
    let (flows, id) = (visit.flows(), visit.process()?);
    let view = flows.view(conn, visit.user(), id)?;
    let flow = flows.get(view.process().flow())?;
    let state = flows.state_of_view(&view)?;
    let (language, words) = (visit.caller.language, &visit.web.words);
    let nodes = words.nodes(language, flow.graph());
    let title = words.flow(language, flow.graph().name, flow.title());
    let graph = &Graph { title, nodes: &nodes, ..*flow.graph() };
    let explanation = flows.explain_view(conn, &view)?;
    let verbs = match flows.process_available_in(conn, &view, visit.user()) {
        Ok(verbs) => verbs,
        Err(error) if error.kind() == ErrorKind::Data => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let all = view.history.len();
    let first = if visit.asked("history") == Some("all") { 0 } else { all.saturating_sub(show::HISTORY) };
    let history = view.history.get(first..).unwrap_or_default();
    let mut names = Names::new(&visit.web);
    let listed = listed(&view.tasks, visit.asked("tasks") == Some("all"));
    let people = listed.iter().flat_map(|task| show::people_of_task(task)).chain(view.process().started_by());
    let people = people.chain(show::people_of_places(&explanation)).map(Cow::Borrowed);
    names.learn(conn, people.chain(show::people_of_history(history)))?;
    let mut tasks = Vec::new();
    for task in &listed {
        tasks.push(show::task(visit, conn, &mut names, task)?);
    }
    let manages = visit.user().manages(graph.name);
    let (text, fault) = comment.map_or((Value::Null, Value::Null), |(text, fault)| (text.into(), fault.into()));
    let content = json!({
        "process": show::process_row(visit, conn, &mut names, &view.row)?,
        "panels": looks::panels(visit, conn, view.process()),
        "data": show::data(visit, view.process()),
        "places": show::places(visit, graph.name, conn, &mut names, &explanation)?,
        "more_places": explanation.places.len().checked_sub(show::PLACES).filter(|more| *more > 0),
        "diagram": svg_with(graph, &SvgOptions::default().state(&state).words(words.picture(language)).without_style()),
        "nodes": show::nodes(graph, &state),
        "tasks": tasks, "more_tasks": if listed.len() < view.tasks.len() { Some(view.tasks.len()) } else { None },
        "history": show::history(visit, conn, &mut names, graph.name, history)?,
        "earlier": if first > 0 { Some(all) } else { None },
        "verbs": show::verbs(visit, &verbs, manages),
        "comment": text, "comment_fault": fault, "once": once::key(),
    });
    let name = graph.name;
    visit.page_of(conn, &[format!("{name}/process.html"), "process.html".to_owned()], status, content)
}

/// Most tasks on a page, if not all are asked for.
const TASKS: usize = 100;

/// The tasks that the page shows: of many those that are open, then the newest ones.
fn listed(tasks: &[Task], all: bool) -> Vec<&Task> {
    let mut listed: Vec<&Task> = tasks.iter().collect();
    if !all && listed.len() > TASKS {
        listed.sort_by_key(|task| (task.finished().is_some(), Reverse(task.id().number())));
        listed.truncate(TASKS);
        listed.sort_by_key(|task| task.id().number());
    }
    listed
}

/// The picture as a file.
pub(crate) async fn diagram<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    let svg = visit
        .work(|conn, visit| {
            let id = visit.process()?;
            let view = visit.flows().view(conn, visit.user(), id)?;
            let flow = visit.flows().get(view.process().flow())?;
            let state = visit.flows().state_of_view(&view)?;
            let (language, words) = (visit.caller.language, &visit.web.words);
            let nodes = words.nodes(language, flow.graph());
            let title = words.flow(language, flow.graph().name, flow.title());
            let graph = Graph { title, nodes: &nodes, ..*flow.graph() };
            Ok(svg_with(&graph, &SvgOptions::default().state(&state).words(words.picture(language))))
        })
        .await?;
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CONTENT_SECURITY_POLICY, PICTURE_POLICY)], svg).into_response())
}

/// A comment on a process: of anybody who sees it.
pub(crate) async fn comment<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.process()?;
            visit.flows().view_row(conn, visit.user(), id)?;
            let text = posted.own("comment").unwrap_or_default();
            // However often the form is sent. An app's own page need not have the key.
            let key = posted.own("once").filter(|key| once::is_key(key)).map_or_else(once::key, str::to_owned);
            let request = format!("{} {text}", visit.line);
            let said = visit.flows().once(conn, visit.user(), &format!("web:{key}"), &request, |conn| {
                visit.flows().comment(conn, id, visit.user(), text)?;
                Ok::<_, Error>(((id.get(), 0), ()))
            });
            match said {
                Ok(Once::Done(()) | Once::Before(..)) => {
                    visit.redirect(&format!("/processes/{id}?done=comment:{id}#history"))
                }
                // Another text by the key of one that was sent: it is shown with a new key.
                Ok(_) => shown(conn, visit, Some((text, visit.text("process.commented").to_owned())), StatusCode::OK),
                Err(Error::Invalid(faults)) => {
                    let fault = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
                    shown(conn, visit, Some((text, fault)), StatusCode::UNPROCESSABLE_ENTITY)
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
}
