//! The endpoints. Each reads and acts as the person who asks, so the flow's rules hold for all of them.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use deadpool_diesel::{InteractError, PoolError};
use flow_core::form::Sent;
use flow_core::prelude::*;
use flow_core::{Availability, Error, ErrorKind, TaskRow};
use serde_json::{Value, json};

use crate::flow::{Db, ExpenseFlow, ExpenseProcess};
use crate::people::Person;
use crate::{App, FLOWS};

/// The routes of the service.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/reports", get(reports).post(start))
        .route("/reports/{id}", get(report))
        .route("/reports/{id}/withdraw", post(withdraw))
        .route("/tasks", get(tasks))
        .route("/tasks/{id}", get(task))
        .route("/tasks/{id}/{verb}", post(act))
        .with_state(app)
}

async fn start(app: State<App>, user: Person, body: Bytes) -> Answer<(StatusCode, Json<Value>)> {
    let process = app.db(move |conn| {
        let process = FLOWS.start(conn, "expense", "start", &user, Sent::Json(&body))?;
        shown(conn, process.id())
    });
    Ok((StatusCode::CREATED, Json(process.await?)))
}

/// What this person may see, newest first, page by page: `?text=..&after=..`.
async fn reports(app: State<App>, user: Person, query: Query<Vec<(String, String)>>) -> Answer {
    let given = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (text, after) = (given("text"), given("after"));
    let after = after.map(|after| after.parse()).transpose().map_err(|_| bad("`after` is not a place in this list"))?;
    let page = app.db(move |conn| {
        let mut list = FLOWS.find_processes().visible_to(&user).page_size(20);
        if let Some(text) = text {
            list = list.text(&text);
        }
        if let Some(after) = after {
            list = list.after(after);
        }
        list.load(conn)
    });
    let page = page.await?;
    let row =
        |row: &flow_core::ProcessRow| json!({ "id": row.id(), "brief": row.brief(), "status": row.process().status() });
    let rows: Value = page.rows.iter().map(row).collect();
    Ok(Json(json!({ "rows": rows, "next": page.next.map(|next| next.to_string()) })))
}

/// One report: its fields, what happened to it, what it waits for, and what this person may do to it.
async fn report(app: State<App>, user: Person, Path(id): Path<i64>) -> Answer {
    let report = app.db(move |conn| {
        let seen = FLOWS.view(conn, &user, id)?;
        let mut report = shown(conn, id)?;
        let step = |row: &flow_core::AuditRow| {
            let (did, to) = (row.action(), row.assigned_to());
            json!({ "at": row.at(), "by": row.actor(), "did": did, "to": to, "node": row.node(), "note": row.note() })
        };
        report["history"] = seen.history.iter().map(step).collect();
        report["waits"] = FLOWS.explain(conn, id)?.to_string().into();
        report["verbs"] = verbs(&FLOWS.process_available(conn, id, &user)?);
        Ok(report)
    });
    Ok(Json(report.await?))
}

async fn withdraw(app: State<App>, user: Person, Path(id): Path<i64>, body: Option<Json<Value>>) -> Answer {
    let why = body.and_then(|body| body["because"].as_str().map(str::to_owned)).unwrap_or_default();
    let report = app.db(move |conn| {
        FLOWS.cancel(conn, id, &user.because(&why))?;
        shown(conn, id)
    });
    Ok(Json(report.await?))
}

/// What is assigned to this person, and what they may take.
async fn tasks(app: State<App>, user: Person) -> Answer {
    let lists = app.db(move |conn| {
        let inbox = FLOWS.find_tasks().inbox_of(&user).load(conn)?;
        Ok((inbox.rows, FLOWS.find_tasks().queue_of(&user).load(conn)?.rows))
    });
    let (inbox, queue) = lists.await?;
    let list = |tasks: &[TaskRow]| {
        let row = |row: &TaskRow| json!({ "id": row.id(), "title": row.title(), "brief": row.brief(), "due": row.task().due() });
        tasks.iter().map(row).collect::<Value>()
    };
    Ok(Json(json!({ "inbox": list(&inbox), "queue": list(&queue) })))
}

