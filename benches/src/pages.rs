//! The pages of `flow-web` with a million tasks in the tables: what the server takes for each, in how many statements,
//! and how large it is.

use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use diesel::connection::{Connection, InstrumentationEvent};
use flow_web::{Database, FlowWeb, Running, WebUser, Work};
use tower::ServiceExt as _;

use crate::lists::{GROUPS, PEOPLE, Person, SERVER, at, busy, fill, plans};
use crate::options::Options;
use crate::postgres::{Schema, backend};
use crate::report::Report;
use crate::sample::{number, real};
use crate::sqlite::File;

/// Requests that are timed, of each page; each by another person.
const CALLS: usize = 60;

/// Statements since it was set to 0.
static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

impl WebUser for Person {}

/// Who sends a request: `p17`, or with an `m` before it as a manager.
async fn sign_in(head: Parts) -> Result<Person, StatusCode> {
    let name = head.headers.get("x-person").and_then(|name| name.to_str().ok()).unwrap_or_default();
    let (make, number): (fn(usize) -> Person, _) = match name.strip_prefix('m') {
        Some(rest) => (Person::manager, rest),
        None => (Person::new, name),
    };
    number.trim_start_matches('p').parse().map(make).map_err(|_| StatusCode::UNAUTHORIZED)
}

/// One connection, used on the thread that asks: its processor time is that of the page.
struct One<C>(Arc<Mutex<C>>);

impl<C: Send + 'static> Database<C> for One<C> {
    fn run(&self, work: Work<C>) -> Running<'_> {
        work(&mut self.0.lock().unwrap());
        Box::pin(ready(Ok(())))
    }
}

/// A page, and the address for the person of a number.
type Address = fn(usize) -> String;

/// The number of a process with a task that this person has: of the fill.
fn process_of(person: usize) -> usize {
    2 + 10 * person
}

/// Each page: its name, whether a manager asks, its address.
const PAGES: &[(&str, bool, Address)] = &[
    ("inbox", false, |_| "/".to_owned()),
    ("queue", false, |_| "/queue".to_owned()),
    ("queue, by priority", false, |_| "/queue?order=priority".to_owned()),
    ("queue, by due time", false, |_| "/queue?order=due".to_owned()),
    ("queue, newest first", false, |_| "/queue?order=newest".to_owned()),
    ("archive", false, |_| "/archive".to_owned()),
    ("my requests", false, |_| "/requests".to_owned()),
    ("processes that one may see", false, |_| "/processes".to_owned()),
    ("open processes that one may see", false, |_| "/processes?status=open".to_owned()),
    ("start", false, |_| "/start".to_owned()),
    ("task with its form", false, |person| format!("/tasks/{}.4", process_of(person))),
    ("process", false, |person| format!("/processes/{}", process_of(person))),
    ("processes of a manager", true, |_| "/processes".to_owned()),
    ("processes of one flow", true, |_| "/processes?flow=list_ask".to_owned()),
    ("open tasks", true, |_| "/tasks".to_owned()),
    ("open tasks, by due time", true, |_| "/tasks?order=due".to_owned()),
    ("open tasks of one step", true, |_| "/tasks?flow=list_ask&node=ask".to_owned()),
    ("overview", true, |_| "/flows".to_owned()),
    ("board", true, |_| "/flows/list_ask".to_owned()),
    ("workload", true, |_| "/workload".to_owned()),
    ("errors", true, |_| "/errors".to_owned()),
    ("workers", true, |_| "/work".to_owned()),
];

