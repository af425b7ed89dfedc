//! What nobody may see or do, and what every response has.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{Result, Site};
use crate::routes::ALL;

/// Each route with the names of a process and a task of it that there are, with each verb.
fn addresses(process: i64) -> Vec<(&'static str, String)> {
    let of_tasks = [
        "unassign",
        "reassign",
        "cancel_task",
        "end_branch",
        "undo",
        "revive",
        "retry",
        "go_back",
        "move_retired",
        "assign",
    ];
    let of_processes = ["cancel", "suspend", "resume_process"];
    let mut all = Vec::new();
    for (method, path) in ALL {
        let verbs: &[&str] = match path.contains("{verb}") {
            true if path.contains("{task}") => &of_tasks,
            true => &of_processes,
            false => &[""],
        };
        for verb in verbs {
            let path = path.replace("{verb}", verb).replace("{process}", &process.to_string());
            let path = path.replace("{task}", &format!("{process}.2"));
            let path = path.replace("{flow}", "request").replace("{node}", "start");
            all.push((*method, path.replace("{name}", "arrived")));
        }
    }
    all
}

async fn ask(site: &Site, user: &str, method: &str, path: &str) -> Result<super::Answer> {
    let line = format!("{} {path}", method.to_uppercase());
    if path.starts_with("/api") {
        let body = if method == "get" { String::new() } else { "{}".to_owned() };
        return site.send(user, &line, &[("content-type", "application/json")], body).await;
    }
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    site.send(user, &line, &headers, String::new()).await
}

#[tokio::test]
async fn without_a_user_every_address_is_401() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    let before = site.rows().await?;
    for (method, path) in addresses(id) {
        for user in ["", "mallory"] {
            let answer = ask(&site, user, method, &path).await?;
            let nothing = if path.starts_with("/api/") {
                r#"{"status":401,"title":"It is not known who you are","type":"about:blank"}"#
            } else {
                ""
            };
            assert_eq!((answer.status, answer.body.as_str()), (401, nothing), "{method} {path}");
        }
    }
    assert_eq!(site.get("", "/no/such/address").await?.status, 401);
    assert_eq!(site.rows().await?, before);
    Ok(())
}

/// What is shown to everybody: their own lists, and what can be started.
const OWN: &[&str] = &[
    "/",
    "/queue",
    "/archive",
    "/requests",
    "/processes",
    "/inbox.csv",
    "/queue.csv",
    "/archive.csv",
    "/processes.csv",
    "/start",
    "/api/openapi.json",
    "/api/inbox",
    "/api/queue",
    "/api/archive",
    "/api/errors",
    "/api/tasks",
    "/api/processes",
    "/api/starts",
];

#[tokio::test]
async fn strangers_and_managers_of_other_flows_find_nothing() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    let before = site.rows().await?;
    let nothing = site.get("guest", "/no/such/address").await?;
    for (method, path) in addresses(id) {
        for user in ["guest", "head"] {
            let answer = ask(&site, user, method, &path).await?;
            if OWN.contains(&path.as_str()) {
                assert_eq!(answer.status, 200, "{user} {method} {path}");
                assert!(!answer.body.contains("paper") && !answer.body.contains(&format!("{id}.2")), "{user} {path}");
            } else if path.contains("/start/") || path.contains("/starts/") {
                // The start is of another flow, and not of this person's rights: it is said why not.
                let expected = match (user, method) {
                    ("guest", "get") => 403,
                    ("guest", _) => {
                        if path.starts_with("/api") {
                            403
                        } else {
                            400
                        }
                    }
                    (_, "get") => 200,
                    _ => {
                        if path.starts_with("/api") {
                            422
                        } else {
                            400
                        }
                    }
                };
                assert_eq!(answer.status, expected, "{user} {method} {path}: {}", answer.body);
            } else if ["/errors", "/errors/retry", "/work", "/tasks", "/flows", "/workload"].contains(&path.as_str())
                && user == "head"
            {
                assert_eq!(answer.status, 200, "{path}");
                assert!(!answer.body.contains("paper"), "{path}");
            } else if path == "/bulk" || path.starts_with("/api/messages/") {
                assert_eq!(answer.status, 422, "{}", answer.body);
            } else {
                assert_eq!(answer.status, 404, "{user} {method} {path}: {}", answer.body);
                if user == "guest" && !path.starts_with("/api") && method == "get" {
                    assert_eq!(answer.body, nothing.body, "{path}");
                }
            }
        }
    }
    assert_eq!(site.rows().await?, before);
    Ok(())
}

