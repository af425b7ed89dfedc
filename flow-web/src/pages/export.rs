//! Lists as files for spreadsheets: with the filters of the page that links to them, and in the words of the person. What
//! is computed with is as spreadsheets of the language read it: times in the zone of the pages, and with a decimal comma
//! where the language has one. Programs read REST, which has words of its own.

use axum::response::Response;
use flow_core::{FieldType, FlowConnection, FormField, Process, ProcessRow, TaskRow, Timestamp};

use crate::csv::Csv;
use crate::fault::Fault;
use crate::filters::{self, Reading, Whose};
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;
use crate::{when, widget};

/// Most rows of a file; read by pages, so that no more than one of them is held.
pub(crate) const MOST: usize = 10_000;

/// Rows that are read at once.
const PAGE: usize = 200;

pub(crate) async fn inbox<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Inbox, "inbox").await
}

pub(crate) async fn queue<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Queue, "queue").await
}

pub(crate) async fn archive<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    tasks(visit, Whose::Archive, "archive").await
}

async fn tasks<C: FlowConnection + Send>(visit: Visit<C>, whose: Whose, name: &'static str) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let columns = ["list.number", "list.task", "list.about", "list.flow", "list.process", "list.reference"];
            let columns =
                columns.into_iter().chain(["list.status", "list.owner", "list.made", "list.due", "list.done"]);
            let added = visit.web.looks.task_columns.iter().map(|column| visit.text(&column.title));
            let mut csv = Csv::new(visit.caller.language, columns.map(|key| visit.text(key)).chain(added));
            let mut names = Names::new(&visit.web);
            let (mut after, mut count) = (None, 0);
            while count < MOST {
                let mut list = filters::tasks(visit, whose, Reading::Page)?.page_size(PAGE);
                if let Some(cursor) = after {
                    list = list.after(cursor);
                }
                let page = list.load(conn)?;
                names.learn(conn, page.rows.iter().filter_map(|row| row.task().owner()))?;
                for row in &page.rows {
                    add_task(visit, conn, &mut names, &mut csv, row)?;
                }
                count += page.rows.len();
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            Ok(csv.response(name))
        })
        .await
}

fn add_task<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    names: &mut Names<'_, C>,
    csv: &mut Csv,
    row: &TaskRow,
) -> Result<(), Fault> {
    let task = row.task();
    let owner = task.owner().map(|owner| names.of(conn, owner)).transpose()?.unwrap_or_default();
    let time = |at: Option<Timestamp>| at.map(|at| when::sortable(&visit.web.zone, at)).unwrap_or_default();
    let (id, process) = (task.id().to_string(), task.id().process().to_string());
    let (made, due, done) = (time(Some(task.created())), time(task.due()), time(task.finished()));
    let cells = [
        id.as_str(),
        visit.node_title(task.flow(), task.node()),
        row.process_brief(),
        visit.flow_title(task.flow()),
        &process,
        row.reference().unwrap_or_default(),
        status(visit, "status", task.status().as_str()),
        &owner,
        &made,
        &due,
        &done,
    ];
    let added: Vec<String> = visit.web.looks.task_columns.iter().map(|column| (column.text)(row)).collect();
    csv.row(cells.into_iter().chain(added.iter().map(String::as_str)));
    Ok(())
}

/// The processes that the person may see. Where the file is of one flow, with the fields of its forms: nothing of a
/// secret.
pub(crate) async fn processes<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let flow = visit.asked("flow").and_then(|flow| visit.flows().find(flow));
            let fields = flow.map(show::shown_fields).unwrap_or_default();
            let columns =
                ["list.number", "list.reference", "list.flow", "list.about", "list.status", "list.started_by"];
            let columns = columns.into_iter().chain(["list.started", "list.finished"]).map(|key| visit.text(key));
            let added = visit.web.looks.process_columns.iter().map(|column| visit.text(&column.title));
            let mut csv = Csv::new(
                visit.caller.language,
                columns
                    .chain(added)
                    .chain(fields.iter().map(|(_, field)| visit.label(visit.asked("flow").unwrap_or_default(), field))),
            );
            let mut names = Names::new(&visit.web);
            let (mut after, mut count) = (None, 0);
            while count < MOST {
                let mut list = filters::processes(visit, Reading::Page)?.page_size(PAGE);
                if let Some(cursor) = after {
                    list = list.after(cursor);
                }
                let page = list.load(conn)?;
                names.learn(conn, page.rows.iter().filter_map(|row| row.process().started_by()))?;
                for row in &page.rows {
                    let added = visit.web.looks.process_columns.iter().map(|column| (column.text)(row));
                    let of_forms = fields.iter().map(|(_, field)| value(visit, field, row.process()));
                    let more: Vec<String> = added.chain(of_forms).collect();
                    add_process(visit, conn, &mut names, &mut csv, row, &more)?;
                }
                count += page.rows.len();
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            Ok(csv.response("processes"))
        })
        .await
}

/// Dates and moments so that they can be sorted and computed with, and every other field as pages show it.
fn value<C: FlowConnection + Send>(visit: &Visit<C>, field: &FormField, process: &Process) -> String {
    let field = field.clone().with_value_of(process);
    let item = match field.ty {
        FieldType::List(item) => *item,
        ty => ty,
    };
    if matches!(item, FieldType::Date | FieldType::DateTime) && !field.secret {
        let of_zone = |text: String| text.parse().map_or(text, |at| when::sortable(&visit.web.zone, at));
        return field.texts().into_iter().map(of_zone).collect::<Vec<_>>().join(", ");
    }
    // The app names choices by the current name of the flow.
    let flow = visit.flows().find(process.flow()).map_or(process.flow(), |flow| flow.graph().name);
    widget::value(&field, flow, visit.caller.language, &visit.web.zone, &visit.web.words).unwrap_or_default()
}

/// A status in words; as it is stored where this version has none for it.
fn status<'v, C: FlowConnection + Send>(visit: &'v Visit<C>, kind: &str, stored: &'v str) -> &'v str {
    visit.web.words.find(visit.caller.language, &format!("{kind}.{stored}")).unwrap_or(stored)
}

fn add_process<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    names: &mut Names<'_, C>,
    csv: &mut Csv,
    row: &ProcessRow,
    more: &[String],
) -> Result<(), Fault> {
    let process = row.process();
    let started_by = process.started_by().map(|person| names.of(conn, person)).transpose()?.unwrap_or_default();
    let time = |at: Timestamp| when::sortable(&visit.web.zone, at);
    let (id, created) = (process.id().to_string(), time(process.created()));
    let finished = process.finished().map(time).unwrap_or_default();
    let cells = [
        id.as_str(),
        row.reference().unwrap_or_default(),
        visit.flow_title(process.flow()),
        row.brief(),
        status(visit, "pstatus", process.status().as_str()),
        &started_by,
        &created,
        &finished,
    ];
    csv.row(cells.into_iter().chain(more.iter().map(String::as_str)));
    Ok(())
}
