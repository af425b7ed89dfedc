//! What people do on the pages.

use super::office::{Db, FLOWS};
use super::{Result, Site};
use crate::Language;

/// The key of a start's form.
fn once(page: &str) -> &str {
    let rest = page.split_once("name=\"flow.once\" value=\"").map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default()
}

#[tokio::test]
async fn a_request_goes_from_its_start_to_its_end() -> Result {
    let site = Site::new().await?;
    let page = site.get("anna", "/start/request/start").await?;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<h1>Ask for it</h1>"), "{}", page.body);
    let key = once(&page.body);
    let sent =
        site.post("anna", "/start/request/start", &format!("flow.once={key}&text=paper&count=3&value=1")).await?;
    assert_eq!((sent.status, sent.location()), (303, "/flows/processes/1?done=start:1"), "{}", sent.body);
    let page = site.get("anna", "/processes/1?done=start:1").await?;
    assert!(page.body.contains("It was started.") && page.body.contains("About paper"), "{}", page.body);
    assert!(page.body.contains("waits for somebody to take it"), "{}", page.body);

    let queue = site.get("bob", "/queue").await?;
    assert!(queue.body.contains("/flows/tasks/1.2\">Approve &lt;i&gt;it&lt;/i&gt;</a>"), "{}", queue.body);
    let task = site.get("bob", "/tasks/1.2").await?;
    assert!(task.body.contains("Take this task") && !task.body.contains("name=\"approved\""), "{}", task.body);
    let taken = site.post("bob", "/tasks/1.2/assign", "").await?;
    assert_eq!((taken.status, taken.location()), (303, "/flows/tasks/1.2?done=assign:1.2"));
    let task = site.get("bob", "/tasks/1.2").await?;
    assert!(task.body.contains("<select id=\"field-approved\" name=\"approved\" required"), "{}", task.body);

    // The next task of the process is bob's to take.
    let done = site.post("bob", "/tasks/1.2", "approved=true&flow.do=execute").await?;
    assert_eq!((done.status, done.location()), (303, "/flows/tasks/1.3?done=execute:1.2"));
    site.post("bob", "/tasks/1.3/assign", "").await?;
    let done = site.post("bob", "/tasks/1.3", "").await?;
    assert_eq!((done.status, done.location()), (303, "/flows?done=execute:1.3"), "nothing more is bob's");
    site.db(|conn| FLOWS.run_due(conn)).await?;
    let called = site.call("bob", "POST /api/tasks/1.5/run", serde_json::json!({})).await?;
    assert_eq!(called.status, 200, "{}", called.body);
    let page = site.get("anna", "/processes/1").await?;
    assert!(page.body.contains("It has ended; nothing is open."), "{}", page.body);
    let archive = site.get("bob", "/archive").await?;
    assert!(archive.body.contains("/flows/tasks/1.3"), "{}", archive.body);
    let requests = site.get("anna", "/requests").await?;
    assert!(requests.body.contains("R-paper"), "{}", requests.body);
    Ok(())
}

#[tokio::test]
async fn a_form_that_is_sent_twice_starts_once_and_says_so() -> Result {
    let site = Site::new().await?;
    let page_of_form = site.get("anna", "/start/request/start").await?.body;
    let form = format!("flow.once={}&text=paper&value=1", once(&page_of_form));
    let first = site.post("anna", "/start/request/start", &form).await?;
    assert_eq!(first.location(), "/flows/processes/1?done=start:1");
    for _ in 0..3 {
        let again = site.post("anna", "/start/request/start", &form).await?;
        assert_eq!((again.status, again.location()), (303, "/flows/processes/1?done=started_before:1"));
    }
    let page = site.get("anna", "/processes/1?done=started_before:1").await?;
    assert!(page.body.contains("Nothing new was started."), "{}", page.body);
    // With other values nothing is started either, until it is sent once more: then it is another one.
    let other = site.post("anna", "/start/request/start", &form.replace("paper", "stone")).await?;
    assert_eq!(other.status, 422, "{}", other.body);
    assert!(other.body.contains("has started process 1.") && other.body.contains("value=\"stone\""), "{}", other.body);
    assert_ne!(once(&other.body), once(&page_of_form), "a new key");
    assert_eq!(site.db(|conn| FLOWS.find_processes().count(conn, 10)).await?, 1);
    // A key of somebody else's names nothing of bob's.
    assert_eq!(site.post("bob", "/start/request/start", &form).await?.status, 404);
    // Without a key nothing is started.
    assert_eq!(site.post("anna", "/start/request/start", "text=paper&value=1").await?.status, 400);
    assert_eq!(site.db(|conn| FLOWS.find_processes().count(conn, 10)).await?, 1);
    let second = format!("flow.once={}&text=stone&value=1", once(&other.body));
    let second = site.post("anna", "/start/request/start", &second).await?;
    assert_eq!(second.location(), "/flows/processes/2?done=start:2");
    Ok(())
}

