//! The database fails: it is locked, it is full, the connection is cut, a deadlock is ended. The error is typed,
//! nothing is half-written, and what can be tried again goes through.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use flow_tests::cases::Group;

mod sqlite {
    flow_tests::cases! {
    use std::time::{Duration, Instant};

    use diesel::connection::SimpleConnection as _;
    use flow_core::ErrorKind;
    use flow_tests::app::ALICE;
    use flow_tests::dump::dump;
    use flow_tests::sqlite::File;

    flow_tests::hello_world!(diesel::SqliteConnection);

    fn file(name: &str) -> File {
        File::new(env!("CARGO_TARGET_TMPDIR"), &format!("fault-{name}"))
    }

    fn start(conn: &mut diesel::SqliteConnection, text: &str) -> flow_core::Result<HelloWorldProcess> {
        HelloWorldFlow.start.run(conn, &ALICE, StartForm { text: text.to_owned() })
    }

    #[test]
    fn a_new_file_can_be_opened_by_many_at_once() {
        // Who turns WAL on first needs the file alone, and SQLite does not wait for that.
        for round in 0..50 {
            let path = format!("{}/fault-open-{round}.sqlite", env!("CARGO_TARGET_TMPDIR"));
            for end in ["", "-wal", "-shm"] {
                // It may well not be there.
                let _ = std::fs::remove_file(format!("{path}{end}"));
            }
            let barrier = std::sync::Barrier::new(16);
            std::thread::scope(|scope| {
                let open = || {
                    barrier.wait();
                    flow_core::sqlite::open(&path).map(drop)
                };
                let threads: Vec<_> = (0..16).map(|_| scope.spawn(open)).collect();
                for thread in threads {
                    thread.join().unwrap().unwrap();
                }
            });
        }
    }

    #[test]
    fn another_writer_is_waited_for() {
        let file = file("locked");
        // No two runs alike, none longer than a busy timeout of ten seconds allows.
        let seed = Instant::now().elapsed().subsec_nanos() ^ std::process::id();
        println!("seed {seed}");
        let other = file.clone();
        let (tell, told) = std::sync::mpsc::channel();
        // SQLite's lock has no queue: who takes it again at once keeps the other out for as long as they like.
        let (yield_to, yielded) = std::sync::mpsc::channel();
        let holder = std::thread::spawn(move || {
            let mut conn = other.connect();
            for n in 1..=3_u32 {
                let held = Duration::from_millis(u64::from(seed.wrapping_mul(n).wrapping_mul(2_654_435_761) % 5_000));
                conn.batch_execute("begin immediate").unwrap();
                tell.send(()).unwrap();
                std::thread::sleep(held);
                conn.batch_execute("commit").unwrap();
                yielded.recv().unwrap();
            }
        });
        let mut conn = file.connect();
        let mut count = 0;
        while told.recv().is_ok() {
            start(&mut conn, "hi").unwrap();
            count += 1;
            yield_to.send(()).unwrap();
        }
        holder.join().unwrap();
        assert_eq!(HelloWorldFlow.processes().load(&mut conn).unwrap().len(), count);
    }

    #[test]
    fn a_writer_that_does_not_end_is_an_error_that_may_be_gone_later() {
        let file = file("stuck");
        let mut other = file.connect();
        other.batch_execute("begin immediate").unwrap();
        let mut conn = file.connect();
        conn.batch_execute("pragma busy_timeout = 100").unwrap();
        let error = start(&mut conn, "hi").unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Database, true), "{error}");
        other.batch_execute("commit").unwrap();
        start(&mut conn, "hi").unwrap();
    }

    #[test]
    fn a_full_disk_is_an_error_and_nothing_is_half_written() {
        let file = file("full");
        let mut conn = file.connect();
        start(&mut conn, "before").unwrap();
        conn.batch_execute("pragma max_page_count = 1").unwrap();
        let (mut before, mut error) = (dump(&mut conn), None);
        for _ in 0..1_000 {
            match start(&mut conn, &"x".repeat(50)) {
                Ok(_) => before = dump(&mut conn),
                Err(full) => {
                    error = Some(full);
                    break;
                }
            }
        }
        let error = error.unwrap();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Database, false), "{error}");
        assert!(error.to_string().contains("full"), "{error}");
        assert_eq!(dump(&mut conn), before);
        conn.batch_execute("pragma max_page_count = 1000000; pragma integrity_check").unwrap();
        start(&mut conn, "after").unwrap();
    }
    }
}

