//! The endpoints: of any flow, by the names of its nodes and the numbers of its tasks.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::{StatusCode, header::CONTENT_TYPE, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use deadpool_diesel::{InteractError, PoolError};
use flow_core::form::Sent;
use flow_core::prelude::*;
use flow_core::{Error, ErrorKind, FormField};
use minijinja::context;
use serde_json::{Value, json};

use crate::flow::Db;
use crate::{App, FLOWS};

/// The routes of the service.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/flows/{flow}/{start}", get(start_page).post(start))
        .route("/tasks", get(tasks))
        .route("/tasks/{id}", get(task_page))
        .route("/tasks/{id}/assign", post(assign))
        .route("/tasks/{id}/execute", post(execute))
        .with_state(app)
}

type Names = Part<(String, String)>;

async fn start_page(app: State<App>, user: Person, Part((flow, node)): Names) -> Answer<Html<String>> {
    let title = FLOWS.get(&flow)?.node_title(&node).to_owned();
    let action = format!("/flows/{flow}/{node}");
    let fields = app.db(move |conn| FLOWS.start_form(conn, &flow, &node, &user)).await?;
    form_page(&title, &action, &fields)
}

async fn start(
    app: State<App>,
    user: Person,
    Part((flow, node)): Names,
    body: Body,
) -> Answer<(StatusCode, Json<Value>)> {
    let process = app.db(move |conn| {
        let process = FLOWS.start(conn, &flow, &node, &user, body.sent())?;
        process_json(conn, &process)
    });
    Ok((StatusCode::CREATED, Json(process.await?)))
}

/// The page of a task's form, whichever flow and node it is of.
async fn task_page(app: State<App>, user: Person, Part(id): Part<TaskId>) -> Answer<Html<String>> {
    let (task, fields) = app.db(move |conn| Ok((FLOWS.task(conn, id)?, FLOWS.form(conn, id, &user)?))).await?;
    form_page(FLOWS.task_title(&task), &format!("/tasks/{id}/execute"), &fields)
}

/// What is assigned to this person, and what they may do.
async fn tasks(app: State<App>, user: Person) -> Answer {
    let (inbox, queue) = app.db(move |conn| Ok((FLOWS.inbox(conn, &user)?, FLOWS.queue(conn, &user)?))).await?;
    let list = |tasks: Vec<Task>| tasks.iter().map(task_json).collect::<Value>();
    Ok(Json(json!({ "inbox": list(inbox), "queue": list(queue) })))
}

async fn assign(app: State<App>, user: Person, Part(id): Part<TaskId>) -> Answer {
    let task = app.db(move |conn| FLOWS.assign(conn, id, &user)).await?;
    Ok(Json(task_json(&task)))
}

async fn execute(app: State<App>, user: Person, Part(id): Part<TaskId>, body: Body) -> Answer {
    let process = app.db(move |conn| {
        FLOWS.execute(conn, id, &user, body.sent())?;
        let process = FLOWS.process(conn, id.process())?;
        process_json(conn, &process)
    });
    Ok(Json(process.await?))
}

fn process_json(conn: &mut Db, process: &Process) -> flow_core::Result<Value> {
    let brief = FLOWS.brief(conn, process)?;
    Ok(json!({ "id": process.id(), "status": process.status().as_str(), "brief": brief }))
}

fn task_json(task: &Task) -> Value {
    let title = FLOWS.task_title(task);
    json!({ "id": task.id(), "title": title, "status": task.status().as_str(), "owner": task.owner() })
}

/// The page of a form that is sent to `action`.
fn form_page(title: &str, action: &str, fields: &[FormField]) -> Answer<Html<String>> {
    let mut pages = minijinja::Environment::new();
    pages.add_template("form.html", include_str!("form.html"))?;
    Ok(Html(
        pages
            .get_template("form.html")?
            .render(context! { title, action, fields => minijinja::value::Serde(fields) })?,
    ))
}

/// A person of this example. A real app has a table of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    name: &'static str,
    permissions: &'static [&'static str],
    is_manager: bool,
}

const PEOPLE: &[Person] = &[
    Person { name: "alice", permissions: &[], is_manager: false },
    Person { name: "bob", permissions: &["hello_world.approve"], is_manager: false },
    Person { name: "carol", permissions: &["hello_world.approve"], is_manager: true },
];

impl User for Person {
    fn id(&self) -> &str {
        self.name
    }

    fn may(&self, permission: &Permission) -> bool {
        self.permissions.contains(&permission.name())
    }

    fn manages(&self, _flow: &str) -> bool {
        self.is_manager
    }
}

/// NOT a way to sign in: it believes whatever the header `x-user` says. A real app takes the person from a
/// session or a token that it has checked.
impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let name = parts.headers.get("x-user").and_then(|name| name.to_str().ok());
        let person = PEOPLE.iter().find(|person| Some(person.name) == name);
        person.copied().ok_or(Refusal::Request(StatusCode::UNAUTHORIZED, "the header `x-user` names nobody".to_owned()))
    }
}

/// What was sent: JSON, or what a browser sends of a form.
struct Body {
    bytes: Bytes,
    is_json: bool,
}

impl Body {
    fn sent(&self) -> Sent<'_> {
        if self.is_json { Sent::Json(&self.bytes) } else { Sent::Urlencoded(&self.bytes) }
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let ty = request.headers().get(CONTENT_TYPE).and_then(|ty| ty.to_str().ok()).unwrap_or_default();
        let is_json = match ty.split(';').next().unwrap_or_default().trim() {
            "application/json" => true,
            "application/x-www-form-urlencoded" => false,
            other => {
                let text = format!("a form is JSON or from a page, not `{other}`");
                return Err(Refusal::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
            }
        };
        Ok(Body { bytes: Bytes::from_request(request, state).await?, is_json })
    }
}

/// axum's `Path`, refusing as everything here refuses.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Refusal))]
struct Part<T>(T);

type Answer<T = Json<Value>> = Result<T, Refusal>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The flow's word.
    #[error(transparent)]
    Flow(#[from] Error),
    /// The request could not be understood.
    #[error("{1}")]
    Request(StatusCode, String),
    /// A page could not be made.
    #[error(transparent)]
    Page(#[from] minijinja::Error),
    /// No connection could be had.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A callback panicked.
    #[error("a callback panicked")]
    Panic(#[from] InteractError),
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        Refusal::Request(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Refusal {
    fn from(rejection: PathRejection) -> Self {
        Refusal::Request(StatusCode::UNPROCESSABLE_ENTITY, rejection.body_text())
    }
}

/// The one place that says which refusal is which status.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self {
            Refusal::Request(status, _) => *status,
            Refusal::Pool(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Panic(_) | Refusal::Page(_) => StatusCode::INTERNAL_SERVER_ERROR,
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
            // What went wrong inside is for the log, not for the caller.
            _ if status.is_server_error() => {
                eprintln!("{status}: {self}");
                json!({ "error": "the service could not do this; it may be tried again" })
            }
            _ => json!({ "error": self.to_string() }),
        };
        (status, Json(body)).into_response()
    }
}
