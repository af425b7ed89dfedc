//! `Idempotency-Key`: a request that is sent again, and another one with its key.

use super::office::FLOWS;
use super::site::Answer;
use super::{Result, Site};

const START: &str = r#"{"text":"x","value":1,"colours":[],"names":[],"urgent":false}"#;

async fn send(site: &Site, user: &str, key: &str, line: &str, body: &str) -> Result<Answer> {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    site.send(user, line, &headers, body.to_owned()).await
}

/// That the key was used for another request, and nothing else.
fn is_refused(answer: &Answer) -> bool {
    answer.status == 422
        && answer.header("content-type") == "application/problem+json"
        && answer.json()["fields"][0]["field"] == "Idempotency-Key"
        && answer.body.contains("was used for another request")
}

#[tokio::test]
async fn a_key_is_of_one_request() -> Result {
    let site = Site::new().await?;
    let start = "POST /api/starts/request/start";
    let first = send(&site, "anna", "k", start, START).await?;
    assert_eq!(first.status, 201, "{}", first.body);
    // The same, written in another way.
    let again = r#"{ "urgent": false, "names": [], "colours": [], "value": 1, "text": "x" }"#;
    let again = send(&site, "anna", "k", start, again).await?;
    assert_eq!((again.status, &again.json()["id"]), (200, &1.into()), "{}", again.body);
    let rows = site.rows().await?;
    for (line, body) in [
        (start, START.replace("\"x\"", "\"y\"")),
        ("POST /api/starts/order/start", "{}".to_owned()),
        ("POST /api/tasks/1.2/assign", "{}".to_owned()),
        ("POST /api/messages/arrived", r#"{"key":"1","value":1}"#.to_owned()),
        ("POST /api/processes/1/comment", r#"{"text":"x"}"#.to_owned()),
        ("POST /api/processes/1/cancel", "{}".to_owned()),
    ] {
        let other = send(&site, "anna", "k", line, &body).await?;
        assert!(is_refused(&other), "{line}: {} {}", other.status, other.body);
    }
    assert_eq!(site.rows().await?, rows, "nothing was done");
    // Another person's key is their own.
    assert_eq!(send(&site, "bob", "k", "POST /api/tasks/1.2/assign", "{}").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_verb_with_a_key_is_done_once_and_is_responded_to_again() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let task = |verb: &str| format!("POST /api/tasks/1.2/{verb}");
    for (user, key, line, body, other) in [
        ("bob", "take", task("assign"), "{}", r#"{"note":"x"}"#),
        ("bob", "keep", "PUT /api/tasks/1.2/draft".to_owned(), r#"{"approved":true}"#, r#"{"approved":false}"#),
        ("bob", "drop", "DELETE /api/tasks/1.2/draft".to_owned(), "", "{}"),
        ("bob", "hide", task("snooze"), r#"{"until":"2999-01-01T08:00:00Z"}"#, r#"{"until":"2998-01-01T08:00:00Z"}"#),
        ("bob", "do", task("execute"), r#"{"approved":true}"#, r#"{"approved":false}"#),
        ("anna", "say", "POST /api/processes/1/comment".to_owned(), r#"{"text":"well"}"#, r#"{"text":"no"}"#),
        ("boss", "stop", "POST /api/processes/1/suspend".to_owned(), "{}", r#"{"note":"x"}"#),
    ] {
        let first = send(&site, user, key, &line, body).await?;
        assert!(matches!(first.status, 200 | 201 | 204), "{line}: {} {}", first.status, first.body);
        let (rows, history) = (site.rows().await?, site.get("anna", "/api/processes/1/history").await?.body);
        let again = send(&site, user, key, &line, body).await?;
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{line}");
        assert_eq!(again.header("etag"), first.header("etag"), "{line}");
        // A DELETE has no body that it could differ in.
        if key != "drop" {
            let other = send(&site, user, key, &line, other).await?;
            assert!(is_refused(&other), "{line}: {} {}", other.status, other.body);
        }
        let elsewhere = send(&site, user, key, "POST /api/tasks/1.3/assign", "{}").await?;
        assert!(is_refused(&elsewhere), "{line}: {} {}", elsewhere.status, elsewhere.body);
        assert_eq!(site.rows().await?, rows, "{line}");
        assert_eq!(site.get("anna", "/api/processes/1/history").await?.body, history, "{line}");
    }
    Ok(())
}

#[tokio::test]
async fn what_failed_leaves_its_key_free_and_a_denial_in_the_history() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let execute = "POST /api/tasks/1.2/execute";
    assert_eq!(send(&site, "bob", "k", execute, r#"{"approved":true}"#).await?.status, 403, "not his yet");
    let history = site.get("anna", "/api/processes/1/history").await?;
    assert!(history.body.contains("\"denied\""), "{}", history.body);
    assert_eq!(send(&site, "bob", "take", "POST /api/tasks/1.2/assign", "{}").await?.status, 200);
    assert_eq!(send(&site, "bob", "k", execute, r#"{"approved":"x"}"#).await?.status, 422, "not valid");
    assert_eq!(send(&site, "bob", "k", execute, r#"{"approved":true}"#).await?.status, 200);
    // A key that was deleted is of any request; the process keeps its own for ever.
    send(&site, "anna", "s", "POST /api/starts/request/start", START).await?;
    let gone = site.db(|conn| FLOWS.forget_message_ids(conn, flow_core::seconds(0))).await?;
    assert_eq!(gone, 3);
    let again = send(&site, "anna", "s", "POST /api/starts/request/start", START).await?;
    assert_eq!((again.status, &again.json()["id"]), (200, &2.into()), "{}", again.body);
    for keys in [&["a", "b"][..], &[""], &[&"x".repeat(190)]] {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(keys.iter().map(|key| ("idempotency-key", *key)));
        let answer = site.send("bob", "POST /api/tasks/1.3/assign", &headers, "{}").await?;
        assert_eq!(answer.status, 422, "{keys:?}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn what_one_sees_no_more_is_not_shown_again() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    assert_eq!(send(&site, "bill", "t", "POST /api/tasks/1.2/assign", "{}").await?.status, 200);
    let given = send(&site, "boss", "g", "POST /api/tasks/1.2/reassign", r#"{"to":"bob"}"#).await?;
    assert_eq!(given.status, 200, "{}", given.body);
    assert_eq!(site.get("bill", "/api/tasks/1.2").await?.status, 409, "it is bob's now");
    let again = send(&site, "bill", "t", "POST /api/tasks/1.2/assign", "{}").await?;
    assert_eq!((again.status, &*again.body), (204, ""), "it was done, and is not shown");
    Ok(())
}
