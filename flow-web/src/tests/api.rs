//! What programs do.

use serde_json::json;

use super::office::FLOWS;
use super::{Result, Site};
use crate::routes::ALL;

#[tokio::test]
async fn a_program_does_what_people_do() -> Result {
    let site = Site::new().await?;
    let form = site.get("anna", "/api/starts/request/start").await?.json();
    assert_eq!(form["schema"]["required"], json!(["text", "colours", "names", "urgent", "value"]), "{form}");
    let id = site.request("paper").await?;
    let queue = site.get("bob", "/api/queue").await?.json();
    assert_eq!(queue["rows"][0]["id"], "1.2");
    assert_eq!(queue["rows"][0]["process_brief"], "About paper");
    assert_eq!(queue["rows"][0].get("data"), None);
    let taken = site.call("bob", "POST /api/tasks/1.2/assign", json!({})).await?;
    assert_eq!((taken.status, &taken.json()["owner"]), (200, &json!("bob")));
    let wrong = site.call("bob", "POST /api/tasks/1.2/execute", json!({ "approved": "x", "text": "y" })).await?;
    assert_eq!((wrong.status, wrong.header("content-type")), (422, "application/problem+json"));
    let fields = wrong.json()["fields"].clone();
    assert_eq!(fields[0]["field"], "approved", "{fields}");
    assert_eq!(fields[1]["kind"], "unknown", "{fields}");
    let done = site.call("bob", "POST /api/tasks/1.2/execute", json!({ "approved": true })).await?;
    assert_eq!((done.status, &done.json()["status"]), (200, &json!("DONE")));
    let late = site.call("bob", "POST /api/tasks/1.2/execute", json!({ "approved": true })).await?;
    assert_eq!((late.status, &late.json()["task_status"]), (409, &json!("DONE")));
    let process = site.get("anna", &format!("/api/processes/{id}")).await?.json();
    assert_eq!(process["values"]["approved"], true);
    assert_eq!(process["values"].get("pin"), None, "a secret");
    let history = site.get("anna", &format!("/api/processes/{id}/history")).await?.json();
    let actions: Vec<&str> =
        history["rows"].as_array().into_iter().flatten().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(actions, ["start", "assign", "execute"]);
    let explain = site.get("anna", &format!("/api/processes/{id}/explain")).await?.json();
    assert_eq!(explain["places"][0]["waits_for"], "waits for somebody to claim it");
    let why = site.get("anna", "/api/tasks/1.3/explain").await?.json();
    assert_eq!(why["in_queue"], false, "{why}");
    let said = site.call("anna", "POST /api/processes/1/comment", json!({ "text": "well" })).await?;
    assert_eq!((said.status, &said.json()["note"]), (201, &json!("well")), "{}", said.body);
    let cancel = site.call("boss", "POST /api/processes/1/cancel", json!({ "note": "enough" })).await?;
    assert_eq!((cancel.status, &cancel.json()["status"]), (200, &json!("CANCELED")));
    Ok(())
}

#[tokio::test]
async fn a_start_with_a_key_is_done_once_for_each_person() -> Result {
    let site = Site::new().await?;
    let start = async |user: &str, key: &str| {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        site.send(
            user,
            "POST /api/starts/request/start",
            &headers,
            r#"{"text":"x","value":1,"colours":[],"names":[],"urgent":false}"#,
        )
        .await
    };
    let (first, again, other) = (start("anna", "17").await?, start("anna", "17").await?, start("bob", "17").await?);
    assert_eq!((first.status, again.status, other.status), (201, 200, 201), "{}", first.body);
    assert_eq!(first.location(), "/flows/api/processes/1");
    assert_eq!((again.location(), other.location()), ("/flows/api/processes/1", "/flows/api/processes/2"));
    assert_eq!(start("anna", &"x".repeat(300)).await?.status, 422);
    assert_eq!(start("anna", "").await?.status, 422);
    Ok(())
}