#[tokio::test]
async fn who_comes_too_late_reads_who_was_quicker() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    assert_eq!(site.post("bob", "/tasks/1.2/assign", "").await?.status, 303);
    let late = site.post("bill", "/tasks/1.2/assign", "").await?;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Somebody was quicker") && late.body.contains("by Bob"), "{}", late.body);
    assert!(late.body.contains("Nothing of what you sent was done."), "{}", late.body);
    let page = site.get("bill", "/tasks/1.2").await?;
    assert_eq!(page.status, 409, "the link of an old list");
    // Who may not do such tasks does not learn who has it.
    assert_eq!(site.post("head", "/tasks/1.2/assign", "").await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn a_draft_is_kept_for_its_owner() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let kept = site.post("bob", "/tasks/1.2", "approved=false&flow.do=draft").await?;
    assert_eq!((kept.status, kept.location()), (303, "/flows/tasks/1.2?done=draft:1.2"), "{}", kept.body);
    let page = site.get("bob", "/tasks/1.2").await?;
    assert!(page.body.contains("<option value=\"false\" selected>No</option>"), "{}", page.body);
    Ok(())
}

#[tokio::test]
async fn a_draft_is_kept_while_one_types_and_the_next_one_follows_it() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let page = site.get("bob", "/tasks/1.2").await?.body;
    assert!(
        page.contains(" data-keep=\"\">") && page.contains("data-kept=\"What you have filled in is kept.\""),
        "{page}"
    );
    let (_, rest) = page.split_once("name=\"flow.tag\" value=\"").ok_or("no tag")?;
    let first = rest.split('"').next().unwrap_or_default().to_owned();
    let keep = async |user: &str, tag: &str, what: &str| {
        site.post(user, "/tasks/1.2", &format!("flow.tag={tag}&{what}&flow.do=keep")).await
    };
    let kept = keep("bob", &first, "approved=").await?;
    assert_eq!((kept.status, kept.body.as_str()), (204, ""));
    let second = kept.header("etag").trim_matches('"').to_owned();
    assert_ne!(second, first);
    let kept = keep("bob", &second, "approved=false").await?;
    assert_eq!(kept.status, 204, "{}", kept.body);
    let third = kept.header("etag").trim_matches('"').to_owned();
    assert!(site.get("bob", "/tasks/1.2").await?.body.contains("<option value=\"false\" selected>No</option>"));
    // Another window has an older tag, and what is no form is refused; nothing is kept of either.
    assert_eq!(keep("bob", &second, "approved=true").await?.status, 412);
    assert_eq!(keep("bob", "nonsense", "approved=true").await?.status, 412);
    assert_eq!(keep("bob", &third, "colour=red").await?.status, 422);
    for (user, status) in [("bill", 409), ("guest", 404)] {
        assert_eq!(keep(user, &third, "approved=true").await?.status, status, "{user}");
    }
    assert_eq!(site.post("anna", "/tasks/1.2", "approved=true&flow.do=keep").await?.status, 403, "she sees it");
    // The tag of the last draft is that of the form.
    let done = site.post("bob", "/tasks/1.2", &format!("flow.tag={third}&approved=true")).await?;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(keep("bob", &third, "approved=true").await?.status, 412);
    Ok(())
}

#[tokio::test]
async fn another_row_keeps_what_the_form_has_seen_of_its_task() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let tag = |page: &str| {
        let (_, rest) = page.split_once("name=\"flow.tag\" value=\"")?;
        Some(rest.split('"').next()?.to_owned())
    };
    let old = tag(&site.get("bob", "/tasks/1.2").await?.body).ok_or("no tag")?;
    assert_eq!(site.post("bob", "/tasks/1.2", "approved=false&flow.do=draft").await?.status, 303);
    for button in ["choices", "add:approved"] {
        let shown = site.post("bob", "/tasks/1.2", &format!("flow.tag={old}&approved=true&flow.do={button}")).await?;
        assert_eq!((shown.status, tag(&shown.body)), (200, Some(old.clone())), "{button}");
    }
    let refused = site.post("bob", "/tasks/1.2", &format!("flow.tag={old}&approved=true")).await?;
    assert!(refused.status == 422 && refused.body.contains("in another window"), "{}", refused.body);
    assert!(refused.body.contains("It was not sent.") && !refused.body.contains("marked fields"), "{}", refused.body);
    // Looked at once more, it is sent.
    let new = tag(&refused.body).ok_or("no tag")?;
    assert_eq!(site.post("bob", "/tasks/1.2", &format!("flow.tag={new}&approved=true")).await?.status, 303);
    // What the task is now, of a task that one sees.
    let over = site.post("bob", "/tasks/1.2", &format!("flow.tag={new}&approved=true")).await?;
    assert_eq!(over.status, 409);
    assert!(over.body.contains("The task is now: Done, by Bob"), "{}", over.body);
    assert!(over.body.contains("href=\"/flows/tasks/1.2\""), "{}", over.body);
    Ok(())
}

