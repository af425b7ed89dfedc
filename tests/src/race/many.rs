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
            use $crate::app::{ALICE, BOB, CAROL, Person};
            use $crate::race::{at_once, rounds};

            $crate::hello_world!($connection);
            type Db = $connection;
            static FLOWS: Flows<Db> = flows![HelloWorldFlow, FanFlow, CountFlow];
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
