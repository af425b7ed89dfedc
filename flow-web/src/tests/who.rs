//! Who may do what: pages, REST and typed calls agree, for every person, every task in every state, and every verb.
//!
//! Each is tried on the same rows: in a transaction that is rolled back.

use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use diesel::connection::{AnsiTransactionManager, TransactionManager as _};
use flow_core::form::Sent;
use flow_core::{Error, ErrorKind, ProcessId, TaskId, TaskStatus, Timestamp, Verb};
use serde_json::Value;
use tower::ServiceExt as _;

use super::Result;
use super::office::{Db, FLOWS, PEOPLE, Person};
use super::site::sign_in;
use crate::{Database, FlowWeb, Running, Work};

type Conn = Arc<Mutex<Db>>;

struct One(Conn);

impl Database<Db> for One {
    fn run(&self, work: Work<Db>) -> Running<'_> {
        work(&mut lock(&self.0));
        Box::pin(ready(Ok(())))
    }
}

fn lock(conn: &Conn) -> MutexGuard<'_, Db> {
    conn.lock().unwrap_or_else(PoisonError::into_inner)
}

fn person(id: &str) -> &'static Person {
    PEOPLE.iter().find(|person| person.id == id).unwrap_or(&PEOPLE[0])
}

struct Office {
    conn: Conn,
    router: Router,
}

/// The answer to a request: its status, and what it says.
struct Answer(u16, String);

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.1).unwrap_or_default()
    }
}

impl Office {
    fn new() -> Result<Office> {
        let mut conn = flow_core::sqlite::open(":memory:")?;
        FLOWS.migrate(&mut conn)?;
        fill(&mut conn)?;
        let conn = Arc::new(Mutex::new(conn));
        struct Known;
        impl crate::People<Db> for Known {
            fn find(&self, _: &mut Db, id: &str) -> flow_core::Result<Option<Arc<dyn crate::WebUser>>> {
                let found = PEOPLE.iter().find(|person| person.id == id).cloned();
                Ok(found.map(|person| Arc::new(person) as Arc<dyn crate::WebUser>))
            }
            fn search(&self, _: &mut Db, _: &str) -> flow_core::Result<Vec<Arc<dyn crate::WebUser>>> {
                Ok(Vec::new())
            }
        }
        let router = FlowWeb::new(&FLOWS, One(Arc::clone(&conn)), sign_in).people(Known).router()?;
        Ok(Office { conn, router })
    }

    /// A request, whose changes are rolled back.
    async fn ask(&self, user: &str, line: &str, kind: &str, body: &str) -> Result<Answer> {
        AnsiTransactionManager::begin_transaction(&mut *lock(&self.conn))?;
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        let request = Request::builder().method(method).uri(path).header("x-user", user);
        let request = request.header("sec-fetch-site", "same-origin").header("content-type", kind);
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_owned()))?).await?;
        AnsiTransactionManager::rollback_transaction(&mut *lock(&self.conn))?;
        let status = response.status().as_u16();
        Ok(Answer(status, String::from_utf8(to_bytes(response.into_body(), 4_000_000).await?.to_vec())?))
    }

    async fn get(&self, user: &str, path: &str) -> Result<Answer> {
        self.ask(user, &format!("GET {path}"), "text/plain", "").await
    }

    async fn post(&self, user: &str, path: &str, form: &str) -> Result<u16> {
        Ok(self.ask(user, &format!("POST {path}"), "application/x-www-form-urlencoded", form).await?.0)
    }

    async fn call(&self, user: &str, path: &str, body: &str) -> Result<u16> {
        Ok(self.ask(user, &format!("POST /api{path}"), "application/json", body).await?.0)
    }

    /// A typed call, which is rolled back: what it is refused with.
    fn typed<T>(&self, work: impl FnOnce(&mut Db) -> flow_core::Result<T>) -> Result<Option<ErrorKind>> {
        let mut conn = lock(&self.conn);
        AnsiTransactionManager::begin_transaction(&mut *conn)?;
        let outcome = work(&mut conn).err().map(|error| error.kind());
        AnsiTransactionManager::rollback_transaction(&mut *conn)?;
        Ok(outcome)
    }

    /// The ids of the rows of a list.
    async fn listed(&self, user: &str, list: &str) -> Result<Vec<String>> {
        let rows = self.get(user, &format!("/api/{list}")).await?;
        assert_eq!(rows.0, 200, "{user} {list}: {}", rows.1);
        let rows = rows.json()["rows"].as_array().cloned().unwrap_or_default();
        Ok(rows.iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect())
    }
}