#[tokio::test]
async fn a_long_history_is_shown_by_its_newest_entries() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    let anna = super::office::PEOPLE.iter().find(|person| person.id == "anna").ok_or("anna")?;
    site.db(move |conn| (0..120).try_for_each(|number| FLOWS.comment(conn, id, anna, &format!("comment {number}"))))
        .await?;
    let page = site.get("anna", "/processes/1").await?.body;
    assert!(page.contains("comment 119<") && page.contains("comment 20<") && !page.contains("comment 19<"), "{page}");
    assert!(page.contains("href=\"/flows/processes/1?history=all#history\">See all 121 entries"), "{page}");
    let all = site.get("anna", "/processes/1?history=all").await?.body;
    assert!(all.contains("comment 0<") && !all.contains("See all 121"), "{all}");
    Ok(())
}

#[tokio::test]
async fn a_process_with_many_tasks_is_shown_by_those_that_are_open_and_the_newest() -> Result {
    use diesel::RunQueryDsl as _;
    let site = Site::new().await?;
    site.request("paper").await?;
    site.db(|conn| {
        diesel::sql_query("create temp table more as select * from flow_task where number = 2").execute(conn)?;
        for number in 3..=400 {
            diesel::sql_query(format!("update more set number = {number}")).execute(conn)?;
            diesel::sql_query("insert into flow_task select * from more").execute(conn)?;
        }
        // All but those that end with 0.
        let over = "update flow_task set status = 'DONE', finished = created where number > 2 and number % 10 > 0";
        diesel::sql_query(over).execute(conn)?;
        Ok(())
    })
    .await?;
    let page = site.get("boss", "/processes/1").await?;
    assert_eq!((page.status, page.body.matches("<td><a class=\"main\"").count()), (200, 100));
    for task in ["1.2", "1.10", "1.200", "1.400", "1.399"] {
        assert!(page.body.contains(&format!("<td><a class=\"main\" href=\"/flows/tasks/{task}\"")), "{task}");
    }
    assert!(page.body.contains("/flows/processes/1?tasks=all#tasks-title\">See all 400<"), "{}", page.body);
    let all = site.get("boss", "/processes/1?tasks=all").await?.body;
    assert_eq!(all.matches("<td><a class=\"main\"").count(), 400);
    site.db(|conn| {
        diesel::sql_query("update flow_task set status = 'NEW', finished = null where number > 2").execute(conn)?;
        Ok(())
    })
    .await?;
    let page = site.get("boss", "/processes/1").await?.body;
    assert!(page.contains("and at 349 other places"), "{page}");
    Ok(())
}

#[tokio::test]
async fn a_comment_is_made_once_however_often_its_form_is_sent() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let page = site.get("anna", "/processes/1").await?.body;
    let (_, rest) = page.split_once("name=\"flow.once\" value=\"").ok_or("no key")?;
    let key = rest.split('"').next().unwrap_or_default();
    let form = format!("flow.once={key}&flow.comment=hurry");
    for _ in 0..3 {
        assert_eq!(site.post("anna", "/processes/1/comment", &form).await?.status, 303);
    }
    let other = site.post("anna", "/processes/1/comment", &format!("flow.once={key}&flow.comment=please")).await?;
    assert!(
        other.body.contains("You have commented already") && other.body.contains("please</textarea>"),
        "{}",
        other.body
    );
    // The page of an app need not have a key.
    assert_eq!(site.post("anna", "/processes/1/comment", "flow.comment=thanks").await?.status, 303);
    let history = site.get("anna", "/api/processes/1/history").await?.body;
    assert_eq!((history.matches("hurry").count(), history.matches("thanks").count()), (1, 1), "{history}");
    assert!(!history.contains("please"), "{history}");
    Ok(())
}

