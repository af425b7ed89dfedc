//! Lists as JSON: `rows`, and `next`, the place to give as `after`.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::{
    Cursor, Error, FieldError, FieldErrorKind, FlowConnection, Page, ProcessRow, ProcessStatus, TaskOrder, TaskRow,
};
use serde_json::{Value, json};

use super::json_response;
use crate::fault::Fault;
use crate::visit::Visit;

/// A value of the query that is not known is refused: a filter with a typo must not show everything.
fn wrong(name: &'static str, message: &str) -> Fault {
    Fault::Flow(Error::Invalid(vec![FieldError::of(FieldErrorKind::NotAChoice, name, message)]))
}

fn known_alone<C: FlowConnection + Send>(visit: &Visit<C>, known: &[&str]) -> Result<(), Fault> {
    match visit.unknown_in_query(known) {
        Some(name) => Err(Fault::Flow(Error::Invalid(vec![FieldError::of(
            FieldErrorKind::Unknown,
            name.to_owned(),
            "is not a filter of this list",
        )]))),
        None => Ok(()),
    }
}

fn after<C: FlowConnection + Send>(visit: &Visit<C>) -> Result<Option<Cursor>, Fault> {
    let parsed = visit.asked("after").map(str::parse::<Cursor>).transpose();
    parsed.map_err(|_| wrong("after", "is not a place in a list, as in oldest:17.2"))
}

fn size<C: FlowConnection + Send>(visit: &Visit<C>) -> Result<Option<usize>, Fault> {
    let parsed = visit.asked("size").map(str::parse::<usize>).transpose();
    let parsed = parsed.ok().filter(|size| size.is_none_or(|size| (1..=200).contains(&size)));
    parsed.ok_or_else(|| wrong("size", "is not a number from 1 to 200"))
}

/// A task as JSON: its row without its document, with its texts.
pub(super) fn task_row(row: &TaskRow) -> Value {
    let mut shown = json!(row.task());
    shown["title"] = row.title().into();
    shown["brief"] = row.brief().into();
    shown["process_brief"] = row.process_brief().into();
    shown["reference"] = row.reference().into();
    shown["problem"] = row.problem().into();
    shown
}

/// A process as JSON.
pub(super) fn process_row(row: &ProcessRow) -> Value {
    let mut shown = json!(row.process());
    shown["title"] = row.title().into();
    shown["brief"] = row.brief().into();
    shown["problem"] = row.problem().into();
    shown
}

fn listed<R>(page: &Page<R>, rows: &Value) -> Response {
    let problems: Value = page
        .problems
        .iter()
        .map(|problem| json!({ "process": problem.process, "task": problem.task, "reason": "its rule failed" }))
        .collect();
    let next = page.next.map(|next| next.to_string());
    json_response(StatusCode::OK, &json!({ "rows": rows, "next": next, "problems": problems }))
}

#[derive(Clone, Copy)]
enum Of {
    Inbox,
    Queue,
    Archive,
    Errors,
}

async fn tasks<C: FlowConnection + Send>(visit: Visit<C>, of: Of) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            known_alone(visit, &["flow", "text", "order", "after", "size"])?;
            let flows = visit.flows();
            let mut list = match of {
                Of::Inbox => flows.find_tasks().inbox_of(visit.user()),
                Of::Queue => flows.find_tasks().queue_of(visit.user()),
                Of::Archive => flows.find_tasks().archive_of(visit.user()),
                Of::Errors => flows.find_tasks().managed_by(visit.user()).errors(),
            };
            if let Some(flow) = visit.asked("flow") {
                list = list.flow(flow);
            }
            if let Some(text) = visit.asked("text") {
                list = list.text(text);
            }
            list = match visit.asked("order") {
                None => list,
                Some("oldest") => list.order(TaskOrder::Oldest),
                Some("newest") => list.order(TaskOrder::Newest),
                Some("priority") => list.order(TaskOrder::Priority),
                Some("due") => list.order(TaskOrder::Due),
                Some(_) => return Err(wrong("order", "is not one of oldest, newest, priority, due")),
            };
            if let Some(size) = size(visit)? {
                list = list.page_size(size);
            }
            if let Some(cursor) = after(visit)? {
                list = list.after(cursor);
            }
            let page = list.load(conn)?;
            Ok(listed(&page, &page.rows.iter().map(task_row).collect()))
        })
        .await
}

pub(crate) async fn inbox<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Of::Inbox).await
}

pub(crate) async fn queue<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Of::Queue).await
}

pub(crate) async fn archive<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Of::Archive).await
}

/// Tasks that have failed, of the flows that the person manages.
pub(crate) async fn errors<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Of::Errors).await
}

/// The processes that the person may see.
pub(crate) async fn processes<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            known_alone(visit, &["flow", "text", "status", "started_by", "reference", "after", "size"])?;
            let flows = visit.flows();
            let mut list = flows.find_processes().visible_to(visit.user());
            if let Some(flow) = visit.asked("flow") {
                list = list.flow(flow);
            }
            if let Some(text) = visit.asked("text") {
                list = list.text(text);
            }
            if let Some(person) = visit.asked("started_by") {
                list = list.started_by(person);
            }
            if let Some(reference) = visit.asked("reference") {
                list = list.reference(reference);
            }
            list = match visit.asked("status") {
                None => list,
                Some("open") => list.status(ProcessStatus::New),
                Some("done") => list.status(ProcessStatus::Done),
                Some("canceled") => list.status(ProcessStatus::Canceled),
                Some(_) => return Err(wrong("status", "is not one of open, done, canceled")),
            };
            if let Some(size) = size(visit)? {
                list = list.page_size(size);
            }
            if let Some(cursor) = after(visit)? {
                list = list.after(cursor);
            }
            let page = list.load(conn)?;
            Ok(listed(&page, &page.rows.iter().map(process_row).collect()))
        })
        .await
}
