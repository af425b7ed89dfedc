//! Bad input: a typed error that names it, and not a byte of the tables changes.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection as _;
use flow_core::{Error, ErrorKind};
use flow_tests::app::{ALICE, BOB, CAROL};
use flow_tests::dump::dump;

type Db = SqliteConnection;

flow_tests::hello_world!(SqliteConnection);

mod other {
    flow_tests::hello_world!(diesel::SqliteConnection);

    /// Another flow with the same nodes.
    #[flow(process = HelloWorldProcess)]
    pub struct SecondFlow {
        #[node(form = SecondStart { text }, permission(anyone), next = this.approve)]
        pub start: Start,
        #[node(form = SecondForm { approved }, permission(anyone), next = this.paid)]
        pub approve: View,
        #[node(permission(anyone), next = this.end)]
        pub paid: Handle,
        pub end: End,
    }
}
use other::{SecondFlow, SecondForm, SecondStart};

static FLOWS: Flows<SqliteConnection> = flows![HelloWorldFlow, SecondFlow];

struct Case {
    conn: SqliteConnection,
    /// The approval of a hello-world process, taken by bob.
    task: TaskId,
    /// An approval of the other flow.
    second: TaskId,
    before: String,
}

fn case() -> Case {
    let mut conn = flow_core::test_util::database();
    let process = HelloWorldFlow.start.run(&mut conn, &ALICE, StartForm { text: "hi".into() }).unwrap();
    let task = HelloWorldFlow.approve.tasks().of(process.id()).one(&mut conn).unwrap().id();
    HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
    let process = SecondFlow.start.run(&mut conn, &ALICE, SecondStart { text: "hi".into() }).unwrap();
    let second = SecondFlow.approve.tasks().of(process.id()).one(&mut conn).unwrap().id();
    SecondFlow.approve.assign(&mut conn, second, &BOB).unwrap();
    let before = dump(&mut conn);
    Case { conn, task, second, before }
}

impl Case {
    /// The call fails like this, the text names that, and nothing has changed.
    #[track_caller]
    fn refuses<T: std::fmt::Debug>(
        &mut self,
        call: impl FnOnce(&mut SqliteConnection) -> Result<T, Error>,
        kind: ErrorKind,
        names: &str,
    ) {
        let error = call(&mut self.conn).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(names), "`{error}` does not name `{names}`");
        let after = dump(&mut self.conn);
        assert_eq!(without_denials(&after), without_denials(&self.before));
        assert!(kind == ErrorKind::Denied || after == self.before, "only a denial is written down");
        self.before = after;
    }
}

/// All rows but the audit of attempts that were denied, and its count.
fn without_denials(dump: &str) -> Vec<&str> {
    let rows = dump.lines().filter(|row| !row.contains("\"action\"=Some(\"denied\")"));
    rows.map(|row| row.split(" \"audit_count\"=").next().unwrap_or(row)).collect()
}

fn yes() -> ApproveForm {
    ApproveForm { approved: true }
}

#[test]
fn unknown_processes_and_tasks() {
    let mut case = case();
    let (process, number) = (case.task.process(), case.task.number());
    for id in [(process, 99), (99, number), (process, -1), (0, 0), (-1, number), (i64::MAX, i32::MAX)] {
        let id = TaskId::new(id.0, id.1);
        let name = format!("task {id}");
        case.refuses(|conn| HelloWorldFlow.approve.execute(conn, id, &BOB, yes()), ErrorKind::NotFound, &name);
        case.refuses(|conn| HelloWorldFlow.approve.assign(conn, id, &BOB), ErrorKind::NotFound, &name);
        case.refuses(|conn| HelloWorldFlow.approve.unassign(conn, id, &BOB), ErrorKind::NotFound, &name);
    }
    case.refuses(|conn| FLOWS.tasks(conn, 99), ErrorKind::NotFound, "process 99");
    case.refuses(|conn| FLOWS.history(conn, 99), ErrorKind::NotFound, "process 99");
}

