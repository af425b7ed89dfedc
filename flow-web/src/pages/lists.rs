//! Lists: what one has, may take, has done, has asked for, and may see.

use axum::response::Response;
use flow_core::{Cursor, FlowConnection, Page, Process, ProcessRow, ProcessStatus, TaskRow};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::filters::{self, Reading, Whose};
use crate::looks;
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;

/// Places of a process that a list shows.
const PLACES: usize = 5;

/// The flows, to choose one.
pub(super) fn flows<C: FlowConnection + Send>(visit: &Visit<C>) -> Value {
    let chosen = visit.asked("flow");
    let all = visit.flows().all().iter().map(|flow| {
        let name = flow.graph().name;
        json!({ "name": name, "title": visit.flow_title(name), "chosen": chosen == Some(name) })
    });
    all.collect()
}

/// The link to the next page: with the filters of this one.
pub(super) fn more<C: FlowConnection + Send>(visit: &Visit<C>, next: Option<Cursor>) -> Option<String> {
    let (mut link, next) = (visit.filters(), next?);
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
    let people = page.rows.iter().flat_map(|row| [row.task().owner(), row.task().on_behalf_of()]);
    names.learn(conn, people.flatten())?;
    page.rows.iter().map(|row| show::task_row(visit, conn, &mut names, row)).collect()
}

fn processes_of<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    page: &Page<ProcessRow>,
) -> Result<Vec<Value>, Fault> {
    let mut names = Names::new(&visit.web);
    names.learn(conn, page.rows.iter().filter_map(|row| row.process().started_by()))?;
    page.rows.iter().map(|row| show::process_row(visit, conn, &mut names, row)).collect()
}

/// Filters that have an input of their own on the page.
const SHOWN: &[&str] = &["flow", "text", "status", "order", "after", "size"];

/// What all lists have.
fn listed<C: FlowConnection + Send, R>(
    visit: &Visit<C>,
    rows: &[Value],
    page: &Page<R>,
    known: &[&str],
    columns: &Value,
) -> Value {
    // Those that a link has set: the form keeps them, and shows that they are there.
    let kept = known.iter().filter(|name| !SHOWN.contains(name)).filter_map(|name| {
        let value = visit.asked(name)?;
        Some(json!({ "name": name, "value": value, "shown": kept_value(visit, name, value) }))
    });
    json!({
        "rows": rows, "more": more(visit, page.next), "problems": page.problems.len(), "flows": flows(visit),
        "text": visit.asked("text").unwrap_or_default(), "order": visit.asked("order").unwrap_or_default(),
        "later": visit.asked("after").is_some(), "filters": visit.filters(), "kept": kept.collect::<Value>(),
        "columns": columns,
    })
}

/// A node by its title, everything else as it is.
fn kept_value<C: FlowConnection + Send>(visit: &Visit<C>, name: &str, value: &str) -> String {
    match visit.asked("flow").filter(|_| name == "node") {
        Some(flow) => visit.node_title(flow, value).to_owned(),
        None => value.to_owned(),
    }
}

async fn tasks<C: FlowConnection + Send>(visit: Visit<C>, whose: Whose) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let mut list = filters::tasks(visit, whose, Reading::Page)?;
            if whose == Whose::Managed {
                list = list.at(visit.open_places(conn)?);
            }
            let page = list.load(conn)?;
            let rows = tasks_of(visit, conn, &page)?;
            let template = match whose {
                Whose::Inbox => "inbox",
                Whose::Queue => "queue",
                Whose::Archive => "archive",
                Whose::Errors | Whose::Managed => "tasks",
            };
            let columns = looks::titles(visit, &visit.web.looks.task_columns);
            visit.page(conn, template, listed(visit, &rows, &page, filters::OF_TASKS, &columns))
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

/// All that is open of the flows that the person manages.
pub(crate) async fn managed<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    super::admin::managers_alone(&visit)?;
    tasks(visit, Whose::Managed).await
}

/// What the person has started, and where each stands.
pub(crate) async fn requests<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit.work(|conn, visit| some_processes(conn, visit, true)).await
}

/// All processes that the person may see.
pub(crate) async fn processes<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit.work(|conn, visit| some_processes(conn, visit, false)).await
}

/// The orders of a list of processes: by number, and of one flow by the fields of its forms.
fn orders<C: FlowConnection + Send>(visit: &Visit<C>) -> Value {
    let chosen = visit.asked("order").unwrap_or("newest");
    let order = |value: String, text: String| json!({ "chosen": value == chosen, "value": value, "text": text });
    let mut orders: Vec<Value> = ["newest", "oldest"]
        .iter()
        .map(|word| order((*word).to_owned(), visit.text(&format!("filter.{word}")).to_owned()))
        .collect();
    if let Some((name, flow)) = visit.asked("flow").and_then(|name| Some((name, visit.flows().find(name)?))) {
        for field in show::sortable(flow) {
            let label = visit.label(name, field);
            orders.push(order(field.name.to_owned(), format!("{label} ↑")));
            orders.push(order(format!("-{}", field.name), format!("{label} ↓")));
        }
    }
    orders.into()
}

fn some_processes<C: FlowConnection + Send>(conn: &mut C, visit: &Visit<C>, own: bool) -> Result<Response, Fault> {
    let mut list = filters::processes(visit, Reading::Page)?;
    if own {
        list = list.started_by(visit.user().id());
    }
    let page = list.load(conn)?;
    let mut rows = processes_of(visit, conn, &page)?;
    if own {
        // Where each stands, and with whom.
        let mut names = Names::new(&visit.web);
        let open = |row: &&ProcessRow| row.process().status() == ProcessStatus::New;
        let processes: Vec<&Process> = page.rows.iter().filter(open).map(ProcessRow::process).collect();
        let explained = visit.flows().explain_each(conn, &processes, PLACES)?;
        names.learn(conn, explained.iter().flat_map(show::people_of_places))?;
        for (row, shown) in page.rows.iter().zip(&mut rows) {
            shown["places"] = match explained.iter().find(|known| known.process == row.id()) {
                Some(known) => show::places(visit, row.process().flow(), conn, &mut names, known)?,
                None => Value::Array(Vec::new()),
            };
            shown["more_places"] = explained.iter().any(|known| known.process == row.id() && known.more).into();
        }
    }
    let columns = looks::titles(visit, &visit.web.looks.process_columns);
    let mut content = listed(visit, &rows, &page, filters::OF_PROCESSES, &columns);
    content["status"] = visit.asked("status").unwrap_or_default().into();
    content["orders"] = orders(visit);
    visit.page(conn, if own { "requests" } else { "processes" }, content)
}