#[tokio::test]
async fn a_task_that_was_changed_is_412() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let tag = site.get("bob", "/api/tasks/1.2").await?.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() == 18, "{tag}");
    let send = async |user: &str, line: &str, tag: &str, body: &str| {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        site.send(user, line, &headers, body.to_owned()).await
    };
    assert_eq!(send("bob", "POST /api/tasks/1.2/assign", "\"other\"", "{}").await?.status, 412);
    let taken = send("bob", "POST /api/tasks/1.2/assign", &tag, "{}").await?;
    assert_eq!(taken.status, 200);
    let new = taken.header("etag").to_owned();
    assert_ne!(new, tag);
    assert_eq!(send("bob", "PUT /api/tasks/1.2/draft", &tag, r#"{"approved":true}"#).await?.status, 412);
    let kept = send("bob", "PUT /api/tasks/1.2/draft", &new, r#"{"approved":true}"#).await?;
    assert_eq!(kept.status, 200, "{}", kept.body);
    assert_ne!(kept.header("etag"), new, "what is kept belongs to it");
    assert_eq!(site.get("bob", "/api/tasks/1.2/form").await?.json()["values"]["approved"], true);
    assert_eq!(send("bob", "DELETE /api/tasks/1.2/draft", "*", "").await?.status, 204);
    let done = send("bob", "POST /api/tasks/1.2/execute", &format!("\"x\", {new}"), r#"{"approved":true}"#).await?;
    assert_eq!(done.status, 200, "{}", done.body);
    Ok(())
}

#[tokio::test]
async fn bad_requests_are_problems_that_say_why() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    for (line, body, status, text) in [
        ("POST /api/starts/request/start", "{", 422, "not valid JSON"),
        ("POST /api/starts/request/start", r#"{"text":"a","text":"b","value":1}"#, 422, "text"),
        ("POST /api/starts/request/start", r#"{"text":"a","count":1e400,"value":1}"#, 422, ""),
        ("POST /api/starts/request/start", "[]", 422, ""),
        ("POST /api/tasks/1.2/assign", r#"{"note":5}"#, 422, "is not a text"),
        ("POST /api/tasks/1.2/assign", r#"{"why":"x"}"#, 422, "is not known here"),
        ("POST /api/tasks/1.2/destroy", "{}", 404, ""),
        ("POST /api/tasks/1.1/execute", "{}", 404, ""),
        ("GET /api/queue?order=owner", "", 422, "is not one of oldest"),
        ("GET /api/queue?ownr=bob", "", 422, "is not a filter of this list"),
        ("GET /api/queue?after=17", "", 422, "is not a place in a list"),
        ("GET /api/queue?size=0", "", 422, "is not a number from 1 to 200"),
        ("GET /api/processes?status=x", "", 422, "is not one of open"),
        ("GET /api/processes?after=due::1.1", "", 422, ""),
        ("GET /api/queue?flow=nothing", "", 422, "is not a flow of this app, as request, order, parcel, bill"),
        ("GET /api/processes?flow=nothing&order=text", "", 422, "is not a flow of this app"),
        ("GET /api/queue?node=aprove", "", 422, "is not a node of any flow of this app"),
        (
            "GET /api/queue?flow=request&node=pack",
            "",
            422,
            "is not a node of the flow `request`, as start, approve, note\"",
        ),
        ("GET /api/tasks?node=aprove", "", 422, "is not a node"),
        ("GET /api/errors?node=aprove", "", 422, "is not a node"),
        ("GET /api/queue?flow=order&flow=request", "", 422, "is given more than once"),
        ("GET /api/queue?owner=", "", 422, "is empty"),
        ("GET /api/queue?owner=+", "", 422, "is empty"),
        ("GET /api/queue?owner=%FF", "", 422, "is not UTF-8"),
        ("GET /api/queue?text=a%00", "", 422, "is not UTF-8"),
        ("GET /api/queue?size=201", "", 422, "is not a number from 1 to 200"),
        ("GET /api/queue?size=99999999999999999999", "", 422, "is not a number from 1 to 200"),
        ("GET /api/queue?older=-1", "", 422, "is not a number of days"),
        ("GET /api/processes?newer=2026-01-01", "", 422, "is not a number of days"),
        ("GET /api/processes?older=4294967296", "", 422, "is not a number of days"),
        ("GET /api/queue?overdue=no", "", 422, "is not yes"),
        ("GET /api/processes?order=text", "", 422, "is not oldest"),
        ("GET /api/starts?flow=request", "", 422, "is not known here"),
        ("GET /api/processes/1/tasks?status=open", "", 422, "is not known here"),
        ("POST /api/tasks/1.2/assign?dry_run=yes", "{}", 422, "is not known here"),
        ("GET /api/nothing", "", 404, ""),
    ] {
        let answer = site.send("bob", line, &[("content-type", "application/json")], body).await?;
        assert_eq!(answer.status, status, "{line} {body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{line}");
        assert!(answer.body.contains(text), "{line} {body}: {}", answer.body);
    }
    // The message names all nodes to a manager of the flow. A node that exists gives an empty list.
    let known = site.get("boss", "/api/tasks?flow=request&node=x").await?;
    assert!(known.body.contains("as start, approve, note, send, called, end"), "{}", known.body);
    for path in ["/api/queue?node=pack", "/api/queue?flow=request&node=note", "/api/processes?older=4294967295"] {
        let answer = site.get("bob", path).await?;
        assert_eq!((answer.status, &answer.json()["rows"]), (200, &json!([])), "{path}: {}", answer.body);
    }
    let deep = format!("{{\"text\":\"a\",\"value\":{}1{}}}", "[".repeat(2_000), "]".repeat(2_000));
    let answer =
        site.send("bob", "POST /api/starts/request/start", &[("content-type", "application/json")], deep).await?;
    assert_eq!(answer.status, 422, "{}", answer.body);
    Ok(())
}

#[tokio::test]
async fn the_description_names_every_route_of_the_interface() -> Result {
    let site = Site::new().await?;
    let document = site.get("guest", "/api/openapi.json").await?.json();
    assert_eq!(document["openapi"], "3.1.1");
    assert_eq!(document["servers"][0]["url"], "/flows");
    for (method, path) in ALL.iter().filter(|(_, path)| path.starts_with("/api/") && !path.ends_with("openapi.json")) {
        let paths: Vec<String> = match *path {
            "/api/starts/{flow}/{node}" => {
                vec![
                    "/api/starts/request/start".to_owned(),
                    "/api/starts/order/start".to_owned(),
                    "/api/starts/parcel/sent".to_owned(),
                    "/api/starts/bill/start".to_owned(),
                ]
            }
            path if path.contains("{verb}") => {
                let verbs: &[&str] = if path.contains("{task}") {
                    &[
                        "assign",
                        "unassign",
                        "reassign",
                        "cancel_task",
                        "end_branch",
                        "undo",
                        "revive",
                        "retry",
                        "go_back",
                        "move_retired",
                    ]
                } else {
                    &["cancel", "suspend", "resume_process"]
                };
                verbs.iter().map(|verb| path.replace("{verb}", verb)).collect()
            }
            path => vec![path.to_owned()],
        };
        for path in paths {
            let operation = &document["paths"][&path][*method];
            assert!(operation["operationId"].is_string(), "{method} {path}: {operation}");
            assert!(operation["responses"].is_object(), "{method} {path}");
        }
    }
    let form = &document["components"]["schemas"]["request.approve"];
    assert_eq!(form["required"], json!(["approved"]), "{form}");
    let body = &document["paths"]["/api/tasks/{task}/execute"]["post"]["requestBody"]["content"]["application/json"];
    let forms = ["request.approve", "request.note", "NoFields", "bill.check"];
    let forms: Vec<_> = forms.iter().map(|name| json!({ "$ref": format!("#/components/schemas/{name}") })).collect();
    assert_eq!(body["schema"]["anyOf"], json!(forms));
    // Nothing is there that is not referred to; every reference leads somewhere, and no two operations have one name.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
    for kind in ["schemas", "responses", "headers"] {
        for (name, _) in document["components"][kind].as_object().into_iter().flatten() {
            assert!(text.contains(&format!("\"#/components/{kind}/{name}\"")), "nothing refers to {name}");
        }
    }
    let mut names: Vec<&str> =
        text.split("\"operationId\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    Ok(())
}

#[tokio::test]
async fn a_message_is_received_by_one_and_with_a_key_once() -> Result {
    let site = Site::new().await?;
    let send = |user: &'static str, key: &'static str, body| {
        let site = &site;
        async move {
            let headers = [("content-type", "application/json"), ("idempotency-key", key)];
            site.send(user, "POST /api/messages/arrived", &headers[..if key.is_empty() { 1 } else { 2 }], body).await
        }
    };
    let nobody = send("bob", "evt_1", r#"{"key": "A-1", "value": 5}"#.to_owned()).await?;
    assert_eq!(nobody.status, 404, "{}", nobody.body);
    let started = site.call("anna", "POST /api/starts/parcel/sent", json!({ "number": "A-1", "weight": 0 })).await?;
    assert_eq!(started.status, 201, "{}", started.body);
    let refused = send("guest", "", r#"{"key": "A-1", "value": 5}"#.to_owned()).await?;
    assert_eq!(refused.status, 404, "nobody waits for a message of theirs: {}", refused.body);
    let wrong = send("bob", "", r#"{"key": "A-1", "value": "heavy"}"#.to_owned()).await?;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    let sent = send("bob", "evt_1", r#"{"key": "A-1", "value": 5}"#.to_owned()).await?;
    assert_eq!((sent.status, sent.json()), (200, json!({ "delivery": "delivered", "task": "1.2" })), "{}", sent.body);
    let again = send("bob", "evt_1", r#"{"key": "A-1", "value": 5}"#.to_owned()).await?;
    assert_eq!((again.status, again.json()["delivery"].as_str()), (200, Some("repeated")), "{}", again.body);
    // Kept for one that opens later.
    let kept = send("bob", "evt_2", r#"{"key": 7, "value": 6, "kept_for": 3600}"#.to_owned()).await?;
    assert_eq!((kept.status, kept.json()["delivery"].as_str()), (202, Some("kept")), "{}", kept.body);
    site.call("anna", "POST /api/starts/parcel/sent", json!({ "number": "7", "weight": 0 })).await?;
    site.db(|conn| FLOWS.run_due(conn)).await?;
    assert_eq!(site.get("anna", "/api/processes/2").await?.json()["status"], "DONE");
    for (body, status, text) in [
        ("{}", 422, "is missing"),
        (r#"{"key": ["x"]}"#, 422, "is neither a text nor a number"),
        (r#"{"key": "x", "key": "y"}"#, 422, "`key` is given more than once"),
        (r#"{"key": "x", "kept_for": -1}"#, 422, "is not a number of seconds"),
        (r#"{"key": "x", "kept_for": 1e300}"#, 422, "is not a number of seconds"),
        (r#"{"key": "x", "id": "y"}"#, 422, "is not known here"),
        (r#"{"key": "x\u0000", "value": 1}"#, 422, ""),
    ] {
        let answer = send("bob", "", body.to_owned()).await?;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(answer.body.contains(text), "{body}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn a_task_is_put_off_until_a_time() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let put_off = |until: &str| site.call("bob", "POST /api/tasks/1.2/snooze", json!({ "until": until }));
    async fn rows(site: &Site, user: &str) -> Result<Option<usize>> {
        Ok(site.get(user, "/api/queue").await?.json()["rows"].as_array().map(Vec::len))
    }
    assert_eq!(put_off("2999-01-01T08:00:00Z").await?.status, 204);
    assert_eq!((rows(&site, "bob").await?, rows(&site, "bill").await?), (Some(0), Some(1)));
    assert_eq!(put_off("2020-01-01T08:00:00Z").await?.status, 204);
    assert_eq!(rows(&site, "bob").await?, Some(1), "a time that has passed shows it again");
    assert_eq!(put_off("tomorrow").await?.status, 422);
    let answer = site.call("anna", "POST /api/tasks/1.2/snooze", json!({ "until": "2999-01-01T08:00:00Z" })).await?;
    assert_eq!(answer.status, 403, "she sees it, and it is not hers to do: {}", answer.body);
    Ok(())
}

#[tokio::test]
async fn what_has_no_tag_is_not_compared_with_one() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    let comment = format!("POST /api/processes/{id}/comment");
    for (line, body, tag, status) in [
        ("POST /api/processes/1/suspend", "{}", "\"0123456789abcdef\"", 412),
        ("POST /api/processes/1/suspend", "{}", "*, \"x\"", 412),
        ("POST /api/processes/1/suspend", "{}", "*", 200),
        ("POST /api/processes/9/suspend", "{}", "*", 404),
        (&comment, r#"{"text":"x"}"#, "\"x\"", 412),
        (&comment, r#"{"text":"x"}"#, "*", 201),
        ("POST /api/starts/request/start", "{}", "*", 412),
        ("POST /api/messages/arrived", r#"{"key":"x"}"#, "*", 412),
    ] {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        let answer = site.send("boss", line, &headers, body).await?;
        assert_eq!(answer.status, status, "{line} {tag}: {}", answer.body);
        assert!(status != 412 || answer.body.contains("has no tag"), "{line} {tag}: {}", answer.body);
    }
    assert_eq!(site.get("boss", "/api/processes").await?.json()["rows"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_task_is_put_off_only_as_it_was_seen() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let put_off = async |tag: &str| {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        site.send("bob", "POST /api/tasks/1.2/snooze", &headers, r#"{"until":"2999-01-01T08:00:00Z"}"#).await
    };
    let seen = site.get("bob", "/api/tasks/1.2").await?.header("etag").to_owned();
    site.call("bob", "POST /api/tasks/1.2/assign", json!({})).await?;
    assert_eq!(put_off(&seen).await?.status, 412);
    assert_eq!(site.get("bob", "/api/inbox").await?.json()["rows"].as_array().map(Vec::len), Some(1));
    let seen = site.get("bob", "/api/tasks/1.2").await?.header("etag").to_owned();
    assert_eq!(put_off(&seen).await?.status, 204);
    assert_eq!(site.get("bob", "/api/inbox").await?.json()["rows"], json!([]));
    Ok(())
}

#[tokio::test]
async fn the_key_of_a_start_is_shown_to_nobody() -> Result {
    let site = Site::new().await?;
    let headers = [("content-type", "application/json"), ("idempotency-key", "secret-17")];
    let body = r#"{"text":"x","value":1,"colours":[],"names":[],"urgent":false}"#;
    let started = site.send("anna", "POST /api/starts/request/start", &headers, body).await?;
    let read = site.get("boss", "/api/processes/1").await?;
    let listed = site.get("boss", "/api/processes").await?;
    for answer in [started, read, listed] {
        assert!(answer.status < 300, "{}", answer.body);
        assert!(!answer.body.contains("secret-17") && !answer.body.contains("start_key"), "{}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn how_programs_sign_in_is_described_by_the_app() -> Result {
    let plain = Site::new().await?.get("guest", "/api/openapi.json").await?.json();
    assert_eq!(plain.get("security"), None);
    assert!(plain["info"]["description"].as_str().is_some_and(|text| text.contains("the app decides")), "{plain}");
    let scheme = json!({ "type": "http", "scheme": "bearer" });
    let site = Site::with(|web| web.security_scheme("token", scheme.clone())).await?;
    let document = site.get("guest", "/api/openapi.json").await?.json();
    assert_eq!(document["security"], json!([{ "token": [] }]));
    assert_eq!(document["components"]["securitySchemes"]["token"], scheme);
    Ok(())
}

#[tokio::test]
async fn whom_the_app_does_not_let_in_gets_a_page_or_a_problem() -> Result {
    let site = Site::new().await?;
    let html = [("accept", "text/html")];
    let page = site.send("browser", "GET /queue", &html, "").await?;
    assert_eq!((page.status, page.location()), (303, "/sign-in"), "people are led to where they sign in");
    for (user, status, header) in
        [("browser", 401, "location"), ("banned", 403, "set-cookie"), ("", 401, "www-authenticate")]
    {
        for path in ["/api", "/api/queue", "/api/nothing"] {
            let refused = site.send(user, &format!("GET {path}"), &html, "").await?;
            assert_eq!(
                (refused.status, refused.header("content-type")),
                (status, "application/problem+json"),
                "{path}"
            );
            assert_eq!(refused.json()["status"], status, "{path}");
            assert_eq!(refused.header(header).is_empty(), user == "browser", "{path}: {header}");
        }
    }
    Ok(())
}
