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
            fn who_changed_a_task_is_found_behind_many_later_rows() {
                let mut conn: Db = $database;
                let (process, task) = started(&mut conn);
                HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                change(
                    &mut conn,
                    &format!(
                        "with recursive n (i) as (select 10 union all select i + 1 from n where i < 5009)
                         insert into flow_audit (process_id, number, version, at, actor, action, task, node,
                                                 process_status, changes)
                         select a.process_id, n.i, n.i, a.at, 'flow', 'run', 99, a.node, 'NEW', '{{\"22\": \"DONE\"}}'
                         from n, flow_audit a where a.process_id = {process} and a.number = 1"
                    ),
                );
                let before = flow_core::test_util::rows_read();
                let refused = HelloWorldFlow.approve.assign(&mut conn, task, &CAROL).unwrap_err();
                let read = flow_core::test_util::rows_read() - before;
                let flow_core::Error::Conflict(conflict) = refused else { panic!("{refused}") };
                assert_eq!(conflict.by.as_deref(), Some("bob"));
                assert!(read < 10, "{read} rows were read");
            }

            #[test]
            fn due_rows_that_differ_in_their_key_alone_are_all_seen() {
                let mut conn: Db = $database;
                change(
                    &mut conn,
                    "with recursive n (i) as (select 1 union all select i + 1 from n where i < 250)
                     insert into flow_due (process_id, task, kind, key, flow, due)
                     select 0, 0, case when i <= 125 then 'LATER_1' else 'LATER_2' end, cast(i as text), 'hello_world',
                            '2026-01-01T00:00:00.000000Z' from n",
                );
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().unknown, 250, "in pages, none twice and none left out");
            }

            #[test]
            fn the_number_of_a_process_is_a_type_or_a_number() {
                let mut conn: Db = $database;
                let (process, task) = started(&mut conn);
                let id: flow_core::ProcessId = process.to_string().parse().unwrap();
                assert_eq!(FLOWS.process(&mut conn, id).unwrap().id(), FLOWS.process(&mut conn, process).unwrap().id());
                assert_eq!(FLOWS.tasks(&mut conn, id).unwrap().len(), 3);
                assert_eq!(FLOWS.history(&mut conn, id).unwrap().len(), 1);
                assert_eq!(HelloWorldFlow.approve.tasks().of(id).one(&mut conn).unwrap().id(), task);
                let found = HelloWorldFlow.processes().by_id(id).first(&mut conn).unwrap();
                assert_eq!(found.id(), process);
                use flow_core::schema::flow_process;
                let column: flow_core::ProcessId =
                    flow_process::table.filter(flow_process::id.eq(id)).select(flow_process::id).first(&mut conn).unwrap();
                assert_eq!(column, process);
                let missing = HelloWorldFlow.processes().by_id(process + 1).first(&mut conn);
                assert_eq!(flow_core::Error::from(missing.unwrap_err()).kind(), ErrorKind::NotFound);
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
