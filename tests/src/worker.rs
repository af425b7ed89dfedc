//! Workers, on any back end that several connections can be opened to: what they promise, under faults.

use std::time::{Duration, Instant};

/// Waits until `f` holds.
///
/// # Panics
/// If it does not within 40 seconds.
pub fn until(what: &str, mut f: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !f() {
        assert!(begun.elapsed() < Duration::from_secs(40), "{what}: not within 40 seconds");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Names of schemas and files, so that tests of one program have each their own.
pub fn number() -> i64 {
    static NEXT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// The table of the app's own, into which `on_done` writes: a second row of one task is refused.
pub const EFFECTS: &str =
    "create table effects (process bigint not null, task integer not null, primary key (process, task))";

/// The flows, on a connection type.
#[macro_export]
macro_rules! worker_flows {
    ($connection:ty) => {
        use std::sync::atomic::{AtomicUsize, Ordering};
        use std::sync::{Mutex, PoisonError};
        use std::time::Duration;

        use flow_core::prelude::*;
        use flow_core::{Canceled, ProcessStatus, TaskStatus, Worker};

        pub type Db = $connection;
        pub const CODE: System = System("test");

        /// What a body does: its test's number, the word for what it does, and for how many milliseconds.
        #[derive(ProcessProxy, Debug)]
        pub struct WorkProcess {
            pub process: Process,
            #[json(default)]
            pub test: i64,
            #[json(default)]
            pub how: String,
            #[json(default)]
            pub millis: i64,
            #[json(default)]
            pub done: i64,
        }

        #[flow(process = WorkProcess, connection = Db)]
        pub struct WorkFlow {
            #[node(permission(anyone), next = this.work)]
            pub start: StartHandle,
            #[node(run = this.body, on_done = this.count, timeout = seconds(20),
                   retry(attempts = 3, delay = Duration::from_millis(300), factor = 1.0), next = this.end)]
            pub work: Job,
            pub end: End,
        }

        /// The same with a short timeout.
        #[flow(process = WorkProcess, connection = Db)]
        pub struct ShortFlow {
            #[node(permission(anyone), next = this.work)]
            pub start: StartHandle,
            #[node(run = |job| Ok(run(job.process.test(), job.process.how(), job.process.millis(), job.attempt, job)?),
                   timeout = seconds(1), retry(attempts = 3, delay = seconds(0)), next = this.end)]
            pub work: Job,
            pub end: End,
        }

        /// A job that another branch of the flow does not wait for.
        #[flow(process = WorkProcess, connection = Db)]
        pub struct LateFlow {
            #[node(permission(anyone), next = this.work)]
            pub start: StartHandle,
            #[node(run = |job| Ok(run(job.process.test(), job.process.how(), job.process.millis(), job.attempt, job)?),
                   on_timeout(Duration::from_millis(500), this.late), next = this.end)]
            pub work: Job,
            pub late: End,
            pub end: End,
        }

        /// One queue of mail, of which two run at once, and one of urgent work.
        #[flow(process = WorkProcess, connection = Db)]
        pub struct QueueFlow {
            #[node(permission(anyone), next = this.way)]
            pub start: StartHandle,
            #[node(case(this.mail, when = |a| a.process.how() == "mail"), default = this.urgent)]
            pub way: Switch,
            #[node(run = |job| Ok(run(job.process.test(), job.process.how(), job.process.millis(), job.attempt, job)?),
                   queue = "mail", concurrency = 2, next = this.end)]
            pub mail: Job,
            #[node(run = |job| Ok(run(job.process.test(), job.process.how(), job.process.millis(), job.attempt, job)?),
                   priority = 10, next = this.end)]
            pub urgent: Job,
            pub end: End,
        }

        #[derive(TaskProxy)]
        pub struct ItemTask {
            pub task: Task,
            #[json(default)]
            pub item: i64,
        }

        /// Everything that is due: jobs in branches, a timer beside them, and a child.
        #[flow(process = WorkProcess, connection = Db)]
        pub struct LoadFlow {
            #[node(permission(anyone), next = this.split)]
            pub start: StartHandle,
            #[node(next(this.pack, task_data_source = |a| (0..a.process.millis()).map(|item| ItemTaskData { item })),
                   next = this.pause)]
            pub split: Split,
            #[node(task = ItemTask, run = |_job| std::thread::sleep(Duration::from_millis(2)), on_done = this.packed(conn),
                   retry(attempts = 1_000, delay = seconds(0)), next = this.join)]
            pub pack: Job,
            #[node(delay = Duration::from_millis(100), next = this.join)]
            pub pause: Timer,
            #[node(next = this.ship)]
            pub join: Join,
            #[node(start = WorkFlow.start, process_data = |a| WorkProcessData { test: a.process.test(), how: String::new(), millis: 0, done: 0 }, next = this.end)]
            pub ship: Subprocess,
            pub end: End,
        }

        impl LoadFlow {
            fn packed(a: &mut Activation<Self, ItemTask>, conn: &mut Db, _: ()) -> Step {
                let (process, number) = (a.task.id().process(), a.task.id().number());
                diesel::sql_query(format!("insert into effects values ({process}, {number})")).execute(conn)?;
                let done = a.process.done();
                a.process.set_done(done + 1);
                Ok(())
            }
        }

        impl WorkFlow {
            fn body(job: &JobContext<Self>) -> Step {
                run(job.process.test(), job.process.how(), job.process.millis(), job.attempt, job)
            }

            fn count(a: &mut Activation<Self>, _: ()) {
                let done = a.process.done();
                a.process.set_done(done + 1);
            }
        }

        pub static FLOWS: Flows<Db> = flows![WorkFlow, ShortFlow, LateFlow, QueueFlow, LoadFlow];

        /// What bodies did: the test, and a word.
        static LOG: Mutex<Vec<(i64, String)>> = Mutex::new(Vec::new());

        /// How many bodies of mail run now, and the most that ever did.
        static MAIL: (AtomicUsize, AtomicUsize) = (AtomicUsize::new(0), AtomicUsize::new(0));

        pub fn log(test: i64, word: impl Into<String>) {
            LOG.lock().unwrap_or_else(PoisonError::into_inner).push((test, word.into()));
        }

        pub fn words(test: i64) -> Vec<String> {
            let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
            log.iter().filter(|(of, _)| *of == test).map(|(_, word)| word.clone()).collect()
        }

        fn run<F: flow_core::Flow>(test: i64, how: &str, millis: i64, attempt: i32, job: &JobContext<F>) -> Step {
            log(test, format!("begin {attempt}"));
            let pause = Duration::from_millis(u64::try_from(millis)?);
            match how {
                "fail" => return Err("no answer".into()),
                "panic" => panic!("on purpose"),
                "abort" => std::process::abort(),
                // Until it is told to stop.
                "listen" => loop {
                    std::thread::sleep(Duration::from_millis(5));
                    if let Err(why) = job.heartbeat() {
                        log(test, format!("{why:?}"));
                        if attempt > 1 {
                            return Ok(());
                        }
                        return Err(why.into());
                    }
                },
                "first is slow" if attempt == 1 => std::thread::sleep(pause),
                "first is slow" => {}
                "mail" => {
                    let now = MAIL.0.fetch_add(1, Ordering::SeqCst) + 1;
                    MAIL.1.fetch_max(now, Ordering::SeqCst);
                    std::thread::sleep(pause);
                    MAIL.0.fetch_sub(1, Ordering::SeqCst);
                }
                // For a parent that reads.
                "tell" => {
                    println!("running");
                    std::thread::sleep(pause);
                }
                _ => std::thread::sleep(pause),
            }
            log(test, "end");
            Ok(())
        }

        pub fn data(test: i64, how: &str, millis: i64) -> WorkProcessData {
            WorkProcessData { test, how: how.to_owned(), millis, done: 0 }
        }

        pub fn work(conn: &mut Db, test: i64, how: &str, millis: i64) -> i64 {
            WorkFlow.start.run(conn, &CODE, data(test, how, millis)).unwrap().id()
        }

        /// One of everything that is due.
        pub fn load(conn: &mut Db) {
            LoadFlow.start.run(conn, &CODE, data($crate::worker::number(), "", 3)).unwrap();
        }

        /// The same, once for this key.
        pub fn load_once(conn: &mut Db, key: &str) -> flow_core::Result<()> {
            LoadFlow.start.run_once(conn, &CODE, key, data(0, "", 3)).map(drop)
        }

        pub fn status(conn: &mut Db, process: i64) -> ProcessStatus {
            FLOWS.process(conn, process).unwrap().status()
        }

        /// Processes of all flows that are not done.
        pub fn open(conn: &mut Db) -> i64 {
            use flow_core::schema::flow_process;
            flow_process::table.filter(flow_process::status.eq("NEW")).count().get_result(conn).unwrap()
        }

        pub fn due(conn: &mut Db) -> i64 {
            flow_core::schema::flow_due::table.count().get_result(conn).unwrap()
        }

        /// What holds when everything has come to its end.
        pub fn invariants(conn: &mut Db, loads: i64, items: i64) {
            use diesel::sql_types::BigInt;
            use flow_core::schema::{flow_process, flow_task};
            #[derive(diesel::QueryableByName)]
            struct Number {
                #[diesel(sql_type = BigInt)]
                n: i64,
            }
            let mut count = |sql: &str| {
                let rows: Vec<Number> = diesel::sql_query(sql).load(conn).unwrap();
                rows[0].n
            };
            assert_eq!(count("select count(*) as n from effects"), loads * items, "each job's effect is there once");
            assert_eq!(count("select count(*) as n from flow_due"), 0, "nothing waits");
            assert_eq!(count("select count(*) as n from flow_task where node = 'join'"), loads, "each join came once");
            assert_eq!(count("select count(*) as n from flow_process where flow = 'work'"), loads, "one child each");
            assert_eq!(count("select count(*) as n from flow_task where finished is null"), 0, "no task is open");
            let rows: Vec<WorkProcess> = LoadFlow.processes().load(conn).unwrap();
            assert_eq!(i64::try_from(rows.len()).unwrap(), loads);
            for row in &rows {
                assert_eq!((row.status(), row.done()), (ProcessStatus::Done, items));
            }
            let done = flow_process::table.filter(flow_process::status.eq("DONE"));
            let audited = done.filter(flow_process::audit_count.eq(flow_process::version));
            let (all, same): (i64, i64) =
                (done.count().get_result(conn).unwrap(), audited.count().get_result(conn).unwrap());
            assert_eq!(all, same, "an audit row for each version");
            let _ = (flow_task::table, TaskStatus::Done, Canceled::Stopping);
        }

        /// A worker for tests: what is left behind by others is soon taken over.
        pub fn worker(connect: impl Fn() -> Db + Send + Sync + 'static) -> Worker<Db> {
            let connect = move || Ok::<Db, diesel::ConnectionError>(connect());
            Worker::new(&FLOWS, connect).lease(Duration::from_secs(1)).poll(Duration::from_millis(50))
        }
    };
}

