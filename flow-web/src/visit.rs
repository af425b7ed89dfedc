//! A request of a person: who, in which language, from where, and what it takes to answer it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Path, RawQuery};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flow_core::graph::Graph;
use flow_core::{
    FieldErrorKind, FindTasks, FlowConnection, Flows, FormField, OpenPlaces, ProcessId, Task, TaskId, User,
};
use serde_json::{Value, json};

use crate::api::etag;
use crate::fault::{Fault, wrong};
use crate::language::Language;
use crate::layout::Layout;
use crate::own_page::OwnPage;
use crate::shared::Shared;
use crate::user::WebUser;

/// Counts in the menu go no further.
const MOST: usize = 100;

/// The addresses of REST that take a query: each list knows its filters.
const LISTS: &[&str] = &["/api/inbox", "/api/queue", "/api/archive", "/api/errors", "/api/tasks", "/api/processes"];

/// What the guard knows of a request that it let pass.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) user: Arc<dyn WebUser>,
    /// Where the router is mounted: empty, or `/flows`.
    pub(crate) base: Arc<str>,
    pub(crate) language: Language,
    /// A program, which wants ids.
    pub(crate) is_api: bool,
}

/// A request of a person.
pub(crate) struct Visit<C: 'static> {
    pub(crate) web: Arc<Shared<C>>,
    pub(crate) caller: Caller,
    /// Method and address, below where the router is mounted.
    pub(crate) line: String,
    params: HashMap<String, String>,
    query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    /// Where tasks are open, once it was read.
    places: OnceLock<OpenPlaces>,
}

/// A page that is made once its request has given its connection back: a large one takes a while.
#[derive(Clone)]
pub(crate) struct Page(Arc<Unrendered>);

struct Unrendered {
    templates: Vec<String>,
    status: StatusCode,
    content: Value,
}

impl Page {
    pub(crate) fn response<C: FlowConnection>(self, web: &Shared<C>, caller: &Caller) -> Response {
        let Unrendered { templates, status, content } = match Arc::try_unwrap(self.0) {
            Ok(page) => page,
            Err(page) => {
                Unrendered { templates: page.templates.clone(), status: page.status, content: page.content.clone() }
            }
        };
        match web.render(caller, &templates, content) {
            Ok(html) => html_response(status, html),
            Err(fault) => fault.into_response(),
        }
    }
}

impl<C: FlowConnection + Send> FromRequestParts<Arc<Shared<C>>> for Visit<C> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Shared<C>>) -> Result<Self, Fault> {
        // Without the guard nobody is known, and nothing is shown.
        let caller = parts.extensions.get::<Caller>().cloned();
        let caller = caller.ok_or(Fault::Request(StatusCode::UNAUTHORIZED, "fault.unknown_user"))?;
        let params = Path::<HashMap<String, String>>::from_request_parts(parts, web).await;
        let Path(params) = params.map_err(|_| Fault::not_found())?;
        let query = RawQuery::from_request_parts(parts, web).await.ok().and_then(|RawQuery(query)| query);
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        let line = format!("{} {}", parts.method, parts.uri.path());
        let visit = Visit {
            web: Arc::clone(web),
            caller,
            line,
            params,
            query,
            headers: parts.headers.clone(),
            places: OnceLock::new(),
        };
        if visit.caller.is_api {
            etag::refuse_untagged(parts)?;
        }
        if visit.caller.is_api && !LISTS.contains(&parts.uri.path()) {
            visit.check_query(&[], "is not known here")?;
        }
        Ok(visit)
    }
}

impl<C: FlowConnection + Send> Visit<C> {
    pub(crate) fn flows(&self) -> Flows<C> {
        self.web.flows
    }

    pub(crate) fn user(&self) -> &dyn User {
        &*self.caller.user
    }

    /// A part of the address.
    pub(crate) fn param(&self, name: &str) -> Result<&str, Fault> {
        self.params.get(name).map(String::as_str).ok_or_else(Fault::not_found)
    }

    /// The task that the address names. One address for each: `017.2` is none.
    pub(crate) fn task(&self) -> Result<TaskId, Fault> {
        let text = self.param("task")?;
        text.parse().ok().filter(|id: &TaskId| id.to_string() == text).ok_or_else(Fault::not_found)
    }

