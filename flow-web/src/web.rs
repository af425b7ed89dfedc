//! The pages of an app, as a router.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use flow_core::{FlowConnection, Flows, Process, ProcessRow, TaskRow};
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::database::Database;
use crate::language::Language;
use crate::layout::{Layout, Part};
use crate::looks::{Action, Column, Looks, Panel};
use crate::own_page::OwnPage;
use crate::shared::Shared;
use crate::user::{People, SignIn, WebUser, sign_in};
use crate::words::Words;
use crate::{routes, templates};

/// Largest body of a request, in bytes, where nothing is said: more than any document may have.
const BODY_LIMIT: usize = 1024 * 1024;

/// How many requests are served at once, where nothing is said: many times what a pool has connections.
const MOST_REQUESTS: usize = 256;

/// Web pages and a REST interface for the flows of an app: `FlowWeb::new(&FLOWS, pool, sign_in).router()`.
///
/// It is a router of axum, for `nest` at any address. It knows no flow by name. Whatever it shows and does, it asks the
/// engine first: what a person may not see is 404, what they may not do 403, and what somebody else did meanwhile a page
/// that says who and when.
///
/// `sign_in` says who sends a request: it gets the head of the request, and returns a [`WebUser`] or a response, such as
/// a redirect to a page of the app where people sign in. It is asked at every request.
#[doc = include_str!("../docs/example.md")]
#[must_use = "the pages are served by its router"]
pub struct FlowWeb<C: 'static> {
    flows: Flows<C>,
    database: Box<dyn Database<C>>,
    sign_in: SignIn,
    people: Option<Box<dyn People<C>>>,
    templates: Vec<(String, String)>,
    words: Words,
    looks: Looks<C>,
    zone: String,
    title: String,
    sign_out: Option<String>,
    origins: Vec<String>,
    security_schemes: Vec<(String, Value)>,
    body_limit: usize,
    most_requests: usize,
}

impl<C> std::fmt::Debug for FlowWeb<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FlowWeb").field("title", &self.title).finish_non_exhaustive()
    }
}

/// Why there is no router.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// A template of the app cannot be parsed.
    #[error("a template is not valid: {0:#}")]
    Template(Box<dyn std::error::Error + Send + Sync>),
    /// There is no time zone of this name.
    #[error("there is no time zone `{0}`, as in Europe/Berlin")]
    TimeZone(String),
    /// A text of the app has a key that names nothing.
    #[error("`{0}` is the key of no text, and of no flow, node or field, as in node.leave.approve")]
    Text(String),
    /// A layout names what is not there, or a field twice.
    #[error("a layout is not valid: {0}")]
    Layout(String),
    /// A page of the app stands for no node that has a page, or its address leads nowhere.
    #[error("a page of the app is not valid: {0}")]
    OwnPage(String),
    /// It is not an origin.
    #[error("`{0}` is not an origin, as in https://flow.example.com")]
    Origin(String),
}

impl<C: FlowConnection + Send> FlowWeb<C> {
    /// The pages of these flows, with connections from this pool, for those whom `sign_in` knows.
    pub fn new<F, Fut, U, R>(flows: &Flows<C>, database: impl Database<C>, sign_in_by: F) -> Self
    where
        F: Fn(Parts) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<U, R>> + Send + 'static,
        U: WebUser,
        R: IntoResponse,
    {
        FlowWeb {
            flows: *flows,
            database: Box::new(database),
            sign_in: sign_in(sign_in_by),
            people: None,
            templates: Vec::new(),
            words: Words::default(),
            looks: Looks::default(),
            zone: "UTC".to_owned(),
            title: "Flow".to_owned(),
            sign_out: None,
            origins: Vec::new(),
            security_schemes: Vec::new(),
            body_limit: BODY_LIMIT,
            most_requests: MOST_REQUESTS,
        }
    }

    /// The people of the app: their names, and whom a task can be given to.
    pub fn people(mut self, people: impl People<C>) -> Self {
        self.people = Some(Box::new(people));
        self
    }

    /// What the pages are called, in their heads and titles. Without it: `Flow`.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The time zone in which moments are shown and entered, as in `Europe/Berlin`. Without it: UTC.
    pub fn time_zone(mut self, name: impl Into<String>) -> Self {
        self.zone = name.into();
        self
    }

    /// An address of the app that a POST to signs the person out: the pages have a button for it.
    pub fn sign_out(mut self, path: impl Into<String>) -> Self {
        self.sign_out = Some(path.into());
        self
    }