#[test]
fn a_task_of_another_node_flow_or_process() {
    let mut case = case();
    let start = TaskId::new(case.task.process(), 1);
    case.refuses(|conn| HelloWorldFlow.approve.execute(conn, start, &ALICE, yes()), ErrorKind::NotFound, "approve");
    let second = case.second;
    case.refuses(|conn| HelloWorldFlow.approve.execute(conn, second, &BOB, yes()), ErrorKind::NotFound, "approve");
    case.refuses(|conn| SecondFlow.paid.run(conn, second, &BOB, ()), ErrorKind::NotFound, "second.paid");
    let first = case.task;
    let form = SecondForm { approved: true };
    case.refuses(|conn| SecondFlow.approve.execute(conn, first, &BOB, form), ErrorKind::NotFound, "second.approve");
}

#[test]
fn a_task_that_is_not_in_the_right_state() {
    let mut case = case();
    let task = case.task;
    case.refuses(|conn| HelloWorldFlow.approve.assign(conn, task, &CAROL), ErrorKind::Conflict, "ASSIGNED, by bob");
    // Who may not do it does not learn who has it.
    case.refuses(|conn| HelloWorldFlow.approve.assign(conn, task, &ALICE), ErrorKind::Denied, "permission");
    HelloWorldFlow.approve.unassign(&mut case.conn, task, &BOB).unwrap();
    case.before = dump(&mut case.conn);
    case.refuses(|conn| HelloWorldFlow.approve.unassign(conn, task, &BOB), ErrorKind::Conflict, "is NEW, by bob");
    case.refuses(|conn| HelloWorldFlow.approve.execute(conn, task, &BOB, yes()), ErrorKind::Denied, "is not assigned");
}

#[test]
fn a_person_without_the_permission() {
    let mut case = case();
    let task = case.task;
    HelloWorldFlow.approve.unassign(&mut case.conn, task, &BOB).unwrap();
    case.before = dump(&mut case.conn);
    case.refuses(|conn| HelloWorldFlow.approve.assign(conn, task, &ALICE), ErrorKind::Denied, "hello_world.approve");
    HelloWorldFlow.approve.assign(&mut case.conn, task, &BOB).unwrap();
    case.before = dump(&mut case.conn);
    let withdrawn = flow_tests::app::Person { permissions: &[], ..BOB };
    case.refuses(
        |conn| HelloWorldFlow.approve.execute(conn, task, &withdrawn, yes()),
        ErrorKind::Denied,
        "requires the permission",
    );
}

#[test]
fn texts_that_are_too_long_or_cannot_be_stored() {
    let mut case = case();
    for (text, names) in [
        ("x".repeat(51), "has 51 characters, at most 50"),
        ("ü".repeat(51), "has 51 characters, at most 50"),
        ("x".repeat(1_000_000), "has 1000000 characters"),
        ("a\0b".to_owned(), "NUL"),
    ] {
        let form = StartForm { text: text.clone() };
        case.refuses(|conn| HelloWorldFlow.start.run(conn, &ALICE, form), ErrorKind::Invalid, names);
        let data = HelloWorldProcessData { text, approved: false };
        case.refuses(|conn| HelloWorldFlow.import.run(conn, &ALICE, data), ErrorKind::Invalid, names);
    }
    let form = StartForm { text: "ü".repeat(50) };
    HelloWorldFlow.start.run(&mut case.conn, &ALICE, form).unwrap();
}

#[test]
fn setting_and_saving_validates_all_fields_before_it_writes() {
    let mut case = case();
    let mut process = HelloWorldFlow.processes().first(&mut case.conn).unwrap();
    process.set_text("x".repeat(51));
    process.set_approved(true);
    case.refuses(|conn| process.save(conn), ErrorKind::Invalid, "`text`");
}

