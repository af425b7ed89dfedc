//! The flows whose work is done.

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

        /// Waits for so long.
        #[flow(process = WorkProcess, connection = Db)]
        pub struct PauseFlow {
            #[node(permission(anyone), next = this.pause)]
            pub start: StartHandle,
            #[node(delay = |a| Duration::from_millis(a.process.millis().unsigned_abs()), next = this.end)]
            pub pause: Timer,
            pub end: End,
        }

        /// One at once for each word.
        #[flow(process = WorkProcess, connection = Db)]
        pub struct KeyFlow {
            #[node(permission(anyone), next = this.work)]
            pub start: StartHandle,
            #[node(run = this.alone, concurrency = 1, concurrency_key = this.word(conn), next = this.end)]
            pub work: Job,
            pub end: End,
        }

        impl KeyFlow {
            fn word(a: &Activation<Self>, _: &mut Db) -> Result<String, StepError> {
                match a.process.how() {
                    "none" => Err("no word".into()),
                    how => Ok(how.to_owned()),
                }
            }

            fn alone(job: &JobContext<Self>) -> Step {
                let word = format!("{} {}", job.process.test(), job.process.how());
                let is_alone = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).insert(word.clone());
                std::thread::sleep(Duration::from_millis(u64::try_from(job.process.millis())?));
                RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&word);
                if is_alone { Ok(()) } else { Err("two at once".into()) }
            }
        }

        /// The words whose body runs.
        static RUNNING: Mutex<std::collections::BTreeSet<String>> = Mutex::new(std::collections::BTreeSet::new());

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

        pub static FLOWS: Flows<Db> = flows![WorkFlow, ShortFlow, LateFlow, QueueFlow, KeyFlow, PauseFlow, LoadFlow];

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