    /// Another origin that forms may come from: where a proxy changes the header `Host`, the one that people see, as in
    /// `https://flow.example.com`.
    pub fn trust_origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// How programs sign in, for `/api/openapi.json`: a security scheme of OpenAPI under a name. Of several one is enough.
    /// It is a description: who sends a request, `sign_in` decides. Without it the document has no scheme.
    ///
    /// ```
    /// # use flow_web::FlowWeb;
    /// # use serde_json::json;
    /// # fn described(web: FlowWeb<diesel::SqliteConnection>) -> FlowWeb<diesel::SqliteConnection> {
    /// web.security_scheme("session", json!({ "type": "apiKey", "in": "cookie", "name": "session" }))
    ///     .security_scheme("token", json!({ "type": "http", "scheme": "bearer" }))
    /// # }
    /// ```
    pub fn security_scheme(mut self, name: impl Into<String>, scheme: Value) -> Self {
        self.security_schemes.push((name.into(), scheme));
        self
    }

    /// A template of the app, in place of ours of this name, such as `task.html`. A task looks for
    /// `{flow}/{node}_task.html`, `{flow}/task.html` and `task.html`, in this order, and a start and a process alike;
    /// all of them extend `base.html`. The input of a field is `widgets/{flow}.{field}.html` or
    /// `widgets/{type}.html`, such as `widgets/decimal.html`, if the app has one of them. The language is minijinja's.
    pub fn template(mut self, name: impl Into<String>, source: impl Into<String>) -> Self {
        self.templates.push((name.into(), source.into()));
        self
    }

    /// A text in place of ours, or the name of something of the app's in a language. The key is one of ours, such as
    /// `task.send`, or `flow.leave`, `node.leave.approve`, `field.leave.first_day` with the stored names of a flow, its
    /// node, its field; `about.leave`, `help.leave.first_day`, `choice.leave.kind.travel` are the description of a flow, the help and a
    /// choice of a field; or the title of a column, a panel or a link that the app adds.
    pub fn text(mut self, language: Language, key: impl Into<String>, text: impl Into<String>) -> Self {
        self.words.add(language, key.into(), text.into());
        self
    }

    /// A column of all lists of tasks: its title, and its text for a row. The row has its process and both documents, so
    /// that it needs no statement.
    pub fn task_column(
        mut self,
        title: impl Into<String>,
        text: impl Fn(&TaskRow) -> String + Send + Sync + 'static,
    ) -> Self {
        self.looks.task_columns.push(Column { title: title.into(), text: Box::new(text) });
        self
    }

    /// A column of all lists of processes, as [`task_column`](FlowWeb::task_column).
    pub fn process_column(
        mut self,
        title: impl Into<String>,
        text: impl Fn(&ProcessRow) -> String + Send + Sync + 'static,
    ) -> Self {
        self.looks.process_columns.push(Column { title: title.into(), text: Box::new(text) });
        self
    }

    /// A panel on the page of a process and on those of its tasks: lines with a label and a text, such as those of its
    /// seed or artifact. It may read with the connection, and sees who asks. With no lines it is not shown.
    ///
    /// ```
    /// use diesel::prelude::*;
    /// use flow_core::prelude::*;
    /// use flow_web::{FlowWeb, lines};
    ///
    /// diesel::table! { bills { id -> Integer, cents -> BigInt } }
    ///
    /// #[derive(FlowModel, Queryable, Selectable, Identifiable, serde::Serialize)]
    /// struct Bill { id: i32, cents: i64 }
    ///
    /// fn with_bills(web: FlowWeb<SqliteConnection>) -> FlowWeb<SqliteConnection> {
    ///     web.panel("Bill", |conn, _user, process| match process.artifact_of::<Bill>() {
    ///         Some(bill) => Ok(lines(&bill.load(conn)?)),
    ///         None => Ok(Vec::new()),
    ///     })
    /// }
    /// ```
    pub fn panel(
        mut self,
        title: impl Into<String>,
        lines: impl Fn(&mut C, &dyn WebUser, &Process) -> flow_core::Result<Vec<(String, String)>> + Send + Sync + 'static,
    ) -> Self {
        self.looks.panels.push(Panel { title: title.into(), lines: Box::new(lines) });
        self
    }

