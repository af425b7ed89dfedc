//! What is done in the name of somebody else, by the rules that are methods of a flow.

/// The cases of acting for somebody, on a back end.
#[macro_export]
macro_rules! represented_suite {
    ($connection:ty, $database:expr) => {
        mod represented {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{ErrorKind, ProcessStatus};

            type Db = $connection;

            #[derive(ProcessProxy, Debug)]
            pub struct LeaveProcess {
                process: Process,
                #[json(default)]
                topic: String,
            }

            #[flow(process = LeaveProcess, connection = Db, cancel(this.may_withdraw), view(this.may_look))]
            pub struct LeaveFlow {
                #[node(permission(anyone), next = this.approve)]
                pub start: StartHandle,
                #[node(permission("lead"), next = this.work)]
                pub approve: View,
                #[node(run = this.ring, retry(attempts = 5, delay = seconds(30)), next = this.end)]
                pub work: Job,
                pub end: End,
            }

            impl LeaveFlow {
                fn ring(job: &JobContext<Self>) -> Step {
                    if job.process.topic() == "quiet" { Ok(()) } else { Err("down".into()) }
                }

                fn may_withdraw(user: &dyn User, process: &LeaveProcess, _: &[Task]) -> Step<bool> {
                    Ok(process.process.started_by() == Some(user.id()))
                }

                fn may_look(user: &dyn User, process: &LeaveProcess) -> bool {
                    user.id() == "auditor" && process.topic() == "leave"
                }
            }

            static FLOWS: Flows<Db> = flows![LeaveFlow];

            struct Person(&'static str, &'static [&'static Person]);

            impl User for Person {
                fn id(&self) -> &str {
                    self.0
                }

                fn may(&self, permission: &Permission) -> bool {
                    self.0 == "lea" && permission.name() == "lead"
                }

                fn manages(&self, _: &str) -> bool {
                    self.0 == "mona"
                }

                fn acts_for(&self) -> Vec<&dyn User> {
                    self.1.iter().map(|person| *person as &dyn User).collect()
                }
            }

            static ANNA: Person = Person("anna", &[]);
            static BEN: Person = Person("ben", &[&ANNA]);
            static AUDITOR: Person = Person("auditor", &[]);
            static AIDE: Person = Person("aide", &[&AUDITOR]);
            static LEA: Person = Person("lea", &[]);
            static MONA: Person = Person("mona", &[]);
            static DEPUTY: Person = Person("deputy", &[&ANNA, &LEA]);

            fn start(conn: &mut Db) -> i64 {
                LeaveFlow.start.run(conn, &ANNA, LeaveProcessData { topic: "leave".into() }).unwrap().id()
            }

            #[test]
            fn a_rule_of_the_flow_is_asked_about_the_person_who_is_represented() {
                let conn = &mut $database;
                let id = start(conn);
                let kind = |result: flow_core::Result<()>| result.map_err(|error| error.kind());
                assert_eq!(kind(FLOWS.view(conn, &AUDITOR, id).map(drop)), Ok(()));
                assert_eq!(kind(FLOWS.view(conn, &AIDE, id).map(drop)), Err(ErrorKind::NotFound), "in her own right");
                assert_eq!(kind(FLOWS.view(conn, &AIDE.on_behalf_of(&AUDITOR), id).map(drop)), Ok(()));
                assert_eq!(kind(FLOWS.view(conn, &BEN.on_behalf_of(&ANNA), id).map(drop)), Ok(()), "she started it");
                assert_eq!(kind(FLOWS.view(conn, &BEN.on_behalf_of(&AUDITOR), id).map(drop)), Err(ErrorKind::Denied));

                assert_eq!(kind(FLOWS.cancel(conn, id, &BEN).map(drop)), Err(ErrorKind::Denied));
                let available = FLOWS.process_available(conn, id, &BEN.on_behalf_of(&ANNA)).unwrap();
                assert!(available.iter().any(|verb| verb.verb == flow_core::Verb::Cancel && verb.is_allowed()));
                FLOWS.cancel(conn, id, &BEN.on_behalf_of(&ANNA).because("she asked me to")).unwrap();
                let last = FLOWS.history(conn, id).unwrap().pop().unwrap();
                assert_eq!((last.actor(), last.on_behalf_of(), last.note()), ("ben", Some("anna"), Some("she asked me to")));
            }

            #[test]
            fn a_reason_without_a_word_is_none() {
                let conn = &mut $database;
                let id = start(conn);
                FLOWS.cancel(conn, id, &ANNA.because(" ")).unwrap();
                assert_eq!(FLOWS.history(conn, id).unwrap().pop().unwrap().note(), None);
            }

            #[test]
            fn a_suspended_process_is_not_reported_at_each_call_and_the_next_try_is_told() {
                let conn = &mut $database;
                let clock = TestClock::install();
                let id = start(conn);
                let task = LeaveFlow.approve.tasks().of(id).one(conn).unwrap().id();
                LeaveFlow.approve.assign(conn, task, &LEA).unwrap();
                LeaveFlow.approve.execute(conn, task, &LEA, ()).unwrap();
                assert_eq!(FLOWS.run_due(conn).unwrap().retried, 1);
                let text = FLOWS.explain(conn, id).unwrap().to_string();
                assert!(text.contains("attempts: 1; next try: 2026-01-01T00:00:30.000000Z; last error: down"), "{text}");
                FLOWS.suspend(conn, id, &MONA).unwrap();
                let again = FLOWS.suspend(conn, id, &MONA).unwrap_err().to_string();
                assert!(again.starts_with(&format!("process {id} is NEW, by mona, since ")), "{again}");
                clock.advance(days(1));
                let report = FLOWS.run_due(conn).unwrap();
                assert_eq!((report.postponed, report.retried, report.problems.len()), (0, 0, 0), "{report:?}");
                FLOWS.resume(conn, id, &MONA).unwrap();
                assert_eq!(FLOWS.run_due(conn).unwrap().retried, 1);
            }

            #[test]
            fn what_one_may_do_for_another_is_available() {
                let conn = &mut $database;
                let id = start(conn);
                let task = LeaveFlow.approve.tasks().of(id).one(conn).unwrap().id();
                let may = |conn: &mut Db, verb| {
                    FLOWS.available(conn, task, &DEPUTY).unwrap().iter().any(|known| known.verb == verb && known.is_allowed())
                };
                use flow_core::Verb::{Assign, CancelTask, Execute, Unassign};
                assert!(may(conn, Assign) && !may(conn, Execute) && !may(conn, CancelTask), "he is no manager");
                assert!(FLOWS.explain_task(conn, task, &DEPUTY).unwrap().in_queue);
                // It is hers, and in his list.
                LeaveFlow.approve.assign(conn, task, &LEA).unwrap();
                assert!(!may(conn, Assign) && may(conn, Execute) && may(conn, Unassign));
                let explained = FLOWS.explain_task(conn, task, &DEPUTY).unwrap();
                assert_eq!((explained.in_inbox, explained.in_queue, explained.reason), (true, false, None));
                assert_eq!(FLOWS.inbox(conn, &DEPUTY).unwrap().len(), 1);
                let other = FLOWS.available(conn, task, &BEN).unwrap();
                assert!(other.iter().all(|known| !known.is_allowed()), "anna may do none of it: {other:?}");
                let seen = FLOWS.view_task(conn, &DEPUTY, task).unwrap();
                let verbs = FLOWS.available_in(conn, &seen, &DEPUTY).unwrap();
                assert!(verbs.iter().any(|known| known.verb == Execute && known.is_allowed()));
                LeaveFlow.approve.execute(conn, task, &DEPUTY, ()).unwrap();
                let done = FLOWS.task(conn, task).unwrap();
                assert_eq!((done.owner(), done.on_behalf_of()), (Some("deputy"), Some("lea")));
                assert!(!may(conn, Execute));
            }

            #[test]
            fn who_comes_second_is_told_who_did_the_task_and_not_that_the_engine_went_on() {
                let conn = &mut $database;
                let id = LeaveFlow.start.run(conn, &ANNA, LeaveProcessData { topic: "quiet".into() }).unwrap().id();
                let task = LeaveFlow.approve.tasks().of(id).one(conn).unwrap().id();
                LeaveFlow.approve.assign(conn, task, &LEA).unwrap();
                let seen = FLOWS.tag(conn, task, &LEA).unwrap();
                LeaveFlow.approve.execute(conn, task, &LEA, ()).unwrap();
                let at = FLOWS.history(conn, id).unwrap().last().unwrap().at();
                FLOWS.run_due(conn).unwrap();
                assert_eq!(FLOWS.process(conn, id).unwrap().status(), ProcessStatus::Done);
                let expected = format!("task {task} (`approve`) is DONE, by lea, since {at}");
                let second = LeaveFlow.approve.execute(conn, task, &LEA, ()).unwrap_err();
                assert_eq!(second.to_string(), expected);
                let known = FLOWS.available(conn, task, &LEA).unwrap();
                let known = known.into_iter().find(|known| known.verb == flow_core::Verb::Execute).unwrap();
                assert_eq!(known.reason(), Some(expected.clone()));
                let sent = flow_core::form::Sent::Json(b"{}");
                let changed = FLOWS.if_unchanged(seen).execute(conn, task, &LEA, sent).unwrap_err().to_string();
                assert!(changed.starts_with(&expected), "{changed}");
                // What is done to tasks that are over is hindered by the process.
                let undo = FLOWS.undo(conn, task, &MONA).unwrap_err().to_string();
                assert!(undo.starts_with(&format!("process {id} is DONE, by flow")), "{undo}");
            }

            #[test]
            fn a_list_that_asks_for_nothing_or_for_what_no_row_has_is_empty() {
                let conn = &mut $database;
                let id = start(conn);
                let none: [i64; 0] = [];
                assert_eq!(FLOWS.find_processes().ids(none).load(conn).unwrap().rows.len(), 0);
                assert_eq!(FLOWS.find_processes().ids(none).visible_to(&ANNA).load(conn).unwrap().rows.len(), 0);
                for text in ["a\0b", "\0"] {
                    let tasks = |conn: &mut Db, list: flow_core::FindTasks<'_, Db>| list.load(conn).unwrap().rows.len();
                    assert_eq!(tasks(conn, FLOWS.find_tasks().text(text)), 0);
                    assert_eq!(tasks(conn, FLOWS.find_tasks().reference(text)), 0);
                    assert_eq!(tasks(conn, FLOWS.find_tasks().owner(text)), 0);
                    assert_eq!(tasks(conn, FLOWS.find_tasks().started_by(text)), 0);
                    assert_eq!(tasks(conn, FLOWS.find_tasks().node(text)), 0);
                    assert_eq!(FLOWS.find_processes().text(text).load(conn).unwrap().rows.len(), 0);
                    assert_eq!(FLOWS.find_processes().participant(text).load(conn).unwrap().rows.len(), 0);
                    let all = FLOWS.reassign_all(conn, &MONA, text, &LEA).unwrap_err();
                    assert_eq!(all.kind(), ErrorKind::Invalid);
                }
                assert_eq!(FLOWS.find_processes().ids([id]).load(conn).unwrap().rows.len(), 1);
                assert_eq!(FLOWS.process(conn, id).unwrap().status(), ProcessStatus::New);
            }
            }
        }
    };
}
