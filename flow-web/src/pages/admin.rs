//! For managers: what has failed, and what waits for workers.

use axum::response::Response;
use flow_core::FlowConnection;
use serde_json::{Value, json};

use super::lists::{flows, more, tasks_of};
use crate::fault::Fault;
use crate::filters::{self, Reading, Whose};
use crate::looks;
use crate::visit::Visit;

/// Rows of due work that the page shows: those that are due first.
const ROWS: usize = 50;

/// Tasks that have failed, of the flows that the person manages, those of one text together.
pub(crate) async fn errors<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            managers_alone(visit)?;
            let places = visit.open_places(conn)?;
            let page = filters::tasks(visit, Whose::Errors, Reading::Page)?.at(places).load(conn)?;
            let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
            for row in tasks_of(visit, conn, &page)? {
                let text = row["error"].as_str().unwrap_or_default().to_owned();
                match groups.iter_mut().find(|(known, _)| *known == text) {
                    Some((_, rows)) => rows.push(row),
                    None => groups.push((text, vec![row])),
                }
            }
            groups.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
            // On one page all of them are shown, and counted.
            let all: usize = groups.iter().map(|(_, rows)| rows.len()).sum();
            let whole = page.next.is_none() && visit.asked("after").is_none();
            let groups: Value = groups.iter().map(|(text, rows)| json!({ "text": text, "rows": rows })).collect();
            let columns = looks::titles(visit, &visit.web.looks.task_columns);
            visit.page(
                conn,
                "errors",
                json!({
                    "groups": groups, "columns": columns, "more": more(visit, page.next), "flows": flows(visit),
                    "filters": visit.filters(), "later": visit.asked("after").is_some(), "whole": whole, "all": all,
                    "problems": page.problems.len(),
                }),
            )
        })
        .await
}

/// What is due, in words: the engine's own for what this version does not know.
fn kind<'v, C: FlowConnection + Send>(visit: &'v Visit<C>, word: &'v str) -> &'v str {
    visit.web.words.find(visit.caller.language, &format!("due.{word}")).unwrap_or(word)
}

/// What is to be done by workers, and who does it, of the flows that the person manages.
pub(crate) async fn work<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            managers_alone(visit)?;
            let known = visit.flows();
            let due = known.due_work(conn)?;
            let managed = || due.iter().filter(|work| visit.user().manages(&work.flow));
            let rows = managed().take(ROWS).map(|work| {
                let node = work.node.as_deref().map(|node| visit.node_title(&work.flow, node));
                json!({
                    "process": work.process, "task": work.task, "node": node, "kind": kind(visit, &work.kind), "due": work.due,
                    "flow_title": visit.flow_title(&work.flow), "attempt": work.attempt,
                    "worker": work.held.as_ref().map(|held| held.worker.as_str()),
                    "last_error": work.last_error, "postponed": work.postponed, "queue": work.queue,
                    "overdue": work.held.is_none() && work.due < flow_core::clock::now(),
                })
            });
            let rows: Value = rows.collect();
            let workers = known.workers(conn)?;
            let workers = workers.iter().filter_map(|worker| {
                let work = worker.work.iter().filter(|work| visit.user().manages(&work.flow)).map(|work| {
                    let node = work.node.as_deref().map(|node| visit.node_title(&work.flow, node));
                    let held = work.held.as_ref();
                    json!({
                        "process": work.process, "task": work.task, "node": node, "kind": kind(visit, &work.kind),
                        "since": held.and_then(|held| held.since), "until": held.map(|held| held.until),
                    })
                });
                let work: Vec<Value> = work.collect();
                (!work.is_empty()).then(|| json!({ "name": worker.name, "work": work }))
            });
            let workers: Value = workers.collect();
            let paused = known.paused_queues(conn)?;
            let paused: Value =
                paused.iter().map(|queue| json!({ "name": queue.name, "since": queue.since })).collect();
            visit.page(
                conn,
                "work",
                json!({ "rows": rows, "more_rows": managed().count() > ROWS, "workers": workers, "paused": paused }),
            )
        })
        .await
}

/// For those who manage no flow there is nothing here.
pub(super) fn managers_alone<C: FlowConnection + Send>(visit: &Visit<C>) -> Result<(), Fault> {
    if visit.manages_any() { Ok(()) } else { Err(Fault::not_found()) }
}
