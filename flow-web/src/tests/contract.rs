//! What is returned is what the document describes: each status, its type, its headers, its body.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use serde_json::{Value, json};

use flow_core::prelude::*;

use super::office::{BillFlow, Db, OrderFlow, ParcelFlow, RequestFlow};
use super::site::Answer;
use super::{Result, Site};

/// The release before.
mod before {
    use flow_core::prelude::*;

    use super::Db;

    #[flow(connection = Db, name = "trip")]
    pub(super) struct TripFlow {
        #[node(permission(anyone), next = this.label)]
        pub(super) start: Start,
        #[node(permission("approve"), next = this.sign)]
        label: View,
        #[node(permission("approve"), next = this.end)]
        sign: View,
        end: End,
    }
}

/// Trip
#[flow(connection = Db, name = "trip")]
#[derive(Debug)]
struct TripFlow {
    /// Ask for it
    #[node(permission(this.is_no_guest), next = this.split)]
    start: Start,
    #[node(next(this.book), next(this.pack))]
    split: Split,
    /// Book it
    #[node(permission("approve"), next = this.join)]
    book: View,
    /// Pack
    #[node(permission("approve"), next = this.join)]
    pack: View,
    #[node(next = this.sign)]
    join: Join,
    #[node(retired(to = this.sign))]
    label: Obsolete,
    /// Sign it
    #[node(permission("approve"), next = this.end)]
    sign: View,
    end: End,
}

impl TripFlow {
    fn is_no_guest(user: &dyn User) -> bool {
        user.id() != "guest"
    }
}

static FLOWS: Flows<Db> = flows![RequestFlow, OrderFlow, ParcelFlow, BillFlow, TripFlow];

/// A tag that no task has.
const OLD: &str = "\"0123456789abcdef\"";

/// Statuses of operations that no request of this test gets.
///
/// Who has completed a task, or given it its input, sees it ever after, unless a rule of the flow says otherwise.
const NOT_SEEN: &[(&str, &str)] = &[("execute", "204"), ("run", "204")];

/// The document, and what was seen of it.
struct Contract {
    site: Site,
    document: Value,
    /// Its components, in which no object has a property that is not described.
    closed: Value,
    seen: RefCell<BTreeSet<(String, String)>>,
}

/// Closes each object that has properties.
fn close(schema: &mut Value) {
    if let Value::Object(object) = schema {
        if object.get("properties").is_some_and(Value::is_object) && object.get("type").is_some() {
            object.entry("additionalProperties").or_insert(false.into());
        }
        object.values_mut().for_each(close);
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(close);
    }
}

/// What is wrong with a value, by a schema that refers to components.
fn faults(schema: &Value, components: &Value, value: &Value) -> Result<Vec<String>> {
    let mut root = schema.clone();
    root["components"] = components.clone();
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&root)
        .map_err(|error| format!("{schema}: {error}"))?;
    Ok(validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect())
}

impl Contract {
    async fn new() -> Result<Self> {
        let site = Site::of(&FLOWS, |web| web).await?;
        let document = site.get("guest", "/api/openapi.json").await?.json();
        let mut closed = document["components"].clone();
        close(&mut closed["schemas"]);
        Ok(Contract { site, document, closed, seen: RefCell::default() })
    }