#[tokio::test]
async fn who_may_see_and_not_do_is_refused() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    let before = site.rows().await?;
    // anna has started it: she sees it, and may do nothing with it.
    for (method, path) in addresses(id).into_iter().filter(|(method, _)| *method != "get") {
        if path.contains("/start") || path == "/bulk" || path.ends_with("/comment") || path.ends_with("/draft") {
            continue;
        }
        let answer = ask(&site, "anna", method, &path).await?;
        let refused = matches!(answer.status, 403 | 404 | 409 | 422);
        assert!(refused, "{method} {path}: {} {}", answer.status, answer.body);
    }
    assert_eq!(site.call("anna", &format!("PUT /api/tasks/{id}.2/draft"), serde_json::json!({})).await?.status, 403);
    for verb in ["cancel", "suspend"] {
        let page = site.get("anna", &format!("/processes/{id}/{verb}")).await?;
        assert_eq!(page.status, 403, "{verb}");
    }
    let page = site.post("anna", "/bulk", &format!("flow.do=cancel&flow.sure=yes&flow.id={id}")).await?;
    assert!(page.body.contains("1 of 1 rows could not be done."), "{}", page.body);
    assert_eq!(site.rows().await?, before);
    Ok(())
}

#[tokio::test]
async fn what_one_may_not_see_looks_as_what_does_not_exist() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    for (there, not_there) in [
        (format!("/tasks/{id}.2"), "/tasks/99.2".to_owned()),
        (format!("/tasks/{id}.2/cancel_task"), format!("/tasks/{id}.77/cancel_task")),
        (format!("/processes/{id}"), "/processes/99".to_owned()),
        (format!("/processes/{id}/diagram.svg"), "/processes/99/diagram.svg".to_owned()),
        (format!("/api/tasks/{id}.2"), "/api/tasks/99.2".to_owned()),
        (format!("/api/processes/{id}/history"), "/api/processes/99/history".to_owned()),
    ] {
        let (a, b) = (site.get("head", &there).await?, site.get("head", &not_there).await?);
        assert_eq!((a.status, b.status), (404, 404), "{there}");
        assert_eq!(a.body, b.body, "{there}");
    }
    // And each thing has one address.
    for path in [
        "/tasks/01.2",
        "/tasks/1.02",
        "/tasks/1",
        "/tasks/1.2.3",
        "/tasks/-1.2",
        "/tasks/1.2%00",
        "/tasks/%2e%2e",
        "/tasks/9223372036854775808.1",
        "/tasks/1.9223372036854775808",
        "/processes/0",
        "/processes/-1",
        "/processes/01",
        "/processes/+1",
        "/processes/9223372036854775808",
        "/processes/1%00",
        "/processes/%ff",
        "/tasks/1.2/start",
        "/tasks/1.2/fail",
        "/processes/1/denied",
        "/start/request/end",
        "/start/request/approve",
        "/start/nothing/start",
    ] {
        assert_eq!(site.get("boss", path).await?.status, 404, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn what_another_site_sends_is_refused() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    let before = site.rows().await?;
    let form = "application/x-www-form-urlencoded";
    for headers in [
        &[("content-type", form)][..],
        &[("content-type", form), ("origin", "null")][..],
        &[("content-type", form), ("origin", "https://evil.example"), ("host", "flow.example")][..],
        &[("content-type", form), ("sec-fetch-site", "cross-site")][..],
        &[("content-type", form), ("sec-fetch-site", "same-site")][..],
        &[("content-type", "text/plain"), ("sec-fetch-site", "cross-site")][..],
        &[("content-type", "application/json"), ("sec-fetch-site", "cross-site")][..],
    ] {
        for path in [format!("/tasks/{id}.2/assign"), format!("/api/tasks/{id}.2/assign")] {
            let answer = site.send("bob", &format!("POST {path}"), headers, String::new()).await?;
            assert_eq!(answer.status, 403, "{headers:?} {path}");
        }
    }
    assert_eq!(site.rows().await?, before);
    let headers = [("content-type", form), ("origin", "https://flow.example"), ("host", "flow.example")];
    let answer = site.send("bob", &format!("POST /tasks/{id}.2/assign"), &headers, String::new()).await?;
    assert_eq!(answer.status, 303);
    Ok(())
}

#[tokio::test]
async fn a_get_changes_nothing() -> Result {
    let site = Site::new().await?;
    let id = site.failed("paper").await?;
    let before = site.rows().await?;
    for (_, path) in addresses(id).into_iter().filter(|(method, _)| *method == "get") {
        for user in ["anna", "bob", "boss"] {
            ask(&site, user, "get", &path).await?;
        }
    }
    assert_eq!(site.rows().await?, before);
    Ok(())
}

#[tokio::test]
async fn a_secret_is_on_no_page() -> Result {
    let site = Site::new().await?;
    let id = site.failed("paper").await?;
    for (_, path) in addresses(id).into_iter().filter(|(method, _)| *method == "get") {
        for path in [path.clone(), path.replace(".2", ".1"), path.replace(".2", ".4")] {
            for user in ["anna", "bob", "boss"] {
                let answer = ask(&site, user, "get", &path).await?;
                assert!(!answer.body.contains("hunter2"), "{user} {path}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn hostile_texts_are_shown_as_texts() -> Result {
    let site = Site::new().await?;
    let hostile = "<script>alert(1)</script>\"'{{7*7}}{% x %}";
    let id = site.failed(hostile).await?;
    site.post("anna", &format!("/processes/{id}/comment"), "flow.comment=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E").await?;
    for (_, path) in addresses(id).into_iter().filter(|(method, _)| *method == "get") {
        if path.starts_with("/api/") && !path.ends_with(".svg") || path.ends_with(".csv") {
            continue;
        }
        for path in [path.clone(), format!("{path}?text=%3Cscript%3E&search=%3Cscript%3E&done=%3Cscript%3E:1")] {
            for user in ["anna", "bob", "boss"] {
                let answer = ask(&site, user, "get", &path).await?;
                for raw in ["<script>", "<img", "<i>it", "<b>", "<line>", "<Berg>"] {
                    assert!(!answer.body.contains(raw), "{user} {path}: {raw}\n{}", answer.body);
                }
            }
        }
    }
    let page = site.get("boss", &format!("/processes/{id}")).await?;
    assert!(page.body.contains("{{7*7}}{% x %}"), "a text is no template: {}", page.body);
    assert!(page.body.contains("Anna &lt;Berg&gt;") && page.body.contains("&lt;img src=x"), "{}", page.body);
    Ok(())
}

#[tokio::test]
async fn an_address_leads_nowhere_else() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    for path in [
        "/?done=execute:https://evil.example",
        "/?done=%0d%0aset-cookie:x=1:1",
        "/?after=//evil.example",
        "/?done=start:1%22%3E%3Ca%20href=//evil.example",
        "/processes/1?back=https://evil.example",
        "/queue?order=owner;drop&after=-1&flow=nothing",
        "/processes?status=x&after=99999999999999999999",
    ] {
        let answer = site.get("bob", path).await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let links: Vec<&str> = answer.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for link in links {
            let local = link.starts_with('?') || link.starts_with('#') || link.starts_with("/flows");
            assert!(local && !link.starts_with("//"), "{path}: {link}");
        }
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
    }
    let answer = site.post("bob", "/tasks/1.2/assign?done=%0d%0aset-cookie:%20x=1", "flow.back=//evil.example").await?;
    assert_eq!(answer.location(), "/flows/tasks/1.2?done=assign:1.2");
    Ok(())
}

#[tokio::test]
async fn what_is_too_large_or_no_form_is_refused() -> Result {
    let site = Site::with(|web| web.body_limit(10_000)).await?;
    let id = site.request("paper").await?;
    let before = site.rows().await?;
    let large = format!("approved=true&x={}", "y".repeat(20_000));
    assert_eq!(site.post("bob", &format!("/tasks/{id}.2"), &large).await?.status, 413);
    let large = serde_json::json!({ "text": "y".repeat(20_000) });
    assert_eq!(site.call("bob", "POST /api/starts/request/start", large).await?.status, 413);
    let many = "a=&".repeat(3_000);
    assert_eq!(site.post("bob", &format!("/tasks/{id}.2"), &many).await?.status, 413);
    let headers = [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "same-origin")];
    let answer = site.send("bob", &format!("POST /tasks/{id}.2"), &headers, "--x--").await?;
    assert_eq!(answer.status, 415);
    let ids: String = (0..300).map(|number| format!("&flow.id={number}.1")).collect();
    assert_eq!(site.post("boss", "/bulk", &format!("flow.do=retry{ids}")).await?.status, 422);
    assert_eq!(site.rows().await?, before);
    Ok(())
}

#[tokio::test]
async fn every_response_has_its_headers() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    for (method, path) in addresses(id) {
        for user in ["", "guest", "boss"] {
            let answer = ask(&site, user, method, &path).await?;
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert_eq!(policy.contains("unsafe-inline"), answer.header("content-type") == "image/svg+xml", "{path}");
            assert!(policy.contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
            let is_page = answer.header("content-type").starts_with("text/html");
            for inline in ["<style", " style=", " onclick", "javascript:"] {
                assert!(!is_page || !answer.body.contains(inline), "{path}: {inline}");
            }
            assert!(!is_page || answer.body.matches("<h1").count() == 1, "{path}");
        }
    }
    let style = site.get("", crate::style_path()).await?;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(style.header("cache-control").contains("immutable"));
    assert_eq!(site.get("", "/assets/other.css").await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn more_requests_than_can_be_served_are_refused_at_once() -> Result {
    let site = Arc::new(Site::with(|web| web.most_requests(3)).await?);
    let connections = [site.connection().await?, site.connection().await?];
    // There is no connection for them, so they wait.
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let site = Arc::clone(&site);
            tokio::spawn(async move {
                site.get("bob", "/queue").await.map(|page| page.status).map_err(|error| error.to_string())
            })
        })
        .collect();
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    for (path, kind) in [("/queue", "text/plain; charset=utf-8"), ("/api/queue", "application/problem+json")] {
        let refused = site.get("bob", path).await?;
        assert_eq!((refused.status, refused.header("retry-after"), refused.header("content-type")), (503, "2", kind));
        assert_eq!(refused.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(site.get("", crate::style_path()).await?.status, 200, "what needs no database is served");
    drop(connections);
    for page in waiting {
        assert_eq!(page.await?, Ok(200));
    }
    assert_eq!(site.get("bob", "/queue").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_method_that_is_not_there_is_405_and_a_broken_database_503() -> Result {
    let site = Site::new().await?;
    let answer = site.call("bob", "DELETE /api/inbox", serde_json::json!({})).await?;
    assert_eq!((answer.status, answer.header("content-type")), (405, "application/problem+json"));
    assert_eq!(answer.header("allow"), "GET,HEAD");
    site.db(|conn| {
        use diesel::RunQueryDsl as _;
        Ok(diesel::sql_query("alter table flow_task rename to gone").execute(conn)?)
    })
    .await?;
    let page = site.get("bob", "/queue").await?;
    assert_eq!(page.status, 503);
    assert!(page.body.contains("The database cannot be reached") && !page.body.contains("flow_task"), "{}", page.body);
    let problem = site.get("bob", "/api/queue").await?;
    assert_eq!(problem.status, 503);
    assert!(!problem.body.contains("flow_task") && problem.body.contains("urn:uuid:"), "{}", problem.body);
    assert_eq!((page.header("retry-after"), problem.header("retry-after")), ("2", "2"));
    Ok(())
}

/// A body that never ends and never comes.
struct Slow;

impl axum::body::HttpBody for Slow {
    type Data = axum::body::Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<http_body::Frame<Self::Data>, Infallible>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_slow_body_takes_no_place_and_a_large_one_is_refused_before_it_comes() -> Result {
    let site = Arc::new(Site::with(|web| web.most_requests(2)).await?);
    let slow: Vec<_> = (0..5)
        .map(|_| {
            let site = Arc::clone(&site);
            tokio::spawn(async move {
                let headers = [("content-type", "application/json")];
                let body = axum::body::Body::new(Slow);
                site.send("guest", "POST /api/starts/request/start", &headers, body)
                    .await
                    .map(|answer| answer.status)
                    .ok()
            })
        })
        .collect();
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    for _ in 0..3 {
        assert_eq!(site.get("bob", "/queue").await?.status, 200, "others are served");
    }
    assert!(slow.iter().all(|slow| !slow.is_finished()));
    let headers = [("content-type", "application/json"), ("content-length", "99999999999")];
    let large = site.send("anna", "POST /api/starts/request/start", &headers, axum::body::Body::new(Slow)).await?;
    assert_eq!(large.status, 413, "{}", large.body);
    for slow in slow {
        slow.abort();
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_in_time_is_408() -> Result {
    let site = Site::new().await?;
    let headers = [("content-type", "application/json")];
    let late = site.send("anna", "POST /api/starts/request/start", &headers, axum::body::Body::new(Slow)).await?;
    assert_eq!((late.status, late.header("content-type")), (408, "application/problem+json"));
    Ok(())
}
