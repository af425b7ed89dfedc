//! Bad inputs, by their numbers in the list of reliability.md 4.2, as far as pages and REST are concerned. Where another
//! test has the case it is named.
//!
//! | | |
//! |---|---|
//! | B2, B3, B4 | a task and a process have one address, without a flow or node: `what_one_may_not_see_looks_as_..`, below |
//! | B6 | `without_a_user_every_address_is_401`, over the table of routes |
//! | B7 | `what_is_no_field_of_the_form_is_refused` |
//! | B10 | `hostile_texts_are_shown_as_texts` |
//! | B17 | `what_is_too_large_or_no_form_is_refused` |
//! | B18, B19 | no address takes a path of a document: filters are columns. `filters.rs` has those of the typed queries |
//! | B21 | `what_one_may_not_see_looks_as_what_does_not_exist` |
//! | B24 | cron and durations: `flow-core/src/event/schedule.rs`, and below |
//! | B25 | `what_another_site_sends_is_refused` |
//! | B26 | `an_address_leads_nowhere_else` |
//! | B27 | sessions are the app's: `examples/office`, and `walk.js` signs out |
//! | B31 | 3,000 groups and a long name: `who.rs`, and below |
//! | B32 | there are no tenants: who sees what is `visible_to` |
//! | B33 | `#[flow]` on odd items: `tests/tests/ui.rs` |

use serde_json::{Value, json};

use super::office::FLOWS;
use super::{Result, Site};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn b1_to_b4_a_task_is_reached_by_no_other_address() -> Result {
    let site = Site::new().await?;
    site.request("a").await?;
    site.call("anna", "POST /api/starts/order/start", json!({})).await?;
    let before = site.rows().await?;
    for path in ["/tasks/2.2", "/tasks/1.9", "/tasks/99.2"] {
        // bob may do the second task of the first process, and none of these.
        assert_eq!(site.post("bob", path, "approved=true").await?.status, 404, "{path}");
    }
    // The head of orders manages no requests, whatever the address.
    for path in ["/processes/1/cancel", "/processes/1/suspend", "/tasks/1.2/cancel_task"] {
        assert_eq!(site.post("head", path, "").await?.status, 404, "{path}");
        assert_eq!(site.call("head", &format!("POST /api{path}"), json!({})).await?.status, 404, "{path}");
    }
    assert_eq!(site.rows().await?, before);
    Ok(())
}

#[tokio::test]
async fn b5_of_many_ids_those_that_one_may_not_see_are_not_found_row_by_row() -> Result {
    let site = Site::new().await?;
    let (a, b) = (site.request("a").await?, site.request("b").await?);
    let page = site.post("bob", "/bulk", &format!("flow.do=assign&flow.id={a}.2&flow.id=77.2&flow.id={b}.4")).await?;
    assert!(page.body.contains("2 of 3 rows could not be done."), "{}", page.body);
    let page = site.post("head", "/bulk", &format!("flow.do=cancel_task&flow.sure=yes&flow.id={b}.2")).await?;
    assert!(page.body.contains("There is nothing here") && !page.body.contains("Approve"), "{}", page.body);
    let all = "flow.all=retry&flow.of=77.4&flow.of=x&flow.of=-1.2";
    let page = site.post("boss", "/bulk", all).await?;
    assert!(page.body.contains("3 of 3 rows could not be done."), "{}", page.body);
    Ok(())
}

#[tokio::test]
async fn b8_a_field_of_another_node_is_refused_in_json() -> Result {
    let site = Site::new().await?;
    site.request("a").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let sent = json!({ "approved": true, "broken": true });
    let answer = site.call("bob", "POST /api/tasks/1.2/execute", sent.clone()).await?;
    assert_eq!((answer.status, &answer.json()["fields"][0]["field"]), (422, &json!("broken")), "{}", answer.body);
    assert_eq!(site.call("bob", "PUT /api/tasks/1.2/draft", sent).await?.status, 422);
    Ok(())
}