/// Declares the flow on a connection type, in a module of its own, and its pages.
macro_rules! page_flows {
    ($module:ident, $connection:ty) => {
        #[allow(dead_code, reason = "a flow brings queries that are not asked here")]
        mod $module {
            use flow_core::prelude::*;

            use super::{Arc, FlowWeb, Mutex, One, Router, sign_in};

            type Db = $connection;

            #[derive(ProcessProxy)]
            pub(super) struct AskProcess {
                process: Process,
                /// What is decided
                #[json(default)]
                answer: String,
            }

            #[flow(process = AskProcess, connection = Db, name = "list_ask", summary = "Request for an answer {process.answer}")]
            pub(super) struct AskFlow {
                #[node(permission(anyone), next = this.ask)]
                start: Start,
                /// Answer the request
                #[node(form = AnswerForm { answer }, permission("ask"), next = this.sign)]
                ask: View,
                /// Sign the answer
                #[node(candidates = |_| [group("g1")], next = this.check)]
                sign: View,
                /// Check the answer
                #[node(permission("ask"), different_from(this.ask), next = this.work)]
                check: View,
                /// Send the answer
                #[node(run = |_| (), next = this.end)]
                work: Job,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![AskFlow];

            pub(super) fn router(conn: Db) -> Router {
                FlowWeb::new(&FLOWS, One(Arc::new(Mutex::new(conn))), sign_in).router().unwrap()
            }
        }
    };
}

page_flows!(sqlite, diesel::SqliteConnection);
page_flows!(postgres, diesel::PgConnection);

/// A page, as one person gets it: its size, that of its pictures apart.
async fn get(router: &Router, is_manager: bool, person: usize, address: &str) -> (usize, usize) {
    let name = if is_manager { format!("mp{person}") } else { format!("p{person}") };
    let request = Request::get(address).header("x-person", name).header("accept-language", "en");
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(status, StatusCode::OK, "{address}");
    let text = String::from_utf8_lossy(&body);
    let pictures: usize =
        text.split("<svg").skip(1).map(|rest| rest.find("</svg>").map_or(0, |end| end + "<svg</svg>".len())).sum();
    (body.len() - pictures, pictures)
}

/// Counts the statements of a connection, and keeps their texts.
fn counted(conn: &mut impl Connection) {
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            STATEMENTS.fetch_add(1, Ordering::Relaxed);
            plans::note(query.to_string());
        }
    });
}

fn measure(database: &str, router: &Router, only: Option<&str>) -> Vec<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut rows = Vec::new();
    for (page, is_manager, address) in PAGES {
        if only.is_some_and(|only| !page.contains(only)) {
            continue;
        }
        let (mut times, mut processor) = (Vec::new(), Vec::new());
        let (mut statements, mut size, mut picture) = (0, 0, 0);
        for call in 0..=CALLS {
            let person = (call * 37 + 7) % PEOPLE;
            STATEMENTS.store(0, Ordering::Relaxed);
            let _ = plans::noted();
            let (begun, before) = (Instant::now(), busy());
            let (bytes, of_picture) = runtime.block_on(get(router, *is_manager, person, &address(person)));
            // The first prepares statements, and reads what the others find in memory.
            if call > 0 {
                times.push(begun.elapsed().as_secs_f64() * 1e3);
                processor.push((busy() - before) * 1e3);
            }
            statements = statements.max(STATEMENTS.load(Ordering::Relaxed));
            (size, picture) = (size.max(bytes), picture.max(of_picture));
        }
        let kilobytes = |bytes: usize| format!("{:.1}", real(i64::try_from(bytes).unwrap()) / 1e3);
        let mut row = vec![database.to_owned(), (*page).to_owned(), statements.to_string(), kilobytes(size)];
        row.push(if picture == 0 { "-".to_owned() } else { kilobytes(picture) });
        row.extend(
            [at(&times, 0.5), at(&times, 0.95), at(&processor, 0.5), at(&processor, 0.95)].map(|ms| format!("{ms:.1}")),
        );
        println!("{}", row.join(" | "));
        if only.is_some() {
            plans::noted().iter().for_each(|statement| println!("    {statement}"));
        }
        rows.push(row);
    }
    rows
}

pub(crate) fn run(options: &Options, url: Option<&str>, report: &mut Report) {
    let processes = options.finished / 4;
    let only = options.page.as_deref();
    let mut rows = Vec::new();
    {
        let (file, there) = options.kept.as_deref().map_or_else(|| (File::new("FULL"), false), File::kept);
        let mut conn = file.connect();
        if !there {
            fill::sqlite(&mut conn, processes);
        }
        counted(&mut conn);
        rows.extend(measure("SQLite", &sqlite::router(conn), only));
    }
    if let Some(url) = url {
        let name = options.kept.as_deref().and_then(|folder| folder.file_name()).map(|name| name.to_string_lossy());
        let (schema, there) =
            name.map_or_else(|| (Schema::new(url), false), |name| Schema::kept(url, &format!("flow_bench_{name}")));
        let mut conn = schema.connect();
        if !there {
            fill::postgres(&mut conn, processes);
        }
        SERVER.set(Some(backend(&mut conn)));
        counted(&mut conn);
        rows.extend(measure("PostgreSQL", &postgres::router(conn), only));
    }
    report.title(&format!(
        "Pages with {} tasks of {} processes, {PEOPLE} people, {GROUPS} groups: {CALLS} requests of each, by as many people",
        number(real(processes * 4)),
        number(real(processes)),
    ));
    report
        .plain(&["", "page", "statements", "kB", "picture kB", "p50 ms", "p95 ms", "CPU p50 ms", "CPU p95 ms"], &rows);
}