/// A task: its form, and what this person may do to it.
async fn task(app: State<App>, user: Person, Path(id): Path<TaskId>) -> Answer {
    let task = app.db(move |conn| {
        FLOWS.view(conn, &user, id.process())?;
        let (form, values) = (FLOWS.form(conn, id, &user)?, FLOWS.values_for(conn, id, &user)?);
        Ok(json!({ "form": form, "values": values, "verbs": verbs(&FLOWS.available(conn, id, &user)?) }))
    });
    Ok(Json(task.await?))
}

async fn act(app: State<App>, user: Person, Path((id, verb)): Path<(TaskId, String)>, body: Bytes) -> Answer {
    let task = match verb.as_str() {
        "assign" => app.db(move |conn| FLOWS.assign(conn, id, &user)).await?,
        "unassign" => app.db(move |conn| FLOWS.unassign(conn, id, &user)).await?,
        "execute" => app.db(move |conn| FLOWS.execute(conn, id, &user, Sent::Json(&body))).await?,
        "retry" => app.db(move |conn| FLOWS.retry(conn, id, &user)).await?,
        "go_back" => app.db(move |conn| FLOWS.go_back(conn, id, &user)).await?,
        "reassign" => {
            let to = serde_json::from_slice::<Value>(&body).ok().and_then(|body| Person::named(body["to"].as_str()?));
            let to = to.ok_or_else(|| bad("`to` names nobody"))?;
            app.db(move |conn| FLOWS.reassign(conn, id, &user, &to)).await?
        }
        other => return Err(Refusal::Request(StatusCode::NOT_FOUND, format!("there is no verb `{other}`"))),
    };
    Ok(Json(json!({ "id": task.id(), "status": task.status(), "owner": task.owner() })))
}

/// A report as JSON, with its typed fields.
fn shown(conn: &mut Db, id: i64) -> flow_core::Result<Value> {
    let process: ExpenseProcess = ExpenseFlow.processes().by_id(id).first(conn)?;
    Ok(json!({
        "id": id, "status": process.row().status(), "brief": ExpenseFlow.brief(&process), "round": process.round(),
        "total": process.total(), "cost_center": process.cost_center_display(), "transfer": process.transfer(),
    }))
}

fn verbs(available: &[Availability]) -> Value {
    available.iter().map(|verb| json!({ "verb": verb.verb, "why_not": verb.reason() })).collect()
}

fn bad(text: &str) -> Refusal {
    Refusal::Request(StatusCode::UNPROCESSABLE_ENTITY, text.to_owned())
}

type Answer<T = Json<Value>> = Result<T, Refusal>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Flow(#[from] Error),
    #[error("{1}")]
    Request(StatusCode, String),
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error("a callback panicked")]
    Panic(#[from] InteractError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self {
            Refusal::Request(status, _) => *status,
            Refusal::Pool(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Panic(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::Flow(error) => match error.kind() {
                ErrorKind::Denied => StatusCode::FORBIDDEN,
                ErrorKind::NotFound => StatusCode::NOT_FOUND,
                ErrorKind::Conflict => StatusCode::CONFLICT,
                ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::Database => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        };
        let body = match &self {
            Refusal::Flow(Error::Invalid(fields)) => {
                let field = |fault: &flow_core::FieldError| json!({ "field": fault.field, "message": fault.message });
                json!({ "error": self.to_string(), "fields": fields.iter().map(field).collect::<Value>() })
            }
            Refusal::Flow(Error::Conflict(conflict)) => {
                json!({ "error": self.to_string(), "task": conflict.task, "by": conflict.by, "at": conflict.at })
            }
            _ if status.is_server_error() => {
                eprintln!("{status}: {self}");
                json!({ "error": "the service could not do this; it may be tried again" })
            }
            _ => json!({ "error": self.to_string() }),
        };
        (status, Json(body)).into_response()
    }
}
