//! What keeps a running app right: a start that may come twice, rows of another version, who did what.

/// The cases of operation, on a back end.
#[macro_export]
macro_rules! operations_suite {
    ($connection:ty, $database:expr) => {
        mod operations {
            $crate::cases! {
            use diesel::Connection as _;
            use flow_core::{ErrorKind, Problem, ProblemKind, ProcessStatus::*};
            use $crate::app::{ALICE, BOB, CAROL, MONA};

            $crate::hello_world!($connection);
            type Db = $connection;
            static FLOWS: Flows<Db> = flows![HelloWorldFlow];

            fn form(text: &str) -> StartForm {
                StartForm { text: text.to_owned() }
            }

            fn started(conn: &mut Db) -> (i64, TaskId) {
                let process = HelloWorldFlow.start.run(conn, &ALICE, form("hi")).unwrap();
                (process.id(), HelloWorldFlow.approve.tasks().open().of(process.id()).one(conn).unwrap().id())
            }

            fn change(conn: &mut Db, sql: &str) {
                diesel::sql_query(sql).execute(conn).unwrap();
            }

            #[test]
            fn a_start_with_a_key_starts_once() {
                let mut conn: Db = $database;
                let first = HelloWorldFlow.start.run_once(&mut conn, &ALICE, "order-17", form("one")).unwrap();
                let second = HelloWorldFlow.start.run_once(&mut conn, &BOB, "order-17", form("two")).unwrap();
                assert_eq!((second.id(), second.text(), second.start_key()), (first.id(), "one", Some("order-17")));
                let data = HelloWorldProcessData { text: "three".to_owned(), approved: false };
                let third = HelloWorldFlow.import.run_once(&mut conn, &ALICE, "order-17", data).unwrap();
                assert_eq!(third.id(), first.id(), "a key is the flow's, whichever start is called");
                let other = HelloWorldFlow.start.run_once(&mut conn, &ALICE, "order-18", form("two")).unwrap();
                assert_ne!(other.id(), first.id());
                assert_eq!(HelloWorldFlow.processes().load(&mut conn).unwrap().len(), 2);
                assert_eq!(FLOWS.history(&mut conn, first.id()).unwrap().len(), 1, "the second call left no trace");
            }

            #[test]
            fn a_start_with_a_key_works_inside_the_callers_transaction() {
                let mut conn: Db = $database;
                let undone = conn.transaction(|conn| {
                    let first = HelloWorldFlow.start.run_once(conn, &ALICE, "k", form("one"))?;
                    let second = HelloWorldFlow.start.run_once(conn, &ALICE, "k", form("two"))?;
                    assert_eq!(first.id(), second.id());
                    Err::<(), flow_core::Error>(diesel::result::Error::RollbackTransaction.into())
                });
                assert!(undone.is_err());
                let again = HelloWorldFlow.start.run_once(&mut conn, &ALICE, "k", form("three")).unwrap();
                assert_eq!(again.text(), "three", "what was undone was not started");
            }

            #[test]
            fn a_key_that_cannot_be_kept_is_refused() {
                let mut conn: Db = $database;
                let long = "x".repeat(201);
                for key in ["", long.as_str(), "a\0b"] {
                    let error = HelloWorldFlow.start.run_once(&mut conn, &ALICE, key, form("hi")).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
                }
                assert_eq!(HelloWorldFlow.processes().load(&mut conn).unwrap().len(), 0);
            }

            #[test]
            fn rows_that_the_code_does_not_know_are_listed_and_harm_nobody() {
                let mut conn: Db = $database;
                let (_, sound) = started(&mut conn);
                assert_eq!(FLOWS.check(&mut conn).unwrap(), []);
                let (flow, _) = started(&mut conn);
                let (node, task) = started(&mut conn);
                let (status, paused) = started(&mut conn);
                change(&mut conn, &format!("update flow_process set flow = 'gone' where id = {flow}"));
                change(&mut conn, &format!("update flow_task set flow = 'gone' where process_id = {flow}"));
                change(&mut conn, &format!("update flow_task set node = 'gone' where process_id = {node} and number = 2"));
                change(&mut conn, &format!("update flow_task set status = 'PAUSED' where process_id = {status} and number = 2"));
                let found = FLOWS.check(&mut conn).unwrap();
                let short = |problem: &Problem| (problem.process, problem.task, problem.node.clone(), problem.kind.clone());
                assert_eq!(
                    found.iter().map(short).collect::<Vec<_>>(),
                    [
                        (Some(flow), None, None, ProblemKind::UnknownFlow),
                        (Some(node), Some(task), Some("gone".to_owned()), ProblemKind::UnknownNode),
                        (Some(status), Some(paused), Some("approve".to_owned()), ProblemKind::UnknownStatus),
                    ]
                );
                assert_eq!(HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap_err().kind(), ErrorKind::NotFound);
                HelloWorldFlow.approve.assign(&mut conn, sound, &BOB).unwrap();
                assert_eq!(FLOWS.queue(&mut conn, &BOB).unwrap().len(), 0);
            }

            #[test]
            fn who_comes_second_is_told_who_was_first_and_when() {
                let mut conn: Db = $database;
                let (process, task) = started(&mut conn);
                HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                HelloWorldFlow.approve.execute(&mut conn, task, &BOB, ApproveForm { approved: false }).unwrap();
                let error = HelloWorldFlow.approve.execute(&mut conn, task, &BOB, ApproveForm { approved: true }).unwrap_err();
                let at = FLOWS.history(&mut conn, process).unwrap().last().unwrap().at();
                assert_eq!(error.to_string(), format!("process {process} is DONE, by bob, since {at}"));
                let error = HelloWorldFlow.approve.assign(&mut conn, task, &CAROL).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Conflict);
                let error = HelloWorldFlow.approve.assign(&mut conn, task, &MONA).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Denied, "whether it is done is not told to who may not do it");
                FLOWS.expect(&mut conn, process).is(Done);
            }
            }
        }
    };
}