    /// A request of an operation, `POST /api/tasks/{task}/assign`, whose response must be described.
    async fn send(
        &self,
        (user, line, id): (&str, &str, &str),
        headers: &[(&str, &str)],
        body: impl Into<Body>,
        status: u16,
    ) -> Result<Answer> {
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let name = operation["operationId"].as_str().ok_or(format!("{line} is not described"))?;
        let at = match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => format!("{}{id}{}", &path[..from], &path[to + 1..]),
            _ => path.to_owned(),
        };
        let at = if query.is_empty() { at } else { format!("{at}?{query}") };
        let answer = self.site.send(user, &format!("{method} {at}"), headers, body).await?;
        let what = format!("{user}: {method} {at}: {} {}", answer.status, answer.body);
        assert_eq!(answer.status, status, "{what}");
        self.seen.borrow_mut().insert((name.to_owned(), status.to_string()));
        let mut response = &operation["responses"][status.to_string()];
        assert!(response.is_object(), "{status} is not described: {what}");
        if let Some(reference) = response["$ref"].as_str() {
            response = self.document.pointer(&reference[1..]).ok_or(format!("{reference} leads nowhere"))?;
        }
        self.check_headers(response, &answer, &what);
        match response["content"].as_object() {
            None => assert!(answer.body.is_empty() && answer.header("content-type").is_empty(), "{what}"),
            Some(content) => {
                let (ty, content) = content.iter().next().ok_or("no content")?;
                assert_eq!(answer.header("content-type"), ty, "{what}");
                if ty.ends_with("json") {
                    let value: Value = serde_json::from_str(&answer.body)?;
                    let mut schema = content["schema"].clone();
                    close(&mut schema);
                    let faults = faults(&schema, &self.closed, &value)?;
                    assert!(faults.is_empty(), "{what}: {faults:#?}");
                    assert!(status < 400 || value["status"] == status, "{what}");
                }
            }
        }
        Ok(answer)
    }

    /// Those that are described are there, and no other of those that a client might use.
    fn check_headers(&self, response: &Value, answer: &Answer, what: &str) {
        let described: Vec<&str> =
            response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        for name in ["ETag", "Location", "Retry-After"] {
            let is_there = answer.headers.contains_key(name.to_lowercase());
            assert_eq!(is_there, described.contains(&name), "{name}: {what}");
            if is_there {
                let known = &self.document["components"]["headers"][name];
                assert!(known["schema"].is_object() && known["required"] == true, "{name}: {known}");
            }
        }
    }

    /// A request with JSON.
    async fn call(&self, at: (&str, &str, &str), headers: &[(&str, &str)], body: Value, status: u16) -> Result<Answer> {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        if status < 300 {
            self.check_request(at.1, headers, &body)?;
        }
        self.send(at, &all, body.to_string(), status).await
    }

    /// What is taken is described.
    fn check_request(&self, line: &str, headers: &[(&str, &str)], body: &Value) -> Result {
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        let operation = &self.document["paths"][path][method.to_lowercase()];
        for (name, _) in headers {
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            let known = parameters.any(|known| {
                known["in"] == "header" && known["name"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(name))
            });
            assert!(known, "{line}: {name} is not described");
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let faults = faults(schema, &self.document["components"], body)?;
        assert!(faults.is_empty(), "{line}: {body}: {faults:#?}");
        Ok(())
    }

    /// A verb of a task or process that has an effect: not with an old tag, once with a key, and once more by somebody
    /// who has lost all rights meanwhile.
    async fn change(&self, (user, line, id): (&str, &str, &str), body: Value, status: u16) -> Result<Answer> {
        let is_of_task = line.contains("/api/tasks/");
        self.call((user, line, id), &[("if-match", OLD)], body.clone(), 412).await?;
        let key = format!("{user} {line} {id} {body}");
        let mut headers = vec![("idempotency-key", key.as_str())];
        let tag = if is_of_task {
            self.site.get(user, &format!("/api/tasks/{id}")).await?.header("etag").to_owned()
        } else {
            String::new()
        };
        if is_of_task {
            headers.push(("if-match", tag.as_str()));
        }
        let done = self.call((user, line, id), &headers, body.clone(), status).await?;
        let key = [("idempotency-key", key.as_str())];
        self.call((user, line, id), &key, body.clone(), status).await?;
        Ok(done)
    }

    /// A request that was done is sent again by somebody who sees nothing of it now.
    async fn unseen(&self, (user, line, id): (&str, &str, &str), body: Value) -> Result {
        let key = format!("{user} {line} {id} {body}");
        let user = format!("was {user}");
        self.call((&user, line, id), &[("idempotency-key", key.as_str())], body, 204).await?;
        Ok(())
    }

    /// Every operation: method and address, its name, its statuses.
    fn operations(&self) -> Vec<(String, String, Vec<String>)> {
        let mut all = Vec::new();
        for (path, item) in self.document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let statuses = operation["responses"].as_object().into_iter().flatten();
                let name = operation["operationId"].as_str().unwrap_or_default().to_owned();
                all.push((
                    format!("{} {path}", method.to_uppercase()),
                    name,
                    statuses.map(|(status, _)| status.clone()).collect(),
                ));
            }
        }
        all
    }
}

