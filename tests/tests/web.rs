//! The pages and the REST interface on each back end: a process from its start to its end, many at once, and what two
//! people do at the same time.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use flow_core::{Permission, User};
use flow_tests::app::{ALICE, BOB, CAROL, MONA, Person};
use flow_tests::cases::Group;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A person of the tests, on pages.
struct Visitor(Person);

impl User for Visitor {
    fn id(&self) -> &str {
        self.0.name
    }

    fn may(&self, permission: &Permission) -> bool {
        self.0.may(permission)
    }

    fn manages(&self, flow: &str) -> bool {
        self.0.manages(flow)
    }
}

impl flow_web::WebUser for Visitor {}

async fn sign_in(request: Parts) -> Result<Visitor, StatusCode> {
    let name = request.headers.get("x-user").and_then(|name| name.to_str().ok());
    let found = [ALICE, BOB, CAROL, MONA].into_iter().find(|person| Some(person.name) == name);
    found.map(Visitor).ok_or(StatusCode::UNAUTHORIZED)
}

/// One request, as a program sends it.
async fn call(router: &Router, user: &str, line: &str, body: Value) -> (u16, Value) {
    let (method, path) = line.split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(path).header("x-user", user);
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1_000_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// One request with an `Idempotency-Key`.
async fn keyed(router: &Router, user: &str, key: &str, line: &str, body: Value) -> (u16, Value) {
    let (method, path) = line.split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(path).header("x-user", user).header("idempotency-key", key);
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1_000_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// The tag of a task.
async fn tag(router: &Router, user: &str, path: &str) -> String {
    let request = Request::builder().uri(path).header("x-user", user).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    response.headers()["etag"].to_str().unwrap().to_owned()
}

/// One request about a task that was seen like this.
async fn if_match(router: &Router, user: &str, line: &str, seen: &str, body: Value) -> u16 {
    let (method, path) = line.split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(path).header("x-user", user).header("if-match", seen);
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

/// A page.
async fn page(router: &Router, user: &str, path: &str) -> (u16, String) {
    let request = Request::builder().uri(path).header("x-user", user).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    (status, String::from_utf8(to_bytes(response.into_body(), 1_000_000).await.unwrap().to_vec()).unwrap())
}

/// A form, as a page sends it.
async fn post(router: &Router, user: &str, path: &str, body: &str) -> u16 {
    let request = Request::builder().method("POST").uri(path).header("x-user", user);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("sec-fetch-site", "same-origin").body(Body::from(body.to_owned())).unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

macro_rules! web {
    ($connection:ty, $database:expr) => {
        flow_tests::hello_world!($connection);

        /// Has a field of the name that a field of the task has.
        #[derive(ProcessProxy)]
        pub struct PollProcess { process: Process, choice: Option<String>, note: Option<String> }

        #[derive(TaskProxy)]
        pub struct PollTask { task: Task, /** Your choice */ choice: Option<String> }

        #[flow(process = PollProcess, connection = $connection)]
        pub struct PollFlow {
            #[node(form = PollForm { choice }, permission(anyone), next = this.vote)] start: Start,
            /// Vote
            #[node(task = PollTask, form = VoteForm { task.choice: required, note }, permission(anyone), next = this.end)]
            vote: View,
            end: End,
        }

        static FLOWS: Flows<$connection> = flows![HelloWorldFlow, PollFlow];

        fn router() -> Router {
            let database = $database;
            let connect = flow_web::Blocking(move || Ok::<_, String>(Box::new(database.connect())));
            flow_web::FlowWeb::new(&FLOWS, connect, sign_in).router().unwrap()
        }

        pub fn a_process_goes_from_its_start_to_its_end() {
            super::run(async {
                let router = router();
                let (status, process) =
                    call(&router, "alice", "POST /api/starts/hello_world/start", json!({ "text": "hi" })).await;
                assert_eq!(status, 201, "{process}");
                let id = process["id"].as_i64().unwrap();
                let (status, queue) = page(&router, "bob", "/queue").await;
                assert!(status == 200 && queue.contains("Approval request"), "{queue}");
                let (_, rows) = call(&router, "bob", "GET /api/queue?text=nothing", Value::Null).await;
                assert_eq!(rows["rows"], json!([]));
                let task = format!("{id}.2");
                assert_eq!(call(&router, "bob", &format!("POST /api/tasks/{task}/assign"), json!({})).await.0, 200);
                let form = json!({ "approved": true });
                let (status, done) = call(&router, "bob", &format!("POST /api/tasks/{task}/execute"), form).await;
                assert_eq!((status, &done["status"]), (200, &json!("DONE")), "{done}");
                for path in ["", "/diagram.svg"] {
                    let (status, body) = page(&router, "alice", &format!("/processes/{id}{path}")).await;
                    assert_eq!(status, 200, "{body}");
                }
                for path in ["/", "/archive", "/requests", "/processes", "/errors", "/work"] {
                    let (status, body) = page(&router, "mona", path).await;
                    assert_eq!(status, 200, "{path}: {body}");
                }
                assert_eq!(page(&router, "carol", &format!("/processes/{id}")).await.0, 404);
            });
        }

        pub fn of_many_who_take_a_task_one_gets_it() {
            super::run(async {
                let router = router();
                let form = json!({ "text": "hi" });
                let (_, process) = call(&router, "alice", "POST /api/starts/hello_world/start", form).await;
                let line = format!("POST /api/tasks/{}.2/assign", process["id"]);
                let mut calls = Vec::new();
                for number in 0..8 {
                    let (router, line) = (router.clone(), line.clone());
                    let user = if number % 2 == 0 { "bob" } else { "carol" };
                    calls.push(tokio::spawn(async move { call(&router, user, &line, json!({})).await }));
                }
                let mut won = Vec::new();
                for call in calls {
                    let (status, body) = call.await.unwrap();
                    assert!(matches!(status, 200 | 409), "{status} {body}");
                    if status == 200 {
                        won.push(body["owner"].clone());
                    } else {
                        assert!(body["by"].is_string(), "who was quicker: {body}");
                    }
                }
                assert_eq!(won.len(), 1, "{won:?}");
            });
        }

        pub fn what_another_site_sends_changes_nothing() {
            super::run(async {
                let router = router();
                let form = json!({ "text": "hi" });
                let (_, process) = call(&router, "alice", "POST /api/starts/hello_world/start", form).await;
                let task = format!("/tasks/{}.2", process["id"]);
                for (header, value) in [("origin", "https://evil.example"), ("origin", "null"), ("x-none", "")] {
                    let request = Request::post(format!("{task}/assign"))
                        .header("x-user", "bob")
                        .header("host", "flow.example")
                        .header("content-type", "application/x-www-form-urlencoded")
                        .header(header, value);
                    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
                    assert_eq!(response.status().as_u16(), 403, "{header}: {value}");
                }
                let (_, task) = call(&router, "bob", &format!("GET /api{task}"), Value::Null).await;
                assert_eq!(task["status"], "NEW");
            });
        }

        pub fn of_one_form_that_is_sent_many_times_one_process_starts() {
            super::run(async {
                let router = router();
                let mut sent = Vec::new();
                for _ in 0..8 {
                    let router = router.clone();
                    let form = format!("flow.once={}&text=hi", "a".repeat(32));
                    let request = Request::post("/start/hello_world/start")
                        .header("x-user", "alice")
                        .header("sec-fetch-site", "same-origin")
                        .header("content-type", "application/x-www-form-urlencoded")
                        .body(Body::from(form))
                        .unwrap();
                    sent.push(tokio::spawn(async move { router.oneshot(request).await.unwrap().status().as_u16() }));
                }
                for sent in sent {
                    assert_eq!(sent.await.unwrap(), 303);
                }
                let (_, processes) = call(&router, "alice", "GET /api/processes", Value::Null).await;
                assert_eq!(processes["rows"].as_array().map(Vec::len), Some(1), "{processes}");
            });
        }

        pub fn of_many_who_have_seen_the_same_one_changes_it() {
            super::run(async {
                let router = router();
                let form = json!({ "text": "hi" });
                let (_, process) = call(&router, "alice", "POST /api/starts/hello_world/start", form).await;
                let task = format!("/api/tasks/{}.2", process["id"]);
                call(&router, "bob", &format!("POST {task}/assign"), json!({})).await;
                // Each wants to keep what was filled in, over the same draft.
                for round in 0..5 {
                    let seen = tag(&router, "bob", &task).await;
                    let mut calls = Vec::new();
                    for number in 0..6 {
                        let (router, seen, line) = (router.clone(), seen.clone(), format!("PUT {task}/draft"));
                        let draft = json!({ "approved": format!("{round} {number}") });
                        calls.push(tokio::spawn(async move { if_match(&router, "bob", &line, &seen, draft).await }));
                    }
                    let mut kept = 0;
                    for call in calls {
                        match call.await.unwrap() {
                            200 => kept += 1,
                            status => assert_eq!(status, 412),
                        }
                    }
                    assert_eq!(kept, 1, "one draft was written over another that nobody had seen");
                }
                // And to complete it, after somebody has gone on.
                let seen = tag(&router, "bob", &task).await;
                call(&router, "bob", &format!("DELETE {task}/draft"), Value::Null).await;
                let form = json!({ "approved": true });
                let status = if_match(&router, "bob", &format!("POST {task}/execute"), &seen, form.clone()).await;
                assert_eq!(status, 412);
                let seen = tag(&router, "bob", &task).await;
                assert_eq!(if_match(&router, "bob", &format!("POST {task}/execute"), &seen, form).await, 200);
            });
        }

        pub fn a_form_shows_and_sends_fields_of_its_task() {
            super::run(async {
                let router = router();
                let form = json!({ "choice": "of the process" });
                let (status, process) = call(&router, "alice", "POST /api/starts/poll/start", form).await;
                assert_eq!(status, 201, "{process}");
                let id = process["id"].as_i64().unwrap();
                let (web, api) = (format!("/tasks/{id}.2"), format!("/api/tasks/{id}.2"));
                call(&router, "bob", &format!("POST {api}/assign"), json!({})).await;
                let input = |shown: &str| {
                    let at = shown.find("name=\"choice\"").unwrap();
                    let from = shown[..at].rfind('<').unwrap();
                    shown[from..].split_once("</").unwrap().0.to_owned()
                };
                let (status, shown) = page(&router, "bob", &web).await;
                assert!(status == 200 && shown.contains("Your choice"), "{shown}");
                assert!(!input(&shown).contains("of the process"), "{}", input(&shown));
                // Half filled in, then refused, then sent.
                let draft = json!({ "choice": "half" });
                assert_eq!(call(&router, "bob", &format!("PUT {api}/draft"), draft).await.0, 200);
                assert!(input(&page(&router, "bob", &web).await.1).contains("half"));
                assert_eq!(post(&router, "bob", &web, "choice=&note=&flow.do=execute").await, 422);
                assert_eq!(post(&router, "bob", &web, "choice=tea&note=well&flow.do=execute").await, 303);
                let (_, task) = call(&router, "bob", &format!("GET {api}"), Value::Null).await;
                assert_eq!(task["status"], "DONE", "{task}");
                let (_, form) = call(&router, "bob", &format!("GET {api}/form"), Value::Null).await;
                assert_eq!(form["values"], json!({ "choice": "tea", "note": "well" }), "{form}");
                let (_, process) = call(&router, "alice", &format!("GET /api/processes/{id}"), Value::Null).await;
                assert_eq!(process["values"], json!({ "choice": "of the process", "note": "well" }));
                let (_, document) = call(&router, "alice", "GET /api/openapi.json", Value::Null).await;
                let form = document["components"]["schemas"].as_object().unwrap().iter().find(|(name, _)| name.contains("vote"));
                assert_eq!(form.unwrap().1["required"], json!(["choice"]), "{form:?}");
                // What was done is there to be read, on the page and by programs.
                let (_, shown) = page(&router, "bob", &web).await;
                assert!(shown.contains("Of this task") && shown.contains("Your choice"), "{shown}");
                let (_, task) = call(&router, "bob", &format!("GET {api}"), Value::Null).await;
                assert!(task["values"]["choice"].is_string() && task["values"]["choice"] != "of the process", "{task}");
            });
        }

        pub fn of_one_key_that_is_sent_many_times_one_request_is_done() {
            super::run(async {
                let router = router();
                let mut calls = Vec::new();
                for number in 0..8 {
                    let router = router.clone();
                    let form = json!({ "text": if number < 4 { "this" } else { "that" } });
                    let line = "POST /api/starts/hello_world/start";
                    calls.push(tokio::spawn(async move { keyed(&router, "alice", "k", line, form).await }));
                }
                let mut created = 0;
                let mut refused = 0;
                for call in calls {
                    let (status, body) = call.await.unwrap();
                    assert!(matches!(status, 200 | 201 | 422), "{status}: {body}");
                    created += usize::from(status == 201);
                    refused += usize::from(status == 422);
                }
                assert_eq!((created, refused), (1, 4), "those of the other form are refused");
                let (_, queue) = call(&router, "bob", "GET /api/queue", Value::Null).await;
                let (line, task) = match queue["rows"].as_array().unwrap().as_slice() {
                    [task] => (format!("POST /api/tasks/{}/assign", task["id"].as_str().unwrap()), task["id"].clone()),
                    rows => panic!("{rows:?}"),
                };
                let mut calls = Vec::new();
                for _ in 0..6 {
                    let (router, line) = (router.clone(), line.clone());
                    calls.push(tokio::spawn(async move { keyed(&router, "bob", "t", &line, json!({})).await }));
                }
                for call in calls {
                    let (status, body) = call.await.unwrap();
                    assert_eq!((status, &body["id"], &body["owner"]), (200, &task, &json!("bob")), "{body}");
                }
                let (status, body) = keyed(&router, "bob", "t", &line, json!({ "note": "x" })).await;
                assert_eq!((status, &body["fields"][0]["field"]), (422, &json!("Idempotency-Key")), "{body}");
                let process = task.as_str().unwrap().split('.').next().unwrap().to_owned();
                // What is denied is in the history, and the key stays free.
                let execute = line.replace("/assign", "/execute");
                assert_eq!(keyed(&router, "mona", "c", &execute, json!({ "approved": true })).await.0, 403);
                let (_, history) = call(&router, "alice", &format!("GET /api/processes/{process}/history"), Value::Null).await;
                let actions: Vec<&str> =
                    history["rows"].as_array().unwrap().iter().filter_map(|row| row["action"].as_str()).collect();
                assert_eq!(actions, ["start", "assign", "denied"], "{history}");
            });
        }

        pub const CASES: &[flow_tests::cases::Case] = &[
            ("a_form_shows_and_sends_fields_of_its_task", a_form_shows_and_sends_fields_of_its_task),
            ("a_process_goes_from_its_start_to_its_end", a_process_goes_from_its_start_to_its_end),
            ("of_many_who_take_a_task_one_gets_it", of_many_who_take_a_task_one_gets_it),
            ("what_another_site_sends_changes_nothing", what_another_site_sends_changes_nothing),
            (
                "of_many_who_have_seen_the_same_one_changes_it",
                of_many_who_have_seen_the_same_one_changes_it,
            ),
            ("of_one_key_that_is_sent_many_times_one_request_is_done", of_one_key_that_is_sent_many_times_one_request_is_done),
            ("of_one_form_that_is_sent_many_times_one_process_starts", of_one_form_that_is_sent_many_times_one_process_starts),
        ];
    };
}

fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work);
}

mod sqlite {
    use super::*;

    fn file() -> flow_tests::sqlite::File {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("web_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), &name)
    }

    web!(diesel::SqliteConnection, file());
}

mod postgres {
    use super::*;

    web!(diesel::PgConnection, flow_tests::postgres::Schema::new());
}

fn main() {
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing: flow_tests::postgres::missing() },
    ];
    flow_tests::cases::run(&groups, flow_tests::postgres::clean_up);
}