    /// The process that the address names.
    pub(crate) fn process(&self) -> Result<ProcessId, Fault> {
        let text = self.param("process")?;
        text.parse().ok().filter(|id: &ProcessId| id.to_string() == text).ok_or_else(Fault::not_found)
    }

    /// The last value of a name in the query, if it says anything.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Refuses names of the query that are not known, or twice there, or without a value: a program whose filter has a
    /// typo, or whose variable is empty, must not get everything.
    pub(crate) fn check_query(&self, known: &[&str], unknown: &'static str) -> Result<(), Fault> {
        for (at, (name, value)) in self.query.iter().enumerate() {
            let wrong = |kind, message| Err(wrong(kind, name, message));
            if !known.contains(&name.as_str()) {
                return wrong(FieldErrorKind::Unknown, unknown);
            }
            if self.query.iter().skip(at + 1).any(|(other, _)| other == name) {
                return wrong(FieldErrorKind::Twice, "is given more than once");
            }
            if value.trim().is_empty() {
                return wrong(FieldErrorKind::Empty, "is empty: leave it out, or give it a value");
            }
            if value.contains(['\0', '\u{fffd}']) {
                return wrong(FieldErrorKind::Format, "is not UTF-8 without NUL characters");
            }
        }
        Ok(())
    }

    /// The query without the place in the list, to add the next one.
    pub(crate) fn filters(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.query.iter().filter(|(name, value)| name != "after" && !value.is_empty()) {
            text.append_pair(name, value);
        }
        text.finish()
    }

