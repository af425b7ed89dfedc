//! What an `on_error` takes, and what it does not. Numbers are those of the behaviour cases.

/// The cases of `on_error`, on a back end.
#[macro_export]
macro_rules! failures_suite {
    ($connection:ty, $database:expr) => {
        mod failures {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{ErrorKind, Flow, ProcessStatus::*, TaskStatus};
            use std::panic::{AssertUnwindSafe, catch_unwind};
            use $crate::app::MONA;

            type Db = $connection;
            const CODE: System = System("test");

            diesel::table! {
                /// A table of the app's own.
                notes (text) { text -> Text, }
            }

            fn database() -> Db {
                let mut conn: Db = $database;
                diesel::connection::SimpleConnection::batch_execute(&mut conn, "create table notes (text text primary key)").unwrap();
                conn
            }

            fn notes(conn: &mut Db) -> Vec<String> {
                notes::table.order(notes::text).select(notes::text).load(conn).unwrap()
            }

            /// `how` says what the code does.
            #[derive(ProcessProxy, Debug)]
            pub struct TryProcess {
                process: Process,
                #[json(default, max_length = 20)]
                how: String,
                #[json(default)]
                tried: i64,
            }

            fn data(how: &str) -> TryProcessData {
                TryProcessData { how: how.to_owned(), tried: 0 }
            }

            /// Writes a row and a field, and fails as it is told to.
            fn attempt<F: Flow<Process = TryProcess>>(a: &mut Activation<F>, conn: &mut Db) -> Step {
                a.process.set_tried(a.process.tried() + 1);
                diesel::insert_into(notes::table).values(notes::text.eq("tried")).execute(conn)?;
                match a.process.how() {
                    "code" => Err(StepError::code("no-stock")),
                    "other" => Err(StepError::code("other")),
                    "fail" => Err("it failed".into()),
                    "panic" => panic!("on purpose"),
                    "long" => {
                        a.process.set_how("longer than twenty characters".to_owned());
                        Ok(())
                    }
                    "database" => {
                        diesel::sql_query("select * from no_such_table").execute(conn)?;
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }

            /// A function, in a person's request or behind a job.
            #[flow(process = TryProcess, connection = Db)]
            pub struct InstantFlow {
                #[node(permission(anyone), next = this.work)] start: StartHandle,
                #[node(permission(anyone), next = this.job)] later: StartHandle,
                #[node(run = |_job| (), next = this.work)] job: Job,
                #[node(run = this.attempt(conn), on_error(this.order_more, code = "no-stock"), on_error(this.repair), next = this.end)]
                work: Function,
                #[node(permission(anyone), next = this.end)] order_more: Handle,
                #[node(permission(anyone), next = this.end)] repair: Handle,
                end: End,
            }

            impl InstantFlow {
                fn attempt(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    attempt(a, conn)
                }
            }

            /// A code alone is taken.
            #[flow(process = TryProcess, connection = Db)]
            pub struct CodeFlow {
                #[node(permission(anyone), next = this.work)] start: StartHandle,
                #[node(permission(anyone), next = this.job)] later: StartHandle,
                #[node(run = |_job| (), next = this.work)] job: Job,
                #[node(run = this.attempt(conn), on_error(this.order_more, code = "no-stock"), next = this.end)]
                work: Function,
                #[node(permission(anyone), next = this.end)] order_more: Handle,
                end: End,
            }

            impl CodeFlow {
                fn attempt(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    attempt(a, conn)
                }
            }

            /// What a person sends.
            #[derive(Clone, Debug)]
            pub struct TryForm { pub how: String }

            impl Form<PersonFlow> for TryForm {
                fn save(self, a: &mut Activation<PersonFlow>, conn: &mut Db) -> Step {
                    a.process.set_how(self.how);
                    attempt(a, conn)
                }
            }

            /// A person, with a deadline, who may fail.
            #[flow(process = TryProcess, connection = Db)]
            pub struct PersonFlow {
                #[node(permission(anyone), next = this.ask)] start: StartHandle,
                #[node(form = TryForm, permission(anyone), on_timeout(days(1), this.repair), on_error(this.repair), next = this.end)]
                ask: View,
                #[node(permission(anyone), next = this.end)] repair: Handle,
                end: End,
            }

            /// A job that is tried three times.
            #[flow(process = TryProcess, connection = Db)]
            pub struct JobFlow {
                #[node(permission(anyone), next = this.send)] start: StartHandle,
                #[node(run = this.send, on_done = this.sent(conn), retry(attempts = 3, delay = seconds(10)), timeout = minutes(1),
                       on_error(this.order_more, code = "no-stock"), on_error(this.repair), next = this.end)]
                send: Job,
                #[node(permission(anyone), next = this.end)] order_more: Handle,
                #[node(run = |a| a.process.set_tried(100), next = this.end)] repair: Function,
                end: End,
            }

            impl JobFlow {
                fn send(job: &JobContext<Self>) -> Step {
                    match job.process.how() {
                        "code" => Err(StepError::code("no-stock")),
                        "fail" => Err("it failed".into()),
                        "panic" => panic!("on purpose"),
                        _ => Ok(()),
                    }
                }

                fn sent(a: &mut Activation<Self>, conn: &mut Db, _: ()) -> Step {
                    diesel::insert_into(notes::table).values(notes::text.eq("sent")).execute(conn)?;
                    if a.process.how() == "then code" { Err(StepError::code("no-stock")) } else { Ok(()) }
                }
            }

            /// Somebody is told beside it.
            #[flow(process = TryProcess, connection = Db)]
            pub struct BesideFlow {
                #[node(permission(anyone), next = this.work)] start: StartHandle,
                #[node(run = this.attempt(conn), on_error(this.alert, interrupting = false), next = this.end)] work: Function,
                #[node(permission(anyone), next = this.told)] alert: Handle,
                told: End,
                end: End,
            }

            impl BesideFlow {
                fn attempt(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    attempt(a, conn)
                }
            }

            /// Runs the others as its children.
            #[flow(process = TryProcess, connection = Db)]
            pub struct ParentFlow {
                #[node(permission(anyone), next = this.child)] start: StartHandle,
                #[node(start = CodeFlow.start, process_data = |a| data(a.process.how()), on_error(this.repair), next = this.end)]
                child: Subprocess,
                #[node(permission(anyone), next = this.end)] repair: Handle,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![InstantFlow, CodeFlow, PersonFlow, JobFlow, BesideFlow, ParentFlow];

            fn newest(conn: &mut Db, process: i64, node: &str) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().rfind(|task| task.node() == node).unwrap()
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
            }

            #[test]
            fn what_a_callback_wrote_is_rolled_back_and_the_process_goes_on_in_a_persons_request() {
                let mut conn = database();
                for (how, boundary, next, text) in [
                    ("code", "work__error__no_stock__order_more", "order_more", "no-stock"),
                    ("other", "work__error__repair", "repair", "other"),
                    ("fail", "work__error__repair", "repair", "it failed"),
                ] {
                    let process = InstantFlow.start.run(&mut conn, &CODE, data(how)).unwrap();
                    assert_eq!((process.tried(), notes(&mut conn)), (0, vec![]), "{how}");
                    FLOWS.expect(&mut conn, process.id()).is(New).tasks(&[
                        "start:DONE", "work:CANCELED", &format!("{boundary}:DONE"), &format!("{next}:NEW"),
                    ]);
                    let work = newest(&mut conn, process.id(), "work");
                    assert!(work.error() == Some(text), "{:?}", work.error());
                }
                sound(&mut conn);
            }

            #[test]
            fn the_same_in_the_background() {
                let mut conn = database();
                for (how, next) in [("code", "order_more"), ("other", "repair"), ("fail", "repair"), ("long", "repair"),
                                    ("panic", "repair"), ("database", "repair")] {
                    let process = InstantFlow.later.run(&mut conn, &CODE, data(how)).unwrap().id();
                    let report = FLOWS.run_until_idle(&mut conn).unwrap();
                    assert_eq!((report.done, report.failed), (1, 0), "{how}");
                    assert_eq!(newest(&mut conn, process, next).status(), TaskStatus::New, "{how}");
                    assert_eq!(newest(&mut conn, process, "work").status(), TaskStatus::Canceled);
                    let row = InstantFlow.processes().filter(flow_core::schema::flow_process::id.eq(process)).first(&mut conn).unwrap();
                    assert_eq!((row.tried(), row.how(), notes(&mut conn)), (0, how, vec![]));
                }
                let fine = InstantFlow.later.run(&mut conn, &CODE, data("")).unwrap().id();
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, fine).is(Done).tasks(&["later:DONE", "job:DONE", "work:DONE", "end:DONE"]);
                assert_eq!(notes(&mut conn), ["tried"]);
                sound(&mut conn);
            }

            #[test]
            fn a_value_that_is_not_valid_is_a_failure_of_the_function_that_set_it() {
                let mut conn = database();
                let process = InstantFlow.start.run(&mut conn, &CODE, data("long")).unwrap();
                assert_eq!((process.how(), process.tried()), ("long", 0));
                assert_eq!(newest(&mut conn, process.id(), "repair").status(), TaskStatus::New);
                sound(&mut conn);
            }

            #[test]
            fn a_failure_of_the_database_is_taken_and_the_transaction_goes_on() {
                let mut conn = database();
                let process = InstantFlow.start.run(&mut conn, &CODE, data("database")).unwrap().id();
                assert_eq!(newest(&mut conn, process, "repair").status(), TaskStatus::New);
                sound(&mut conn);
            }

            #[test]
            fn case_65_other_codes_are_not_taken() {
                let mut conn = database();
                let error = CodeFlow.start.run(&mut conn, &CODE, data("other")).unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Step, "`work` failed: other"));
                assert_eq!(CodeFlow.processes().count().get_result::<i64>(&mut conn).unwrap(), 0);
                let process = CodeFlow.later.run(&mut conn, &CODE, data("other")).unwrap().id();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                assert_eq!(newest(&mut conn, process, "work").status(), TaskStatus::Error);
                let process = CodeFlow.start.run(&mut conn, &CODE, data("code")).unwrap().id();
                assert_eq!(newest(&mut conn, process, "order_more").status(), TaskStatus::New);
                assert_eq!(notes(&mut conn), Vec::<String>::new());
                sound(&mut conn);
            }

            #[test]
            fn a_panic_in_a_persons_request_is_taken_by_none() {
                let mut conn = database();
                let panic = catch_unwind(AssertUnwindSafe(|| InstantFlow.start.run(&mut conn, &CODE, data("panic")))).unwrap_err();
                assert_eq!(panic.downcast_ref(), Some(&"on purpose"));
                assert_eq!(InstantFlow.processes().count().get_result::<i64>(&mut conn).unwrap(), 0);
                InstantFlow.start.run(&mut conn, &CODE, data("")).unwrap();
            }

            fn asked(conn: &mut Db) -> (i64, TaskId) {
                let process = PersonFlow.start.run(conn, &CODE, data("")).unwrap().id();
                let task = newest(conn, process, "ask").id();
                PersonFlow.ask.assign(conn, task, &MONA).unwrap();
                (process, task)
            }

            fn send(conn: &mut Db, task: TaskId, how: &str) -> flow_core::Result<TryProcess> {
                PersonFlow.ask.execute(conn, task, &MONA, TryForm { how: how.to_owned() })
            }

            #[test]
            fn what_a_person_sends_may_fail_and_its_deadline_ends_with_it() {
                let mut conn = database();
                let (process, task) = asked(&mut conn);
                let row = send(&mut conn, task, "fail").unwrap();
                assert_eq!((row.how(), row.tried()), ("", 0), "nothing of the form is kept");
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "ask:CANCELED", "ask__timeout__repair:CANCELED", "ask__error__repair:DONE", "repair:NEW",
                ]);
                sound(&mut conn);
            }

            #[test]
            fn what_is_not_valid_goes_back_to_the_person() {
                let mut conn = database();
                let (process, task) = asked(&mut conn);
                let error = send(&mut conn, task, "longer than twenty characters").unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Invalid);
                assert_eq!(newest(&mut conn, process, "ask").status(), TaskStatus::Assigned);
                assert_eq!(notes(&mut conn), Vec::<String>::new());
                send(&mut conn, task, "").unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn a_failure_that_was_taken_is_undone_and_its_task_revived() {
                let mut conn = database();
                let (process, task) = asked(&mut conn);
                send(&mut conn, task, "fail").unwrap();
                let repair = newest(&mut conn, process, "repair").id();
                FLOWS.cancel_task(&mut conn, repair, &MONA).unwrap();
                let boundary = newest(&mut conn, process, "ask__error__repair").id();
                FLOWS.undo(&mut conn, boundary, &MONA).unwrap();
                sound(&mut conn);
                assert!(newest(&mut conn, process, "ask").resting());
                let again = PersonFlow.ask.revive(&mut conn, task, &MONA).unwrap();
                PersonFlow.ask.assign(&mut conn, again.id(), &MONA).unwrap();
                send(&mut conn, again.id(), "").unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            fn job(conn: &mut Db, how: &str) -> i64 {
                JobFlow.start.run(conn, &CODE, data(how)).unwrap().id()
            }

            #[test]
            fn a_code_that_is_named_is_taken_at_once_and_other_failures_are_retried_first() {
                let clock = TestClock::install();
                let mut conn = database();
                let coded = job(&mut conn, "code");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(newest(&mut conn, coded, "order_more").status(), TaskStatus::New);
                let send = newest(&mut conn, coded, "send").id();
                assert_eq!(FLOWS.attempts(&mut conn, send).unwrap().len(), 1);
                for how in ["fail", "panic"] {
                    let process = job(&mut conn, how);
                    for attempt in 1..=3 {
                        FLOWS.expect(&mut conn, process).is(New);
                        FLOWS.run_until_idle(&mut conn).unwrap();
                        let send = newest(&mut conn, process, "send").id();
                        assert_eq!(FLOWS.attempts(&mut conn, send).unwrap().len(), attempt);
                        clock.advance(hours(1));
                    }
                    FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                        "start:DONE", "send:CANCELED", "send__error__repair:DONE", "repair:DONE", "end:DONE",
                    ]);
                    let text = newest(&mut conn, process, "send").error().unwrap().to_owned();
                    assert!(text.starts_with("gave up after 3 attempts"), "{text}");
                }
                sound(&mut conn);
            }

            #[test]
            fn what_follows_a_job_fails_with_a_code() {
                let mut conn = database();
                let process = job(&mut conn, "then code");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(newest(&mut conn, process, "order_more").status(), TaskStatus::New);
                assert_eq!(notes(&mut conn), Vec::<String>::new());
                sound(&mut conn);
            }

            #[test]
            fn beside_a_task_that_failed_a_branch_starts_and_the_task_can_be_retried() {
                let mut conn = database();
                let process = BesideFlow.start.run(&mut conn, &CODE, data("fail")).unwrap().id();
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "work:ERROR", "work__error__alert:DONE", "alert:NEW",
                ]);
                sound(&mut conn);
                let mut row = BesideFlow.processes().first(&mut conn).unwrap();
                row.set_how(String::new());
                row.save(&mut conn).unwrap();
                let work = newest(&mut conn, process, "work").id();
                BesideFlow.work.retry(&mut conn, work, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(New);
                let alert = newest(&mut conn, process, "alert").id();
                BesideFlow.alert.run(&mut conn, alert, &CODE, ()).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn a_child_that_fails_inside_its_parents_step_is_taken_there() {
                let mut conn = database();
                // Its own `on_error` is asked first.
                let process = ParentFlow.start.run(&mut conn, &CODE, data("code")).unwrap().id();
                assert_eq!(newest(&mut conn, process, "child").status(), TaskStatus::Started);
                let child = CodeFlow.processes().first(&mut conn).unwrap().id();
                assert_eq!(newest(&mut conn, child, "order_more").status(), TaskStatus::New);
                let process = ParentFlow.start.run(&mut conn, &CODE, data("fail")).unwrap().id();
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "child:CANCELED", "child__error__repair:DONE", "repair:NEW",
                ]);
                assert_eq!(CodeFlow.processes().count().get_result::<i64>(&mut conn).unwrap(), 1, "nothing of that child is kept");
                assert_eq!(notes(&mut conn), Vec::<String>::new());
                sound(&mut conn);
            }
            }
        }
    };
}