/// Every verb of every task and process, for each role: the page that asks, the page that does and REST agree, before
/// and after.
#[tokio::test]
async fn b9_pages_and_rest_agree_on_who_may() -> Result {
    let site = Site::new().await?;
    let id = site.failed("a").await?;
    site.request("b").await?;
    let task_verbs = ["unassign", "reassign", "cancel_task", "end_branch", "undo", "revive", "retry", "go_back"];
    for user in ["anna", "bob", "bill", "boss", "head", "guest"] {
        for task in ["1.1", "1.2", "1.3", "1.4", "2.2"] {
            let seen = site.get(user, &format!("/api/tasks/{task}")).await?;
            let page = site.get(user, &format!("/tasks/{task}")).await?;
            assert_eq!(seen.status, page.status, "{user} {task}");
            for verb in task_verbs {
                let known = seen.json()["available"].as_array().cloned().unwrap_or_default();
                let allowed = known.iter().any(|known| known["verb"] == verb && known["allowed"] == true);
                let asks = site.get(user, &format!("/tasks/{task}/{verb}")).await?;
                assert_eq!(asks.status == 200, allowed, "{user} {verb} {task}: {} {known:?}", asks.status);
                assert_eq!(
                    page.body.contains(&format!("/flows/tasks/{task}/{verb}\"")),
                    allowed,
                    "{user} {verb} {task}"
                );
                if !allowed {
                    let before = site.rows().await?;
                    let sent = site.post(user, &format!("/tasks/{task}/{verb}"), "flow.to=bill").await?.status;
                    let body = if verb == "reassign" { json!({ "to": "bill" }) } else { json!({}) };
                    let called = site.call(user, &format!("POST /api/tasks/{task}/{verb}"), body).await?.status;
                    assert_eq!(sent, called, "{user} {verb} {task}");
                    assert!(matches!(sent, 403 | 404 | 409), "{user} {verb} {task}: {sent}");
                    assert_eq!(site.rows().await?, before, "{user} {verb} {task}");
                }
            }
        }
        for verb in ["cancel", "suspend", "resume_process"] {
            let seen = site.get(user, &format!("/api/processes/{id}")).await?;
            let known = seen.json()["available"].as_array().cloned().unwrap_or_default();
            let allowed = known.iter().any(|known| known["verb"] == verb && known["allowed"] == true);
            let asks = site.get(user, &format!("/processes/{id}/{verb}")).await?;
            assert_eq!(asks.status == 200, allowed, "{user} {verb}");
            if !allowed {
                let sent = site.post(user, &format!("/processes/{id}/{verb}"), "").await?.status;
                let called = site.call(user, &format!("POST /api/processes/{id}/{verb}"), json!({})).await?.status;
                assert_eq!(sent, called, "{user} {verb}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn b11_to_b13_hostile_characters_are_refused_or_shown_safely() -> Result {
    let site = Site::new().await?;
    let svg = "</text><script>alert(1)</script>]]>";
    let id = site.request(svg).await?;
    let picture = site.get("boss", &format!("/processes/{id}/diagram.svg")).await?;
    assert!(!picture.body.contains("<script"), "{}", picture.body);
    assert!(picture.header("content-security-policy").contains("sandbox"));
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    let start = |text: String| {
        let site = &site;
        async move {
            let body = json!({ "text": text, "value": 1, "colours": [], "names": [], "urgent": false });
            site.call("anna", "POST /api/starts/request/start", body).await
        }
    };
    assert_eq!(start("a\u{0}b".to_owned()).await?.status, 422, "NUL");
    for odd in ["\u{202e}gnirts", "a\u{7}\u{1b}[31mb", "e\u{301}\u{301}\u{301}", "\u{fffe}"] {
        let answer = start(odd.to_owned()).await?;
        assert!(matches!(answer.status, 201 | 422), "{odd:?}: {}", answer.body);
        if answer.status == 201 {
            let path = format!("/processes/{}", answer.json()["id"]);
            assert_eq!(site.get("anna", &path).await?.status, 200, "{odd:?}");
        }
    }
    let surrogate = r#"{"text": "\ud800", "value": 1, "colours": [], "names": [], "urgent": false}"#;
    assert_eq!(site.send("anna", "POST /api/starts/request/start", &[JSON], surrogate).await?.status, 422);
    assert_eq!(start("\u{301}".repeat(500_000)).await?.status, 422, "longer than the field");
    Ok(())
}

#[tokio::test]
async fn b14_to_b16_json_that_readers_understand_differently_is_refused() -> Result {
    let site = Site::new().await?;
    let site = &site;
    let start = |value: String| async move {
        let body = format!(r#"{{"text":"a","colours":[],"names":[],"urgent":false,"value":{value}}}"#);
        site.send("anna", "POST /api/starts/request/start", &[JSON], body).await.map(|answer| answer.status)
    };
    for depth in [200, 2_001, 100_000] {
        assert_eq!(start(format!("{}1{}", "[".repeat(depth), "]".repeat(depth))).await?, 422, "{depth} deep");
    }
    assert_eq!(start("1e400".to_owned()).await?, 422);
    assert_eq!(start("NaN".to_owned()).await?, 422);
    for body in [r#"{"note":"a","note":"b"}"#, r#"{"note":NaN}"#, "{", "null", "\"x\""] {
        let answer = site.send("boss", "POST /api/processes/1/cancel", &[JSON], body).await?;
        assert!(matches!(answer.status, 404 | 422), "{body}: {}", answer.body);
    }
    for count in ["1e400", "123456789012345678901234567890", "1.5", "\"NaN\""] {
        let body = format!(r#"{{"text":"a","colours":[],"names":[],"urgent":false,"value":1,"count":{count}}}"#);
        assert_eq!(site.send("anna", "POST /api/starts/request/start", &[JSON], body).await?.status, 422, "{count}");
    }
    let twice = r#"{"text":"a","text":"b","colours":[],"names":[],"urgent":false,"value":1}"#;
    assert_eq!(site.send("anna", "POST /api/starts/request/start", &[JSON], twice).await?.status, 422);
    assert_eq!(site.db(|conn| FLOWS.find_processes().count(conn, 10)).await?, 0);
    Ok(())
}

#[tokio::test]
async fn b20_an_unknown_order_or_place_is_no_error_of_the_server() -> Result {
    let site = Site::new().await?;
    site.request("a").await?;
    let odd = [
        "?order=owner;drop",
        "?after=-1",
        "?after=99999999999",
        "?size=-1",
        "?page=99999999999",
        "?older=-1",
        "?older=99999999999999",
        "?newer=x",
        "?overdue=1",
        "?flow=",
        "?text=%00",
        "?text=%25%25_%5C",
        "?after=oldest:9223372036854775807.2147483647",
        "?after=due:9223372036854775807:1.1",
        "?node=x&owner=%00",
        "?started_by=%00",
        "?reference=%00",
    ];
    for query in odd {
        for path in
            ["/", "/queue", "/archive", "/processes", "/requests", "/tasks", "/errors", "/processes.csv", "/queue.csv"]
        {
            let answer = site.get("boss", &format!("{path}{query}")).await?;
            assert!(answer.status < 500, "{path}{query}: {} {}", answer.status, answer.body);
        }
        for path in ["/api/inbox", "/api/queue", "/api/tasks", "/api/errors", "/api/processes"] {
            let answer = site.get("boss", &format!("{path}{query}")).await?;
            assert!(matches!(answer.status, 200 | 404 | 422), "{path}{query}: {} {}", answer.status, answer.body);
        }
    }
    Ok(())
}

#[tokio::test]
async fn b22_what_is_sent_again_has_one_effect() -> Result {
    let site = Site::new().await?;
    site.request("a").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    assert_eq!(site.post("bob", "/tasks/1.2", "approved=true").await?.status, 303);
    let before = site.rows().await?;
    for _ in 0..100 {
        assert_eq!(site.post("bob", "/tasks/1.2", "approved=false").await?.status, 409);
    }
    let headers = [JSON, ("idempotency-key", "k")];
    let body = json!({ "text": "a", "value": 1, "colours": [], "names": [], "urgent": false }).to_string();
    let mut ids = Vec::new();
    for _ in 0..20 {
        let sent = site.send("anna", "POST /api/starts/request/start", &headers, body.clone()).await?;
        ids.push(sent.json()["id"].clone());
    }
    ids.dedup();
    assert_eq!(ids, [json!(2)]);
    assert!(site.rows().await?.contains(before.lines().next().unwrap_or_default()));
    Ok(())
}

#[tokio::test]
async fn b15_a_name_that_is_given_twice_is_refused_at_any_depth() -> Result {
    let site = Site::new().await?;
    let start = "POST /api/starts/request/start";
    let of = |value: &str| format!("{{\"text\":\"a\",\"colours\":[],\"names\":[],\"urgent\":false,\"value\":{value}}}");
    for value in ["{\"a\":1,\"a\":2}", "[{\"b\":{\"a\":1,\"\\u0061\":1}}]", "1,\"value\":2"] {
        let answer = site.send("anna", start, &[JSON, ("idempotency-key", "k")], of(value)).await?;
        assert_eq!(answer.status, 422, "{value}: {}", answer.body);
        assert!(answer.body.contains("more than once") && answer.body.contains("value"), "{value}: {}", answer.body);
    }
    let form = "text=a&value=%7B%22a%22%3A1%2C%22a%22%3A2%7D";
    let page = site.get("anna", "/start/request/start").await?;
    let once = page.body.split("name=\"flow.once\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let form = format!("{form}&flow.once={}", once.unwrap_or_default());
    let answer = site.post("anna", "/start/request/start", &form).await?;
    assert!(answer.status == 422 && answer.body.contains("more than once"), "{} {}", answer.status, answer.body);
    let message = "{\"key\":\"k\",\"value\":{\"a\":1,\"a\":2}}";
    let answer = site.send("boss", "POST /api/messages/paid", &[JSON], message).await?;
    assert!(answer.status == 422 && answer.body.contains("more than once"), "{} {}", answer.status, answer.body);
    assert_eq!(site.db(|conn| FLOWS.find_processes().count(conn, 10)).await?, 0);
    let answer = site.send("anna", start, &[JSON, ("idempotency-key", "k")], of("{\"a\":1,\"b\":{\"a\":2}}")).await?;
    assert!(answer.status < 300, "{}", answer.body);
    Ok(())
}

#[tokio::test]
async fn b24_a_time_far_away_is_bounded() -> Result {
    let site = Site::new().await?;
    site.request("a").await?;
    for until in ["9999-12-31T23:59:59Z", "-9999-01-01T00:00:00Z", "99999-01-01T00:00:00Z", "P9999999Y"] {
        let answer = site.call("bob", "POST /api/tasks/1.2/snooze", json!({ "until": until })).await?;
        assert!(matches!(answer.status, 204 | 422), "{until}: {} {}", answer.status, answer.body);
        let form = format!("flow.until={until}");
        let page = site.post("bob", "/tasks/1.2/snooze", &form).await?;
        assert!(matches!(page.status, 303 | 422), "{until}: {}", page.status);
    }
    Ok(())
}

#[tokio::test]
async fn b28_tasks_of_somebody_who_has_left_are_shown_and_given_away() -> Result {
    let site = Site::new().await?;
    site.request("a").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    // Of the engine an owner is an id: this one is of nobody whom the app knows.
    let give = |conn: &mut super::office::Db| {
        let task = FLOWS.find_tasks().owner("bob").load(conn)?.rows[0].id();
        FLOWS.reassign(conn, task, &flow_core::System("boss"), &flow_core::System("gone"))
    };
    site.db(give).await?;
    let page = site.get("boss", "/tasks/1.2").await?;
    assert!(page.status == 200 && page.body.contains("gone"), "{}", page.body);
    assert!(site.get("boss", "/workload").await?.body.contains("gone (1)"));
    assert_eq!(site.post("boss", "/tasks/1.2/reassign", "flow.to=bill").await?.status, 303);
    assert!(site.get("bill", "/").await?.body.contains("/flows/tasks/1.2"));
    Ok(())
}

#[tokio::test]
async fn b29_and_b30_an_error_shows_its_text_and_a_file_no_formula() -> Result {
    let site = Site::new().await?;
    let id = site.failed("=cmd|' /C calc'!A0").await?;
    let page = site.get("boss", "/errors").await?;
    assert!(page.body.contains("the &lt;line&gt; is dead") && !page.body.contains("hunter2"), "{}", page.body);
    let explained = site.get("boss", &format!("/api/processes/{id}/explain")).await?;
    assert!(!explained.body.contains("hunter2") && !explained.body.contains(".rs:"), "{}", explained.body);
    let file = site.get("boss", "/processes.csv?flow=request").await?;
    assert!(file.body.contains("\"'=cmd|' /C calc'!A0\""), "{}", file.body);
    Ok(())
}

#[tokio::test]
async fn b23_and_b31_long_names_and_notes_are_kept_or_refused() -> Result {
    let site = Site::new().await?;
    site.request("a").await?;
    let long = "x".repeat(10_000);
    for (path, form) in [
        ("/processes/1/comment", format!("flow.comment={long}")),
        ("/processes/1/suspend", format!("flow.note={long}")),
        ("/processes/1/resume_process", format!("flow.note=a%0d%0aSet-Cookie:%20x=1{long}")),
    ] {
        let answer = site.post("boss", path, &form).await?;
        assert!(matches!(answer.status, 303 | 422), "{path}: {} {}", answer.status, answer.body);
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
    }
    let found = site.get("boss", &format!("/queue?text={long}")).await?;
    assert_eq!(found.status, 200, "{}", found.body);
    let history: Value = site.get("boss", "/api/processes/1/history").await?.json();
    assert!(history["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    Ok(())
}