/// Processes with a task in each state.
fn fill(conn: &mut Db) -> Result {
    let ask = br#"{"text":"x","value":1,"colours":[],"names":[],"urgent":false}"#;
    let yes = Sent::Json(br#"{"approved":true}"#);
    let note = |broken| if broken { Sent::Json(br#"{"broken":true}"#) } else { Sent::Json(br#"{"broken":false}"#) };
    let (bob, dora) = (person("bob"), person("dora"));
    let mut ids = Vec::new();
    for _ in 0..9 {
        ids.push(FLOWS.start(conn, "request", "start", person("anna"), Sent::Json(ask))?.id());
    }
    let task = |at: usize, number| TaskId::new(ids[at], number);
    FLOWS.assign(conn, task(1, 2), bob)?;
    for (at, by) in [(2, bob), (3, bob), (4, bob), (5, dora), (6, bob), (7, bob)] {
        FLOWS.assign(conn, task(at, 2), by)?;
        FLOWS.execute(conn, task(at, 2), by, yes)?;
    }
    // Assigned to a deputy; failed; waiting for code; cancelled; suspended; given to another.
    FLOWS.assign(conn, task(3, 3), dora)?;
    for (at, broken) in [(4, true), (5, false)] {
        FLOWS.assign(conn, task(at, 3), bob)?;
        FLOWS.execute(conn, task(at, 3), bob, note(broken))?;
    }
    FLOWS.run_due(conn)?;
    FLOWS.cancel(conn, ids[6], person("boss"))?;
    FLOWS.suspend(conn, ids[7], person("boss"))?;
    FLOWS.reassign(conn, task(1, 2), person("boss"), person("bill"))?;
    FLOWS.assign(conn, task(8, 2), bob)?;
    for _ in 0..2 {
        ids.push(FLOWS.start(conn, "order", "start", person("anna"), Sent::Json(b"{}"))?.id());
    }
    FLOWS.assign(conn, TaskId::new(ids[10], 2), person("paul"))?;
    Ok(())
}

/// Each verb of a task that people use: its word, its call, and what is sent with it.
fn call(conn: &mut Db, verb: Verb, id: TaskId, user: &Person) -> flow_core::Result<()> {
    let form = form_of(conn, id)?.0;
    match verb {
        Verb::Assign => FLOWS.assign(conn, id, user),
        Verb::Unassign => FLOWS.unassign(conn, id, user),
        Verb::Reassign => FLOWS.reassign(conn, id, user, to_whom(id)),
        Verb::Execute => FLOWS.execute(conn, id, user, Sent::Json(form.as_bytes())),
        Verb::Run => FLOWS.run(conn, id, user, Sent::Json(form.as_bytes())),
        Verb::CancelTask => FLOWS.cancel_task(conn, id, user),
        Verb::EndBranch => FLOWS.end_branch(conn, id, user),
        Verb::Undo => FLOWS.undo(conn, id, user),
        Verb::Revive => FLOWS.revive(conn, id, user),
        Verb::Retry => FLOWS.retry(conn, id, user),
        Verb::GoBack => FLOWS.go_back(conn, id, user),
        Verb::MoveRetired => FLOWS.move_on(conn, id, user),
        _ => return Err(Error::Invalid(Vec::new())),
    }
    .map(drop)
}

/// Somebody who may do it.
fn to_whom(id: TaskId) -> &'static Person {
    person(if id.process() > 9 { "paul" } else { "gerd" })
}

/// What fits the form of a task: as JSON, and as a browser sends it.
fn form_of(conn: &mut Db, id: TaskId) -> flow_core::Result<(&'static str, &'static str)> {
    Ok(match FLOWS.task(conn, id)?.node() {
        "approve" => (r#"{"approved":true}"#, "approved=true"),
        "note" => (r#"{"broken":false}"#, ""),
        _ => ("{}", ""),
    })
}

/// The status that a refusal has, for somebody who may see the task.
fn status(kind: Option<ErrorKind>) -> u16 {
    match kind {
        None => 200,
        Some(ErrorKind::Denied) => 403,
        Some(ErrorKind::NotFound) => 404,
        Some(ErrorKind::Conflict) => 409,
        Some(_) => 422,
    }
}

const VERBS: &[Verb] = &[
    Verb::Assign,
    Verb::Unassign,
    Verb::Reassign,
    Verb::Execute,
    Verb::Run,
    Verb::CancelTask,
    Verb::EndBranch,
    Verb::Undo,
    Verb::Revive,
    Verb::Retry,
    Verb::GoBack,
    Verb::MoveRetired,
];

#[tokio::test]
async fn pages_rest_and_typed_calls_agree_on_every_verb_of_every_task() -> Result {
    let office = Office::new()?;
    let processes: Vec<i64> = (1..=11).collect();
    let mut tasks = Vec::new();
    for process in &processes {
        tasks.extend(FLOWS.tasks(&mut lock(&office.conn), *process)?);
    }
    let (mut done, mut refused) = (0, 0);
    for user in PEOPLE {
        let name = user.id;
        let (inbox, queue) = (office.listed(name, "inbox").await?, office.listed(name, "queue").await?);
        for task in &tasks {
            let id = task.id();
            let read = office.get(name, &format!("/api/tasks/{id}")).await?;
            let page = office.get(name, &format!("/tasks/{id}")).await?;
            assert_eq!(read.0, page.0, "{name} {id}");
            let is_seen = page.0 == 200;
            let known = read.json()["available"].as_array().cloned().unwrap_or_default();
            for verb in VERBS {
                let at = format!("{name} {verb} {id} {} {}", task.node(), task.status());
                let typed = office.typed(|conn| call(conn, *verb, id, user))?;
                let available = known.iter().find(|known| known["verb"] == verb.as_str());
                let allowed = available.is_some_and(|known| known["allowed"] == true);
                let (json, form) = form_of(&mut lock(&office.conn), id)?;
                let json = match verb {
                    Verb::Execute | Verb::Run => json,
                    Verb::Reassign => &format!(r#"{{"to":"{}"}}"#, to_whom(id).id),
                    _ => "{}",
                };
                let by_rest = office.call(name, &format!("/tasks/{id}/{verb}"), json).await?;
                if typed.is_none() {
                    done += 1;
                } else {
                    refused += 1;
                }
                if is_seen {
                    assert_eq!(by_rest, status(typed), "{at}: REST beside {typed:?}");
                    assert_eq!(allowed, typed.is_none(), "{at}: {available:?} beside {typed:?}");
                } else {
                    assert!(typed.is_some(), "{at}: it is done, and not seen");
                    assert_eq!(by_rest, read.0, "{at}: not seen");
                }
                // Programs alone complete what waits for code.
                if *verb == Verb::Run {
                    continue;
                }
                let path = if *verb == Verb::Execute { format!("/tasks/{id}") } else { format!("/tasks/{id}/{verb}") };
                let form = match verb {
                    Verb::Execute => form,
                    Verb::Reassign => &format!("flow.to={}", to_whom(id).id),
                    _ => "",
                };
                let by_page = office.post(name, &path, form).await?;
                let by_page = if by_page == 303 { 200 } else { by_page };
                assert_eq!(by_page, by_rest, "{at}: the page beside REST");
                if is_seen {
                    let button = match verb {
                        Verb::Execute => page.1.contains("value=\"execute\""),
                        _ => page.1.replace("&#x2f;", "/").contains(&format!("\"{path}\"")),
                    };
                    assert_eq!(button, allowed, "{at}: the button");
                }
            }
            assert_eq!(
                inbox.contains(&id.to_string()),
                task.status() == TaskStatus::Assigned && known_allows(&known, Verb::Execute),
                "{name} {id}: the inbox"
            );
            assert_eq!(queue.contains(&id.to_string()), known_allows(&known, Verb::Assign), "{name} {id}: the queue");
            let explained = office.get(name, &format!("/api/tasks/{id}/explain")).await?;
            if is_seen {
                let explained = explained.json();
                assert_eq!(explained["in_inbox"], inbox.contains(&id.to_string()), "{name} {id}: {explained}");
                assert_eq!(explained["in_queue"], queue.contains(&id.to_string()), "{name} {id}: {explained}");
            }
        }
    }
    assert!(done > 50 && refused > 1_000, "{done} {refused}");
    Ok(())
}

fn known_allows(known: &[Value], verb: Verb) -> bool {
    known.iter().any(|known| known["verb"] == verb.as_str() && known["allowed"] == true)
}

#[tokio::test]
async fn they_agree_on_drafts_and_on_what_is_put_off() -> Result {
    let office = Office::new()?;
    let later: Timestamp = "2036-01-01T00:00:00Z".parse()?;
    for user in PEOPLE {
        let name = user.id;
        for id in (1..=9).flat_map(|process| [TaskId::new(process, 2), TaskId::new(process, 3)]) {
            let seen = office.get(name, &format!("/api/tasks/{id}")).await?.0;
            let drafted = office.typed(|conn| FLOWS.draft(conn, id, user, Sent::Json(b"{}")))?;
            let expected = if seen == 200 { status(drafted) } else { seen };
            let by_rest = office.ask(name, &format!("PUT /api/tasks/{id}/draft"), "application/json", "{}").await?.0;
            assert_eq!(by_rest, expected, "{name} {id}");
            let by_page = office.post(name, &format!("/tasks/{id}"), "flow.do=draft").await?;
            assert_eq!(if by_page == 303 { 200 } else { by_page }, expected, "{name} {id}");

            let put_off = office.typed(|conn| FLOWS.snooze(conn, id, user, later))?;
            let expected = if seen == 200 { status(put_off) } else { seen };
            let until = r#"{"until":"2036-01-01T00:00:00Z"}"#;
            let by_rest = office.call(name, &format!("/tasks/{id}/snooze"), until).await?;
            assert_eq!(if by_rest == 204 { 200 } else { by_rest }, expected, "{name} {id}");
            let by_page = office.post(name, &format!("/tasks/{id}/snooze"), "flow.at=2036-01-01T00:00:00Z").await?;
            assert_eq!(if by_page == 303 { 200 } else { by_page }, expected, "{name} {id}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn they_agree_on_processes_and_starts() -> Result {
    let office = Office::new()?;
    for user in PEOPLE {
        let name = user.id;
        for id in 1..=11 {
            let read = office.get(name, &format!("/api/processes/{id}")).await?;
            let page = office.get(name, &format!("/processes/{id}")).await?;
            assert_eq!(read.0, page.0, "{name} {id}");
            let seen = office.typed(|conn| FLOWS.view(conn, user, id))?;
            assert_eq!(status(seen), read.0, "{name} {id}");
            for verb in [Verb::Cancel, Verb::Suspend, Verb::ResumeProcess] {
                let of = ProcessId::from(id);
                let typed = office.typed(|conn| match verb {
                    Verb::Cancel => FLOWS.cancel(conn, of, user),
                    Verb::Suspend => FLOWS.suspend(conn, of, user),
                    _ => FLOWS.resume(conn, of, user),
                })?;
                let expected = if read.0 == 200 { status(typed) } else { 404 };
                assert!(read.0 == 200 || typed.is_some(), "{name} {verb} {id}: it is done, and not seen");
                assert_eq!(
                    office.call(name, &format!("/processes/{id}/{verb}"), "{}").await?,
                    expected,
                    "{name} {verb} {id}"
                );
                let by_page = office.post(name, &format!("/processes/{id}/{verb}"), "").await?;
                assert_eq!(if by_page == 303 { 200 } else { by_page }, expected, "{name} {verb} {id}");
                if read.0 == 200 {
                    let known = read.json()["available"].as_array().cloned().unwrap_or_default();
                    assert_eq!(known_allows(&known, verb), typed.is_none(), "{name} {verb} {id}: {known:?}");
                    let button = page.1.replace("&#x2f;", "/").contains(&format!("\"/processes/{id}/{verb}\""));
                    assert_eq!(button, typed.is_none(), "{name} {verb} {id}: the button");
                }
            }
        }
        let starts = office.get(name, "/api/starts").await?.json();
        for (flow, form) in
            [("request", r#"{"text":"x","value":1,"colours":[],"names":[],"urgent":false}"#), ("order", "{}")]
        {
            let typed = office.typed(|conn| FLOWS.start(conn, flow, "start", user, Sent::Json(form.as_bytes())))?;
            let listed = starts["rows"].as_array().into_iter().flatten();
            let listed = listed.filter(|row| row["flow"] == flow && row["allowed"] == true).count() == 1;
            assert_eq!(listed, typed.is_none(), "{name} {flow}");
            let by_rest = office.call(name, &format!("/starts/{flow}/start"), form).await?;
            assert_eq!(if by_rest == 201 { 200 } else { by_rest }, status(typed), "{name} {flow}");
            let page = office.get(name, &format!("/start/{flow}/start")).await?;
            assert_eq!(page.0, status(typed), "{name} {flow}");
            let form = if flow == "order" { "" } else { "text=x&value=1" };
            let form = format!("flow.once={}&{form}", "ab".repeat(16));
            let by_page = office.post(name, &format!("/start/{flow}/start"), &form).await?;
            assert_eq!(if by_page == 303 { 200 } else { by_page }, status(typed), "{name} {flow}");
            let listed = office.get(name, "/start").await?.1.replace("&#x2f;", "/");
            assert_eq!(listed.contains(&format!("\"/start/{flow}/start\"")), typed.is_none(), "{name} {flow}");
        }
    }
    Ok(())
}

/// Somebody in 3,000 groups whose name has 10,000 letters.
struct Many {
    name: String,
    groups: Vec<String>,
}

impl flow_core::User for Many {
    fn id(&self) -> &str {
        "many"
    }

    fn may(&self, permission: &flow_core::Permission) -> bool {
        permission.name() == "order"
    }

    fn groups(&self) -> Vec<&str> {
        self.groups.iter().map(String::as_str).collect()
    }
}

impl crate::WebUser for Many {
    fn display_name(&self) -> &str {
        &self.name
    }
}

#[tokio::test]
async fn b31_somebody_in_thousands_of_groups_with_a_long_name_uses_every_page() -> Result {
    let mut office = Office::new()?;
    let who = async |_| {
        let groups = (0..2_999).map(|number| format!("group {number}")).chain(["packers".to_owned()]).collect();
        Ok::<_, axum::http::StatusCode>(Many { name: "<N>".repeat(10_000 / 3), groups })
    };
    office.router = FlowWeb::new(&FLOWS, One(Arc::clone(&office.conn)), who).router()?;
    for page in ["/", "/archive", "/requests", "/processes", "/start", "/processes/10", "/tasks/10.2", "/queue"] {
        let shown = office.get("", page).await?;
        assert_eq!(shown.0, 200, "{page}: {}", shown.1);
        assert!(shown.1.len() < 200_000 && !shown.1.contains("<N>"), "{page}: {} bytes", shown.1.len());
    }
    assert_eq!(office.listed("", "queue").await?, ["10.2"], "offered to one of the groups");
    assert_eq!(office.post("", "/tasks/10.2/assign", "").await?, 303);
    assert_eq!(office.call("", "/tasks/10.2/assign", "{}").await?, 200);
    Ok(())
}