/// A body whose sender goes away.
struct Broken;

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<http_body::Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}

/// What every operation may respond.
async fn every_operation(contract: &Contract) -> Result {
    let json = ("content-type", "application/json");
    for (line, name, statuses) in contract.operations() {
        let has = |status: &str| statuses.iter().any(|known| known == status);
        let id = if line.contains("{task}") { "1.2" } else { "1" };
        let at = |user: &'static str| (user, line.as_str(), id);
        let unknown = contract.send(at(""), &[json], "{}", 401).await?;
        assert_eq!(unknown.header("www-authenticate"), "Bearer", "{line}");
        contract.send(at("browser"), &[json, ("accept", "text/html")], "{}", 401).await?;
        let banned = contract.send(at("banned"), &[json], "{}", 403).await?;
        assert_eq!(
            (banned.header("set-cookie"), &banned.json()["detail"]),
            ("session=gone", &json!("You were banned"))
        );
        contract.send(("boss", &format!("{line}?nonsense=1"), id), &[json], "{}", 422).await?;
        if has("415") {
            let plain = [("content-type", "text/plain"), ("sec-fetch-site", "same-origin")];
            contract.send(at("boss"), &plain, "{}", 415).await?;
            contract.send(at("boss"), &[json], vec![b' '; 1_100_000], 413).await?;
            contract.send(at("boss"), &[json], Body::new(Broken), 400).await?;
            contract.send(at("boss"), &[json, ("sec-fetch-site", "cross-site")], "{}", 403).await?;
        }
        if has("412") && !line.contains("{task}") {
            contract.send(at("boss"), &[json, ("if-match", OLD)], "{}", 412).await?;
        }
        if has("404") {
            let (id, body) = match id {
                _ if name == "message" => ("arrived", r#"{"key":"nobody"}"#),
                "1.2" => ("99.1", "{}"),
                _ => ("99", "{}"),
            };
            contract.send(("bob", &line, id), &[json], body, 404).await?;
        }
    }
    Ok(())
}

/// Everything is read: of the one who may start everything, and of the one who sees all of a process.
async fn reads(contract: &Contract, process: &str) -> Result {
    for (line, ..) in contract.operations().iter().filter(|(line, ..)| line.starts_with("GET ")) {
        let user = if line.contains("/api/starts/") { "aide" } else { "boss" };
        let numbers = if line.contains("{task}") { 1..=4 } else { 1..=1 };
        for number in numbers {
            let id = if line.contains("{task}") { format!("{process}.{number}") } else { process.to_owned() };
            contract.send((user, line, &id), &[], "", 200).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_returned_is_what_is_described() -> Result {
    let contract = Contract::new().await?;
    let site = &contract.site;
    site.request("paper").await?;
    every_operation(&contract).await?;
    starts(&contract).await?;
    verbs_of_tasks(&contract).await?;
    let failed = site.failed("failed").await?.to_string();
    reads(&contract, &failed).await?;
    let retry = ("boss", "POST /api/tasks/{task}/retry", &*format!("{failed}.4"));
    contract.change(retry, json!({}), 200).await?;
    contract.unseen(retry, json!({})).await?;
    let back = ("boss", "POST /api/tasks/{task}/go_back", &*format!("{failed}.2"));
    contract.change(back, json!({}), 200).await?;
    contract.unseen(back, json!({})).await?;
    program(&contract).await?;
    processes(&contract, &failed).await?;
    site.db(|conn| {
        use diesel::RunQueryDsl as _;
        Ok(diesel::sql_query("alter table flow_task rename to gone").execute(conn)?)
    })
    .await?;
    contract.send(("bob", "GET /api/queue", ""), &[], "", 503).await?;
    let seen = contract.seen.borrow();
    let missing: Vec<(String, String)> = contract
        .operations()
        .into_iter()
        .flat_map(|(_, name, statuses)| statuses.into_iter().map(move |status| (name.clone(), status)))
        .filter(|(_, status)| !["500", "503", "default"].contains(&status.as_str()))
        .filter(|seen_not| !seen.contains(seen_not))
        .collect();
    let mut missing: Vec<(&str, &str)> = missing.iter().map(|(name, status)| (&**name, &**status)).collect();
    missing.sort_unstable();
    assert_eq!(missing, NOT_SEEN, "described, and not returned");
    Ok(())
}

/// Starts, with a key and without, and lists.
async fn starts(contract: &Contract) -> Result {
    let line = json!({ "what": "pen", "pieces": 2, "fragile": false });
    for (start, user, stranger, body) in [
        (
            "request/start",
            "anna",
            "guest",
            json!({ "text": "x", "value": 1, "colours": ["red"], "names": [], "urgent": true, "pin": null }),
        ),
        ("order/start", "anna", "guest", json!({})),
        ("trip/start", "anna", "guest", json!({})),
        ("parcel/sent", "anna", "guest", json!({ "number": "A-1", "weight": 0 })),
        (
            "bill/start",
            "anna",
            "guest",
            json!({
                "address": { "street": "Elm 1", "town": "Ash" }, "lines": [line], "country": "red", "hall": "red 1",
            }),
        ),
    ] {
        let post = format!("POST /api/starts/{start}");
        let key = [("idempotency-key", "k-".to_owned() + start)];
        let key = [(key[0].0, key[0].1.as_str())];
        let first = contract.call((user, &post, ""), &key, body.clone(), 201).await?;
        let again = contract.call((user, &post, ""), &key, body.clone(), 200).await?;
        assert_eq!((again.location(), &again.body), (first.location(), &first.body));
        contract.call((stranger, &post, ""), &[], body, 403).await?;
        contract.call((user, &post, ""), &[], json!({ "nothing": 1 }), 422).await?;
        contract.send((stranger, &format!("GET /api/starts/{start}"), ""), &[], "", 403).await?;
    }
    Ok(())
}

/// What people do.
async fn verbs_of_tasks(contract: &Contract) -> Result {
    let site = &contract.site;
    let id = site.request("verbs").await?;
    let (two, three) = (format!("{id}.2"), format!("{id}.3"));
    let (two, three) = (two.as_str(), three.as_str());
    // Somebody else was quicker: nothing can be read or done.
    site.call("bill", &format!("POST /api/tasks/{two}/assign"), json!({})).await?;
    for (line, ..) in contract.operations().iter().filter(|(line, ..)| line.contains("{task}")) {
        let late = contract.send(("bob", line, two), &[("content-type", "application/json")], "{}", 409).await?;
        assert_eq!(late.json()["by"], "bill", "{line}");
    }
    let unassign = ("boss", "POST /api/tasks/{task}/unassign", two);
    contract.change(unassign, json!({ "note": "for bob" }), 200).await?;
    contract.unseen(unassign, json!({ "note": "for bob" })).await?;
    let snooze = ("bob", "POST /api/tasks/{task}/snooze", two);
    contract.change(snooze, json!({ "until": "2999-01-01T08:00:00Z" }), 204).await?;
    contract.change(("bob", "POST /api/tasks/{task}/assign", two), json!({}), 200).await?;
    contract.change(("bob", "PUT /api/tasks/{task}/draft", two), json!({ "approved": null }), 200).await?;
    contract.send(("bob", "DELETE /api/tasks/{task}/draft", two), &[("if-match", OLD)], "", 412).await?;
    contract.send(("bob", "DELETE /api/tasks/{task}/draft", two), &[], "", 204).await?;
    let reassign = ("boss", "POST /api/tasks/{task}/reassign", two);
    for (body, kind) in [(json!({}), "missing"), (json!({ "to": "nobody" }), "not_a_choice")] {
        let wrong = contract.call(reassign, &[], body, 422).await?.json();
        assert_eq!((&wrong["fields"][0]["field"], &wrong["fields"][0]["kind"]), (&json!("to"), &json!(kind)));
    }
    contract.change(reassign, json!({ "to": "bill", "note": "away" }), 200).await?;
    contract.unseen(reassign, json!({ "to": "bill", "note": "away" })).await?;
    contract.unseen(("bob", "POST /api/tasks/{task}/assign", two), json!({})).await?;
    contract.unseen(("bob", "PUT /api/tasks/{task}/draft", two), json!({ "approved": null })).await?;
    contract.call(("bill", "POST /api/tasks/{task}/execute", two), &[], json!({ "approved": "x" }), 422).await?;
    contract.change(("bill", "POST /api/tasks/{task}/execute", two), json!({ "approved": true }), 200).await?;
    let trip = contract.call(("anna", "POST /api/starts/trip/start", ""), &[], json!({}), 201).await?.json();
    let old =
        site.db(|conn| before::TripFlow.start.run(conn, &System("before"), ()).map(|process| process.id())).await?;
    let (branch, retired) = (format!("{}.3", trip["id"]), format!("{old}.2"));
    for (verb, task) in
        [("cancel_task", three), ("undo", two), ("revive", two), ("end_branch", &*branch), ("move_retired", &*retired)]
    {
        let verb = format!("POST /api/tasks/{{task}}/{verb}");
        contract.change(("boss", &verb, task), json!({ "note": "again" }), 200).await?;
        contract.unseen(("boss", &verb, task), json!({ "note": "again" })).await?;
    }
    Ok(())
}

/// What programs do.
async fn program(contract: &Contract) -> Result {
    let site = &contract.site;
    let message = |key: Value, value: Value, more: Value| {
        let mut body = json!({ "key": key, "value": value });
        body.as_object_mut().into_iter().for_each(|body| body.extend(more.as_object().cloned().unwrap_or_default()));
        body
    };
    let post = ("bob", "POST /api/messages/{name}", "arrived");
    contract.call(post, &[("idempotency-key", "m")], message("A-1".into(), 5.into(), json!({})), 200).await?;
    contract.call(post, &[("idempotency-key", "m")], message("A-1".into(), 5.into(), json!({})), 200).await?;
    contract.call(post, &[], message(8.into(), 5.into(), json!({ "kept_for": 60 })), 202).await?;
    contract.call(post, &[], message(8.into(), 5.into(), json!({ "kept_for": -1 })), 422).await?;
    let id = site.request("run").await?;
    for (task, form) in [("2", "approved=true"), ("3", "")] {
        site.post("bob", &format!("/tasks/{id}.{task}/assign"), "").await?;
        site.post("bob", &format!("/tasks/{id}.{task}"), form).await?;
    }
    site.db(|conn| FLOWS.run_due(conn)).await?;
    contract.change(("bob", "POST /api/tasks/{task}/run", &format!("{id}.5")), json!({}), 200).await?;
    Ok(())
}

/// What is done with processes.
async fn processes(contract: &Contract, id: &str) -> Result {
    let comment = ("boss", "POST /api/processes/{process}/comment", id);
    contract.call(comment, &[], json!({ "text": "" }), 422).await?;
    contract.change(comment, json!({ "text": "well" }), 201).await?;
    contract.unseen(comment, json!({ "text": "well" })).await?;
    for verb in ["suspend", "resume_process", "cancel"] {
        let line = format!("POST /api/processes/{{process}}/{verb}");
        contract.call(("anna", &line, id), &[], json!({}), 403).await?;
        contract.change(("boss", &line, id), json!({ "note": "so" }), 200).await?;
        contract.call(("boss", &line, id), &[], json!({}), 409).await?;
        contract.unseen(("boss", &line, id), json!({ "note": "so" })).await?;
    }
    Ok(())
}
