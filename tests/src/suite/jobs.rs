//! Jobs that fail: how often they are tried again, after how long, and what is kept of each attempt.

/// The cases of jobs that are tried again, on a back end.
#[macro_export]
macro_rules! jobs_suite {
    ($connection:ty, $database:expr) => {
        mod jobs {
            $crate::cases! {
            use std::sync::atomic::{AtomicI32, Ordering};
            use std::time::Duration;

            use diesel::RunQueryDsl as _;
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{Canceled, DueProblemKind, DueReport, ProcessStatus, TaskStatus};

            type Db = $connection;
            const CODE: System = System("orders");

            /// What the body does next.
            #[derive(ProcessProxy, Debug)]
            pub struct OrderProcess {
                process: Process,
                #[json(default)]
                fails: i64,
                #[json(default)]
                how: String,
                #[json(default)]
                noted: i64,
            }

            #[flow(process = OrderProcess, connection = Db, name = "order")]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.how)]
                pub start: StartHandle,
                #[node(case(this.send, when = |a| a.process.how() == "policy"),
                       case(this.ask, when = |a| a.process.how() == "method"),
                       case(this.once, when = |a| a.process.how() == "once"),
                       case(this.note, when = |a| a.process.how() == "note"), default = this.slow)]
                pub how: Switch,
                #[node(run = this.work, retry(attempts = 3, delay = seconds(10), factor = 2.0, max = seconds(15)), next = this.end)]
                pub send: Job,
                #[node(run = this.work, retry(this.again), next = this.end)]
                pub ask: Job,
                #[node(run = this.work, next = this.end)]
                pub once: Job,
                #[node(run = |_job| 7, on_done = this.noted(conn), retry(attempts = 4, delay = seconds(0)), next = this.end)]
                pub note: Job,
                #[node(run = this.works_on, timeout = seconds(30), retry(delay = minutes(1)), next = this.end)]
                pub slow: Job,
                pub end: End,
            }

            impl OrderFlow {
                fn work(job: &JobContext<Self>) -> Step {
                    match i64::from(job.attempt) {
                        attempt if attempt > job.process.fails() => Ok(()),
                        9 => panic!("on purpose"),
                        attempt => Err(format!("no answer {attempt}").into()),
                    }
                }

                fn again(job: &JobContext<Self>, failure: &JobFailure) -> Option<Duration> {
                    match failure.message() {
                        "panicked" => None,
                        _ => Some(minutes(u64::try_from(job.attempt).unwrap())),
                    }
                }

                /// Fails twice, each time after it has written.
                fn noted(a: &mut Activation<Self>, conn: &mut Db, seven: i64) -> Step {
                    static TRIED: AtomicI32 = AtomicI32::new(0);
                    a.process.set_noted(a.process.noted() + seven);
                    diesel::sql_query("update flow_draft set person = person").execute(conn)?;
                    if TRIED.fetch_add(1, Ordering::Relaxed) < 2 { Err("not yet".into()) } else { Ok(()) }
                }

                /// Takes longer than it may at its first attempt, and is told.
                fn works_on(job: &JobContext<Self>) -> Step {
                    assert!(!job.is_canceled());
                    job.heartbeat()?;
                    if job.attempt > 1 {
                        return Ok(());
                    }
                    let _later = TestClock::install_at(flow_core::clock::now() + seconds(31));
                    assert!(job.is_canceled());
                    assert_eq!(job.heartbeat(), Err(Canceled::TimedOut));
                    Ok(job.heartbeat()?)
                }
            }

            #[derive(TaskProxy)]
            pub struct PickTask {
                task: Task,
                item: String,
                #[json(default)]
                shelf: i64,
            }

            /// Jobs that read the fields of their task.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct PickFlow {
                #[node(permission(anyone), next = this.split)]
                pub start: StartHandle,
                #[node(next(this.pick, task_data_source = |_a| ["tea", "salt"].map(|item| PickTaskData { item: item.into(), shelf: 0 })),
                       next = this.join)]
                pub split: Split,
                #[node(task = PickTask, run = this.shelf, retry(this.when), next = this.join,
                       on_done = |a, shelf| a.task.set_shelf(shelf))]
                pub pick: Job,
                #[node(next = this.pack)]
                pub join: Join,
                #[node(task = PickTask, run = |job| job.task.item().len(), next = this.end)]
                pub count: Job,
                #[node(task = PickTask, run = async |job| Ok(job.task.item().len()), next = this.end)]
                pub wait: Job,
                #[node(next(this.count, task_data = |_a| PickTaskData { item: "both".into(), shelf: 0 }),
                       next(this.wait, task_data = |_a| PickTaskData { item: "both".into(), shelf: 0 }))]
                pub pack: Split,
                pub end: End,
            }

            impl PickFlow {
                fn shelf(job: &JobContext<Self, PickTask>) -> Result<i64, StepError> {
                    if job.attempt == 1 && job.task.item() == "salt" {
                        return Err("not found".into());
                    }
                    Ok(i64::try_from(job.task.item().len())? + job.process.fails())
                }

                fn when(job: &JobContext<Self, PickTask>, _: &JobFailure) -> Option<Duration> {
                    (job.task.item() == "salt").then_some(seconds(0))
                }
            }

            static FLOWS: Flows<Db> = flows![OrderFlow, PickFlow];

            #[test]
            fn a_job_reads_its_task_typed() {
                let conn = &mut $database;
                let data = OrderProcessData { fails: 10, how: String::new(), noted: 0 };
                let id = PickFlow.start.run(conn, &CODE, data).unwrap().id();
                for _ in 0..3 {
                    FLOWS.run_due(conn).unwrap();
                }
                let picked = PickFlow.pick.tasks().of(id).load::<Task>(conn).unwrap();
                let picked: Vec<PickTask> = picked.into_iter().map(|row| PickTask::from_row(row).unwrap()).collect();
                assert_eq!(picked.iter().map(|task| (task.item(), task.shelf())).collect::<Vec<_>>(), [("tea", 13), ("salt", 14)]);
                assert_eq!(FLOWS.process(conn, id).unwrap().status(), ProcessStatus::Done);
                let salt = FLOWS.attempts(conn, picked[1].id()).unwrap();
                assert_eq!((salt.len(), salt[0].error()), (1, Some("not found")));
            }

            fn start(conn: &mut Db, how: &str, fails: i64) -> i64 {
                let data = OrderProcessData { fails, how: how.to_owned(), noted: 0 };
                OrderFlow.start.run(conn, &CODE, data).unwrap().id()
            }

            /// The job of the process.
            fn job(conn: &mut Db, process: i64) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().find(|task| task.task_type() == "JOB").unwrap()
            }

            /// Its attempts: after how many seconds each was begun, and why it failed.
            fn attempts(conn: &mut Db, process: i64) -> Vec<(u64, String)> {
                let task = job(conn, process);
                let attempts = FLOWS.attempts(conn, task.id()).unwrap();
                let numbers: Vec<i32> = attempts.iter().map(|attempt| attempt.number()).collect();
                assert_eq!(numbers, (1..).take(attempts.len()).collect::<Vec<_>>());
                assert!(attempts.iter().all(|attempt| attempt.ended().is_some() && attempt.task() == task.id()));
                let since = |attempt: &flow_core::Attempt| attempt.started().since(task.created()).as_secs();
                attempts.iter().map(|attempt| (since(attempt), attempt.error().unwrap().to_owned())).collect()
            }

            fn texts(attempts: &[(u64, String)]) -> Vec<(u64, &str)> {
                attempts.iter().map(|(at, text)| (*at, text.as_str())).collect()
            }

            /// Goes on until nothing is due for this long.
            fn run_for(conn: &mut Db, clock: &TestClock, seconds: u64) -> DueReport {
                let mut report = DueReport::default();
                for _ in 0..seconds {
                    report += FLOWS.run_due(conn).unwrap();
                    clock.advance(Duration::from_secs(1));
                }
                report
            }

            #[test]
            fn a_job_that_fails_is_tried_again_after_delays_that_grow() {
                let conn = &mut $database;
                let clock = TestClock::install();
                let id = start(conn, "policy", 2);
                let report = FLOWS.run_due(conn).unwrap();
                assert_eq!((report.retried, report.failed, report.done), (1, 0, 0));
                let [problem] = report.problems.as_slice() else { panic!("{report:?}") };
                assert_eq!((problem.kind, problem.node.as_deref()), (DueProblemKind::Retried, Some("send")));
                assert_eq!(
                    problem.to_string(),
                    format!("task {id}.3 (`order.send`) failed and is tried again: no answer 1")
                );
                let task = job(conn, id);
                assert_eq!((task.status(), task.error()), (TaskStatus::Scheduled, None));
                assert!(!FLOWS.run_due(conn).unwrap().any(), "not before its time");
                let report = run_for(conn, &clock, 60);
                assert_eq!((report.retried, report.done), (1, 1));
                FLOWS.expect(conn, id).is(ProcessStatus::Done);
                assert_eq!(texts(&attempts(conn, id)), [(0, "no answer 1"), (10, "no answer 2")]);
                let words: Vec<String> =
                    FLOWS.history(conn, id).unwrap().iter().map(|row| row.action().to_owned()).collect();
                assert_eq!(words, ["start", "claim", "fail", "claim", "fail", "claim", "complete"]);
            }

            #[test]
            fn the_last_attempt_leaves_the_task_in_error() {
                let conn = &mut $database;
                let clock = TestClock::install();
                let id = start(conn, "policy", 5);
                let report = run_for(conn, &clock, 60);
                assert_eq!((report.retried, report.failed, report.done), (2, 1, 0));
                let task = job(conn, id);
                assert_eq!((task.status(), task.error()), (TaskStatus::Error, Some("gave up after 3 attempts: no answer 3")));
                let attempts = attempts(conn, id);
                assert_eq!(texts(&attempts), [(0, "no answer 1"), (10, "no answer 2"), (25, "no answer 3")]);
                assert_eq!(flow_core::schema::flow_due::table.count().get_result::<i64>(conn).unwrap(), 0);
            }

            #[test]
            fn without_retry_the_first_failure_is_the_last() {
                let conn = &mut $database;
                let clock = TestClock::install();
                let id = start(conn, "once", 1);
                let report = run_for(conn, &clock, 2);
                assert_eq!((report.retried, report.failed), (0, 1));
                let task = job(conn, id);
                assert_eq!((task.status(), task.error()), (TaskStatus::Error, Some("no answer 1")));
                assert_eq!(texts(&attempts(conn, id)), [(0, "no answer 1")]);
            }

            #[test]
            fn a_method_decides_and_a_panic_is_a_failure() {
                let conn = &mut $database;
                let clock = TestClock::install();
                let id = start(conn, "method", 20);
                let report = run_for(conn, &clock, 60 * 60);
                assert_eq!((report.retried, report.failed), (8, 1));
                let task = job(conn, id);
                assert_eq!((task.status(), task.error()), (TaskStatus::Error, Some("gave up after 9 attempts: panicked")));
                assert_eq!(attempts(conn, id)[2], (180, "no answer 3".to_owned()));
            }

            #[test]
            fn what_follows_the_body_is_part_of_the_attempt() {
                let conn = &mut $database;
                let _clock = TestClock::install();
                let id = start(conn, "note", 0);
                let report = FLOWS.run_until_idle(conn).unwrap();
                assert_eq!((report.retried, report.done), (2, 1));
                let order: OrderProcess = OrderFlow.processes().by_id(id).first(conn).unwrap();
                assert_eq!((order.status(), order.noted()), (ProcessStatus::Done, 7));
                assert_eq!(texts(&attempts(conn, id)), [(0, "not yet"), (0, "not yet")]);
            }

            #[test]
            fn an_attempt_that_takes_too_long_is_told_and_counts() {
                let conn = &mut $database;
                let clock = TestClock::install();
                let id = start(conn, "slow", 0);
                let report = run_for(conn, &clock, 100);
                assert_eq!((report.retried, report.done), (1, 1));
                assert_eq!(texts(&attempts(conn, id)), [(0, "it took longer than its timeout")]);
            }

            /// As a worker leaves it that is killed in the middle of the body.
            fn lose(conn: &mut Db, clock: &TestClock, process: i64, attempt: i32) {
                let now = clock.now();
                let task = job(conn, process).id();
                diesel::update(flow_core::schema::flow_due::table)
                    .filter(flow_core::schema::flow_due::process_id.eq(process))
                    .set((
                        flow_core::schema::flow_due::attempt.eq(attempt),
                        flow_core::schema::flow_due::lease_token.eq(i64::from(attempt) + 1),
                        flow_core::schema::flow_due::leased_until.eq(now + seconds(30)),
                        flow_core::schema::flow_due::holder.eq("a worker"),
                    ))
                    .execute(conn)
                    .unwrap();
                diesel::update(flow_core::schema::flow_task::table.find((process, task.number())))
                    .set((flow_core::schema::flow_task::status.eq("STARTED"), flow_core::schema::flow_task::started.eq(now)))
                    .execute(conn)
                    .unwrap();
            }

            #[test]
            fn a_lost_worker_is_a_failed_attempt() {
                let conn = &mut $database;
                let clock = TestClock::install();
                let id = start(conn, "policy", 0);
                lose(conn, &clock, id, 1);
                assert!(!run_for(conn, &clock, 30).any(), "the lease has not ended");
                let report = FLOWS.run_due(conn).unwrap();
                assert_eq!((report.retried, report.done), (1, 0));
                let report = run_for(conn, &clock, 10);
                assert!(!report.any(), "not before its delay: {report:?}");
                let report = run_for(conn, &clock, 1);
                assert_eq!((report.retried, report.done), (0, 1));
                assert_eq!(texts(&attempts(conn, id)), [(0, "the worker stopped before completing it")]);
                let task = job(conn, id).id();
                assert_eq!(FLOWS.attempts(conn, task).unwrap()[0].holder(), Some("a worker"));

                let last = start(conn, "policy", 0);
                lose(conn, &clock, last, 3);
                assert_eq!(run_for(conn, &clock, 31).failed, 1);
                let task = job(conn, last);
                assert_eq!(task.error(), Some("gave up after 3 attempts: the worker stopped before completing it"));

                let once = start(conn, "once", 0);
                lose(conn, &clock, once, 4);
                assert_eq!(run_for(conn, &clock, 31).done, 1, "without `retry` a lost worker is no failure of the job's");
                let last = start(conn, "once", 0);
                lose(conn, &clock, last, 5);
                assert_eq!(run_for(conn, &clock, 31).failed, 1, "but it does not go on for ever");
            }
            }
        }
    };
}