#[tokio::test]
async fn an_older_window_does_not_overwrite_what_a_newer_one_has_saved() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let tag = async || -> Result<String> {
        let page = site.get("bob", "/tasks/1.2").await?;
        let (_, rest) = page.body.split_once("name=\"flow.tag\" value=\"").ok_or("no tag")?;
        Ok(rest.split('"').next().unwrap_or_default().to_owned())
    };
    let send = async |tag: &str, what: &str| site.post("bob", "/tasks/1.2", &format!("flow.tag={tag}&{what}")).await;
    let old = tag().await?;
    assert_eq!(send(&old, "approved=false&flow.do=draft").await?.status, 303);
    for what in ["approved=true&flow.do=draft", "approved=true", "approved=true&flow.do=discard"] {
        let refused = send(&old, what).await?;
        assert_eq!(refused.status, 422, "{what}: {}", refused.body);
        assert!(refused.body.contains("in another window"), "{what}: {}", refused.body);
        assert!(refused.body.contains("<option value=\"true\" selected>"), "what was typed is there: {}", refused.body);
    }
    let page = site.get("bob", "/tasks/1.2").await?;
    assert!(page.body.contains("<option value=\"false\" selected>"), "the draft is as it was: {}", page.body);
    assert_eq!(send("nonsense", "approved=true").await?.status, 412);
    let last = tag().await?;
    assert_eq!(send(&last, "approved=true").await?.status, 303);
    let late = send(&last, "approved=false").await?;
    assert_eq!(late.status, 409, "{}", late.body);
    assert!(late.body.contains("This is not possible now") && late.body.contains("Done, by Bob"), "{}", late.body);
    Ok(())
}

#[tokio::test]
async fn what_is_in_the_way_is_said_in_the_language_of_the_person() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    site.post("boss", "/processes/1/suspend", "").await?;
    let german = [
        ("accept-language", "de"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let again = site.send("boss", "POST /processes/1/suspend", &german, "").await?;
    assert_eq!(again.status, 409);
    assert!(
        again.body.contains("Das ist jetzt nicht möglich") && again.body.contains("Der Vorgang ist angehalten"),
        "{}",
        again.body
    );
    assert!(again.body.contains("href=\"/flows/processes/1\"") && !again.body.contains("UNKNOWN"), "{}", again.body);
    let task = site.send("boss", "GET /tasks/1.2", &german, "").await?;
    assert!(task.body.contains("Der Vorgang ist angehalten") && !task.body.contains("is NEW"), "{}", task.body);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_stored_as_it_was_sent_is_refused() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    assert_eq!(site.post("anna", "/processes/1/comment", "flow.comment=%FF%FE").await?.status, 400);
    let long = "x".repeat(2_001);
    assert_eq!(site.post("anna", "/processes/1/comment", &format!("flow.comment={long}")).await?.status, 422);
    let sent = site.call("anna", "POST /api/processes/1/comment", serde_json::json!({ "text": long })).await?;
    assert_eq!(
        (sent.status, sent.json()["fields"][0]["field"].as_str().map(str::to_owned)),
        (422, Some("text".to_owned()))
    );
    Ok(())
}

#[tokio::test]
async fn verbs_ask_first_and_keep_the_reason() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let page = site.get("boss", "/processes/1/cancel").await?;
    assert!(page.status == 200 && page.body.contains("This cannot be taken back."), "{}", page.body);
    let refused = site.get("bob", "/processes/1/cancel").await?;
    assert_eq!(refused.status, 403, "{}", refused.body);
    let done = site.post("boss", "/processes/1/cancel", "flow.note=a+duplicate").await?;
    assert_eq!(done.location(), "/flows/processes/1?done=cancel:1");
    let page = site.get("anna", "/processes/1").await?;
    assert!(page.body.contains("<q>a duplicate</q>"), "{}", page.body);
    let late = site.get("boss", "/processes/1/suspend").await?;
    assert_eq!(late.status, 409, "{}", late.body);
    Ok(())
}

#[tokio::test]
async fn a_task_is_given_to_somebody_who_may_do_it() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let page = site.get("boss", "/tasks/1.2/reassign?search=bi").await?;
    assert!(page.body.contains("<option value=\"bill\">"), "{}", page.body);
    let wrong = site.post("boss", "/tasks/1.2/reassign", "flow.to=anna").await?;
    assert_eq!(wrong.status, 403, "{}", wrong.body);
    assert!(
        wrong.body.contains("This person has done an earlier step") && wrong.body.contains("<option value=\"bill\">"),
        "{}",
        wrong.body
    );
    let nobody = site.post("boss", "/tasks/1.2/reassign", "flow.to=nobody").await?;
    assert_eq!(nobody.status, 422, "{}", nobody.body);
    let done = site.post("boss", "/tasks/1.2/reassign", "flow.to=bill&flow.note=bob+is+ill").await?;
    assert_eq!((done.status, done.location()), (303, "/flows?done=reassign:1.2"), "{}", done.body);
    assert!(site.get("bill", "/").await?.body.contains("/flows/tasks/1.2"));
    Ok(())
}