#[test]
fn forms_take_their_own_fields_and_nothing_else() {
    let read = |json: &str| serde_json::from_str::<ApproveForm>(json).map_err(|error| error.to_string());
    assert!(read(r#"{"approved": true}"#).unwrap().approved);
    for (json, names) in [
        ("{}", "`approved` is missing"),
        (r#"{"approved": true, "text": "x"}"#, "`text` is not a field of this form"),
        (r#"{"approved": true, "id": 1}"#, "`id` is not a field of this form"),
        (r#"{"approved": true, "approved": false}"#, "`approved` is given more than once"),
        (r#"{"approved": "yes"}"#, "expected a boolean"),
        (r#"{"approved": null}"#, "expected a boolean"),
        ("[", "expected an object"),
    ] {
        let error = read(json).unwrap_err();
        assert!(error.contains(names), "{json}: {error}");
    }
}

#[test]
fn a_row_with_the_wrong_json_type_is_named_and_blocks_nobody_else() {
    for (document, names) in [
        (
            r#"{"text": "hi", "approved": "yes"}"#,
            "field `approved` (at `$.\"approved\"`) holds a string of 3 characters",
        ),
        (r#"{"text": 5}"#, "field `text` (at `$.\"text\"`) holds an integer, expected a string"),
        ("{}", "field `text` (at `$.\"text\"`) holds nothing"),
        ("[]", "a document that is not a JSON object"),
        ("{\"text\":", "a document that is not valid JSON"),
    ] {
        let mut case = case();
        let task = case.task;
        let sql = format!("update flow_process set data = '{document}' where id = {}", task.process());
        case.conn.batch_execute(&sql).unwrap();
        case.before = dump(&mut case.conn);
        case.refuses(|conn| HelloWorldFlow.approve.execute(conn, task, &BOB, yes()), ErrorKind::Data, names);
        case.refuses(|conn| Ok(HelloWorldFlow.processes().load(conn)?), ErrorKind::Data, names);
        // What needs no field of the process goes on.
        HelloWorldFlow.approve.unassign(&mut case.conn, task, &BOB).unwrap();
        HelloWorldFlow.approve.assign(&mut case.conn, task, &BOB).unwrap();
        assert!(FLOWS.history(&mut case.conn, task.process()).is_ok());
        let matching = HelloWorldFlow.processes().filter(HelloWorldProcess::FIELDS.approved.eq(true));
        if document.ends_with('}') {
            assert_eq!(matching.load(&mut case.conn).unwrap().len(), 0, "a wrong type matches nothing");
        }
    }
}

#[test]
fn a_job_whose_document_cannot_be_read_stays_due_and_its_body_does_not_run() {
    let clock = flow_core::test_util::TestClock::install();
    let mut case = case();
    let task = case.task;
    HelloWorldFlow.approve.execute(&mut case.conn, task, &BOB, yes()).unwrap();
    let write = |conn: &mut Db, text: &str| {
        let sql = format!("update flow_process set data = '{{\"text\": {text}}}' where id = {}", task.process());
        conn.batch_execute(&sql).unwrap();
    };
    write(&mut case.conn, "5");
    let report = FLOWS.run_until_idle(&mut case.conn).unwrap();
    assert_eq!((report.done, report.failed, report.postponed), (0, 0, 1));
    let problems = FLOWS.check(&mut case.conn).unwrap();
    assert!(problems[0].to_string().contains("holds an integer, expected a string"), "{problems:?}");
    // More often than a job is attempted: it is not given up.
    for _ in 0..20 {
        clock.advance(flow_core::hours(1));
        assert_eq!(FLOWS.run_due(&mut case.conn).unwrap().postponed, 1);
    }
    write(&mut case.conn, "\"hi\"");
    clock.advance(flow_core::hours(1));
    FLOWS.run_until_idle(&mut case.conn).unwrap();
    FLOWS.expect(&mut case.conn, task.process()).is(flow_core::ProcessStatus::Done);
}

#[test]
fn rows_with_words_of_another_version_are_values() {
    let mut case = case();
    case.conn.batch_execute("update flow_task set status = 'PAUSED', node = 'gone' where number = 2").unwrap();
    let tasks = FLOWS.tasks(&mut case.conn, case.task.process()).unwrap();
    assert_eq!(tasks[1].status(), flow_core::TaskStatus::Unknown);
    assert_eq!(tasks[1].node(), "gone");
    case.before = dump(&mut case.conn);
    let task = case.task;
    case.refuses(|conn| HelloWorldFlow.approve.execute(conn, task, &BOB, yes()), ErrorKind::NotFound, "task");
}

#[test]
fn the_audit_cannot_be_rewritten() {
    let mut case = case();
    let error = case.conn.batch_execute("update flow_audit set actor = 'nobody'").unwrap_err();
    assert!(error.to_string().contains("append-only"), "{error}");
    assert_eq!(dump(&mut case.conn), case.before);
}
