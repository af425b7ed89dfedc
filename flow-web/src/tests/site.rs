//! A site on a database of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, header};
use deadpool_diesel::sqlite::{Hook, HookError, Manager, Pool, Runtime};
use flow_core::{Error, Flows};
use serde_json::Value;
use tower::ServiceExt as _;

use super::Result;
use super::office::{Db, FLOWS, PEOPLE, Person};
use crate::{FlowWeb, People, WebUser};

/// A site, whose database goes with it.
pub(crate) struct Site {
    pub(crate) router: Router,
    pool: Pool,
    folder: std::path::PathBuf,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The path that it leads to.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }
}

struct Known;

impl People<Db> for Known {
    fn find(&self, _: &mut Db, id: &str) -> flow_core::Result<Option<Arc<dyn WebUser>>> {
        let found = PEOPLE.iter().find(|person| person.id == id).cloned();
        Ok(found.map(|person| Arc::new(person) as Arc<dyn WebUser>))
    }

    fn search(&self, _: &mut Db, text: &str) -> flow_core::Result<Vec<Arc<dyn WebUser>>> {
        let found = PEOPLE.iter().filter(|person| person.id.contains(text)).cloned();
        Ok(found.map(|person| Arc::new(person) as Arc<dyn WebUser>).collect())
    }
}

/// How an app refuses somebody: a status, a header, a text.
type Refusal = (StatusCode, [(HeaderName, &'static str); 1], &'static str);

/// Believes the header `x-user`: for tests. `was bob` is bob without any rights, `banned` nobody who may come in, and
/// `browser` is sent to a page where people sign in.
pub(super) async fn sign_in(request: Parts) -> std::result::Result<Person, Refusal> {
    let name = request.headers.get("x-user").and_then(|name| name.to_str().ok()).unwrap_or_default();
    let id = name.strip_prefix("was ").unwrap_or(name);
    let found = PEOPLE.iter().find(|person| person.id == id);
    match (name, found) {
        (_, Some(person)) if id == name => Ok(person.clone()),
        (_, Some(person)) => Ok(person.without_rights()),
        ("banned", _) => Err((StatusCode::FORBIDDEN, [(header::SET_COOKIE, "session=gone")], "You were banned")),
        ("browser", _) => Err((StatusCode::SEE_OTHER, [(header::LOCATION, "/sign-in")], "")),
        _ => Err((StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], "")),
    }
}

impl Site {
    pub(crate) async fn new() -> Result<Site> {
        Site::with(|web| web).await
    }

    /// A site with options.
    pub(crate) async fn with(options: impl FnOnce(FlowWeb<Db>) -> FlowWeb<Db>) -> Result<Site> {
        Site::of(&FLOWS, options).await
    }

    /// A site of other flows.
    pub(crate) async fn of(flows: &Flows<Db>, options: impl FnOnce(FlowWeb<Db>) -> FlowWeb<Db>) -> Result<Site> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("flow-web-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join("test.sqlite").to_string_lossy().into_owned();
        flows.migrate(&mut flow_core::sqlite::open(&path)?)?;
        let configure = Hook::async_fn(|conn, _| {
            Box::pin(async move {
                let done = conn.interact(flow_core::sqlite::configure).await;
                let done = done.map_err(|error| HookError::message(error.to_string()))?;
                done.map_err(|error| HookError::message(error.to_string()))
            })
        });
        let pool = Pool::builder(Manager::new(path, Runtime::Tokio1)).max_size(2).post_create(configure).build()?;
        let web = options(FlowWeb::new(flows, pool.clone(), sign_in).people(Known)).router()?;
        Ok(Site { router: Router::new().nest("/flows", web), pool, folder })
    }

    /// One of its two connections.
    pub(crate) async fn connection(&self) -> Result<deadpool_diesel::sqlite::Connection> {
        Ok(self.pool.get().await?)
    }

    /// Work on its database.
    pub(crate) async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> flow_core::Result<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.pool.get().await?.interact(work).await.map_err(|error| error.to_string())??)
    }

    pub(crate) async fn send(
        &self,
        user: &str,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Result<Answer> {
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        // A nested router has its `/` without a slash.
        let path = path.strip_prefix('/').filter(|rest| rest.is_empty() || rest.starts_with('?')).unwrap_or(path);
        let mut request = Request::builder().method(method).uri(format!("/flows{path}"));
        if !user.is_empty() {
            request = request.header("x-user", user);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into())?).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = String::from_utf8(to_bytes(response.into_body(), 4_000_000).await?.to_vec())?;
        // As a browser reads it.
        let body = body.replace("&#x2f;", "/");
        Ok(Answer { status, headers, body })
    }

    pub(crate) async fn get(&self, user: &str, path: &str) -> Result<Answer> {
        self.send(user, &format!("GET {path}"), &[], Body::empty()).await
    }

    /// What a browser sends of a form of a page.
    pub(crate) async fn post(&self, user: &str, path: &str, form: &str) -> Result<Answer> {
        let headers =
            [(header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        self.send(user, &format!("POST {path}"), &headers, form.to_owned()).await
    }

    /// What a program sends.
    pub(crate) async fn call(&self, user: &str, line: &str, body: Value) -> Result<Answer> {
        self.send(user, line, &[("content-type", "application/json")], body.to_string()).await
    }

    /// A request of anna's; its task of approval is `n.2`.
    pub(crate) async fn request(&self, text: &str) -> Result<i64> {
        let body = serde_json::json!({
            "text": text, "pin": "hunter2", "value": 5, "colours": [], "names": [], "urgent": false,
        });
        let answer = self.call("anna", "POST /api/starts/request/start", body).await?;
        if answer.status != 201 {
            return Err(format!("{}: {}", answer.status, answer.body).into());
        }
        answer.json()["id"].as_i64().ok_or_else(|| "no id".into())
    }

    /// A request whose job has failed; the task of the job is `n.4`.
    pub(crate) async fn failed(&self, text: &str) -> Result<i64> {
        let id = self.request(text).await?;
        for (task, form) in [("2", "approved=true"), ("3", "broken=on")] {
            self.post("bob", &format!("/tasks/{id}.{task}/assign"), "").await?;
            let answer = self.post("bob", &format!("/tasks/{id}.{task}"), form).await?;
            if answer.status != 303 {
                return Err(format!("{}: {}", answer.status, answer.body).into());
            }
        }
        self.db(|conn| FLOWS.run_due(conn)).await?;
        Ok(id)
    }

    /// All that is stored, to compare.
    pub(crate) async fn rows(&self) -> Result<String> {
        self.db(|conn| {
            let processes = FLOWS.find_processes().any_flow().page_size(200).load(conn)?;
            let mut rows = String::new();
            for row in processes.rows {
                for task in FLOWS.tasks(conn, row.id())? {
                    rows.push_str(&format!("{} {} {:?}\n", task.id(), task.status(), task.owner()));
                }
                rows.push_str(&format!("{} {}\n", row.id(), row.process().status()));
            }
            Ok::<_, Error>(rows)
        })
        .await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