#[tokio::test]
async fn many_failed_tasks_are_tried_again_with_a_result_for_each() -> Result {
    let site = Site::new().await?;
    let (a, b) = (site.failed("a").await?, site.failed("b").await?);
    let page = site.get("boss", "/errors").await?;
    assert!(page.body.contains("the &lt;line&gt; is dead <span class=\"count\">2</span>"), "{}", page.body);
    let done = site.post("boss", "/bulk", &format!("flow.do=retry&flow.id={a}.4&flow.id={b}.4&flow.id=99.1")).await?;
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(done.body.contains("1 of 3 rows could not be done."), "{}", done.body);
    assert!(done.body.contains("There is nothing here"), "{}", done.body);
    assert!(site.get("boss", "/work").await?.body.contains("Send it"));
    // All of one text at once, whether they are checked or not.
    let (c, d) = (site.failed("c").await?, site.failed("d").await?);
    let page = site.get("boss", "/errors").await?;
    assert!(
        page.body.contains("<button name=\"flow.all\" value=\"retry\" class=\"primary\">Try all 4 again"),
        "{}",
        page.body
    );
    let all = format!("flow.all=retry&flow.of={c}.4&flow.of={d}.4&flow.id={c}.4");
    let done = site.post("boss", "/bulk", &all).await?;
    assert!(done.body.contains("Done with all 2 rows."), "{}", done.body);
    for id in [c, d] {
        site.post("boss", &format!("/processes/{id}/cancel"), "").await?;
    }
    // What is asked about first.
    let asks = site.post("boss", "/bulk", &format!("flow.do=cancel&flow.id={a}&flow.id={b}")).await?;
    assert!(asks.body.contains("It is done with 2 rows."), "{}", asks.body);
    assert_eq!(site.db(|conn| FLOWS.find_processes().open().count(conn, 10)).await?, 2, "nothing was done yet");
    let done = site.post("boss", "/bulk", &format!("flow.do=cancel&flow.sure=yes&flow.id={a}&flow.id={b}")).await?;
    assert!(done.body.contains("Done with all 2 rows."), "{}", done.body);
    Ok(())
}

#[tokio::test]
async fn all_that_failed_are_tried_again_after_a_page_that_says_how_many() -> Result {
    let site = Site::new().await?;
    for number in 0..3 {
        site.failed(&format!("n{number}")).await?;
    }
    let page = site.get("boss", "/errors?size=2").await?;
    assert!(page.body.contains("Try these 2 again") && page.body.contains("Try all that match again"), "{}", page.body);
    assert!(!page.body.contains("Try all 2 again"), "two of three are not all: {}", page.body);
    let asks = site.post("boss", "/errors/retry?size=2", "").await?;
    assert!(asks.status == 200 && asks.body.contains("3 failed tasks are tried again."), "{}", asks.body);
    let failed = |conn: &mut Db| FLOWS.find_tasks().errors().count(conn, 10);
    assert_eq!(site.db(failed).await?, 3, "nothing was done yet");
    // The filters of the page, and the text of a group.
    let of_others = site.post("boss", "/errors/retry", "flow.error=something+else").await?;
    assert!(of_others.body.contains("Nothing has failed."), "{}", of_others.body);
    let of_node = site.post("boss", "/errors/retry?flow=request&node=approve", "flow.sure=yes").await?;
    assert!(of_node.body.contains("No row was selected."), "{}", of_node.body);
    assert_eq!(
        site.post("boss", "/errors/retry?nodes=send", "flow.sure=yes").await?.status,
        422,
        "a filter with a typo"
    );
    assert_eq!(site.db(failed).await?, 3);
    let text = "flow.error=the+%3Cline%3E+is+dead";
    let asks = site.post("boss", "/errors/retry", text).await?;
    assert!(asks.body.contains("value=\"the &lt;line&gt; is dead\""), "{}", asks.body);
    let done = site.post("boss", "/errors/retry", &format!("{text}&flow.sure=yes")).await?;
    assert!(done.body.contains("Done with all 3 rows."), "{}", done.body);
    assert_eq!(site.db(failed).await?, 0);
    assert_eq!(site.post("bob", "/errors/retry", "flow.sure=yes").await?.status, 404, "he manages nothing");
    Ok(())
}

