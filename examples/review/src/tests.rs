//! Who may do what, what is logged, and that a review and its process come and go together.

use flow_core::prelude::*;
use flow_core::{ErrorKind, ProcessStatus};
use serde_json::{Value, json};

use crate::flow::{AnnounceFlow, ScreenFlow, ScreenProcessData};
use crate::review::{Review, Stage, find};
use crate::{ANNA, FLOWS, STAFF, api, database};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[test]
fn approve_publish_and_remove_leave_three_rows_with_author_and_difference() -> Outcome {
    let conn = &mut database()?;
    api::take(conn, &STAFF, 1, "approve", &json!({"comment": "well written", "note": "by the rules"}))?;
    api::take(conn, &STAFF, 1, "publish", &Value::Null)?;
    api::take(conn, &ANNA, 1, "remove", &Value::Null)?;
    let log = api::log(conn, 1)?;
    let told = |field: &str| (0..3).map(|at| log[at][field].clone()).collect::<Vec<_>>();
    assert_eq!(log.as_array().map(Vec::len), Some(3));
    assert_eq!(told("transition"), ["approve", "publish", "remove"]);
    assert_eq!(told("actor"), ["stan", "stan", "anna"]);
    assert_eq!(told("source"), ["new", "approved", "published"]);
    assert_eq!(told("target"), ["approved", "published", "removed"]);
    assert_eq!(log[0]["fields"], json!({"comment": [null, "well written"]}));
    assert_eq!(log[0]["note"], "by the rules");
    Ok(())
}

#[test]
fn staff_decides_authors_remove_and_each_is_told_why_not() -> Outcome {
    let conn = &mut database()?;
    let refused = |shown: &Value, name: &str| {
        let offers = shown["available"].as_array().cloned().unwrap_or_default();
        offers.into_iter().find(|offer| offer["name"] == name).map(|offer| offer["refused"].clone())
    };
    let shown = api::show(conn, &ANNA, 1)?;
    assert_eq!(refused(&shown, "approve"), Some(json!("the permission `staff` is missing")));
    assert_eq!(refused(&shown, "remove"), Some(Value::Null));
    assert_eq!(refused(&shown, "publish"), None, "not from here");
    assert_eq!(refused(&api::show(conn, &STAFF, 2)?, "approve"), Some(json!("the text is missing")));

    let denied = api::take(conn, &ANNA, 1, "approve", &Value::Null).map_err(|error| error.kind());
    assert_eq!(denied, Err(ErrorKind::Denied));
    let unmet = api::take(conn, &STAFF, 2, "approve", &Value::Null).map_err(|error| error.kind());
    assert_eq!(unmet, Err(ErrorKind::Conflict));
    let wrong =
        |body: Value, conn: &mut crate::Db| api::take(conn, &STAFF, 1, "reject", &body).map_err(|error| error.kind());
    assert_eq!(wrong(Value::Null, conn), Err(ErrorKind::Invalid));
    assert_eq!(wrong(json!({"why": 7}), conn), Err(ErrorKind::Invalid));
    assert_eq!(wrong(json!({"why": "dull", "comment": "x"}), conn), Err(ErrorKind::Invalid));
    let unknown = api::take(conn, &STAFF, 1, "fly", &Value::Null).map_err(|error| error.kind());
    assert_eq!(unknown, Err(ErrorKind::NotFound));
    let failed = api::take(conn, &STAFF, 1, "reject", &json!({"why": ""})).map_err(|error| error.to_string());
    assert_eq!(failed, Err("`reject` failed: a rejection says why".to_owned()));
    assert_eq!(find(conn, 1)?.stage, Stage::New);
    Ok(())
}

#[test]
fn a_transition_starts_a_process_and_both_are_there_or_neither() -> Outcome {
    let conn = &mut database()?;
    api::take(conn, &STAFF, 1, "approve", &Value::Null)?;
    let mut review = find(conn, 1)?;
    let rolled_back: Result<(), flow_core::Error> = diesel::Connection::transaction(conn, |conn| {
        review.by(&STAFF).publish(conn)?;
        review.save(conn)?;
        Err(diesel::result::Error::RollbackTransaction.into())
    });
    assert!(rolled_back.is_err());
    assert_eq!(AnnounceFlow.processes().load(conn)?.len(), 0);
    assert_eq!(find(conn, 1)?.stage, Stage::Approved);

    api::take(conn, &STAFF, 1, "publish", &Value::Null)?;
    assert_eq!(AnnounceFlow.processes().load(conn)?.len(), 1);
    assert_eq!(find(conn, 1)?.stage, Stage::Published);
    Ok(())
}

#[test]
fn a_function_of_a_flow_approves_in_the_transaction_of_its_step() -> Outcome {
    let conn = &mut database()?;
    for (id, stage, status) in [(1, Stage::Approved, ProcessStatus::Done), (2, Stage::New, ProcessStatus::New)] {
        let data = ScreenProcessData { review: id, harmless: false };
        let process = ScreenFlow.start.run(conn, &System("import"), data)?;
        let task = ScreenFlow.screen.tasks().open().of(process.id()).one(conn)?;
        // The second one has no text: its transition is refused, and nothing of the step stays.
        let ran = ScreenFlow.screen.run(conn, task.id(), &System("screening"), true);
        assert_eq!(ran.is_ok(), status == ProcessStatus::Done, "{ran:?}");
        FLOWS.expect(conn, process.id()).is(status);
        FLOWS.assert_sound(conn)?;
        assert_eq!(find(conn, i32::try_from(id)?)?.stage, stage);
    }
    assert_eq!(Review::transitions_of(conn, 1)?[0].actor(), "screening");
    Ok(())
}

#[test]
fn what_is_erased_is_gone_and_its_log_is_not() -> Outcome {
    let conn = &mut database()?;
    api::take(conn, &ANNA, 1, "remove", &Value::Null)?;
    assert_eq!(api::take(conn, &ANNA, 1, "erase", &Value::Null).map_err(|error| error.kind()), Err(ErrorKind::Denied));
    api::take(conn, &STAFF, 1, "erase", &Value::Null)?;
    assert_eq!(find(conn, 1).map(drop).map_err(|error| error.kind()), Err(ErrorKind::NotFound));
    assert_eq!(Review::transitions_of(conn, 1)?.len(), 2);
    Ok(())
}
