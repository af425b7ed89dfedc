//! The hello-world flow from its start to each of its ends.

/// The cases of the hello-world flow, on a back end.
#[macro_export]
macro_rules! hello_world_suite {
    ($connection:ty, $database:expr) => {
        mod hello_world {
            $crate::cases! {
            use flow_core::{DueReport, ErrorKind, ProcessStatus::*, TaskStatus, test_util::TestClock};
            use $crate::app::{ALICE, BOB, CAROL, MONA};

            $crate::hello_world!($connection);
            static FLOWS: Flows<$connection> = flows![HelloWorldFlow];

            fn started(text: &str) -> ($connection, HelloWorldProcess, TaskId) {
                let mut conn: $connection = $database;
                let form = StartForm { text: text.to_owned() };
                let process = HelloWorldFlow.start.run(&mut conn, &ALICE, form).unwrap();
                let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(&mut conn).unwrap();
                (conn, process, task.id())
            }

            fn approved(text: &str, approved: bool) -> ($connection, i64) {
                let (mut conn, process, task) = started(text);
                HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                HelloWorldFlow.approve.execute(&mut conn, task, &BOB, ApproveForm { approved }).unwrap();
                (conn, process.id())
            }

            #[test]
            fn waiting_it_has_three_tasks() {
                let (mut conn, process, task) = started("hi");
                assert_eq!((process.status(), process.text(), process.approved()), (New, "hi", false));
                assert_eq!(HelloWorldFlow.brief(&process), "Send 'hi' to the world");
                let seen = FLOWS.expect(&mut conn, process.id()).is(New);
                let seen = seen.tasks(&["start:DONE@start", "approve:NEW@start", "approve__timeout__escalate:SCHEDULED@start"]);
                let [start, approve, timeout] = seen.rows() else { panic!() };
                assert_eq!((start.owner(), start.previous()), (Some("alice"), None));
                assert!(start.started().is_some() && start.finished().is_some());
                assert_eq!((approve.id(), approve.previous()), (task, Some(start.id())));
                assert_eq!(timeout.previous(), Some(approve.id()), "the timeout belongs to its task");
                assert_eq!(timeout.due(), Some(timeout.created() + days(3)));
                assert_eq!(approve.task_type(), "HUMAN");
            }

            #[test]
            fn approved_it_ends_with_six_tasks_and_the_job_runs_once() {
                let (mut conn, process) = approved("hi", true);
                FLOWS.expect(&mut conn, process).is(New);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap(), DueReport::default());
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE",
                    "approve:DONE",
                    "approve__timeout__escalate:CANCELED",
                    "check_approve:DONE",
                    "send:DONE",
                    "end:DONE",
                ]);
            }

            #[test]
            fn rejected_it_ends_with_five_tasks() {
                let (mut conn, process) = approved("hi", false);
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE",
                    "approve:DONE",
                    "approve__timeout__escalate:CANCELED",
                    "check_approve:DONE",
                    "end:DONE",
                ]);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap(), DueReport::default());
            }

            #[test]
            fn the_timeout_fires_once_and_not_before_its_time() {
                let clock = TestClock::install();
                let (mut conn, process, task) = started("hi");
                clock.advance(days(3) - std::time::Duration::from_micros(1));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap(), DueReport::default());
                clock.advance(std::time::Duration::from_micros(1));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap(), DueReport::default());
                FLOWS.expect(&mut conn, process.id()).is(Done).tasks(&[
                    "start:DONE",
                    "approve:CANCELED",
                    "approve__timeout__escalate:DONE",
                    "escalate:DONE",
                ]);
                let late = HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap_err();
                assert_eq!(late.kind(), ErrorKind::Conflict);
                assert!(late.to_string().contains("is DONE"), "{late}");
            }

            #[test]
            fn a_timeout_that_is_long_overdue_fires_late_rather_than_never() {
                let clock = TestClock::install();
                let (mut conn, process, _) = started("hi");
                clock.advance(days(400));
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process.id()).is(Done);
            }

            #[test]
            fn a_person_takes_and_gives_back_a_task() {
                let (mut conn, process, task) = started("hi");
                let taken = HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                assert_eq!((taken.status(), taken.owner()), (TaskStatus::Assigned, Some("bob")));
                assert!(taken.assigned().is_some());
                let again = HelloWorldFlow.approve.assign(&mut conn, task, &CAROL).unwrap_err();
                assert_eq!(again.kind(), ErrorKind::Conflict);
                assert!(again.to_string().contains("by bob"), "{again}");
                let stranger = HelloWorldFlow.approve.unassign(&mut conn, task, &CAROL).unwrap_err();
                assert_eq!(stranger.kind(), ErrorKind::Denied);
                let free = HelloWorldFlow.approve.unassign(&mut conn, task, &BOB).unwrap();
                assert_eq!((free.status(), free.owner(), free.assigned()), (TaskStatus::New, None, None));
                HelloWorldFlow.approve.assign(&mut conn, task, &CAROL).unwrap();
                HelloWorldFlow.approve.unassign(&mut conn, task, &MONA).unwrap();
                let actions: Vec<(String, String)> = FLOWS
                    .history(&mut conn, process.id())
                    .unwrap()
                    .iter()
                    .map(|row| (row.actor().to_owned(), row.action().to_owned()))
                    .collect();
                let expect = [
                    ("alice", "start"),
                    ("bob", "assign"),
                    ("carol", "denied"),
                    ("bob", "unassign"),
                    ("carol", "assign"),
                    ("mona", "unassign"),
                ];
                assert_eq!(actions, expect.map(|(who, what)| (who.to_owned(), what.to_owned())));
            }

            #[test]
            fn only_its_owner_does_a_task_and_only_once() {
                let (mut conn, _, task) = started("hi");
                let form = || ApproveForm { approved: true };
                let early = HelloWorldFlow.approve.execute(&mut conn, task, &BOB, form()).unwrap_err();
                assert!(early.to_string().contains("it is not assigned"), "{early}");
                HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                for other in [&CAROL, &MONA, &ALICE] {
                    let error = HelloWorldFlow.approve.execute(&mut conn, task, other, form()).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
                }
                HelloWorldFlow.approve.execute(&mut conn, task, &BOB, form()).unwrap();
                let again = HelloWorldFlow.approve.execute(&mut conn, task, &BOB, form()).unwrap_err();
                assert_eq!(again.kind(), ErrorKind::Conflict);
                assert!(again.to_string().contains("is DONE, by bob"), "{again}");
            }

            #[test]
            fn lists_show_what_is_mine_and_what_i_may_take() {
                let (mut conn, _, task) = started("hi");
                let ids = |tasks: Vec<Task>| tasks.iter().map(Task::id).collect::<Vec<_>>();
                assert_eq!(ids(FLOWS.queue(&mut conn, &BOB).unwrap()), [task]);
                assert_eq!(ids(FLOWS.queue(&mut conn, &ALICE).unwrap()), []);
                assert_eq!(ids(FLOWS.queue(&mut conn, &MONA).unwrap()), [], "a named permission is not a manager's");
                HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                assert_eq!(ids(FLOWS.inbox(&mut conn, &BOB).unwrap()), [task]);
                assert_eq!(ids(FLOWS.queue(&mut conn, &CAROL).unwrap()), []);
            }

            #[test]
            fn code_starts_it_too_and_the_audit_has_its_name() {
                let mut conn: $connection = $database;
                let data = HelloWorldProcessData { text: "hi".to_owned(), approved: false };
                let process = HelloWorldFlow.import.run(&mut conn, &System("nightly import"), data).unwrap();
                FLOWS.expect(&mut conn, process.id()).is(New).tasks(&[
                    "import:DONE",
                    "approve:NEW",
                    "approve__timeout__escalate:SCHEDULED",
                ]);
                assert_eq!(FLOWS.history(&mut conn, process.id()).unwrap()[0].actor(), "nightly import");
            }

            #[test]
            fn a_job_that_fails_leaves_its_task_in_error_and_the_process_open() {
                for (text, error) in [("fail", "the world is not listening"), ("panic", "panicked")] {
                    let (mut conn, process) = approved(text, true);
                    let report = FLOWS.run_due(&mut conn).unwrap();
                    assert_eq!((report.done, report.failed), (0, 1));
                    let seen = FLOWS.expect(&mut conn, process).is(New).tasks(&[
                        "start:DONE",
                        "approve:DONE",
                        "approve__timeout__escalate:CANCELED",
                        "check_approve:DONE",
                        "send:ERROR",
                    ]);
                    assert_eq!(seen.rows()[4].error(), Some(error));
                    assert_eq!(FLOWS.run_due(&mut conn).unwrap(), DueReport::default(), "not tried again by itself");
                }
            }

            #[test]
            fn one_job_that_panics_does_not_stop_the_others() {
                let mut conn: $connection = $database;
                for text in ["panic", "hi"] {
                    let data = HelloWorldProcessData { text: text.to_owned(), approved: false };
                    let process = HelloWorldFlow.import.run(&mut conn, &MONA, data).unwrap();
                    let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(&mut conn).unwrap().id();
                    HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                    HelloWorldFlow.approve.execute(&mut conn, task, &BOB, ApproveForm { approved: true }).unwrap();
                }
                let report = FLOWS.run_due(&mut conn).unwrap();
                assert_eq!((report.done, report.failed), (1, 1));
            }

            #[test]
            fn filters_know_defaults_and_other_flows_stay_out() {
                let (mut conn, process, _) = started("hi");
                let fields = HelloWorldProcess::FIELDS;
                let count = |conn: &mut $connection, approved: bool| {
                    HelloWorldFlow.processes().filter(fields.approved.eq(approved)).load(conn).unwrap().len()
                };
                assert!(!process.data().get(&["approved"]).unwrap().is_some(), "an unset default is not stored");
                assert_eq!((count(&mut conn, false), count(&mut conn, true)), (1, 0));
                let mut process =
                    HelloWorldFlow.processes().filter(fields.text.like("h%")).load(&mut conn).unwrap().remove(0);
                process.set_approved(true);
                process.save(&mut conn).unwrap();
                assert_eq!((count(&mut conn, false), count(&mut conn, true)), (0, 1));
                let newest = HelloWorldFlow.processes().order(fields.text.desc()).first(&mut conn).unwrap();
                assert_eq!((newest.id(), newest.version()), (process.id(), process.version()));
            }

            #[test]
            fn inside_the_callers_transaction_it_comes_and_goes_with_it() {
                use flow_core::Error;
                let (mut conn, process, task) = started("hi");
                let before = FLOWS.history(&mut conn, process.id()).unwrap().len();
                let undone = diesel::Connection::transaction(&mut conn, |conn| {
                    HelloWorldFlow.approve.assign(conn, task, &BOB)?;
                    HelloWorldFlow.approve.execute(conn, task, &BOB, ApproveForm { approved: false })?;
                    Err::<(), Error>(diesel::result::Error::RollbackTransaction.into())
                });
                assert!(undone.is_err());
                FLOWS.expect(&mut conn, process.id()).is(New);
                assert_eq!(FLOWS.history(&mut conn, process.id()).unwrap().len(), before);
            }

            #[test]
            fn the_audit_replayed_gives_the_state() {
                let (mut conn, process) = approved("hi", true);
                FLOWS.run_until_idle(&mut conn).unwrap();
                let mut replayed = std::collections::BTreeMap::new();
                let history = FLOWS.history(&mut conn, process).unwrap();
                assert!(history.windows(2).all(|pair| pair[0].version() + 1 == pair[1].version()));
                for row in &history {
                    replayed.extend(row.changes());
                }
                let state: Vec<_> = FLOWS
                    .tasks(&mut conn, process)
                    .unwrap()
                    .iter()
                    .map(|task| (task.id().number(), task.status()))
                    .collect();
                assert_eq!(replayed.into_iter().collect::<Vec<_>>(), state);
                assert_eq!(history.last().unwrap().process_status(), Done);
            }
            }
        }
    };
}