#[tokio::test]
async fn the_picture_speaks_the_language_of_the_person() -> Result {
    let site = Site::new().await?;
    let id = site.request("paper").await?;
    let page = site.send("boss", &format!("GET /processes/{id}"), &[("accept-language", "de")], "").await?;
    assert!(page.body.contains("Schritten. Offen: Approve"), "{}", page.body);
    assert!(page.body.contains("\nErledigt</title>") && page.body.contains("(einmal durchlaufen)"), "{}", page.body);
    assert!(!page.body.contains("(taken ") && !page.body.contains("unvisited</title>"), "{}", page.body);
    let file = format!("GET /processes/{id}/diagram.svg");
    let file = site.send("boss", &file, &[("accept-language", "de")], "").await?;
    assert!(file.body.contains("Schritten. Offen:"), "{}", file.body);
    Ok(())
}

#[tokio::test]
async fn the_pages_speak_the_language_of_the_person() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let page = site.get("gerd", "/queue").await?;
    assert!(page.body.contains("<html lang=\"de\">") && page.body.contains("Offene Aufgaben"), "{}", page.body);
    let page = site.send("bob", "GET /queue", &[("accept-language", "de-AT,en;q=0.5")], "").await?;
    assert!(page.body.contains("<html lang=\"de\">"), "{}", page.body);
    let page = site.send("bob", "GET /queue", &[("accept-language", "fr")], "").await?;
    assert!(page.body.contains("<html lang=\"en\">"), "{}", page.body);
    Ok(())
}

#[tokio::test]
async fn a_template_of_the_app_comes_first_and_a_wrong_one_is_refused() -> Result {
    let site = Site::with(|web| {
        let own = "{% extends \"task.html\" %}{% block form %}<p>Our own: {{ task.title }}</p>{% endblock %}";
        web.template("request/approve_task.html", own).title("Acme")
    })
    .await?;
    site.request("paper").await?;
    let page = site.get("bob", "/tasks/1.2").await?;
    assert!(page.body.contains("<p>Our own: Approve &lt;i&gt;"), "{}", page.body);
    assert!(page.body.contains("· Acme</title>"), "{}", page.body);
    let wrong = Site::with(|web| web.template("task.html", "{% if %}")).await.err().map(|error| error.to_string());
    assert!(wrong.is_some_and(|error| error.starts_with("a template is not valid")));
    let wrong = Site::with(|web| web.time_zone("Mars/Base")).await.err().map(|error| error.to_string());
    assert_eq!(wrong.as_deref(), Some("there is no time zone `Mars/Base`, as in Europe/Berlin"));
    let wrong = Site::with(|web| web.trust_origin("flow.example")).await.err().map(|error| error.to_string());
    assert_eq!(wrong.as_deref(), Some("`flow.example` is not an origin, as in https://flow.example.com"));
    Ok(())
}

#[tokio::test]
async fn lists_go_on_page_by_page() -> Result {
    let site = Site::new().await?;
    for number in 0..52 {
        site.request(&format!("n{number}")).await?;
    }
    let page = site.get("bob", "/queue?flow=request").await?;
    let next = page.body.split("href=\"?").find(|part| part.contains("rel=\"next\"")).unwrap_or_default();
    let next = next.split('"').next().unwrap_or_default().replace("&amp;", "&");
    assert!(next.contains("flow=request") && next.contains("after="), "{next}");
    let page = site.get("bob", &format!("/queue?{next}")).await?;
    assert_eq!(page.body.matches("class=\"main\"").count(), 2, "{}", page.body);
    assert!(page.body.contains("52</span>"), "the menu counts: {}", page.body);
    Ok(())
}

#[tokio::test]
async fn a_task_is_put_off_from_its_page() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    let page = site.get("bob", "/tasks/1.2").await?;
    assert!(page.body.contains("/flows/tasks/1.2/snooze\">Put off</a>"), "{}", page.body);
    let page = site.get("bob", "/tasks/1.2/snooze").await?;
    assert!(page.body.contains("Until tomorrow at eight"), "{}", page.body);
    let tomorrow = page.body.split("name=\"flow.at\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let tomorrow = tomorrow.ok_or("a button")?.replace(':', "%3A").replace('+', "%2B");
    let done = site.post("bob", "/tasks/1.2/snooze", &format!("flow.until=&flow.at={tomorrow}")).await?;
    assert_eq!((done.status, done.location()), (303, "/flows?done=snooze:1.2"), "{}", done.body);
    assert!(site.get("bob", "/queue").await?.body.contains("There is nothing for you to take."));
    assert!(site.get("bill", "/queue").await?.body.contains("/flows/tasks/1.2"), "everybody else sees it");
    let shown = site.post("bob", "/tasks/1.2/snooze", "flow.do=show&flow.until=").await?;
    assert_eq!(shown.location(), "/flows/tasks/1.2?done=unsnooze:1.2");
    assert!(site.get("bob", "/queue").await?.body.contains("/flows/tasks/1.2"));
    for (until, text) in
        [("2020-01-01T08:00", "is not in the future"), ("soon", "is not a date or time"), ("", "is not a date")]
    {
        let page = site.post("bob", "/tasks/1.2/snooze", &format!("flow.until={until}")).await?;
        assert!(page.status == 422 && page.body.contains(text), "{until}: {}", page.body);
    }
    assert_eq!(site.get("anna", "/tasks/1.2/snooze").await?.status, 403, "she sees it, and may not do it");
    Ok(())
}

