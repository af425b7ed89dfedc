//! One action for many rows, with a result for each.

use std::collections::HashSet;

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::{Error, ErrorKind, FlowConnection, ProcessId, TaskId, Verb};
use serde_json::{Value, json};

use super::process_verb::on_process;
use super::task::see;
use super::task_verb::on_task;
use crate::fault::Fault;
use crate::posted::Posted;
use crate::show;
use crate::visit::Visit;

/// Most rows at once.
const MOST: usize = 200;

/// Verbs that are used on many tasks, and whether they are asked about first.
const OF_TASKS: &[(Verb, bool)] = &[
    (Verb::Assign, false),
    (Verb::Unassign, false),
    (Verb::Retry, false),
    (Verb::Revive, true),
    (Verb::CancelTask, true),
    (Verb::EndBranch, true),
];

pub(crate) async fn perform<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            // Those that are checked, or with `flow.all` all that the form has.
            let of_all = posted.own("all");
            let word = of_all.or(posted.own("do")).unwrap_or_default();
            let of_tasks = OF_TASKS.iter().find(|(verb, _)| verb.as_str() == word).copied();
            let (verb, asks) = match of_tasks {
                Some(known) => known,
                None if word == Verb::Cancel.as_str() => (Verb::Cancel, true),
                None => return Err(Fault::Request(StatusCode::UNPROCESSABLE_ENTITY, "fault.action")),
            };
            let mut ids: Vec<&str> = posted.each(if of_all.is_some() { "of" } else { "id" }).collect();
            let mut seen = HashSet::new();
            ids.retain(|id| seen.insert(*id));
            if ids.len() > MOST {
                return Err(Fault::Request(StatusCode::UNPROCESSABLE_ENTITY, "fault.too_many"));
            }
            if asks && posted.own("sure") != Some("yes") && !ids.is_empty() {
                let content = json!({ "verb": verb.as_str(), "rows": asked_of(conn, visit, &ids)? });
                return visit.page(conn, "confirm_bulk", content);
            }
            let note = posted.note();
            let mut rows = Vec::new();
            for id in ids {
                rows.push(one(conn, visit, verb, id, note.as_deref())?);
            }
            let failed = rows.iter().filter(|row| row["ok"] == false).count();
            let content = json!({
                "verb": verb.as_str(), "rows": rows, "failed": failed, "all": rows.len(),
                "of_processes": verb == Verb::Cancel,
            });
            visit.page(conn, "bulk", content)
        })
        .await
}

/// The rows that are asked about, by what they are about. Of what one may not see the number alone.
fn asked_of<C: FlowConnection + Send>(conn: &mut C, visit: &Visit<C>, ids: &[&str]) -> Result<Value, Fault> {
    let process = |id: &str| id.split('.').next().and_then(|id| id.parse::<ProcessId>().ok());
    let known = ids.iter().filter_map(|id| process(id));
    let list = visit.flows().find_processes().ids(known).visible_to(visit.user()).page_size(MOST).load(conn)?;
    let about = |id: &str| {
        let row = process(id).and_then(|id| list.rows.iter().find(|row| row.process().id() == id.get()));
        row.map(|row| format!("{}: {}", visit.flow_title(row.process().flow()), row.brief()))
    };
    Ok(ids.iter().map(|id| json!({ "id": id, "about": about(id) })).collect())
}

/// An id as pages write it: `017.2` is none, so that one row is not there twice.
fn canonical<I: std::str::FromStr + ToString>(text: &str) -> Option<I> {
    text.parse().ok().filter(|id: &I| id.to_string() == text)
}

/// One row. What is wrong with it is its result; a database that fails is the whole's.
pub(super) fn one<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    verb: Verb,
    text: &str,
    note: Option<&str>,
) -> Result<Value, Fault> {
    let outcome = match verb {
        Verb::Cancel => match canonical::<ProcessId>(text) {
            Some(id) => {
                let seen = visit.flows().view_row(conn, visit.user(), id).map_err(Fault::from);
                seen.and_then(|row| on_process(conn, visit, verb, id, note).map(|_| row.title().to_owned()))
            }
            None => Err(Fault::not_found()),
        },
        _ => match canonical::<TaskId>(text) {
            Some(id) => see(visit, conn, id).and_then(|view| {
                on_task(conn, visit, visit.flows(), (verb, id), note, None)
                    .map(|_| visit.flows().task_title(&view.task).to_owned())
            }),
            None => Err(Fault::not_found()),
        },
    };
    let (title, fault) = match outcome {
        Ok(title) => (title, None),
        Err(fault) if is_of_all(&fault) => return Err(fault),
        Err(fault) => (String::new(), Some(fault)),
    };
    Ok(show::outcome(visit, text, &title, fault.as_ref()))
}

/// Whether it would be the same with every row.
fn is_of_all(fault: &Fault) -> bool {
    match fault {
        Fault::Flow(error) => matches!(error.kind(), ErrorKind::Database) && !matches!(error, Error::Migration(_)),
        Fault::Database(_) | Fault::Template(_) => true,
        Fault::Request(..) | Fault::Changed | Fault::Taken(_) | Fault::Busy => false,
    }
}
