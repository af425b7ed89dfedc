//! The endpoints, asked without a network.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{App, FLOWS, http};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A service on a database of its own, which goes with it.
struct Service {
    app: App,
    routes: Router,
    folder: std::path::PathBuf,
}

impl Service {
    async fn new(name: &str) -> Result<Service> {
        let folder = std::env::temp_dir().join(format!("axum-example-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let app = App::open(&folder.join("test.sqlite").to_string_lossy()).await?;
        Ok(Service { routes: http::router(app.clone()), app, folder })
    }

    async fn send(&self, user: &str, line: &str, body: impl Into<Body>) -> Result<(u16, Value)> {
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("x-user", user).body(body.into())?;
        let response = self.routes.clone().oneshot(request).await?;
        let status = response.status().as_u16();
        Ok((status, serde_json::from_slice(&to_bytes(response.into_body(), 100_000).await?)?))
    }

    /// What a browser does: a page, or what it sends from one.
    async fn browse(&self, user: &str, line: &str, form: &str) -> Result<(u16, String)> {
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        let request = Request::builder().method(method).uri(path).header("x-user", user);
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(form.to_owned()))?;
        let response = self.routes.clone().oneshot(request).await?;
        let status = response.status().as_u16();
        Ok((status, String::from_utf8(to_bytes(response.into_body(), 100_000).await?.to_vec())?))
    }

    async fn call(&self, user: &str, line: &str, body: Value) -> Result<(u16, Value)> {
        self.send(user, line, body.to_string()).await
    }

    /// A process that alice has started; its task of approval is `1.2`.
    async fn started(name: &str) -> Result<Service> {
        let service = Service::new(name).await?;
        let (status, process) =
            service.call("alice", "POST /flows/hello_world/start", json!({ "text": "hello" })).await?;
        assert_eq!((status, process), (201, json!({ "id": 1, "status": "NEW", "brief": "Send 'hello' to the world" })));
        Ok(service)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn error((status, body): (u16, Value)) -> (u16, String) {
    (status, body["error"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_message_is_approved_and_sent() -> Result {
    let service = Service::started("sent").await?;
    let task = |status: &str, owner: Value| json!({ "id": "1.2", "title": "Approval request", "status": status, "owner": owner });
    let (_, tasks) = service.call("alice", "GET /tasks", Value::Null).await?;
    assert_eq!(tasks, json!({ "inbox": [], "queue": [] }), "alice may not approve");
    let (_, tasks) = service.call("bob", "GET /tasks", Value::Null).await?;
    assert_eq!(tasks, json!({ "inbox": [], "queue": [task("NEW", Value::Null)] }));

    let (status, taken) = service.call("bob", "POST /tasks/1.2/assign", Value::Null).await?;
    assert_eq!((status, taken), (200, task("ASSIGNED", json!("bob"))));
    let (_, tasks) = service.call("bob", "GET /tasks", Value::Null).await?;
    assert_eq!(tasks, json!({ "inbox": [task("ASSIGNED", json!("bob"))], "queue": [] }));

    let (status, process) = service.call("bob", "POST /tasks/1.2/execute", json!({ "approved": true })).await?;
    assert_eq!((status, &process["id"]), (200, &json!(1)));
    let report = service.app.db(|conn| FLOWS.run_due(conn)).await?;
    assert_eq!((report.done, report.failed), (1, 0));
    let process = service.app.db(|conn| FLOWS.process(conn, 1)).await?;
    assert_eq!(process.status(), flow_core::ProcessStatus::Done);
    Ok(())
}

#[tokio::test]
async fn who_may_not_is_401_or_403() -> Result {
    let service = Service::started("denied").await?;
    assert_eq!(service.call("mallory", "GET /tasks", Value::Null).await?.0, 401);
    let (status, text) = error(service.call("alice", "POST /tasks/1.2/assign", Value::Null).await?);
    assert_eq!(status, 403);
    assert!(text.contains("it requires the permission `hello_world.approve`"), "{text}");
    // bob may, but has not taken it.
    let (status, text) = error(service.call("bob", "POST /tasks/1.2/execute", json!({ "approved": true })).await?);
    assert_eq!(status, 403);
    assert!(text.contains("assign it first"), "{text}");
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_404() -> Result {
    let service = Service::started("missing").await?;
    // No such process; no such task; a task, but of the start.
    for (id, what) in [("9.2", "task"), ("1.9", "task"), ("1.1", "View task")] {
        let (status, text) = error(service.call("bob", &format!("POST /tasks/{id}/assign"), Value::Null).await?);
        assert_eq!((status, text), (404, format!("there is no {what} {id}")));
    }
    Ok(())
}

#[tokio::test]
async fn who_comes_too_late_is_409() -> Result {
    let service = Service::started("late").await?;
    assert_eq!(service.call("bob", "POST /tasks/1.2/assign", Value::Null).await?.0, 200);
    let (status, text) = error(service.call("carol", "POST /tasks/1.2/assign", Value::Null).await?);
    assert_eq!(status, 409);
    assert!(text.starts_with("task 1.2 (`approve`) is ASSIGNED, by bob, since "), "{text}");
    assert_eq!(service.call("bob", "POST /tasks/1.2/execute", json!({ "approved": false })).await?.0, 200);
    let (status, text) = error(service.call("bob", "POST /tasks/1.2/execute", json!({ "approved": true })).await?);
    assert_eq!(status, 409);
    assert!(text.starts_with("process 1 is DONE, by bob, since "), "{text}");
    Ok(())
}

#[tokio::test]
async fn what_is_not_valid_is_422_and_says_why() -> Result {
    let service = Service::started("invalid").await?;
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(51));
    for (body, faults) in [
        (long.as_str(), json!([{ "field": "text", "message": "has 51 characters, at most 50 are allowed" }])),
        (r#"{"text":""}"#, json!([{ "field": "text", "message": "is empty" }])),
        (r#"{"text":5}"#, json!([{ "field": "text", "message": "is an integer, expected a string" }])),
        (
            r#"{"txet":"hi"}"#,
            json!([
                { "field": "text", "message": "is missing" },
                { "field": "txet", "message": "is not a field of this form" },
            ]),
        ),
    ] {
        let (status, answer) = service.send("alice", "POST /flows/hello_world/start", body.to_owned()).await?;
        assert_eq!((status, &answer["fields"]), (422, &faults), "{body}");
    }
    for body in [r#"{"text":"#, "", "text=hi"] {
        let (status, text) = error(service.send("alice", "POST /flows/hello_world/start", body).await?);
        assert_eq!(status, 422, "{body}");
        assert!(text.contains("not valid JSON"), "{body}: {text}");
    }
    let (_, tasks) = service.call("bob", "GET /tasks", Value::Null).await?;
    assert_eq!(tasks["queue"].as_array().map(Vec::len), Some(1), "nothing more was started");
    Ok(())
}

#[tokio::test]
async fn a_page_asks_for_what_its_form_has() -> Result {
    let service = Service::started("pages").await?;
    let (status, page) = service.browse("alice", "GET /flows/hello_world/start", "").await?;
    assert_eq!(status, 200);
    let field = r#"<input type="text" name="text" required maxlength="50"></label>"#;
    assert!(page.contains("<h1>New message</h1>") && page.contains(field), "{page}");
    let (_, page) = service.browse("bob", "GET /tasks/1.2", "").await?;
    let field = r#"<input type="checkbox" name="approved"></label>"#;
    assert!(page.contains("1.2&#x2f;execute") && page.contains(field), "{page}");
    assert_eq!(service.browse("bob", "GET /tasks/1.9", "").await?.0, 404);

    // And back: a checkbox that is off is not sent.
    assert_eq!(service.browse("alice", "POST /flows/hello_world/start", "text=a+b%21").await?.0, 201);
    assert_eq!(service.browse("alice", "POST /flows/hello_world/start", "text=").await?.0, 422);
    service.call("bob", "POST /tasks/2.2/assign", Value::Null).await?;
    let (status, process) = service.browse("bob", "POST /tasks/2.2/execute", "").await?;
    assert_eq!(status, 200);
    assert!(process.contains("Send 'a b!' to the world"), "{process}");
    Ok(())
}

#[tokio::test]
async fn what_is_neither_json_nor_from_a_page_is_415() -> Result {
    let service = Service::new("type").await?;
    let request =
        Request::post("/flows/hello_world/start").header("x-user", "alice").body(Body::from(r#"{"text":"hi"}"#))?;
    assert_eq!(service.routes.clone().oneshot(request).await?.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    Ok(())
}

#[tokio::test]
async fn what_names_no_task_is_422() -> Result {
    let service = Service::started("malformed").await?;
    for id in ["1", "1.", ".2", "1.2.3", "one.two", "-1.2", "1.99999999999", "%20"] {
        let (status, text) = error(service.call("bob", &format!("POST /tasks/{id}/assign"), Value::Null).await?);
        assert_eq!(status, 422, "{id}");
        assert!(text.contains("is not a task id, for example 17.2"), "{id}: {text}");
    }
    Ok(())
}

#[tokio::test]
#[allow(clippy::panic, reason = "it stands for a callback that does")]
async fn a_panic_is_an_error_and_the_service_goes_on() -> Result {
    let service = Service::started("panic").await?;
    let refusal = service.app.db(|_| -> flow_core::Result<()> { panic!("as a callback may") }).await;
    let response = axum::response::IntoResponse::into_response(refusal.err().ok_or("no error")?);
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(service.call("bob", "GET /tasks", Value::Null).await?.0, 200);
    Ok(())
}
