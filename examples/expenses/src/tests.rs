//! The service, asked without a network; time is set by hand.

use std::path::PathBuf;

use axum::Router;
use flow_core::test_util::TestClock;
use flow_core::{days, hours};
use serde_json::{Value, json};

use crate::flow::Db;
use crate::{App, FLOWS, http, mail, once};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A service on a database of its own, which goes with it.
struct Service {
    routes: Router,
    folder: PathBuf,
    purpose: &'static str,
}

impl Service {
    /// With one report of this amount, for a purpose that no other test has: mails are found by it.
    async fn with_report(purpose: &'static str, amount: &str, cost_center: &str) -> Result<Service> {
        let folder = std::env::temp_dir().join(format!("expenses-test-{}-{purpose}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let app = App::open(&folder.join("test.sqlite").to_string_lossy()).await?;
        let service = Service { routes: http::router(app), folder, purpose };
        let receipts = json!([{ "what": "Train", "amount": amount, "day": "2026-11-02" }]);
        let form = json!({ "purpose": purpose, "cost_center": cost_center, "account": "CH93", "receipts": receipts });
        assert_eq!(service.send("ada", "POST /reports", form).await?.0, 201);
        Ok(service)
    }

    async fn send(&self, user: &str, line: &str, body: Value) -> Result<(u16, Value)> {
        once::send(&self.routes, user, line, body).await
    }

    /// A request that must succeed.
    async fn ok(&self, user: &str, line: &str, body: Value) -> Result<Value> {
        let (status, answer) = self.send(user, line, body).await?;
        assert!(status < 300, "{user}: {line}: {status} {answer}");
        Ok(answer)
    }

    /// Claims the only task in somebody's queue and does it.
    async fn take_and_do(&self, user: &str, body: Value) -> Result<String> {
        let tasks = self.ok(user, "GET /tasks", Value::Null).await?;
        assert_eq!(tasks["queue"].as_array().map(Vec::len), Some(1), "{user}: {tasks}");
        let id = tasks["queue"][0]["id"].as_str().ok_or("no id")?.to_owned();
        self.ok(user, &format!("POST /tasks/{id}/assign"), Value::Null).await?;
        self.ok(user, &format!("POST /tasks/{id}/execute"), body).await?;
        Ok(id)
    }

    async fn report(&self) -> Result<Value> {
        self.ok("ada", "GET /reports/1", Value::Null).await
    }

    /// A connection on the thread of the test, whose clock it has set.
    fn conn(&self) -> Result<Db> {
        Ok(flow_core::sqlite::open(&self.folder.join("test.sqlite").to_string_lossy())?)
    }

    /// The mails of this test: to whom, with which id, about what.
    fn mails(&self) -> Result<Vec<[String; 3]>> {
        let mut mails = Vec::new();
        for file in std::fs::read_dir(mail::folder()).into_iter().flatten() {
            let text = std::fs::read_to_string(file?.path())?;
            let header = |name: &str| {
                text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
            };
            if header("Subject:").contains(self.purpose) {
                mails.push([header("To:"), header("Message-ID:"), header("Subject:")]);
            }
        }
        mails.sort();
        Ok(mails)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        for file in std::fs::read_dir(mail::folder()).into_iter().flatten().flatten() {
            if std::fs::read_to_string(file.path()).is_ok_and(|text| text.contains(self.purpose)) {
                let _ = std::fs::remove_file(file.path());
            }
        }
        // Goes with the last mail.
        let _ = std::fs::remove_dir(mail::folder());
    }
}

#[tokio::test]
async fn a_report_is_reviewed_and_paid_although_the_bank_does_not_answer_at_once() -> Result {
    let service = Service::with_report("paid", "180.40", "sales").await?;
    let queue = service.ok("ben", "GET /tasks", Value::Null).await?;
    assert_eq!(queue["queue"][0]["brief"], "Check the receipts - NEW");
    assert_eq!(service.ok("ada", "GET /tasks", Value::Null).await?["queue"], json!([]), "she handed it in");
    service.take_and_do("ben", json!({ "verdict": "approve" })).await?;

    let clock = TestClock::install_at(flow_core::clock::now() + hours(1));
    let mut conn = service.conn()?;
    FLOWS.run_due(&mut conn)?;
    let report = service.report().await?;
    assert!(report["waits"].to_string().contains("the bank does not answer"), "{report}");
    assert_eq!(report["status"], "NEW");
    clock.advance(hours(1));
    FLOWS.run_until_idle(&mut conn)?;
    let report = service.report().await?;
    assert_eq!((&report["status"], &report["total"]), (&json!("DONE"), &json!("180.40")));
    assert!(report["transfer"].as_str().is_some_and(|number| number.starts_with("transfer 1.")), "{report}");
    let mails = service.mails()?;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!((&*mails[0][0], &*mails[0][2]), ("ada@expenses.example", "DONE: paid: 180.40"));
    FLOWS.assert_sound(&mut service.conn()?)?;
    Ok(())
}

#[tokio::test]
async fn a_report_is_sent_back_twice_and_the_third_time_it_is_rejected() -> Result {
    let service = Service::with_report("rounds", "20", "sales").await?;
    for round in 1..=2 {
        service.take_and_do("ben", json!({ "verdict": "send_back", "remark": "What for?" })).await?;
        let inbox = service.ok("ada", "GET /tasks", Value::Null).await?["inbox"].clone();
        assert_eq!(inbox[0]["title"], "Correct the report", "round {round}");
        let id = inbox[0]["id"].as_str().ok_or("no id")?.to_owned();
        // The form has what she sent before, so that she changes it and sends it again.
        let sent = service.ok("ada", &format!("GET /tasks/{id}"), Value::Null).await?["values"].clone();
        assert_eq!(sent["receipts"][0]["amount"], "20");
        service.ok("ada", &format!("POST /tasks/{id}/execute"), sent).await?;
        assert_eq!(service.report().await?["round"], round + 1);
    }
    service.take_and_do("ben", json!({ "verdict": "send_back" })).await?;
    assert_eq!(service.report().await?["status"], "DONE");

    // The mails that told her are told apart by the keys of their changes.
    FLOWS.run_until_idle(&mut service.conn()?)?;
    let mails = service.mails()?;
    let given: Vec<_> = mails.iter().filter(|mail| mail[2].starts_with("Correct the report: rounds")).collect();
    assert_eq!(given.len(), 2, "{mails:?}");
    assert!(
        given.iter().all(|mail| mail[0] == "ada@expenses.example" && mail[1].starts_with("<expense-1-")),
        "{mails:?}"
    );
    assert_ne!(given[0][1], given[1][1]);
    FLOWS.assert_sound(&mut service.conn()?)?;
    Ok(())
}

#[tokio::test]
async fn a_large_one_needs_a_signature_of_somebody_else_and_research_is_booked() -> Result {
    let service = Service::with_report("large", "4000", "research").await?;
    let review = service.take_and_do("cleo", json!({ "verdict": "approve" })).await?;
    // Cleo may sign, but not what she reviewed herself.
    assert_eq!(service.ok("cleo", "GET /tasks", Value::Null).await?["queue"], json!([]));
    service.take_and_do("ben", json!({})).await?;
    assert_eq!(service.report().await?["status"], "NEW", "the signature is missing");
    service.take_and_do("dora", json!({ "signed": false })).await?;
    let report = service.report().await?;
    assert_eq!((&report["status"], &report["transfer"]), (&json!("DONE"), &Value::Null));
    let step = |row: &Value| format!("{} {} {}", row["by"], row["did"], row["node"]).replace('"', "");
    let steps: Vec<String> = report["history"].as_array().ok_or("no history")?.iter().map(step).collect();
    assert_eq!(
        steps,
        [
            "ada start start",
            "cleo assign review",
            "cleo execute review",
            "ben assign book",
            "ben execute book",
            "dora assign sign",
            "dora execute sign",
        ]
    );
    assert_eq!(service.send("ada", &format!("POST /tasks/{review}/go_back"), Value::Null).await?.0, 403);
    FLOWS.assert_sound(&mut service.conn()?)?;
    Ok(())
}

#[tokio::test]
async fn it_is_withdrawn_until_somebody_is_at_it() -> Result {
    let service = Service::with_report("withdrawn", "20", "sales").await?;
    let tasks = service.ok("ben", "GET /tasks", Value::Null).await?;
    let id = tasks["queue"][0]["id"].as_str().ok_or("no id")?.to_owned();
    let withdraw = |user| service.send(user, "POST /reports/1/withdraw", json!({ "because": "twice" }));
    assert_eq!(withdraw("ben").await?.0, 403, "it is not his");

    service.ok("ben", &format!("POST /tasks/{id}/assign"), Value::Null).await?;
    let (status, error) = withdraw("ada").await?;
    assert_eq!((status, &error["by"], &error["task"]), (409, &json!("ben"), &json!(id)), "{error}");
    let verbs = service.report().await?["verbs"].clone();
    let cancel = verbs.as_array().and_then(|verbs| verbs.iter().find(|verb| verb["verb"] == "cancel")).cloned();
    assert!(cancel.is_some_and(|verb| verb["why_not"].as_str().is_some_and(|why| why.contains("ben"))), "{verbs}");

    service.ok("ben", &format!("POST /tasks/{id}/unassign"), Value::Null).await?;
    assert_eq!(withdraw("ada").await?.0, 200);
    let report = service.report().await?;
    let last = report["history"].as_array().and_then(|rows| rows.last()).cloned().ok_or("no history")?;
    assert_eq!((&report["status"], &last["note"]), (&json!("CANCELED"), &json!("twice")));
    assert_eq!(service.send("ben", &format!("POST /tasks/{id}/assign"), Value::Null).await?.0, 409);
    FLOWS.assert_sound(&mut service.conn()?)?;
    Ok(())
}

#[tokio::test]
async fn a_review_is_handed_over_to_who_may_do_it() -> Result {
    let service = Service::with_report("handed", "20", "sales").await?;
    let tasks = service.ok("ben", "GET /tasks", Value::Null).await?;
    let id = tasks["queue"][0]["id"].as_str().ok_or("no id")?.to_owned();
    service.ok("ben", &format!("POST /tasks/{id}/assign"), Value::Null).await?;
    let to = |name: &str| json!({ "to": name });
    let line = format!("POST /tasks/{id}/reassign");
    assert_eq!(service.send("ben", &line, to("ada")).await?.0, 403, "she handed it in");
    assert_eq!(service.send("ben", &line, to("dora")).await?.0, 403, "she does not review");
    assert_eq!(service.ok("ben", &line, to("cleo")).await?["owner"], "cleo");
    FLOWS.run_until_idle(&mut service.conn()?)?;
    let mails = service.mails()?;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!((&*mails[0][0], &*mails[0][2]), ("cleo@expenses.example", "Check the receipts: handed: 20"));
    // Who has nothing to do with a report does not see it; Cleo has a task of it, Dora may see them all.
    for (user, seen) in [("ada", 200), ("ben", 404), ("cleo", 200), ("dora", 200)] {
        assert_eq!(service.send(user, "GET /reports/1", Value::Null).await?.0, seen, "{user}");
    }
    let list = service.ok("dora", "GET /reports?text=CH93", Value::Null).await?;
    assert_eq!(list["rows"].as_array().map(Vec::len), Some(1), "{list}");
    FLOWS.assert_sound(&mut service.conn()?)?;
    Ok(())
}

#[tokio::test]
async fn a_late_review_is_reminded_of_after_three_working_days_and_expires() -> Result {
    let clock = TestClock::install();
    let service = Service::with_report("late", "20", "sales").await?;
    let mut conn = service.conn()?;
    let due = FLOWS.find_tasks().node("review").load(&mut conn)?.rows[0].task().due().ok_or("not due")?;
    // A wall clock of three working days is at least three days and at most seven.
    clock.set(due - hours(1));
    FLOWS.run_until_idle(&mut conn)?;
    assert_eq!(service.mails()?.len(), 0);
    clock.set(due);
    FLOWS.run_until_idle(&mut conn)?;
    let mails = service.mails()?;
    assert_eq!((mails.len(), &*mails[0][2]), (1, "Late: late: 20"));
    assert_eq!(service.report().await?["status"], "NEW", "it still waits");
    clock.advance(days(31));
    FLOWS.run_until_idle(&mut conn)?;
    assert_eq!(service.report().await?["status"], "DONE");
    FLOWS.assert_sound(&mut service.conn()?)?;
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_is_said_of_its_field() -> Result {
    let service = Service::with_report("wrong", "20", "sales").await?;
    let form = |receipts: Value, cost_center: &str| json!({ "purpose": "x", "cost_center": cost_center, "account": "a", "receipts": receipts });
    let receipt = |amount: &str, day: &str| json!([{ "what": "Taxi", "amount": amount, "day": day }]);
    for (sent, field) in [
        (form(receipt("0.001", "2026-11-02"), "sales"), "receipts[0].amount"),
        (form(receipt("5", "2026-02-30"), "sales"), "receipts[0].day"),
        (form(receipt("5", "2026-11-02"), "kitchen"), "cost_center"),
        (form(json!([]), "sales"), "receipts"),
    ] {
        let (status, error) = service.send("ada", "POST /reports", sent).await?;
        assert_eq!((status, error["fields"][0]["field"].as_str()), (422, Some(field)), "{error}");
    }
    assert_eq!(service.ok("ada", "GET /reports", Value::Null).await?["rows"].as_array().map(Vec::len), Some(1));
    FLOWS.assert_sound(&mut service.conn()?)?;
    Ok(())
}