mod postgres {
    flow_tests::cases! {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::SimpleConnection as _;
    use flow_core::ErrorKind;
    use flow_tests::kill::{EFFECTS, at_event};
    use flow_tests::postgres::Schema;

    flow_tests::kill!(diesel::PgConnection);

    #[derive(diesel::QueryableByName)]
    struct Pid {
        #[diesel(sql_type = Integer)]
        pid: i32,
    }

    fn pid(conn: &mut Db) -> i32 {
        let row: Pid = diesel::sql_query("select pg_backend_pid() as pid").get_result(conn).unwrap();
        row.pid
    }

    #[test]
    fn a_connection_that_is_cut_leaves_nothing_half_written() {
        let schema = Schema::new();
        schema.connect().batch_execute(EFFECTS).unwrap();
        let mut event = 1;
        loop {
            flow_tests::postgres::empty(&mut schema.connect(), &["effects"]);
            let mut conn = schema.connect();
            let (mut other, victim) = (schema.connect(), pid(&mut conn));
            at_event(&mut conn, event, move || {
                other.batch_execute(&format!("select pg_terminate_backend({victim})")).unwrap();
            });
            let outcome = script(&mut conn);
            // Its last statements may have come before the end of the connection was noticed.
            if let Err(error) = &outcome {
                assert!(matches!(error.kind(), ErrorKind::Database | ErrorKind::Step), "{error}");
                assert!(error.is_retryable(), "event {event}: {error}");
            }
            let mut conn = schema.connect();
            invariants(&mut conn);
            script(&mut conn).unwrap();
            invariants(&mut conn);
            complete(&mut conn);
            if outcome.is_ok() {
                break;
            }
            event += 1;
        }
        assert!(event > 50, "the script has more events than {event}");
    }

    /// Locks two rows of the app's, in an order that the process says.
    #[derive(ProcessProxy, Debug)]
    pub struct LockProcess { process: Process, first: i64, second: i64 }

    #[flow(process = LockProcess, connection = Db)]
    pub struct LockFlow {
        #[node(permission(anyone), next = this.lock)]
        start: StartHandle,
        #[node(run = this.lock_both(conn), next = this.end)]
        lock: Function,
        end: End,
    }

    static MEET: Barrier = Barrier::new(2);
    static TRIES: AtomicUsize = AtomicUsize::new(0);

    impl LockFlow {
        fn lock_both(a: &mut Activation<Self>, conn: &mut Db) -> Step {
            conn.batch_execute(&format!("update apps set n = n + 1 where id = {}", a.process.first()))?;
            if TRIES.fetch_add(1, Ordering::SeqCst) < 2 {
                MEET.wait();
            }
            conn.batch_execute(&format!("update apps set n = n + 1 where id = {}", a.process.second()))?;
            Ok(())
        }
    }

    #[test]
    fn a_deadlock_is_tried_again_where_the_engine_began_the_transaction() {
        let schema = Schema::new();
        let tables = "create table apps (id bigint primary key, n bigint not null); insert into apps values (1, 0), (2, 0)";
        schema.connect().batch_execute(tables).unwrap();
        std::thread::scope(|scope| {
            for (first, second) in [(1, 2), (2, 1)] {
                let schema = &schema;
                scope.spawn(move || {
                    let data = LockProcessData { first, second };
                    LockFlow.start.run(&mut schema.connect(), &CODE, data).unwrap();
                });
            }
        });
        assert!(TRIES.load(Ordering::SeqCst) >= 3, "one of the two was ended, and ran again");
        let mut conn = schema.connect();
        assert_eq!(LockFlow.processes().load(&mut conn).unwrap().len(), 2);
        let sum: Pid = diesel::sql_query("select sum(n)::int as pid from apps").get_result(&mut conn).unwrap();
        assert_eq!(sum.pid, 4, "what the ended one had written is undone");
    }

    #[test]
    fn inside_the_callers_transaction_the_caller_is_told_to_try_again() {
        let schema = Schema::new();
        schema.connect().batch_execute(EFFECTS).unwrap();
        let (mut conn, mut other) = (schema.connect(), schema.connect());
        let data = OrderProcessData { items: vec![1], packed: 0 };
        let id = OrderFlow.start.run(&mut conn, &CODE, data).unwrap().id();
        FLOWS.run_due(&mut conn).unwrap();
        let task = OrderFlow.check.tasks().open().of(id).one(&mut conn).unwrap().id();
        let outcome = conn.build_transaction().repeatable_read().run(|conn| {
            FLOWS.process(conn, id)?;
            OrderFlow.check.assign(&mut other, task, &System("somebody else")).unwrap();
            OrderFlow.check.assign(conn, task, &CODE)
        });
        let error = outcome.unwrap_err();
        assert!(error.is_retryable(), "{error}");
        let error = OrderFlow.check.assign(&mut conn, task, &CODE).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "the connection goes on: {error}");
    }
    }
}

fn main() {
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing: flow_tests::postgres::missing() },
    ];
    flow_tests::cases::run(&groups, flow_tests::postgres::clean_up);
}