    /// Does some work with a connection, on a thread that may wait.
    pub(crate) async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut C, &Self) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let web = Arc::clone(&self.web);
        let (send, receive) = tokio::sync::oneshot::channel();
        let job = Box::new(move |conn: &mut C| {
            let mut outcome = work(conn, &self);
            if let Err(fault) = &mut outcome {
                self.name_the_person(conn, fault);
            }
            // Nobody waits for it if the browser has gone.
            let _ = send.send(outcome);
        });
        web.database.run(job).await?;
        receive.await.map_err(|_| Fault::Database(crate::database::DatabaseError::Panicked))?
    }

    /// People read names.
    fn name_the_person(&self, conn: &mut C, fault: &mut Fault) {
        let Some(person) = fault.person_mut().filter(|_| !self.caller.is_api) else { return };
        // Where the name cannot be found, the id will do.
        if let Ok(name) = crate::shared::Names::new(&self.web).of(conn, person) {
            *person = name;
        }
    }

    /// A page, with the menu around it.
    pub(crate) fn page(&self, conn: &mut C, name: &str, content: Value) -> Result<Response, Fault> {
        self.page_of(conn, &[format!("{name}.html")], StatusCode::OK, content)
    }

    /// A page by the first of some templates that there is.
    pub(crate) fn page_of(
        &self,
        conn: &mut C,
        templates: &[String],
        status: StatusCode,
        mut content: Value,
    ) -> Result<Response, Fault> {
        let flows = self.flows();
        let count = |number: usize| if number >= MOST { format!("{}+", MOST - 1) } else { number.to_string() };
        let mut lists = vec![flows.find_tasks().inbox_of(self.user()), flows.find_tasks().queue_of(self.user())];
        if self.manages_any() {
            let places = self.open_places(conn)?;
            lists.push(flows.find_tasks().managed_by(self.user()).errors().at(places));
        }
        let counts = FindTasks::count_each(conn, lists, MOST)?;
        let of = |at: usize| counts.get(at).copied().unwrap_or_default();
        let (inbox, queue, errors) = (of(0), of(1), of(2));
        if let Some(content) = content.as_object_mut() {
            let some = |number: usize| if number == 0 { Value::Null } else { count(number).into() };
            content.insert(
                "counts".to_owned(),
                json!({ "inbox": some(inbox), "queue": some(queue), "errors": some(errors) }),
            );
            content.insert("done".to_owned(), self.done());
        }
        let mut response = status.into_response();
        let page = Page(Arc::new(Unrendered { templates: templates.to_vec(), status, content }));
        response.extensions_mut().insert(page);
        Ok(response)
    }

    /// Where tasks are open: read once, for all that a page counts and lists.
    pub(crate) fn open_places(&self, conn: &mut C) -> Result<&OpenPlaces, Fault> {
        if let Some(places) = self.places.get() {
            return Ok(places);
        }
        let places = self.flows().open_places(conn)?;
        Ok(self.places.get_or_init(|| places))
    }

    /// Whether they manage any flow.
    pub(crate) fn manages_any(&self) -> bool {
        crate::shared::manages_any(self.flows().all(), self.user())
    }

    /// What was done before this page: `?done=execute:17.2`. Nothing of it is shown that is not a known word or a
    /// number.
    fn done(&self) -> Value {
        let Some((word, id)) = self.asked("done").and_then(|done| done.split_once(':')) else { return Value::Null };
        let known = crate::texts::find(&format!("done.{word}"));
        let task = id.parse::<TaskId>().ok();
        let process = id.parse::<ProcessId>().ok().map(ProcessId::get).or(task.map(TaskId::process));
        match (known, process) {
            (Some(_), Some(process)) => json!({ "key": format!("done.{word}"), "process": process, "id": id }),
            _ => Value::Null,
        }
    }

    /// To another page of this router, by GET.
    pub(crate) fn redirect(&self, to: &str) -> Result<Response, Fault> {
        let base = &*self.caller.base;
        // Where the router is mounted there is no slash at its end.
        let to = if base.is_empty() { to } else { to.strip_prefix('/').filter(is_of_home).unwrap_or(to) };
        let to = HeaderValue::from_str(&format!("{base}{to}")).map_err(|_| Fault::not_found())?;
        Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
    }

    /// A text of ours in the language of the person.
    pub(crate) fn text<'v>(&'v self, key: &'v str) -> &'v str {
        self.web.words.text(self.caller.language, key)
    }

    /// What a flow is called; its stored name if the code does not know it.
    pub(crate) fn flow_title<'v>(&'v self, name: &'v str) -> &'v str {
        match self.flows().find(name) {
            Some(flow) => self.web.words.flow(self.caller.language, flow.graph().name, flow.title()),
            None => name,
        }
    }

    /// What a flow is for.
    pub(crate) fn about<'v>(&'v self, graph: &Graph<'v>) -> &'v str {
        self.web.words.about(self.caller.language, graph.name, graph.description)
    }

    /// What a node is called; its stored name if the code does not know it.
    pub(crate) fn node_title<'v>(&'v self, flow: &str, node: &'v str) -> &'v str {
        let graph = self.flows().find(flow).map(|flow| flow.graph());
        let known = graph.and_then(|graph| Some((graph, graph.node(graph.find(node)?)?)));
        match known {
            Some((graph, known)) => self.web.words.node(self.caller.language, graph.name, known.name, known.title),
            None => node,
        }
    }

    /// How the app arranges the form of a task.
    pub(crate) fn layout(&self, task: &Task) -> Option<&Layout> {
        let (flow, node) = self.current_names(task)?;
        self.web.looks.layout(flow, node)
    }

    /// The page of the app in place of that of a task.
    pub(crate) fn own_page(&self, task: &Task) -> Option<&OwnPage> {
        let (flow, node) = self.current_names(task)?;
        self.web.looks.own_page(flow, node)
    }

    /// What flow and node of a task are called now. It may be stored under earlier names.
    fn current_names(&self, task: &Task) -> Option<(&'static str, &'static str)> {
        let graph = self.flows().find(task.flow())?.graph();
        Some((graph.name, graph.node(graph.find(task.node())?)?.name))
    }

    /// What a field is called.
    pub(crate) fn label<'v>(&'v self, flow: &str, field: &'v FormField) -> &'v str {
        // It may be stored under an earlier name.
        let flow = self.flows().find(flow).map_or(flow, |flow| flow.graph().name);
        self.web.words.field(self.caller.language, flow, field)
    }
}

/// What follows the slash of the inbox: nothing, or a query.
fn is_of_home(rest: &&str) -> bool {
    rest.is_empty() || rest.starts_with('?')
}

pub(crate) fn html_response(status: StatusCode, html: String) -> Response {
    (status, [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response()
}