    /// How the form of a node is arranged: in rows, and in groups with a title. By the names of flow, node and fields.
    /// Fields that are not named come after the others; without a layout the fields are below each other. Of two layouts
    /// of one form the last one counts.
    ///
    /// ```
    /// use flow_web::FlowWeb;
    /// use flow_web::layout::{field, fieldset, row};
    ///
    /// fn arranged(web: FlowWeb<diesel::SqliteConnection>) -> FlowWeb<diesel::SqliteConnection> {
    ///     let days = row([field("first_day"), field("last_day")]);
    ///     web.layout("leave", "start", [days, fieldset("Where to", [field("town").span(2), field("country")])])
    /// }
    /// ```
    pub fn layout(
        mut self,
        flow: impl Into<String>,
        node: impl Into<String>,
        parts: impl IntoIterator<Item = Part>,
    ) -> Self {
        let layout = Layout { flow: flow.into(), node: node.into(), parts: parts.into_iter().collect() };
        self.looks.layouts.retain(|known| known.flow != layout.flow || known.node != layout.node);
        self.looks.layouts.push(layout);
        self
    }

    /// A page of the app in place of ours, for a start or for the tasks of a node: by the names of flow and node, and a
    /// path of the app. `{task}` and `{process}` in it become the ids; that of a task must have `{task}`. The path is the
    /// app's, not below the one where the router is nested. Of two pages of one node the last one counts.
    ///
    /// `/tasks/{task}` leads there whoever can complete the task now; others, such as those who may take it, see our page.
    /// `/start/{flow}/{node}` leads there whoever may start. Everybody else is refused as before. What the page does, it
    /// does by `FLOWS` in a transaction of its own, where everything is checked again.
    ///
    /// ```
    /// # use flow_web::FlowWeb;
    /// # fn with_pages(web: FlowWeb<diesel::SqliteConnection>) -> FlowWeb<diesel::SqliteConnection> {
    /// web.own_page("blood_test", "first_sample", "/blood/patient")
    ///     .own_page("blood_test", "biochemical_analysis", "/blood/{task}/biochemical")
    /// # }
    /// ```
    pub fn own_page(mut self, flow: impl Into<String>, node: impl Into<String>, address: impl Into<String>) -> Self {
        let page = OwnPage { flow: flow.into(), node: node.into(), address: address.into() };
        self.looks.own_pages.retain(|known| known.flow != page.flow || known.node != page.node);
        self.looks.own_pages.push(page);
        self
    }

    /// A link of the menu to a page of the app's, for whom `shown` returns true. What the page shows, the app decides.
    pub fn action(
        mut self,
        title: impl Into<String>,
        path: impl Into<String>,
        shown: impl Fn(&dyn WebUser) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.looks.actions.push(Action { title: title.into(), path: path.into(), shown: Box::new(shown) });
        self
    }

    /// A style sheet of the app's behind ours: its address, on the same site. Colours, widths and fonts are variables:
    /// `:root { --accent: #0a7d5a }`.
    pub fn style_sheet(mut self, path: impl Into<String>) -> Self {
        self.looks.style_sheets.push(path.into());
        self
    }

    /// The largest body of a request, in bytes. Without it: 1 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How many requests are served at once, those that wait for a connection among them. What comes beyond that gets a
    /// 503 with `Retry-After` at once, before its body is read. Without it: 256.
    pub fn most_requests(mut self, requests: usize) -> Self {
        self.most_requests = requests.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// The router: `Router::new().nest("/flows", web.router()?)`.
    ///
    /// # Errors
    /// A template that cannot be parsed, a time zone that does not exist, a trusted origin that is none, a text, a layout
    /// or a page of the app for what does not exist.
    pub fn router(self) -> Result<Router, WebError> {
        let zone = TimeZone::get(&self.zone).map_err(|_| WebError::TimeZone(self.zone.clone()))?;
        let is_origin = |text: &str| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' ', '*']))
        };
        if let Some(wrong) = self.origins.iter().find(|origin| !is_origin(origin)) {
            return Err(WebError::Origin(wrong.clone()));
        }
        if let Some(key) = self.words.unknown(&self.flows, &self.looks.titles()) {
            return Err(WebError::Text(key.to_owned()));
        }
        if let Some(fault) = self.looks.layouts.iter().find_map(|layout| layout.fault(&self.flows)) {
            return Err(WebError::Layout(fault));
        }
        if let Some(fault) = self.looks.own_pages.iter().find_map(|page| page.fault(&self.flows)) {
            return Err(WebError::OwnPage(fault));
        }
        let words = Arc::new(self.words);
        let templates = templates::environment(self.templates, &zone, &words);
        let shared = Shared {
            flows: self.flows,
            database: self.database,
            sign_in: self.sign_in,
            people: self.people,
            templates: templates.map_err(|error| WebError::Template(Box::new(error)))?,
            words,
            looks: self.looks,
            zone,
            title: self.title,
            sign_out: self.sign_out,
            origins: self.origins,
            security_schemes: self.security_schemes,
            body_limit: self.body_limit,
            places: Semaphore::new(self.most_requests),
        };
        Ok(routes::router(Arc::new(shared)))
    }
}
