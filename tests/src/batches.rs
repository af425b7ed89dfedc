//! Jobs that a worker claims and completes together, on any back end that several connections can be opened to: what
//! goes wrong with one of them is no other's business.

/// The cases. `$fresh` gives a database of that name, with `connect()`; `$poison` the statements that let the end of a
/// process of this number be refused.
#[macro_export]
macro_rules! batches {
    ($module:ident, $connection:ty, $fresh:expr, $poison:expr) => {
        mod $module {
            $crate::cases! {
            use std::collections::BTreeSet;
            use std::sync::atomic::{AtomicUsize, Ordering};
            use std::sync::{Arc, Mutex, PoisonError};
            use std::time::Duration;

            use diesel::connection::{Connection as _, InstrumentationEvent, SimpleConnection as _};
            use flow_core::prelude::*;
            use flow_core::schema::{flow_due, flow_task};
            use flow_core::test_util::TestClock;
            use flow_core::{ProcessStatus, TaskStatus, Worker};
            use $crate::worker::{number, until};

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(ProcessProxy, Debug)]
            pub struct BatchProcess {
                process: Process,
                #[json(default)]
                test: i64,
                #[json(default)]
                how: String,
                #[json(default)]
                done: i64,
            }

            #[flow(process = BatchProcess, connection = Db)]
            pub struct BatchFlow {
                #[node(permission(anyone), next = this.work)]
                pub start: StartHandle,
                #[node(run = this.body, on_done = this.count, timeout = minutes(1), retry(attempts = 3, delay = seconds(0)),
                       next = this.end)]
                pub work: Job,
                pub end: End,
            }

            impl BatchFlow {
                /// Waits until its test goes on, where it is to.
                fn body(job: &JobContext<Self>) -> i32 {
                    log(job.process.test(), job.process.id(), "begin");
                    match job.process.how() {
                        "wait" => while !goes_on(job.process.test()) {
                            std::thread::sleep(Duration::from_millis(2));
                        },
                        "slow" => std::thread::sleep(Duration::from_secs(6)),
                        _ => {}
                    }
                    job.attempt
                }

                fn count(a: &mut Activation<Self>, _attempt: i32) {
                    let done = a.process.done();
                    a.process.set_done(done + 1);
                }
            }

            /// What cannot be cloned.
            pub struct Receipt(i64);

            /// A job whose answer can be handed over only once.
            #[flow(process = BatchProcess, connection = Db)]
            pub struct OnceFlow {
                #[node(permission(anyone), next = this.work)]
                pub start: StartHandle,
                #[node(run = |job| Receipt(job.process.test()),
                       on_done = |a, receipt: Receipt| a.process.set_done(a.process.done() + receipt.0), next = this.end)]
                pub work: Job,
                pub end: End,
            }

            /// A job behind which somebody takes the connection.
            #[flow(process = BatchProcess, connection = Db)]
            pub struct TableFlow {
                #[node(permission(anyone), next = this.work)]
                pub start: StartHandle,
                #[node(run = |job| job.process.test(), on_done = |a, test| a.process.set_test(test), next = this.note)]
                pub work: Job,
                #[node(run = this.write(conn), next = this.end)]
                pub note: Function,
                pub end: End,
            }

            impl TableFlow {
                fn write(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    diesel::sql_query(format!("insert into effects values ({}, 0)", a.process.id())).execute(conn)?;
                    a.process.set_done(a.process.done() + 1);
                    Ok(())
                }
            }

            static FLOWS: Flows<Db> = flows![BatchFlow, OnceFlow, TableFlow];

            static LOG: Mutex<Vec<(i64, i64, &str)>> = Mutex::new(Vec::new());
            static GOES_ON: Mutex<BTreeSet<i64>> = Mutex::new(BTreeSet::new());

            fn log(test: i64, process: i64, word: &'static str) {
                LOG.lock().unwrap_or_else(PoisonError::into_inner).push((test, process, word));
            }

            /// How often bodies of this test were begun: of all processes, and of this one.
            fn begun(test: i64, process: i64) -> (usize, usize) {
                let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
                let of_test = log.iter().filter(|(of, ..)| *of == test);
                (of_test.clone().count(), of_test.filter(|(_, id, _)| *id == process).count())
            }

            fn goes_on(test: i64) -> bool {
                GOES_ON.lock().unwrap_or_else(PoisonError::into_inner).contains(&test)
            }

            fn go_on(test: i64) {
                GOES_ON.lock().unwrap_or_else(PoisonError::into_inner).insert(test);
            }

            fn data(test: i64, how: &str) -> BatchProcessData {
                BatchProcessData { test, how: how.to_owned(), done: 0 }
            }

            fn start(conn: &mut Db, test: i64, how: &str, count: usize) -> Vec<i64> {
                (0..count).map(|_| BatchFlow.start.run(conn, &CODE, data(test, how)).unwrap().id()).collect()
            }

            fn status(conn: &mut Db, process: i64) -> ProcessStatus {
                FLOWS.process(conn, process).unwrap().status()
            }

            fn are_done(conn: &mut Db, processes: &[i64]) -> bool {
                processes.iter().all(|id| status(conn, *id) == ProcessStatus::Done)
            }

            /// What holds of a job that was done at its first attempt.
            fn done_once(conn: &mut Db, process: i64) {
                let row: BatchProcess = BatchFlow.processes().by_id(process).first(conn).unwrap();
                assert_eq!((row.status(), row.done()), (ProcessStatus::Done, 1));
                FLOWS.expect(conn, process).is(ProcessStatus::Done).tasks(&["start:DONE", "work:DONE", "end:DONE"]);
                let history = FLOWS.history(conn, process).unwrap();
                let words: Vec<&str> = history.iter().map(|row| row.action()).collect();
                assert_eq!(words, ["start", "claim", "complete"]);
            }

            fn agrees(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
            }

            fn worker(connect: impl Fn() -> Db + Send + Sync + 'static) -> Worker<Db> {
                let connect = move || Ok::<Db, diesel::ConnectionError>(connect());
                Worker::new(&FLOWS, connect).lease(Duration::from_secs(1)).poll(Duration::from_millis(50))
            }

            #[test]
            fn many_jobs_are_one_commit() {
                let database = $fresh("one-commit");
                let mut conn = database.connect();
                let test = number();
                let ids = start(&mut conn, test, "wait", 64);
                let writes = Arc::new(AtomicUsize::new(0));
                let connect = {
                    let (database, writes) = (database.clone(), Arc::clone(&writes));
                    move || {
                        let (mut conn, writes) = (database.connect(), Arc::clone(&writes));
                        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                            // A transition is a transaction, or one statement where that is all it writes.
                            let is_write = match event {
                                InstrumentationEvent::CommitTransaction { .. } => true,
                                InstrumentationEvent::StartQuery { query, .. } => {
                                    let text = query.to_string();
                                    text.starts_with("with ") && text.contains("insert into flow_audit")
                                }
                                _ => false,
                            };
                            writes.fetch_add(usize::from(is_write), Ordering::Relaxed);
                        });
                        conn
                    }
                };
                let running = worker(connect).threads(16).start().unwrap();
                until("they run", || begun(test, 0).0 >= 16);
                go_on(test);
                until("all done", || are_done(&mut conn, &ids));
                let report = running.stop();
                assert_eq!((report.done, report.passed, report.failed, report.postponed), (64, 0, 0, 0), "{report:?}");
                ids.iter().for_each(|id| done_once(&mut conn, *id));
                assert_eq!(begun(test, 0).0, 64);
                let writes = writes.load(Ordering::Relaxed);
                assert!((2..64).contains(&writes), "{writes} commits for 128 transitions");
                agrees(&mut conn);
            }

            #[test]
            fn one_that_cannot_be_written_harms_no_other() {
                let database = $fresh("poison");
                let mut conn = database.connect();
                let test = number();
                let ids = start(&mut conn, test, "wait", 12);
                let poison = ids[5];
                let running = worker({ let database = database.clone(); move || database.connect() }).threads(12).start().unwrap();
                until("they run", || begun(test, 0).0 == 12);
                conn.batch_execute(&$poison(poison)).unwrap();
                go_on(test);
                let fine: Vec<i64> = ids.into_iter().filter(|id| *id != poison).collect();
                until("the others are done", || are_done(&mut conn, &fine));
                let task = |conn: &mut Db| BatchFlow.work.tasks().of(poison).one(conn).unwrap();
                until("it is in error", || task(&mut conn).status() == TaskStatus::Error);
                let report = running.stop();
                assert_eq!((report.done, report.failed), (11, 1), "{report:?}");
                assert!(task(&mut conn).error().is_some_and(|error| error.contains("poison")));
                fine.iter().for_each(|id| done_once(&mut conn, *id));
                assert_eq!(begun(test, 0).0, 12, "no body was run again for another's sake");
                agrees(&mut conn);
            }

            #[test]
            fn one_whose_lease_was_lost_is_not_completed() {
                let database = $fresh("lease");
                let mut conn = database.connect();
                let test = number();
                let ids = start(&mut conn, test, "wait", 8);
                let lost = ids[3];
                let running = worker({ let database = database.clone(); move || database.connect() }).threads(8).start().unwrap();
                until("they run", || begun(test, 0).0 == 8);
                // As if another worker had claimed it, and gone.
                diesel::update(flow_due::table.filter(flow_due::process_id.eq(lost)))
                    .set(flow_due::lease_token.eq(999))
                    .execute(&mut conn)
                    .unwrap();
                go_on(test);
                until("all done", || are_done(&mut conn, &ids));
                running.stop();
                let row: BatchProcess = BatchFlow.processes().by_id(lost).first(&mut conn).unwrap();
                assert_eq!((row.done(), begun(test, lost).1), (1, 2), "what the first body returned changes nothing");
                ids.iter().filter(|id| **id != lost).for_each(|id| done_once(&mut conn, *id));
                agrees(&mut conn);
            }

            #[test]
            fn some_are_cancelled_meanwhile() {
                let database = $fresh("cancelled");
                let mut conn = database.connect();
                let test = number();
                let ids = start(&mut conn, test, "", 150);
                let running = worker({ let database = database.clone(); move || database.connect() }).threads(8).start().unwrap();
                let mut canceled = 0;
                for id in ids.iter().rev().step_by(3) {
                    match BatchFlow.cancel(&mut conn, *id, &CODE) {
                        Ok(_) => canceled += 1,
                        Err(flow_core::Error::Conflict(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                until("all have ended", || ids.iter().all(|id| status(&mut conn, *id) != ProcessStatus::New));
                running.stop();
                let rows: Vec<BatchProcess> = BatchFlow.processes().load(&mut conn).unwrap();
                let ended = |status| rows.iter().filter(move |row| row.status() == status);
                assert_eq!(ended(ProcessStatus::Canceled).count(), canceled);
                assert!(ended(ProcessStatus::Canceled).all(|row| row.done() == 0));
                ended(ProcessStatus::Done).for_each(|row| done_once(&mut conn, row.id()));
                assert_eq!(flow_due::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
                agrees(&mut conn);
            }

            #[test]
            fn those_behind_a_slow_one_are_given_back() {
                let database = $fresh("behind");
                let mut conn = database.connect();
                let test = number();
                let make = || worker({ let database = database.clone(); move || database.connect() }).threads(1);
                let running = make().start().unwrap();
                // So that it takes jobs ahead.
                let quick = start(&mut conn, test, "", 30);
                until("the quick ones are done", || are_done(&mut conn, &quick));
                FLOWS.pause_queue(&mut conn, "", &CODE).unwrap();
                let slow = start(&mut conn, test, "slow", 1)[0];
                let behind = start(&mut conn, test, "", 10);
                FLOWS.resume_queue(&mut conn, "").unwrap();
                until("the slow one runs", || begun(test, slow).1 == 1);
                let ahead = flow_due::table.filter(flow_due::lease_token.lt(0)).count();
                assert_eq!(ahead.get_result::<i64>(&mut conn).unwrap(), 10, "they are claimed, and wait");
                let other = make().start().unwrap();
                until("those behind it are done", || are_done(&mut conn, &behind));
                assert_eq!(status(&mut conn, slow), ProcessStatus::New, "the slow one still runs");
                assert!(behind.iter().all(|id| begun(test, *id).1 == 1));
                let task = BatchFlow.work.tasks().of(behind[0]).one(&mut conn).unwrap().id();
                assert_eq!(FLOWS.attempts(&mut conn, task).unwrap(), [], "no attempt has failed");
                until("the slow one is done", || status(&mut conn, slow) == ProcessStatus::Done);
                running.stop();
                other.stop();
                agrees(&mut conn);
            }

            #[test]
            fn a_worker_lost_is_not_held_against_those_that_were_claimed_ahead() {
                let database = $fresh("ahead");
                let mut conn = database.connect();
                let clock = TestClock::install();
                let lose = |conn: &mut Db, clock: &TestClock, process: i64, token: i64| {
                    diesel::update(flow_due::table.filter(flow_due::process_id.eq(process)))
                        .set((
                            flow_due::attempt.eq(3),
                            flow_due::lease_token.eq(token),
                            flow_due::leased_until.eq(clock.now() + seconds(30)),
                        ))
                        .execute(conn)
                        .unwrap();
                    diesel::update(flow_task::table.filter(flow_task::process_id.eq(process).and(flow_task::node.eq("work"))))
                        .set((flow_task::status.eq("STARTED"), flow_task::started.eq(clock.now())))
                        .execute(conn)
                        .unwrap();
                };
                let ids = start(&mut conn, number(), "", 2);
                lose(&mut conn, &clock, ids[0], 2);
                lose(&mut conn, &clock, ids[1], -2);
                clock.advance(seconds(31));
                let report = FLOWS.run_due(&mut conn).unwrap();
                assert_eq!((report.failed, report.done), (1, 1), "{report:?}");
                let task = |conn: &mut Db, id: i64| BatchFlow.work.tasks().of(id).one(conn).unwrap();
                assert_eq!(task(&mut conn, ids[0]).error(), Some("gave up after 3 attempts: the worker stopped before completing it"));
                assert_eq!(status(&mut conn, ids[1]), ProcessStatus::Done);
                let lost = task(&mut conn, ids[1]).id();
                assert_eq!(FLOWS.attempts(&mut conn, lost).unwrap().len(), 1, "the history has it");
                agrees(&mut conn);
            }

            #[test]
            fn what_does_not_fit_into_a_batch_is_done_by_itself() {
                let database = $fresh("by-itself");
                let mut conn = database.connect();
                conn.batch_execute($crate::worker::EFFECTS).unwrap();
                let once: Vec<i64> =
                    (0..20).map(|_| OnceFlow.start.run(&mut conn, &CODE, data(7, "")).unwrap().id()).collect();
                let table: Vec<i64> =
                    (0..20).map(|_| TableFlow.start.run(&mut conn, &CODE, data(7, "")).unwrap().id()).collect();
                let running = worker({ let database = database.clone(); move || database.connect() }).threads(8).start().unwrap();
                until("all done", || are_done(&mut conn, &once) && are_done(&mut conn, &table));
                let report = running.stop();
                assert_eq!((report.done, report.failed, report.retried, report.postponed), (40, 0, 0, 0), "{report:?}");
                let rows: Vec<BatchProcess> = OnceFlow.processes().load(&mut conn).unwrap();
                assert!(rows.iter().all(|row| row.done() == 7));
                let rows: Vec<BatchProcess> = TableFlow.processes().load(&mut conn).unwrap();
                assert!(rows.iter().all(|row| row.done() == 1));
                #[derive(diesel::QueryableByName)]
                struct Number {
                    #[diesel(sql_type = diesel::sql_types::BigInt)]
                    n: i64,
                }
                let effects: Vec<Number> = diesel::sql_query("select count(*) as n from effects").load(&mut conn).unwrap();
                assert_eq!(effects[0].n, 20);
                agrees(&mut conn);
            }
            }
        }
    };
}