#[tokio::test]
async fn lists_are_files_with_the_filters_of_their_page() -> Result {
    let site = Site::new().await?;
    for text in ["=HYPERLINK(\"http://evil.example\")", "paper", "\u{fc}ber, alles"] {
        site.request(text).await?;
    }
    let page = site.get("boss", "/processes?flow=request&text=R-").await?;
    let link = page
        .body
        .split("href=\"")
        .find(|part| part.starts_with("/flows/processes.csv"))
        .ok_or_else(|| page.body.clone())?;
    let link = link.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let file = site.get("boss", link.trim_start_matches("/flows")).await?;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"processes.csv\"");
    let lines: Vec<&str> = file.body.split("\r\n").collect();
    assert_eq!(lines.len(), 5, "{}", file.body);
    assert!(lines[0].starts_with("\u{feff}\"Number\",\"Reference\"") && lines[0].contains("\"Text\""), "{}", lines[0]);
    assert!(lines[3].contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\""), "{}", lines[3]);
    assert!(lines[1].contains("\u{fc}ber, alles"), "{}", lines[1]);
    assert!(!file.body.contains("hunter2") && !lines[0].contains("Pin"), "nothing of a secret");
    assert_eq!(site.get("boss", "/processes.csv?text=paper").await?.body.split("\r\n").count(), 3);
    // Nobody else sees more in a file than on a page.
    assert_eq!(site.get("head", "/processes.csv?flow=request").await?.body.split("\r\n").count(), 2);
    assert_eq!(site.get("bob", "/queue.csv").await?.body.split("\r\n").count(), 5);
    assert_eq!(site.get("anna", "/queue.csv").await?.body.split("\r\n").count(), 2);
    Ok(())
}

#[tokio::test]
async fn files_speak_the_language_of_the_person() -> Result {
    let site = Site::with(|web| {
        web.text(Language::German, "field.request.urgent", "Eilig").text(
            Language::German,
            "choice.request.colours.red",
            "Rot",
        )
    })
    .await?;
    let body =
        serde_json::json!({ "text": "a", "value": 1, "colours": ["red"], "names": [], "urgent": true, "count": 7 });
    site.call("anna", "POST /api/starts/request/start", body).await?;
    let queue = site.get("gerd", "/queue.csv").await?.body;
    let lines: Vec<&str> = queue.split("\r\n").collect();
    let heads = "\u{feff}\"Nummer\";\"Aufgabe\";\"Worum es geht\";\"Art\";\"Vorgang\";\"Zeichen\";\"Status\";\"Zugewiesen an\";\
                 \"Angelegt\";\"F\u{e4}llig\";\"Erledigt\"";
    assert_eq!(lines[0], heads);
    assert!(lines[1].contains("\"Offen\"") && !queue.contains("NEW"), "{queue}");
    let processes = site.get("gerd", "/processes.csv?flow=request").await?.body;
    for word in ["\"Gestartet von\"", "\"Eilig\"", "\"L\u{e4}uft\"", "\"Rot\"", "\"Ja\"", "\"7\""] {
        assert!(processes.contains(word), "{word}: {processes}");
    }
    // Nobody has approved or refused it yet.
    let (heads, row) = (processes.lines().next().unwrap_or_default(), processes.lines().nth(1).unwrap_or_default());
    let at = heads.split(';').position(|head| head == "\"Approved\"").ok_or_else(|| heads.to_owned())?;
    assert_eq!(row.split(';').nth(at), Some("\"\""), "{row}");
    // Programs read words that no language changes.
    let headers = [("accept-language", "de")];
    let rows = site.send("gerd", "GET /api/queue", &headers, "").await?.json();
    assert_eq!(rows["rows"][0]["status"], "NEW", "{rows}");
    Ok(())
}

