//! Lists as JSON: `rows`, and `next`, the place to give as `after`.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::{FlowConnection, Page, ProcessRow, TaskRow};
use serde_json::{Value, json};

use super::json_response;
use crate::fault::Fault;
use crate::filters::{self, Reading, Whose};
use crate::visit::Visit;

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

async fn tasks<C: FlowConnection + Send>(visit: Visit<C>, whose: Whose) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let page = filters::tasks(visit, whose, Reading::Rest)?.load(conn)?;
            Ok(listed(&page, &page.rows.iter().map(task_row).collect()))
        })
        .await
}

pub(crate) async fn inbox<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Inbox).await
}

pub(crate) async fn queue<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Queue).await
}

pub(crate) async fn archive<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Archive).await
}

/// Tasks that have failed, of the flows that the person manages.
pub(crate) async fn errors<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Errors).await
}

/// Tasks that are open, of the flows that the person manages.
pub(crate) async fn managed<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Managed).await
}

/// The processes that the person may see.
pub(crate) async fn processes<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let page = filters::processes(visit, Reading::Rest)?.load(conn)?;
            Ok(listed(&page, &page.rows.iter().map(process_row).collect()))
        })
        .await
}
