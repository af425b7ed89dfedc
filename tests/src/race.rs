//! Several at once, on any back end that several connections can be opened to.

/// The flow and the cases. `$fresh` gives a database of that name, with `connect()`.
#[macro_export]
macro_rules! race_suite {
    ($module:ident, $connection:ty, $fresh:expr) => {
        mod $module {
            $crate::cases! {
            use std::sync::Barrier;
            use std::sync::atomic::{AtomicUsize, Ordering};

            use diesel::connection::SimpleConnection as _;
            use flow_core::{ErrorKind, ProcessStatus};
            use $crate::app::{ALICE, BOB, CAROL, MONA, Person};

            $crate::hello_world!($connection);
            type Db = $connection;
            static FLOWS: Flows<Db> = flows![HelloWorldFlow, FanFlow, CountFlow, TwoFlow, HookFlow];
            const CODE: System = System("test");
            const CONNECTIONS: usize = 8;
            const BRANCHES: usize = 32;
            const PEOPLE: usize = 50;

            #[derive(ProcessProxy, Debug)]
            pub struct FanProcess {
                process: Process,
                #[json(default)]
                items: Vec<i64>,
                #[json(default)]
                met: i64,
            }

            #[derive(TaskProxy)]
            pub struct ItemTask { task: Task, #[json(default)] item: i64 }

            /// As many branches as items, each of which code ends.
            #[flow(process = FanProcess, connection = Db)]
            pub struct FanFlow {
                #[node(permission(anyone), next = this.split)]
                start: StartHandle,
                #[node(next(this.wait, task_data_source = |a| a.process.items().iter().map(|item| ItemTaskData { item: *item }).collect::<Vec<_>>()), next = this.join)]
                split: Split,
                #[node(task = ItemTask, permission(anyone), input = i64, run = |a, item| a.task.set_item(item), next = this.join)]
                wait: Handle,
                #[node(next = this.count)]
                join: Join,
                #[node(run = this.count_it, next = this.end)]
                count: Function,
                end: End,
            }

            impl FanFlow {
                fn count_it(a: &mut Activation<Self>) {
                    let met = a.process.met();
                    a.process.set_met(met + 1);
                }
            }

            static BODIES: AtomicUsize = AtomicUsize::new(0);

            /// A job that counts how often it is run.
            #[flow(connection = Db)]
            pub struct CountFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(run = |_| { BODIES.fetch_add(1, Ordering::Relaxed); }, next = this.end)]
                work: Job,
                end: End,
            }

            /// Two tasks of people, one behind the other.
            #[flow(connection = Db)]
            pub struct TwoFlow {
                #[node(permission(anyone), next = this.first)]
                start: StartHandle,
                #[node(permission(anyone), next = this.second)]
                first: View,
                #[node(permission(anyone), next = this.end)]
                second: View,
                end: End,
            }

            /// What happens while the body of a job runs.
            static HOOK: std::sync::Mutex<Option<Box<dyn FnOnce() + Send>>> = std::sync::Mutex::new(None);

            #[flow(connection = Db)]
            pub struct HookFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(run = |_| { let hook = HOOK.lock().unwrap().take(); if let Some(hook) = hook { hook() } }, next = this.end)]
                work: Job,
                end: End,
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), [], "the rows agree");
            }

            /// Exactly one of two has succeeded, and the other is told who.
            fn one_won<A, B>(results: (Result<A, flow_core::Error>, Result<B, flow_core::Error>), by: [&str; 2]) {
                let (error, by) = match results {
                    (Ok(_), Err(error)) => (error, by[0]),
                    (Err(error), Ok(_)) => (error, by[1]),
                    (Ok(_), Ok(_)) => panic!("both have succeeded"),
                    (Err(a), Err(b)) => panic!("both were refused: {a}; {b}"),
                };
                assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
                assert!(error.to_string().contains(&format!("by {by}")), "{error}");
            }

            /// Runs two things at once, on a connection each.
            fn both<A: Send, B: Send>(
                connections: &mut [Db; 2],
                a: impl FnOnce(&mut Db) -> A + Send,
                b: impl FnOnce(&mut Db) -> B + Send,
            ) -> (A, B) {
                let barrier = Barrier::new(2);
                let [first, second] = connections;
                std::thread::scope(|scope| {
                    let barrier = &barrier;
                    let a = scope.spawn(move || { barrier.wait(); a(first) });
                    let b = scope.spawn(move || { barrier.wait(); b(second) });
                    (a.join().unwrap(), b.join().unwrap())
                })
            }

            fn rounds(default: usize) -> usize {
                std::env::var("FLOW_TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
            }

            /// Runs `f` on all connections at once; what each of them answered.
            fn at_once<T: Send>(connections: &mut [Db], f: impl Fn(usize, &mut Db) -> T + Sync) -> Vec<T> {
                let barrier = Barrier::new(connections.len());
                std::thread::scope(|scope| {
                    let threads: Vec<_> = connections
                        .iter_mut()
                        .enumerate()
                        .map(|(n, conn)| {
                            let (barrier, f) = (&barrier, &f);
                            scope.spawn(move || {
                                barrier.wait();
                                f(n, conn)
                            })
                        })
                        .collect();
                    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
                })
            }

            fn hello(conn: &mut Db) -> TaskId {
                let process = HelloWorldFlow.start.run(conn, &ALICE, StartForm { text: "hi".into() }).unwrap();
                HelloWorldFlow.approve.tasks().open().of(process.id()).one(conn).unwrap().id()
            }

            #[test]
            fn many_take_one_task_and_one_has_it() {
                let database = $fresh("many");
                let task = hello(&mut database.connect());
                let mut connections: Vec<Db> = (0..PEOPLE).map(|_| database.connect()).collect();
                let results = at_once(&mut connections, |n, conn| {
                    let who: &Person = if n % 2 == 0 { &BOB } else { &CAROL };
                    [(); 2].map(|()| HelloWorldFlow.approve.assign(conn, task, who))
                });
                let results: Vec<_> = results.into_iter().flatten().collect();
                assert_eq!(results.len(), 100);
                assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
                for error in results.into_iter().filter_map(Result::err) {
                    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
                }
                let history = FLOWS.history(&mut database.connect(), task.process()).unwrap();
                assert_eq!(history.len(), 2, "start, and one assign");
            }

            #[test]
            fn two_do_one_task_and_one_has_done_it() {
                let database = $fresh("two");
                let mut connections = [database.connect(), database.connect()];
                for _ in 0..rounds(25) {
                    let mut conn = database.connect();
                    let task = hello(&mut conn);
                    HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                    let results = at_once(&mut connections, |n, conn| {
                        HelloWorldFlow.approve.execute(conn, task, &BOB, ApproveForm { approved: n == 0 })
                    });
                    let mut errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
                    let [error] = errors.as_mut_slice() else { panic!("{} errors", errors.len()) };
                    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
                    assert!(error.to_string().contains("by bob, since"), "{error}");
                }
            }

            #[test]
            fn case_42_branches_that_end_at_once_meet_once_and_nobody_sees_a_conflict() {
                let database = $fresh("branches");
                let mut connections: Vec<Db> = (0..CONNECTIONS).map(|_| database.connect()).collect();
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let data = FanProcessData { items: (0..BRANCHES as i64).collect(), met: 0 };
                    let id = FanFlow.start.run(&mut conn, &CODE, data).unwrap().id();
                    let tasks = FanFlow.wait.tasks().open().of(id).load(&mut conn).unwrap();
                    assert_eq!(tasks.len(), BRANCHES);
                    at_once(&mut connections, |n, conn| {
                        for task in tasks.iter().skip(n).step_by(CONNECTIONS) {
                            FanFlow.wait.run(conn, task.id(), &CODE, i64::from(task.id().number())).unwrap();
                        }
                    });
                    let row: FanProcess = FanFlow.processes().filter(flow_core::schema::flow_process::id.eq(id)).first(&mut conn).unwrap();
                    assert_eq!((row.status(), row.met()), (ProcessStatus::Done, 1));
                    let joins = FanFlow.join.tasks().of(id).load(&mut conn).unwrap();
                    assert_eq!(joins.len(), 1);
                }
            }

            #[test]
            fn one_key_given_at_once_starts_one_process() {
                let database = $fresh("key");
                let mut connections: Vec<Db> = (0..CONNECTIONS).map(|_| database.connect()).collect();
                for round in 0..rounds(25) {
                    let key = format!("order {round}");
                    let ids = at_once(&mut connections, |n, conn| {
                        let form = StartForm { text: format!("from {n}") };
                        HelloWorldFlow.start.run_once(conn, &ALICE, &key, form).unwrap().id()
                    });
                    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
                }
                let started = HelloWorldFlow.processes().load(&mut database.connect()).unwrap().len();
                assert_eq!(started, rounds(25));
            }

            #[test]
            fn several_workers_run_each_job_once() {
                let database = $fresh("jobs");
                let mut connections: Vec<Db> = (0..4).map(|_| database.connect()).collect();
                let mut conn = database.connect();
                let jobs = 100;
                let before = BODIES.load(Ordering::Relaxed);
                for _ in 0..jobs {
                    CountFlow.start.run(&mut conn, &CODE, Default::default()).unwrap();
                }
                let reports = at_once(&mut connections, |_, conn| FLOWS.run_due(conn).unwrap());
                assert_eq!(reports.iter().map(|report| report.done).sum::<usize>(), jobs);
                assert_eq!(reports.iter().map(|report| report.failed).sum::<usize>(), 0);
                assert_eq!(BODIES.load(Ordering::Relaxed) - before, jobs);
            }

            diesel::table! { race_reviews (id) { id -> Integer, stage -> Text, } }

            #[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
            pub enum Stage { New, Approved, Rejected }

            #[derive(diesel::Queryable, diesel::Selectable, diesel::AsChangeset, Debug)]
            #[diesel(table_name = race_reviews)]
            pub struct RaceReview { id: i32, stage: State<Stage> }

            #[states(Stage, field = stage, table = race_reviews)]
            impl RaceReview {
                #[transition(from(New), to = Approved, permission(anyone))]
                fn approve(&mut self) {}
                #[transition(from(New), to = Rejected, permission(anyone))]
                fn reject(&mut self) {}
            }

            #[test]
            fn two_take_two_transitions_of_one_row_and_one_wins() {
                let database = $fresh("states");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                conn.batch_execute("create table race_reviews (id integer primary key, stage text not null)").unwrap();
                for round in 0..200_i32 {
                    conn.batch_execute(&format!("insert into race_reviews values ({round}, 'new')")).unwrap();
                    let met = Barrier::new(2);
                    let results = at_once(&mut connections, |n, conn| {
                        let mut row: RaceReview = race_reviews::table.find(round).select(RaceReview::as_select()).first(conn).unwrap();
                        if n == 0 { row.by(&BOB).approve().unwrap() } else { row.by(&CAROL).reject().unwrap() }
                        // Both have read the row before one of them writes it.
                        met.wait();
                        row.save(conn)
                    });
                    let winner = usize::from(results[0].is_err());
                    let (name, stage) = [("bob", Stage::Approved), ("carol", Stage::Rejected)][winner];
                    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
                    let [flow_core::Error::RowConflict(conflict)] = errors.as_slice() else { panic!("{errors:?}") };
                    assert_eq!((conflict.by.as_deref(), conflict.state.as_deref()), (Some(name), Some(flow_core::Choices::value(stage))));
                    assert!(conflict.at.is_some());
                    let row: RaceReview = race_reviews::table.find(round).select(RaceReview::as_select()).first(&mut conn).unwrap();
                    assert_eq!(row.stage, stage);
                    assert_eq!(row.transitions(&mut conn).unwrap().len(), 1, "the log has no other");
                }
            }

            #[test]
            fn a_task_is_completed_or_its_process_cancelled() {
                let database = $fresh("cancel");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = hello(&mut conn);
                    HelloWorldFlow.approve.assign(&mut conn, task, &BOB).unwrap();
                    let results = both(
                        &mut connections,
                        |conn| HelloWorldFlow.approve.execute(conn, task, &BOB, ApproveForm { approved: false }),
                        |conn| HelloWorldFlow.cancel(conn, task.process(), &MONA),
                    );
                    one_won(results, ["bob", "mona"]);
                }
                sound(&mut conn);
            }

            #[test]
            fn what_followed_is_completed_or_the_process_goes_back() {
                let database = $fresh("back");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let process = TwoFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                    let first = TwoFlow.first.tasks().of(process).one(&mut conn).unwrap().id();
                    TwoFlow.first.assign(&mut conn, first, &BOB).unwrap();
                    TwoFlow.first.execute(&mut conn, first, &BOB, ()).unwrap();
                    let second = TwoFlow.second.tasks().of(process).one(&mut conn).unwrap().id();
                    TwoFlow.second.assign(&mut conn, second, &BOB).unwrap();
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.second.execute(conn, second, &BOB, ()),
                        |conn| TwoFlow.first.go_back(conn, first, &MONA),
                    );
                    one_won(results, ["bob", "mona"]);
                }
                sound(&mut conn);
            }

            #[test]
            fn a_task_that_is_claimed_and_given_away_at_once_has_one_owner() {
                let database = $fresh("reassign");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = hello(&mut conn);
                    let (claimed, given) = both(
                        &mut connections,
                        |conn| HelloWorldFlow.approve.assign(conn, task, &BOB),
                        |conn| HelloWorldFlow.approve.reassign(conn, task, &MONA, &CAROL),
                    );
                    assert_eq!(given.unwrap().owner(), Some("carol"), "it can be given away before and after");
                    if let Err(error) = claimed {
                        assert!(error.to_string().contains("is ASSIGNED, by mona"), "{error}");
                    }
                    assert_eq!(FLOWS.task(&mut conn, task).unwrap().owner(), Some("carol"));
                }
                sound(&mut conn);
            }

            #[test]
            fn the_last_arrival_and_the_end_of_the_other_branch_meet_once() {
                let database = $fresh("end_branch");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let data = FanProcessData { items: vec![1, 2], met: 0 };
                    let id = FanFlow.start.run(&mut conn, &CODE, data).unwrap().id();
                    let tasks = FanFlow.wait.tasks().open().of(id).load(&mut conn).unwrap();
                    let (arrived, ended) = both(
                        &mut connections,
                        |conn| FanFlow.wait.run(conn, tasks[0].id(), &CODE, 1).map(drop),
                        |conn| FanFlow.wait.end_branch(conn, tasks[1].id(), &MONA).map(drop),
                    );
                    arrived.unwrap();
                    ended.unwrap();
                    let row: FanProcess = FanFlow.processes().by_id(id).first(&mut conn).unwrap();
                    assert_eq!((row.status(), row.met()), (ProcessStatus::Done, 1));
                }
                sound(&mut conn);
            }

            #[test]
            fn what_is_due_while_a_process_is_suspended_is_done_once() {
                let database = $fresh("suspend");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                let before = BODIES.load(Ordering::Relaxed);
                for round in 1..=rounds(25) {
                    let id = CountFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                    let (_, suspended) =
                        both(&mut connections, |conn| FLOWS.run_due(conn).unwrap(), |conn| FLOWS.suspend(conn, id, &MONA));
                    if suspended.is_ok() {
                        assert_eq!(FLOWS.process(&mut conn, id).unwrap().status(), ProcessStatus::New);
                        FLOWS.resume(&mut conn, id, &MONA).unwrap();
                    }
                    while FLOWS.run_due(&mut conn).unwrap().any() {}
                    FLOWS.expect(&mut conn, id).is(ProcessStatus::Done);
                    assert_eq!(BODIES.load(Ordering::Relaxed) - before, round);
                }
                sound(&mut conn);
            }

            #[test]
            fn a_body_that_runs_while_its_process_is_suspended_or_cancelled() {
                let database = $fresh("running");
                let mut conn = database.connect();
                let started = |conn: &mut Db| HookFlow.start.run(conn, &CODE, Default::default()).unwrap().id();
                let id = started(&mut conn);
                let other = database.clone();
                *HOOK.lock().unwrap() = Some(Box::new(move || {
                    FLOWS.suspend(&mut other.connect(), id, &MONA).unwrap();
                }));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                let work = HookFlow.work.tasks().of(id).one(&mut conn).unwrap();
                assert!(work.status() == flow_core::TaskStatus::Done && work.resting(), "its branch waits in it");
                assert!(!FLOWS.run_due(&mut conn).unwrap().any());
                sound(&mut conn);
                FLOWS.resume(&mut conn, id, &MONA).unwrap();
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, id).is(ProcessStatus::Done);
                let id = started(&mut conn);
                let other = database.clone();
                *HOOK.lock().unwrap() = Some(Box::new(move || {
                    FLOWS.cancel(&mut other.connect(), id, &MONA).unwrap();
                }));
                let report = FLOWS.run_due(&mut conn).unwrap();
                assert_eq!((report.done, report.failed), (0, 0), "{report:?}");
                FLOWS.expect(&mut conn, id).is(ProcessStatus::Canceled);
                sound(&mut conn);
            }

            #[test]
            fn several_may_migrate_at_once() {
                let database = $fresh("migrate");
                let mut connections: Vec<Db> = (0..CONNECTIONS).map(|_| database.connect()).collect();
                let tables = "drop table flow_candidate; drop table flow_attempt; drop table flow_snooze; \
                    drop table flow_draft; drop table flow_message; drop table flow_queue; drop table flow_state_log; \
                    drop table flow_audit; drop table flow_due; drop table flow_task; \
                    drop table flow_process; drop table __diesel_schema_migrations";
                let mut conn = database.connect();
                conn.batch_execute(tables).unwrap();
                // A function of PostgreSQL's that goes with the tables.
                let _ = conn.batch_execute("drop function flow_audit_keeps_rows");
                drop(conn);
                at_once(&mut connections, |_, conn| FLOWS.migrate(conn).unwrap());
                hello(&mut database.connect());
            }
            }
        }
    };
}