#[tokio::test]
async fn the_filters_of_a_link_stay() -> Result {
    let site = Site::new().await?;
    for number in 0..52 {
        site.request(&format!("n{number}")).await?;
    }
    let page = site.get("boss", "/tasks?flow=request&node=approve&order=newest").await?;
    assert!(page.body.contains("Step: Approve &lt;i&gt;it"), "{}", page.body);
    assert!(page.body.contains("<input type=\"hidden\" name=\"node\" value=\"approve\">"), "{}", page.body);
    let next = page.body.split("href=\"?").find(|part| part.contains("rel=\"next\"")).unwrap_or_default();
    let next = next.split('"').next().unwrap_or_default().replace("&amp;", "&");
    assert!(next.contains("node=approve") && next.contains("order=newest"), "{next}");
    let second = site.get("boss", &format!("/tasks?{next}")).await?;
    assert_eq!(second.body.matches("class=\"main\"").count(), 2, "{}", second.body);
    assert!(second.body.contains("href=\"?flow=request&amp;node=approve&amp;order=newest\""), "{}", second.body);
    let none = site.get("boss", "/tasks?flow=request&node=note").await?;
    assert!(none.body.contains("Nothing matches."), "{}", none.body);
    assert_eq!(site.get("bob", "/tasks").await?.status, 404, "he manages nothing");
    Ok(())
}

#[tokio::test]
async fn processes_of_one_flow_are_sorted_by_a_field_of_its_forms() -> Result {
    let site = Site::new().await?;
    for text in ["b", "c", "a"] {
        site.request(text).await?;
    }
    let page = site.get("boss", "/processes?flow=request&order=-text&size=2").await?;
    assert!(page.body.contains("<option value=\"-text\" selected>Text"), "{}", page.body);
    assert!(!page.body.contains("value=\"pin\""), "nothing of a secret: {}", page.body);
    let places: Vec<_> = ["About c", "About b"].iter().map(|text| page.body.find(text)).collect();
    assert!(places[0].is_some() && places[0] < places[1] && !page.body.contains("About a"), "{}", page.body);
    let next = page.body.split("href=\"?").find(|part| part.contains("rel=\"next\"")).unwrap_or_default();
    let next = next.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let last = site.get("boss", &format!("/processes?{next}")).await?;
    assert!(last.body.contains("About a") && !last.body.contains("About b"), "{}", last.body);
    for order in ["pin", "-pin", "names", "nothing", "data", "-", "text%27"] {
        assert_eq!(site.get("boss", &format!("/processes?flow=request&order={order}")).await?.status, 200, "{order}");
        let rest = site.get("boss", &format!("/api/processes?flow=request&order={order}")).await?;
        assert_eq!(rest.status, 422, "{order}: {}", rest.body);
    }
    assert_eq!(site.get("boss", "/api/processes?order=text").await?.status, 422, "of which flow?");
    let rest = site.get("boss", "/api/processes?flow=request&order=text").await?.json();
    assert_eq!(rest["rows"][0]["reference"], "R-a", "{rest}");
    Ok(())
}

#[tokio::test]
async fn managers_see_how_much_is_open_where_and_with_whom() -> Result {
    let site = Site::new().await?;
    for number in 0..7 {
        site.request(&format!("n{number}")).await?;
    }
    for (person, task) in [("bob", "1.2"), ("bob", "2.2"), ("bill", "3.2")] {
        site.post(person, &format!("/tasks/{task}/assign"), "").await?;
    }
    site.failed("broken").await?;
    let page = site.get("boss", "/flows").await?;
    assert!(page.body.contains("href=\"/flows/tasks?flow=request\">8</a>"), "{}", page.body);
    assert!(page.body.contains("href=\"/flows/errors?flow=request\">1</a>"), "{}", page.body);
    assert!(!page.body.contains("flow=order"), "of the flows that they manage alone: {}", page.body);
    let page = site.get("boss", "/flows/request").await?;
    assert!(page.body.contains("Approve &lt;i&gt;it&lt;/i&gt; <span class=\"count\">7</span>"), "{}", page.body);
    assert!(page.body.contains("Send it <span class=\"count\">1</span>"), "{}", page.body);
    assert_eq!(page.body.matches("About n").count(), 5, "a few of each column: {}", page.body);
    let all = site.get("boss", "/tasks?flow=request&node=approve").await?;
    assert_eq!(all.body.matches("class=\"main\"").count(), 7, "{}", all.body);
    let page = site.get("boss", "/workload").await?;
    assert!(page.body.contains("Bob (2)") && page.body.contains("bill (1)"), "{}", page.body);
    assert!(page.body.contains("/flows/tasks?flow=request&amp;node=approve&amp;owner=bob"), "{}", page.body);
    let of_bob = site.get("boss", "/tasks?flow=request&node=approve&owner=bob").await?;
    assert_eq!(of_bob.body.matches("class=\"main\"").count(), 2, "{}", of_bob.body);
    assert!(of_bob.body.contains("<td data-label=\"Assigned to\">Bob</td>"), "{}", of_bob.body);
    for path in ["/flows/request", "/flows/nothing"] {
        assert_eq!(site.get("head", path).await?.status, 404, "{path}");
    }
    Ok(())
}
