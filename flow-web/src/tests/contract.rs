//! What is returned is what the document describes: each status, its type, its headers, its body.

mod checker;
mod flows;

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use flow_core::prelude::*;
use serde_json::{Value, json};

use super::Result;
use checker::{Contract, OLD};
use flows::{FLOWS, before};

/// Statuses of operations that no request of this test gets. Who has completed a task, or given it its input, sees it ever after, unless a rule of the flow says otherwise.
const NOT_SEEN: &[(&str, &str)] = &[("execute", "204"), ("run", "204")];

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
        .filter(|(_, status)| !["408", "500", "503", "default"].contains(&status.as_str()))
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
