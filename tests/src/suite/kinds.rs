//! The other kinds of node, and what their callbacks may do. Numbers are those of the behaviour cases.

/// The cases of the node kinds, on a back end.
#[macro_export]
macro_rules! kinds_suite {
    ($connection:ty, $database:expr) => {
        mod kinds {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{DueReport, ErrorKind, ProcessStatus::*, TaskStatus, test_util::TestClock};
            use std::panic::{AssertUnwindSafe, catch_unwind};
            use $crate::app::{ALICE, BOB, MONA};

            type Db = $connection;

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

            #[derive(ProcessProxy, Debug)]
            pub struct OrderProcess {
                process: Process,
                amount: i64,
                #[json(default = 3)]
                tries: i32,
                note: Option<String>,
                #[json(default)]
                lines: Vec<String>,
                #[json(key("payment", "rate"), default = 0.5)]
                rate: f64,
            }

            /// What the bank tells.
            #[derive(Debug)]
            pub struct Payment { pub amount: i64, pub then: &'static str }

            #[flow(process = OrderProcess, connection = Db, result = "Paid {process.amount}")]
            pub struct OrderFlow {
                #[node(input = i64, run = |amount| OrderProcessData {
                    amount, tries: 3, note: None, lines: Vec::new(), rate: 0.5,
                }, permission(anyone), next = this.note)]
                order: StartHandle,
                #[node(run = this.note_it, next = this.paid)]
                note: Function,
                #[node(summary = "Pay {process.amount}", result = "Paid", input = Payment, run = this.pay(conn), permission("can_sign"),
                       on_timeout(|a| hours(a.process.tries().unsigned_abs().into()), this.remind, interrupting = false),
                       next = this.enough)]
                paid: Handle,
                #[node(run = |a| a.process.set_note(Some("reminded".to_owned())), next = this.end)]
                remind: Function,
                #[node(if = |a, conn| Ok(notes::table.count().get_result::<i64>(conn)? > 0 && a.process.amount() > 0),
                       then = this.pack, else = this.end)]
                enough: If,
                #[node(run = this.pack_it, on_done = this.packed(conn), timeout = minutes(5), next = this.end)]
                pack: Job,
                end: End,
            }

            impl OrderFlow {
                fn note_it(a: &mut Activation<Self>) {
                    // What a callback sees has its numbers already.
                    assert!(a.process.id() > 0);
                    assert_eq!(a.task.id(), TaskId::new(a.process.id(), 2));
                    a.process.set_lines(vec!["ordered".to_owned()]);
                }

                fn pay(a: &mut Activation<Self>, conn: &mut Db, payment: Payment) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
                    diesel::insert_into(notes::table).values(notes::text.eq("paid")).execute(conn)?;
                    // What is planned so far is in the database already, so that a query sees it.
                    let process: i64 = flow_core::schema::flow_process::table.select(flow_core::schema::flow_process::id).first(conn)?;
                    assert_eq!(process, a.process.id());
                    a.process.set_amount(payment.amount);
                    match payment.then {
                        "fail" => Err("bounced".into()),
                        "panic" => panic!("bank"),
                        _ => Ok(()),
                    }
                }

                async fn pack_it(job: &JobContext<Self>) -> Result<i64, std::num::TryFromIntError> {
                    Ok(i64::from(u8::try_from(job.process.amount())?) * 2)
                }

                fn packed(a: &mut Activation<Self>, conn: &mut Db, output: i64) -> Step {
                    diesel::insert_into(notes::table).values(notes::text.eq(format!("packed {output}"))).execute(conn)?;
                    a.process.set_rate(0.25);
                    if output == 16 {
                        // diesel leaves this transaction open when its closure panics.
                        diesel::Connection::transaction(conn, |_| -> diesel::QueryResult<()> { panic!("inside") })?;
                    }
                    if output == 14 { Err(StepError::code("no-stock")) } else { Ok(()) }
                }
            }

            /// Jobs whose methods answer a value, a future of one, and what can fail.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct CountFlow {
                #[node(permission(anyone), next = this.value)] start: StartHandle,
                #[node(run = this.three, on_done = |a, n| a.process.set_amount(n), next = this.later)] value: Job,
                #[node(run = this.soon, on_done = |a, text| a.process.set_amount(text.len() as i64), next = this.fails)] later: Job,
                #[node(run = this.refuse, next = this.end)] fails: Job,
                end: End,
            }

            impl CountFlow {
                fn three(_: &JobContext<Self>) -> i64 {
                    3
                }

                async fn soon(job: &JobContext<Self>) -> String {
                    "x".repeat(usize::try_from(job.process.amount()).unwrap() * 2)
                }

                fn refuse(job: &JobContext<Self>) -> Result<(), String> {
                    Err(format!("refused at {}", job.process.amount()))
                }
            }

            /// Jobs whose closures call what can fail, without a word that says so.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct CallFlow {
                #[node(permission(anyone), next = this.plain)] start: StartHandle,
                #[node(run = |job| CallFlow::refuse(job), next = this.end)] plain: Job,
                #[node(permission(anyone), next = this.waits)] later: StartHandle,
                #[node(run = async |job| CallFlow::refuse_later(job).await, next = this.end)] waits: Job,
                #[node(permission(anyone), next = this.future)] soon: StartHandle,
                #[node(run = |job| CallFlow::refuse_later(job), next = this.end)] future: Job,
                end: End,
            }

            impl CallFlow {
                fn refuse(_: &JobContext<Self>) -> Result<(), String> {
                    Err("refused".to_owned())
                }

                async fn refuse_later(_: &JobContext<Self>) -> Result<(), String> {
                    Err("refused".to_owned())
                }
            }

            static FLOWS: Flows<Db> = flows![OrderFlow, CountFlow, CallFlow];

            #[test]
            fn the_error_that_a_closure_of_a_job_passes_on_is_not_lost() {
                let mut conn = database();
                let data = || OrderProcessData { amount: 0, tries: 3, note: None, lines: Vec::new(), rate: 0.5 };
                let started = [
                    CallFlow.start.run(&mut conn, &ALICE, data()).unwrap().id(),
                    CallFlow.later.run(&mut conn, &ALICE, data()).unwrap().id(),
                    CallFlow.soon.run(&mut conn, &ALICE, data()).unwrap().id(),
                ];
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 3);
                for process in started {
                    let seen = FLOWS.expect(&mut conn, process).is(New);
                    assert_eq!(seen.rows().last().unwrap().error(), Some("refused"));
                }
            }

            #[test]
            fn a_method_of_a_job_answers_a_value_a_future_or_what_can_fail() {
                let mut conn = database();
                let data = OrderProcessData { amount: 0, tries: 3, note: None, lines: Vec::new(), rate: 0.5 };
                let process = CountFlow.start.run(&mut conn, &ALICE, data).unwrap().id();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 2);
                let seen = FLOWS.expect(&mut conn, process).is(New);
                assert_eq!(seen.rows().last().unwrap().error(), Some("refused at 6"));
            }

            fn waiting(conn: &mut Db) -> (i64, TaskId) {
                let process = OrderFlow.order.run(conn, &ALICE, 10).unwrap();
                assert_eq!(process.lines(), ["ordered"]);
                (process.id(), OrderFlow.paid.tasks().open().of(process.id()).one(conn).unwrap().id())
            }

            fn pay(conn: &mut Db, task: TaskId, amount: i64, then: &'static str) -> flow_core::Result<OrderProcess> {
                OrderFlow.paid.run(conn, task, &BOB, Payment { amount, then })
            }

            #[test]
            fn case_10_a_handle_waits_until_code_calls_it() {
                let mut conn = database();
                let (process, task) = waiting(&mut conn);
                FLOWS.expect(&mut conn, process).is(New).tasks(&["order:DONE", "note:DONE", "paid:NEW", "paid__timeout__remind:SCHEDULED"]);
                let brief = |conn: &mut Db, at: usize| {
                    let row = OrderFlow.processes().first(conn).unwrap();
                    OrderFlow.task_brief(&row, &FLOWS.tasks(conn, process).unwrap()[at])
                };
                assert_eq!((brief(&mut conn, 2), brief(&mut conn, 1)), ("Pay 10".to_owned(), "Note - DONE".to_owned()));
                assert_eq!(pay(&mut conn, task, 5, "").unwrap().amount(), 5);
                assert_eq!(brief(&mut conn, 2), "Paid");
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "order:DONE", "note:DONE", "paid:DONE", "paid__timeout__remind:CANCELED", "enough:DONE", "pack:DONE", "end:DONE",
                ]);
                assert_eq!(notes(&mut conn), ["packed 10", "paid"], "the user's own rows, in the same transactions");
                let row = OrderFlow.processes().filter(OrderProcess::FIELDS.rate.lt(0.3)).first(&mut conn).unwrap();
                assert_eq!(OrderFlow.brief(&row), "Paid 5");
            }

            #[test]
            fn case_11_a_handle_that_fails_still_waits_and_nothing_is_written() {
                let mut conn = database();
                let (process, task) = waiting(&mut conn);
                let error = pay(&mut conn, task, 5, "fail").unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Step, "`paid` failed: bounced"));
                assert_eq!(notes(&mut conn), Vec::<String>::new());
                FLOWS.expect(&mut conn, process).is(New).tasks(&["order:DONE", "note:DONE", "paid:NEW", "paid__timeout__remind:SCHEDULED"]);
                pay(&mut conn, task, 5, "").unwrap();
            }

            #[test]
            fn a_panic_in_the_foreground_is_rolled_back_and_the_connection_goes_on() {
                let mut conn = database();
                let (process, task) = waiting(&mut conn);
                let panic = catch_unwind(AssertUnwindSafe(|| pay(&mut conn, task, 5, "panic"))).unwrap_err();
                assert_eq!(panic.downcast_ref(), Some(&"bank"), "the panic itself goes on");
                assert_eq!(notes(&mut conn), Vec::<String>::new());
                FLOWS.expect(&mut conn, process).is(New);
                pay(&mut conn, task, 5, "").unwrap();
            }

            #[test]
            fn case_63_a_reminder_leaves_its_task_alone() {
                let clock = TestClock::install();
                let mut conn = database();
                let (process, task) = waiting(&mut conn);
                clock.advance(hours(3));
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "order:DONE", "note:DONE", "paid:NEW", "paid__timeout__remind:DONE", "remind:DONE", "end:DONE",
                ]);
                let reminded = pay(&mut conn, task, 5, "").unwrap();
                assert_eq!(reminded.note(), Some("reminded"));
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
            }

            #[test]
            fn case_5_what_follows_a_job_fails_and_its_writes_are_undone() {
                let mut conn = database();
                let (process, task) = waiting(&mut conn);
                pay(&mut conn, task, 7, "").unwrap();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let seen = FLOWS.expect(&mut conn, process).is(New);
                assert_eq!(seen.rows().last().unwrap().status(), TaskStatus::Error);
                assert_eq!(seen.rows().last().unwrap().error(), Some("no-stock"));
                assert_eq!(notes(&mut conn), ["paid"]);
                let row = OrderFlow.processes().first(&mut conn).unwrap();
                assert_eq!((row.rate(), row.data().get(&["payment", "rate"]).unwrap()), (0.5, Some(&0.5.into())));
            }

            #[test]
            fn a_panic_inside_a_transaction_of_the_callbacks_own_is_undone_with_it() {
                let mut conn = database();
                let (process, task) = waiting(&mut conn);
                pay(&mut conn, task, 8, "").unwrap();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let seen = FLOWS.expect(&mut conn, process).is(New);
                assert_eq!(seen.rows().last().unwrap().error(), Some("panicked"));
                assert_eq!(notes(&mut conn), ["paid"]);
                waiting(&mut conn);
            }

            #[test]
            fn a_job_that_fails_says_why() {
                let mut conn = database();
                let (process, task) = waiting(&mut conn);
                pay(&mut conn, task, 300, "").unwrap();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let seen = FLOWS.expect(&mut conn, process);
                let words = u8::try_from(300_i64).unwrap_err().to_string();
                assert_eq!(seen.rows().last().unwrap().error(), Some(words.as_str()));
            }

            #[test]
            fn a_job_is_not_run_inside_a_transaction() {
                let mut conn = database();
                let error = diesel::Connection::transaction(&mut conn, |conn| FLOWS.run_due(conn)).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Misuse);
            }

            #[test]
            fn permissions_are_asked_for_handles_too() {
                let mut conn = database();
                let (_, task) = waiting(&mut conn);
                for other in [&ALICE, &MONA] {
                    let error = OrderFlow.paid.run(&mut conn, task, other, Payment { amount: 1, then: "" }).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
                }
                OrderFlow.paid.run(&mut conn, task, &System("bank"), Payment { amount: 1, then: "" }).unwrap();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 0);
                let _: DueReport = DueReport::default();
            }
            }
        }
    };
}
