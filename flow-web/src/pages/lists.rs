//! Lists: what one has, may take, has done, has asked for, and may see.

use axum::response::Response;
use flow_core::{Cursor, FlowConnection, Page, ProcessRow, ProcessStatus, TaskOrder, TaskRow};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;

/// Rows on a page.
const ROWS: usize = 50;

/// Where the page begins; `None` at the beginning, and for what is no place in a list.
fn after<C: FlowConnection + Send>(visit: &Visit<C>) -> Option<Cursor> {
    visit.asked("after")?.parse().ok()
}

fn order(word: Option<&str>) -> Option<TaskOrder> {
    match word? {
        "oldest" => Some(TaskOrder::Oldest),
        "newest" => Some(TaskOrder::Newest),
        "priority" => Some(TaskOrder::Priority),
        "due" => Some(TaskOrder::Due),
        _ => None,
    }
}

/// The flows, to choose one.
pub(super) fn flows<C: FlowConnection + Send>(visit: &Visit<C>) -> Value {
    let chosen = visit.asked("flow");
    let all = visit.flows().all().iter().map(|flow| {
        let name = flow.graph().name;
        json!({ "name": name, "title": flow.title(), "chosen": chosen == Some(name) })
    });
    all.collect()
}

/// The link to the next page.
fn more<C: FlowConnection + Send>(visit: &Visit<C>, next: Option<Cursor>) -> Option<String> {
    let mut link = visit.filters();
    let next = next?;
    if !link.is_empty() {
        link.push('&');
    }
    link.push_str("after=");
    link.extend(form_urlencoded::byte_serialize(next.to_string().as_bytes()));
    Some(format!("?{link}"))
}

pub(super) fn tasks_of<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    page: &Page<TaskRow>,
) -> Result<Vec<Value>, Fault> {
    let mut names = Names::new(&visit.web);
    page.rows.iter().map(|row| show::task_row(visit, conn, &mut names, row)).collect()
}

fn processes_of<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    page: &Page<ProcessRow>,
) -> Result<Vec<Value>, Fault> {
    let mut names = Names::new(&visit.web);
    page.rows.iter().map(|row| show::process_row(conn, &mut names, row)).collect()
}

/// What all lists have.
fn listed<C: FlowConnection + Send, R>(visit: &Visit<C>, rows: &[Value], page: &Page<R>) -> Value {
    json!({
        "rows": rows, "more": more(visit, page.next), "problems": page.problems.len(), "flows": flows(visit),
        "text": visit.asked("text").unwrap_or_default(), "order": visit.asked("order").unwrap_or_default(),
        "later": visit.asked("after").is_some(),
    })
}

#[derive(Clone, Copy)]
enum Of {
    Inbox,
    Queue,
    Archive,
}

async fn tasks<C: FlowConnection + Send>(visit: Visit<C>, of: Of) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let flows = visit.flows();
            let mut list = flows.find_tasks().page_size(ROWS);
            list = match of {
                Of::Inbox => list.inbox_of(visit.user()),
                Of::Queue => list.queue_of(visit.user()),
                Of::Archive => list.archive_of(visit.user()),
            };
            // A flow that there is not is no filter: its address may be an old one.
            if let Some(flow) = visit.asked("flow").filter(|flow| flows.find(flow).is_some()) {
                list = list.flow(flow);
            }
            if let Some(text) = visit.asked("text") {
                list = list.text(text);
            }
            if let Some(order) = order(visit.asked("order")) {
                list = list.order(order);
            }
            if let Some(cursor) = after(visit) {
                list = list.after(cursor);
            }
            let page = list.load(conn)?;
            let rows = tasks_of(visit, conn, &page)?;
            let template = match of {
                Of::Inbox => "inbox",
                Of::Queue => "queue",
                Of::Archive => "archive",
            };
            visit.page(conn, template, listed(visit, &rows, &page))
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

/// What the person has started, and where each stands.
pub(crate) async fn requests<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit.work(|conn, visit| some_processes(conn, visit, true)).await
}

/// All processes that the person may see.
pub(crate) async fn processes<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit.work(|conn, visit| some_processes(conn, visit, false)).await
}

fn some_processes<C: FlowConnection + Send>(conn: &mut C, visit: &Visit<C>, own: bool) -> Result<Response, Fault> {
    let flows = visit.flows();
    let mut list = flows.find_processes().visible_to(visit.user()).page_size(ROWS);
    if own {
        list = list.started_by(visit.user().id());
    }
    if let Some(flow) = visit.asked("flow").filter(|flow| flows.find(flow).is_some()) {
        list = list.flow(flow);
    }
    let status = match visit.asked("status") {
        Some("open") => Some(ProcessStatus::New),
        Some("done") => Some(ProcessStatus::Done),
        Some("canceled") => Some(ProcessStatus::Canceled),
        _ => None,
    };
    if let Some(status) = status {
        list = list.status(status);
    }
    if let Some(text) = visit.asked("text") {
        list = list.text(text);
    }
    if let Some(cursor) = after(visit) {
        list = list.after(cursor);
    }
    let page = list.load(conn)?;
    let mut rows = processes_of(visit, conn, &page)?;
    if own {
        // Where each stands, and with whom: a statement or two for each row of one's own that is open.
        let mut names = Names::new(&visit.web);
        for (row, shown) in page.rows.iter().zip(&mut rows) {
            shown["places"] = match row.process().status() {
                ProcessStatus::New => {
                    let explanation = flows.explain(conn, row.id())?;
                    show::places(conn, &mut names, &explanation)?
                }
                _ => Value::Array(Vec::new()),
            };
        }
    }
    let mut content = listed(visit, &rows, &page);
    content["status"] = visit.asked("status").unwrap_or_default().into();
    visit.page(conn, if own { "requests" } else { "processes" }, content)
}