/// The cases. `$fresh` gives a database of that name, with `connect()`; `$back_end` is what a child calls it.
#[macro_export]
macro_rules! worker_suite {
    ($module:ident, $connection:ty, $back_end:literal, $fresh:expr) => {
        mod $module {
            $crate::cases! {
            use std::process::{Child, Command, Stdio};
            use std::io::BufRead as _;
            use diesel::connection::SimpleConnection as _;
            use $crate::worker::{number, until};

            $crate::worker_flows!($connection);

            #[test]
            fn a_worker_does_whatever_is_due() {
                let database = $fresh("whatever");
                let mut conn = database.connect();
                conn.batch_execute($crate::worker::EFFECTS).unwrap();
                for _ in 0..10 {
                    LoadFlow.start.run(&mut conn, &CODE, data(number(), "", 3)).unwrap();
                }
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("all done", || open(&mut conn) == 0);
                let report = running.stop();
                invariants(&mut conn, 10, 3);
                assert_eq!((report.failed, report.retried, report.postponed, report.unknown), (0, 0, 0, 0), "{report:?}");
                assert!(report.done >= 10 * (3 + 1 + 1 + 1), "jobs, timers, children and their parents: {report:?}");
            }

            #[test]
            fn many_workers_run_each_body_once() {
                let database = $fresh("many");
                let mut conn = database.connect();
                let test = number();
                let workers: Vec<_> = (0..3)
                    .map(|_| worker({ let database = database.clone(); move || database.connect() }).lease(seconds(20)).start().unwrap())
                    .collect();
                for _ in 0..100 {
                    work(&mut conn, test, "", 1);
                }
                until("all done", || open(&mut conn) == 0);
                workers.into_iter().for_each(|worker| { worker.stop(); });
                assert_eq!(words(test).iter().filter(|word| *word == "begin 1").count(), 100);
                assert_eq!(words(test).len(), 200);
            }

            #[test]
            fn a_long_job_keeps_its_lease_and_is_listed() {
                let database = $fresh("long");
                let mut conn = database.connect();
                let test = number();
                let id = work(&mut conn, test, "", 3_500);
                let make = || worker({ let database = database.clone(); move || database.connect() });
                let workers = [make().name("alpha").start().unwrap(), make().name("alpha").start().unwrap()];
                until("it runs", || !words(test).is_empty());
                let listed = FLOWS.workers(&mut conn).unwrap();
                assert_eq!(listed.len(), 1);
                assert_eq!((listed[0].name.as_str(), listed[0].work[0].process.get()), ("alpha", id));
                assert!(listed[0].work[0].held.as_ref().is_some_and(|held| held.since.is_some()));
                let due = FLOWS.due_work(&mut conn).unwrap();
                assert_eq!((due.len(), due[0].kind.as_str(), due[0].attempt), (1, "JOB", 1));
                until("it is done", || status(&mut conn, id) == ProcessStatus::Done);
                assert_eq!(words(test), ["begin 1", "end"], "three and a half leases, and it was begun once");
                workers.into_iter().for_each(|worker| { worker.stop(); });
            }

            #[test]
            fn a_job_that_takes_too_long_is_told_and_tried_again() {
                let database = $fresh("too-long");
                let mut conn = database.connect();
                let test = number();
                let id = ShortFlow.start.run(&mut conn, &CODE, data(test, "listen", 0)).unwrap().id();
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("it is done", || status(&mut conn, id) == ProcessStatus::Done);
                running.stop();
                assert_eq!(words(test)[..3], ["begin 1", "TimedOut", "begin 2"]);
            }

            #[test]
            fn a_body_learns_that_its_task_was_cancelled() {
                let database = $fresh("cancelled");
                let mut conn = database.connect();
                let test = number();
                let id = LateFlow.start.run(&mut conn, &CODE, data(test, "listen", 0)).unwrap().id();
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("it is told", || words(test).len() == 2);
                running.stop();
                assert_eq!(words(test), ["begin 1", "LeaseLost"]);
                FLOWS.expect(&mut conn, id).is(ProcessStatus::Done).tasks(&[
                    "start:DONE", "work:CANCELED", "work__timeout__late:DONE", "late:DONE",
                ]);
            }

            #[test]
            fn a_stop_lets_bodies_finish_and_begins_nothing() {
                let database = $fresh("stop");
                let mut conn = database.connect();
                let test = number();
                for _ in 0..20 {
                    work(&mut conn, test, "", 400);
                }
                let running =
                    worker({ let database = database.clone(); move || database.connect() }).threads(6).start().unwrap();
                until("they run", || words(test).len() >= 6);
                let handle = running.handle();
                handle.stop();
                let begun = words(test).iter().filter(|word| *word == "begin 1").count();
                running.stop();
                let words = words(test);
                assert!(words.iter().filter(|word| *word == "begin 1").count() <= begun + 1, "nothing was begun after: {words:?}");
                assert_eq!(words.iter().filter(|word| *word == "end").count(), words.len() / 2, "what ran has finished");
                let left: Vec<(i32, Option<String>)> = flow_core::schema::flow_due::table
                    .select((flow_core::schema::flow_due::attempt, flow_core::schema::flow_due::holder))
                    .load(&mut conn)
                    .unwrap();
                assert_eq!(left.len(), 20 - words.len() / 2);
                assert!(left.iter().all(|(attempt, holder)| (*attempt, holder) == (0, &None)), "{left:?}");
            }

            #[test]
            fn what_does_not_finish_in_time_is_given_back_with_its_attempt() {
                let database = $fresh("grace");
                let mut conn = database.connect();
                let (deaf, polite) = (number(), number());
                let make = || worker({ let database = database.clone(); move || database.connect() });
                let first = make().grace(Duration::from_millis(300)).start().unwrap();
                let slow = work(&mut conn, deaf, "first is slow", 2_500);
                let listens = work(&mut conn, polite, "listen", 0);
                until("they run", || words(deaf).len() + words(polite).len() == 2);
                first.stop();
                assert_eq!(words(polite), ["begin 1", "Stopping"]);
                for id in [slow, listens] {
                    use flow_core::schema::flow_due;
                    let row: (i32, Option<String>) = flow_due::table
                        .filter(flow_due::process_id.eq(id))
                        .select((flow_due::attempt, flow_due::holder))
                        .first(&mut conn)
                        .unwrap();
                    assert_eq!(row, (0, None), "it does not count, and nobody has it");
                }
                // The one that is deaf comes to its end beside the second worker, and changes nothing.
                let second = make().start().unwrap();
                until("it is done", || status(&mut conn, slow) == ProcessStatus::Done || words(deaf).len() > 3);
                until("the late one is late", || words(deaf).iter().filter(|word| *word == "end").count() == 2);
                std::thread::sleep(Duration::from_millis(100));
                drop(second);
                let row: WorkProcess = WorkFlow.processes().by_id(slow).first(&mut conn).unwrap();
                assert_eq!((row.status(), row.done()), (ProcessStatus::Done, 1));
                let task = WorkFlow.work.tasks().of(slow).one(&mut conn).unwrap().id();
                assert_eq!(FLOWS.attempts(&mut conn, task).unwrap(), [], "no attempt has failed");
            }

            #[test]
            fn one_that_fails_or_panics_delays_no_other() {
                let database = $fresh("delays");
                let mut conn = database.connect();
                let (bad, good) = (number(), number());
                let fails = work(&mut conn, bad, "fail", 0);
                let panics = work(&mut conn, bad, "panic", 0);
                let unreadable = work(&mut conn, bad, "", 0);
                conn.batch_execute(&format!("update flow_process set data = '{{\"test\": \"x\"}}' where id = {unreadable}")).unwrap();
                let fine: Vec<i64> = (0..20).map(|_| work(&mut conn, good, "", 0)).collect();
                let running = worker({ let database = database.clone(); move || database.connect() }).threads(1).start().unwrap();
                until("the others are done", || fine.iter().all(|id| status(&mut conn, *id) == ProcessStatus::Done));
                let task = |conn: &mut Db, id: i64| WorkFlow.work.tasks().of(id).one(conn).unwrap();
                until("they are in error", || [fails, panics].iter().all(|id| task(&mut conn, *id).status() == TaskStatus::Error));
                let report = running.stop();
                assert_eq!((report.done, report.failed, report.retried), (20, 2, 4), "{report:?}");
                assert!(report.postponed >= 1, "{report:?}");
                assert_eq!(task(&mut conn, fails).error(), Some("gave up after 3 attempts: no answer"));
                assert_eq!(task(&mut conn, panics).error(), Some("gave up after 3 attempts: panicked"));
                assert_eq!(task(&mut conn, unreadable).status(), TaskStatus::Scheduled, "it waits for a release that can read it");
                let attempts = task(&mut conn, fails).id();
                let attempts = FLOWS.attempts(&mut conn, attempts).unwrap();
                assert_eq!(attempts.len(), 3);
                for pair in attempts.windows(2) {
                    let between = pair[1].started().since(pair[0].ended().unwrap());
                    assert!(between >= Duration::from_millis(300), "the back-off is kept: {between:?}");
                }
            }

            #[test]
            fn queues_are_paused_limited_and_served_by_priority() {
                let database = $fresh("queues");
                let mut conn = database.connect();
                let test = number();
                let mail: Vec<i64> = (0..6).map(|_| QueueFlow.start.run(&mut conn, &CODE, data(test, "mail", 60)).unwrap().id()).collect();
                let urgent = QueueFlow.start.run(&mut conn, &CODE, data(test, "urgent", 0)).unwrap().id();
                let make = || worker({ let database = database.clone(); move || database.connect() });

                FLOWS.pause_queue(&mut conn, "mail", &CODE).unwrap();
                let paused = FLOWS.paused_queues(&mut conn).unwrap();
                assert_eq!((paused[0].name.as_str(), paused[0].by.as_deref()), ("mail", Some("test")));
                assert_eq!(make().queues(["mail"]).step(&mut conn).unwrap().done, 0);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1, "the urgent one is in no queue that is paused");
                assert_eq!(status(&mut conn, urgent), ProcessStatus::Done);
                FLOWS.resume_queue(&mut conn, "mail").unwrap();
                assert_eq!(FLOWS.paused_queues(&mut conn).unwrap(), []);

                let urgent = QueueFlow.start.run(&mut conn, &CODE, data(test, "urgent", 0)).unwrap().id();
                assert_eq!(make().queues([""]).step(&mut conn).unwrap().done, 1, "it does not serve mail");
                assert_eq!(status(&mut conn, urgent), ProcessStatus::Done);

                let urgent = QueueFlow.start.run(&mut conn, &CODE, data(test, "urgent", 0)).unwrap().id();
                let before = words(test).len();
                let report = make().step(&mut conn).unwrap();
                assert_eq!(report.done, 3, "the urgent one first, and of mail no more than two");
                assert_eq!(words(test)[before..], ["begin 1", "end", "begin 1", "end", "begin 1", "end"]);
                let done = FLOWS.process(&mut conn, urgent).unwrap().finished().unwrap();
                assert!(mail.iter().filter_map(|id| FLOWS.process(&mut conn, *id).unwrap().finished()).all(|mail| mail > done));

                let workers = [make().threads(4).start().unwrap(), make().threads(4).start().unwrap()];
                until("all done", || open(&mut conn) == 0);
                workers.into_iter().for_each(|worker| { worker.stop(); });
                assert!(MAIL.1.load(Ordering::SeqCst) <= 2, "{} at once", MAIL.1.load(Ordering::SeqCst));
            }

            #[test]
            fn of_much_that_is_due_the_most_urgent_is_taken_first_and_nothing_of_the_suspended() {
                let database = $fresh("priorities");
                let mut conn = database.connect();
                let test = number();
                let all: Vec<i64> = (0..123).map(|_| work(&mut conn, test, "", 0)).collect();
                let sort = format!("update flow_due set priority = (process_id - {}) % 3 - 1", all[0]);
                diesel::sql_query(sort).execute(&mut conn).unwrap();
                let (lowest, suspended) = (all[0], [all[1], all[2], all[3]]);
                for id in suspended {
                    FLOWS.suspend(&mut conn, id, &CODE).unwrap();
                }
                let report = worker({ let database = database.clone(); move || database.connect() }).step(&mut conn).unwrap();
                // 40 of each priority: all of the two higher ones, and of the lowest those that have waited longest.
                assert_eq!(report.done, 100);
                let left: Vec<i64> =
                    all.iter().copied().filter(|id| status(&mut conn, *id) != ProcessStatus::Done).collect();
                let of_lowest: Vec<i64> = (20..40).map(|n| lowest + 3 * (n + 1)).collect();
                assert_eq!(left, suspended.into_iter().chain(of_lowest).collect::<Vec<_>>());
            }

            /// A pool of one connection.
            mod pool {
                use std::ops::{Deref, DerefMut};
                use std::sync::{Arc, Condvar, Mutex};

                pub struct Pool<C>(pub Arc<(Mutex<Vec<C>>, Condvar)>);
                pub struct Taken<C>(Option<C>, Arc<(Mutex<Vec<C>>, Condvar)>);

                impl<C> Pool<C> {
                    pub fn get(&self) -> Result<Taken<C>, std::io::Error> {
                        let mut free = self.0.0.lock().unwrap();
                        loop {
                            match free.pop() {
                                Some(conn) => return Ok(Taken(Some(conn), Arc::clone(&self.0))),
                                None => free = self.0.1.wait(free).unwrap(),
                            }
                        }
                    }
                }

                impl<C> Deref for Taken<C> {
                    type Target = C;
                    fn deref(&self) -> &C { self.0.as_ref().unwrap() }
                }

                impl<C> DerefMut for Taken<C> {
                    fn deref_mut(&mut self) -> &mut C { self.0.as_mut().unwrap() }
                }

                impl<C> Drop for Taken<C> {
                    fn drop(&mut self) {
                        self.1.0.lock().unwrap().extend(self.0.take());
                        self.1.1.notify_one();
                    }
                }
            }

            #[test]
            fn one_connection_is_enough_and_no_body_holds_it() {
                let database = $fresh("pool");
                let mut conn = database.connect();
                let test = number();
                for _ in 0..12 {
                    work(&mut conn, test, "", 250);
                }
                let pool = pool::Pool(std::sync::Arc::new((std::sync::Mutex::new(vec![database.connect()]), std::sync::Condvar::new())));
                let running = Worker::new(&FLOWS, move || pool.get()).threads(6).start().unwrap();
                until("six bodies at once", || {
                    let words = words(test);
                    words.iter().filter(|word| *word == "begin 1").count() >= 6 + words.iter().filter(|word| *word == "end").count()
                });
                until("all done", || open(&mut conn) == 0);
                running.stop();
            }

            /// A program with a worker, which is killed at the latest when the test ends.
            struct Running(Child);

            impl std::ops::Deref for Running {
                type Target = Child;
                fn deref(&self) -> &Child { &self.0 }
            }

            impl std::ops::DerefMut for Running {
                fn deref_mut(&mut self) -> &mut Child { &mut self.0 }
            }

            impl Drop for Running {
                fn drop(&mut self) {
                    // It may have ended.
                    let _ = self.0.kill();
                    let _ = self.0.wait();
                }
            }

            fn child(database: &str) -> Running {
                let child = Command::new(env!("CARGO_BIN_EXE_worker_child"))
                    .args([$back_end, database])
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .spawn();
                Running(child.unwrap())
            }

            fn signal(child: &Child, name: &str) {
                let done = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
                assert!(done.success());
            }

            #[test]
            fn killed_at_random_under_load_nothing_is_lost_or_done_twice() {
                let seconds = std::env::var("FLOW_TEST_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
                let seed = std::env::var("FLOW_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7_u64);
                println!("FLOW_SEED={seed} FLOW_TEST_SECONDS={seconds}");
                let database = $fresh("killed");
                let mut conn = database.connect();
                conn.batch_execute($crate::worker::EFFECTS).unwrap();
                let mut children: Vec<Running> = (0..4).map(|_| child(database.name())).collect();
                let begun = std::time::Instant::now();
                let (mut random, mut loads, mut kills) = (seed, 0, 0);
                while begun.elapsed() < Duration::from_secs(seconds) {
                    LoadFlow.start.run(&mut conn, &CODE, data(number(), "", 3)).unwrap();
                    loads += 1;
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    std::thread::sleep(Duration::from_millis(20 + (random >> 40) % 60));
                    if (random >> 33) % 3 == 0 {
                        let place = usize::try_from((random >> 50) % 4).unwrap();
                        children[place].kill().unwrap();
                        children[place].wait().unwrap();
                        children[place] = child(database.name());
                        kills += 1;
                    }
                }
                until("all done", || open(&mut conn) == 0 && due(&mut conn) == 0);
                for child in &mut children {
                    signal(child, "TERM");
                    assert!(child.wait().unwrap().success(), "SIGTERM ends it well");
                }
                println!("{loads} processes, {kills} workers killed");
                assert!(kills > 0);
                invariants(&mut conn, loads, 3);
            }

            #[test]
            fn killed_between_the_bodies_and_their_commit_each_is_done_once() {
                let database = $fresh("between");
                let (mut conn, mut other) = (database.connect(), database.connect());
                let ids: Vec<i64> = (0..4).map(|_| work(&mut conn, number(), "", 600)).collect();
                let mut killed = child(database.name());
                until("they run", || {
                    let running = flow_core::schema::flow_task::table.filter(flow_core::schema::flow_task::status.eq("STARTED"));
                    running.count().get_result::<i64>(&mut conn).unwrap() == 4
                });
                // From here on nobody can write, and so nothing can be completed.
                let lock = match $back_end {
                    "sqlite" => "begin immediate",
                    _ => "begin; lock table flow_process in exclusive mode",
                };
                other.batch_execute(lock).unwrap();
                std::thread::sleep(Duration::from_millis(1_200));
                killed.kill().unwrap();
                killed.wait().unwrap();
                other.batch_execute("rollback").unwrap();
                assert!(ids.iter().all(|id| status(&mut conn, *id) == ProcessStatus::New), "none is completed");
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("all done", || open(&mut conn) == 0);
                running.stop();
                for id in ids {
                    let row: WorkProcess = WorkFlow.processes().by_id(id).first(&mut conn).unwrap();
                    assert_eq!((row.status(), row.done()), (ProcessStatus::Done, 1));
                    let task = WorkFlow.work.tasks().of(id).one(&mut conn).unwrap().id();
                    assert_eq!(FLOWS.attempts(&mut conn, task).unwrap().len(), 1, "that its worker was lost is in its history");
                }
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn a_worker_that_was_stopped_in_its_tracks_comes_too_late() {
                let database = $fresh("late");
                let mut conn = database.connect();
                let id = work(&mut conn, number(), "tell", 300);
                let mut late = child(database.name());
                let mut line = String::new();
                std::io::BufReader::new(late.stdout.take().unwrap()).read_line(&mut line).unwrap();
                assert_eq!(line, "running\n");
                signal(&late, "STOP");
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("another one has done it", || status(&mut conn, id) == ProcessStatus::Done);
                running.stop();
                signal(&late, "CONT");
                std::thread::sleep(Duration::from_millis(600));
                signal(&late, "TERM");
                assert!(late.wait().unwrap().success());
                let row: WorkProcess = WorkFlow.processes().by_id(id).first(&mut conn).unwrap();
                assert_eq!(row.done(), 1, "what it did too late changed nothing");
                let task = WorkFlow.work.tasks().of(id).one(&mut conn).unwrap().id();
                let attempts = FLOWS.attempts(&mut conn, task).unwrap();
                assert_eq!(attempts.len(), 1);
                assert_eq!(attempts[0].error(), Some("the worker stopped before completing it"));
                let words: Vec<String> = FLOWS.history(&mut conn, id).unwrap().iter().map(|row| row.action().to_owned()).collect();
                assert_eq!(words, ["start", "claim", "fail", "claim", "complete"]);
            }

            #[test]
            fn a_body_that_kills_its_worker_ends_in_error() {
                let database = $fresh("poison");
                let mut conn = database.connect();
                let poison = work(&mut conn, number(), "abort", 0);
                // These run when the worker is killed for the first time, and not beside that body again.
                let fine: Vec<i64> = (0..3).map(|_| work(&mut conn, number(), "", 400)).collect();
                let task = |conn: &mut Db| WorkFlow.work.tasks().of(poison).one(conn).unwrap();
                let mut worker = child(database.name());
                let mut died = 0;
                until("it is in error", || {
                    if worker.try_wait().unwrap().is_some() {
                        died += 1;
                        worker = child(database.name());
                    }
                    task(&mut conn).status() == TaskStatus::Error
                });
                for id in fine {
                    until("the others are done", || status(&mut conn, id) == ProcessStatus::Done);
                    let lost = FLOWS.attempts(&mut conn, flow_core::TaskId::new(id, 2)).unwrap().len();
                    assert!(lost <= 1, "{lost} attempts lost their worker");
                }
                signal(&worker, "TERM");
                worker.wait().unwrap();
                assert_eq!(died, 3, "one worker for each attempt");
                assert_eq!(task(&mut conn).error(), Some("gave up after 3 attempts: the worker stopped before completing it"));
            }

            #[test]
            fn sigterm_lets_it_finish_and_a_second_one_does_not() {
                let database = $fresh("sigterm");
                let mut conn = database.connect();
                let begin = |conn: &mut Db, millis| {
                    let id = work(conn, number(), "tell", millis);
                    let mut running = child(database.name());
                    let mut line = String::new();
                    std::io::BufReader::new(running.stdout.take().unwrap()).read_line(&mut line).unwrap();
                    signal(&running, "TERM");
                    (id, running)
                };
                let (id, mut running) = begin(&mut conn, 600);
                assert!(running.wait().unwrap().success());
                assert_eq!(status(&mut conn, id), ProcessStatus::Done);

                let (id, mut running) = begin(&mut conn, 60_000);
                std::thread::sleep(Duration::from_millis(300));
                assert_eq!(running.try_wait().unwrap(), None, "it waits for the body");
                signal(&running, "TERM");
                assert!(running.wait().unwrap().success());
                let row: (i32, Option<String>) = flow_core::schema::flow_due::table
                    .filter(flow_core::schema::flow_due::process_id.eq(id))
                    .select((flow_core::schema::flow_due::attempt, flow_core::schema::flow_due::holder))
                    .first(&mut conn)
                    .unwrap();
                assert_eq!(row, (0, None), "it was given back");
            }
            }
        }
    };
}
