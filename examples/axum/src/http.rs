//! The endpoints, the pages of their forms, and the way from a request to the flow and back.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::{StatusCode, header::CONTENT_TYPE, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use deadpool_diesel::{InteractError, PoolError};
use flow_core::prelude::*;
use flow_core::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::flow::{ApproveForm, HelloWorldFlow, HelloWorldProcess, StartForm};
use crate::{App, FLOWS, page};

/// The routes of the service.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/processes", post(start))
        .route("/processes/new", get(start_page))
        .route("/tasks", get(tasks))
        .route("/tasks/{id}", get(task_page))
        .route("/tasks/{id}/assign", post(assign))
        .route("/tasks/{id}/execute", post(execute))
        .with_state(app)
}

async fn start(app: State<App>, user: Person, Body(form): Body<StartForm>) -> Answer<(StatusCode, Json<Value>)> {
    let process = app.db(move |conn| HelloWorldFlow.start.run(conn, &user, form)).await?;
    Ok((StatusCode::CREATED, process_json(&process)))
}

/// The page of the form that starts a process.
async fn start_page(user: Person) -> Answer<Html<String>> {
    HelloWorldFlow.start.check(&user)?;
    let title = title("start");
    Ok(Html(page::form(title, "/processes", HelloWorldFlow.start.fields())))
}

/// The page of a task's form, whichever node it is of.
async fn task_page(app: State<App>, _: Person, Part(id): Part<TaskId>) -> Answer<Html<String>> {
    let (process, tasks) =
        app.db(move |conn| Ok((FLOWS.process(conn, id.process())?, FLOWS.tasks(conn, id.process())?))).await?;
    let task = tasks.into_iter().find(|task| task.id() == id);
    let task = task.ok_or_else(|| Refusal::Request(StatusCode::NOT_FOUND, format!("there is no task {id}")))?;
    // A field with choices from a query would get them here: `field.with_choices(..)`.
    let fields = FLOWS.fields_of(&process, task.node());
    Ok(Html(page::form(title(task.node()), &format!("/tasks/{id}/execute"), &fields)))
}

/// What people call a node.
fn title(node: &str) -> &'static str {
    let graph = HelloWorldFlow.graph();
    graph.find(node).and_then(|id| graph.node(id)).map_or("", |node| node.title)
}

/// What this person has taken, and what they may take.
async fn tasks(app: State<App>, user: Person) -> Answer {
    let (taken, open) = app.db(move |conn| Ok((FLOWS.inbox(conn, &user)?, FLOWS.queue(conn, &user)?))).await?;
    let list = |tasks: Vec<Task>| tasks.iter().map(task_json).collect::<Value>();
    Ok(Json(json!({ "taken": list(taken), "open": list(open) })))
}

async fn assign(app: State<App>, user: Person, Part(id): Part<TaskId>) -> Answer {
    let task = app.db(move |conn| HelloWorldFlow.approve.assign(conn, id, &user)).await?;
    Ok(Json(task_json(&task)))
}

async fn execute(app: State<App>, user: Person, Part(id): Part<TaskId>, Body(form): Body<ApproveForm>) -> Answer {
    let process = app.db(move |conn| HelloWorldFlow.approve.execute(conn, id, &user, form)).await?;
    Ok(process_json(&process))
}

fn process_json(p: &HelloWorldProcess) -> Json<Value> {
    Json(json!({ "id": p.id(), "status": p.status().as_str(), "text": p.text(), "approved": p.approved() }))
}

fn task_json(task: &Task) -> Value {
    json!({ "id": task.id(), "node": task.node(), "status": task.status().as_str(), "owner": task.owner() })
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

/// A form, as JSON or as a browser sends it. What is wrong with it is told field by field.
struct Body<T>(T);

impl<S: Send + Sync, T: FormInput> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let ty = request.headers().get(CONTENT_TYPE).and_then(|ty| ty.to_str().ok()).unwrap_or_default();
        let read = match ty.split(';').next().unwrap_or_default().trim() {
            "application/json" => |body: Bytes| T::from_json(body),
            "application/x-www-form-urlencoded" => |body: Bytes| T::from_urlencoded(body),
            other => {
                let text = format!("a form is JSON or from a page, not `{other}`");
                return Err(Refusal::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
            }
        };
        Ok(Body(read(Bytes::from_request(request, state).await?)?))
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
