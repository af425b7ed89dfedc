//! Which branches are taken, and what the join waits for.

use flow_core::ProcessStatus::{Done, New};
use flow_core::prelude::*;
use flow_core::test_util::database;

use crate::flow::{BloodTestFlow, Db, HormonesForm, SampleForm, TumorMarkersForm};
use crate::{FLOWS, LABORATORY, analyze};

fn analyzed(conn: &mut Db, hemoglobin: f64, lymphocytes: f64) -> i64 {
    let form = SampleForm { patient: "Ada".to_owned() };
    let process = BloodTestFlow.first_sample.run(conn, &LABORATORY, form).unwrap().id();
    analyze(conn, process, hemoglobin, lymphocytes).unwrap();
    process
}

fn test_hormones(conn: &mut Db, process: i64) {
    let task = BloodTestFlow.hormone_tests.tasks().open().of(process).one(conn).unwrap().id();
    BloodTestFlow.hormone_tests.assign(conn, task, &LABORATORY).unwrap();
    let form = HormonesForm { hormones: "normal".to_owned() };
    BloodTestFlow.hormone_tests.execute(conn, task, &LABORATORY, form).unwrap();
}

fn test_tumor_markers(conn: &mut Db, process: i64) {
    let task = BloodTestFlow.tumor_markers.tasks().open().of(process).one(conn).unwrap().id();
    BloodTestFlow.tumor_markers.assign(conn, task, &LABORATORY).unwrap();
    let form = TumorMarkersForm { tumor_markers: "none".to_owned() };
    BloodTestFlow.tumor_markers.execute(conn, task, &LABORATORY, form).unwrap();
}

#[test]
fn both_tests_are_seven_tasks() {
    let mut conn = database();
    let process = analyzed(&mut conn, 10.5, 7.2);
    test_hormones(&mut conn, process);
    FLOWS.expect(&mut conn, process).is(New); // the join waits for the other one
    FLOWS.assert_sound(&mut conn).unwrap();
    test_tumor_markers(&mut conn, process);
    let seen = FLOWS.expect(&mut conn, process).is(Done);
    FLOWS.assert_sound(&mut conn).unwrap();
    let mut nodes: Vec<_> = seen.rows().iter().map(Task::node).collect();
    nodes.sort_unstable();
    let expected = ["biochemical_analysis", "end", "first_sample", "hormone_tests", "join", "split", "tumor_markers"];
    assert_eq!(nodes, expected, "{}", seen.story());
}

#[test]
fn no_further_test_is_five_tasks() {
    let mut conn = database();
    let process = analyzed(&mut conn, 12.0, 5.0); // just not too low, just not too many
    FLOWS.expect(&mut conn, process).is(Done).tasks(&[
        "first_sample:DONE",
        "biochemical_analysis:DONE",
        "split:DONE",
        "join:DONE",
        "end:DONE",
    ]);
    FLOWS.assert_sound(&mut conn).unwrap();
}

#[test]
fn one_test_is_the_only_one_waited_for() {
    let mut conn = database();
    let process = analyzed(&mut conn, 11.9, 5.0);
    test_hormones(&mut conn, process);
    FLOWS.expect(&mut conn, process).is(Done);
    FLOWS.assert_sound(&mut conn).unwrap();
}

#[test]
fn code_starts_the_second_sample() {
    let mut conn = database();
    let process = BloodTestFlow.second_sample.run(&mut conn, &LABORATORY, "Ada".to_owned()).unwrap().id();
    FLOWS.expect(&mut conn, process).is(New).tasks(&["second_sample:DONE", "biochemical_analysis:NEW"]);
    FLOWS.assert_sound(&mut conn).unwrap();
}
