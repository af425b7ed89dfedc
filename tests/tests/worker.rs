//! Workers: what they promise, while they are killed, stopped and stepped on.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};

fn file(name: &str) -> flow_tests::sqlite::File {
    flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), &format!("worker-{name}"))
}

fn schema(_: &str) -> Schema {
    Schema::new()
}

flow_tests::worker_suite!(sqlite, diesel::SqliteConnection, crate::file);
flow_tests::worker_suite!(postgres, diesel::PgConnection, crate::schema);
flow_tests::killed_workers_suite!(sqlite_killed, diesel::SqliteConnection, "sqlite", crate::file);
flow_tests::killed_workers_suite!(postgres_killed, diesel::PgConnection, "postgres", crate::schema);

/// The work of some seconds, while `disturb` is called again and again.
macro_rules! disturbed {
    ($module:ident, $database:ident, $connect:expr, $disturb:expr) => {{
        use diesel::connection::SimpleConnection as _;
        let mut conn = $database.connect();
        conn.batch_execute(flow_tests::worker::EFFECTS).unwrap();
        let running = $module::worker($connect).threads(4).start().unwrap();
        let begun = std::time::Instant::now();
        let mut loads = 0;
        while begun.elapsed() < std::time::Duration::from_secs(3) {
            $module::load(&mut conn);
            loads += 1;
            $disturb;
        }
        flow_tests::worker::until("all done", || $module::open(&mut conn) == 0 && $module::due(&mut conn) == 0);
        running.stop();
        $module::invariants(&mut conn, loads, 3);
    }};
}

/// A program whose clock is wrong by so many seconds.
fn with_clock(seconds: i64, arguments: &[&str]) -> std::process::Child {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_worker_child"));
    command.args(arguments).env("FLOW_TEST_CLOCK", seconds.to_string());
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
}

/// Two workers whose clocks are ten minutes apart, and one process that is started by a clock that is ahead.
fn clocks_differ() {
    let database = Schema::new();
    let mut conn = database.connect();
    let ids: Vec<i64> = (0..4).map(|_| postgres::work(&mut conn, 0, "", 2_500)).collect();
    let pauses: Vec<i64> = (0..2)
        .map(|_| postgres::PauseFlow.start.run(&mut conn, &postgres::CODE, postgres::data(0, "", 2_000)).unwrap().id())
        .collect();
    let mut children = [-300, 300].map(|seconds| with_clock(seconds, &["postgres", database.name()]));
    flow_tests::worker::until("all done", || postgres::open(&mut conn) == 0);
    for id in ids {
        let history = postgres::FLOWS.history(&mut conn, id).unwrap();
        let words: Vec<&str> = history.iter().map(|row| row.action()).collect();
        assert_eq!(words, ["start", "claim", "complete"], "two and a half leases, and each body was begun once");
    }
    for id in pauses {
        let process = postgres::FLOWS.process(&mut conn, id).unwrap();
        let took = process.finished().unwrap().since(process.created());
        assert!(took >= std::time::Duration::from_millis(1_900), "a timer fired after {took:?}");
        assert!(took < std::time::Duration::from_secs(20), "a timer fired after {took:?}");
    }
    assert!(with_clock(300, &["postgres", database.name(), "start"]).wait().unwrap().success());
    flow_tests::worker::until("what was due in the future of another clock is due now", || {
        postgres::open(&mut conn) == 0
    });
    for child in &mut children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Every connection of the worker is cut again and again, wherever it is.
fn connections_are_cut() {
    use diesel::RunQueryDsl as _;
    use diesel::connection::SimpleConnection as _;
    let database = Schema::new();
    let name = database.name().to_owned();
    let mut admin = database.connect();
    let connect = {
        let database = database.clone();
        move || {
            let mut conn = database.connect();
            conn.batch_execute(&format!("set application_name to '{}'", database.name())).unwrap();
            conn
        }
    };
    disturbed!(postgres, database, connect, {
        std::thread::sleep(std::time::Duration::from_millis(60));
        let cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name =";
        diesel::sql_query(format!("{cut} '{name}'")).execute(&mut admin).unwrap();
    });
}

/// The database is restarted again and again by the command of `FLOW_TEST_RESTART`, for `FLOW_TEST_SECONDS`.
fn the_database_is_restarted() {
    use diesel::Connection as _;
    use diesel::connection::SimpleConnection as _;
    use std::time::{Duration, Instant};
    let command = std::env::var("FLOW_TEST_RESTART").unwrap();
    let seconds = std::env::var("FLOW_TEST_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let database = Schema::new();
    database.connect().batch_execute(flow_tests::worker::EFFECTS).unwrap();
    let connect = {
        let name = database.name().to_owned();
        move || -> diesel::ConnectionResult<diesel::PgConnection> {
            let mut conn = diesel::PgConnection::establish(&server::url().unwrap_or_default())?;
            let search_path = format!("set search_path to {name}");
            conn.batch_execute(&search_path).map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        }
    };
    let worker = || {
        let worker = flow_core::Worker::new(&postgres::FLOWS, connect.clone());
        worker.lease(Duration::from_secs(1)).poll(Duration::from_millis(50)).start().unwrap()
    };
    let workers = [worker(), worker(), worker(), worker()];
    let restarts = std::thread::spawn(move || {
        let begun = Instant::now();
        let mut count = 0;
        while begun.elapsed() < Duration::from_secs(seconds) {
            std::thread::sleep(Duration::from_secs(10));
            assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
            count += 1;
        }
        count
    });
    // Each process has a key, so that a commit of which nobody learned is not done twice.
    let (mut loads, mut refused, mut conn) = (0_i64, 0, None);
    while !restarts.is_finished() {
        let started = match &mut conn {
            Some(conn) => postgres::load_once(conn, &format!("load {loads}")).is_ok(),
            None => false,
        };
        if started {
            loads += 1;
            std::thread::sleep(Duration::from_millis(50));
        } else {
            refused += 1;
            conn = connect().ok();
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let restarted = restarts.join().unwrap();
    let mut conn = database.connect();
    flow_tests::worker::until("all done", || postgres::open(&mut conn) == 0 && postgres::due(&mut conn) == 0);
    workers.into_iter().for_each(|worker| drop(worker.stop()));
    println!("{loads} processes, {restarted} restarts, {refused} calls refused");
    postgres::invariants(&mut conn, loads, 3);
}

/// A worker that looks once an hour is told by the database that there is work.
fn a_notification_wakes_an_idle_worker() {
    use std::time::Duration;
    let database = Schema::new();
    let mut conn = database.connect();
    flow_core::postgres::notify_workers(&mut conn, true).unwrap();
    flow_core::postgres::notify_workers(&mut conn, true).unwrap();
    let connect = {
        let database = database.clone();
        move || database.connect()
    };
    let running = postgres::worker(connect).poll(Duration::from_secs(3_600)).start().unwrap();
    // It has found nothing, and sleeps.
    std::thread::sleep(Duration::from_millis(500));
    let id = postgres::work(&mut conn, flow_tests::worker::number(), "", 0);
    flow_tests::worker::until("it is done", || postgres::status(&mut conn, id) == flow_core::ProcessStatus::Done);
    running.stop();
    flow_core::postgres::notify_workers(&mut conn, false).unwrap();
}

/// Another program keeps the only writer's lock for longer than the worker waits for it.
fn the_database_is_busy() {
    use diesel::connection::SimpleConnection as _;
    let database = file("busy");
    let mut other = database.connect();
    let connect = {
        let database = database.clone();
        move || {
            let mut conn = database.connect();
            conn.batch_execute("pragma busy_timeout = 20").unwrap();
            conn
        }
    };
    disturbed!(sqlite, database, connect, {
        other.batch_execute("begin immediate").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        other.batch_execute("commit").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
    });
}

/// Two releases of an app as workers beside one another, on a back end.
macro_rules! releases {
    ($module:ident, $connection:ty, $fresh:expr) => {
        mod $module {
            use std::time::Duration;

            use flow_core::prelude::*;
            use flow_core::schema::{flow_due, flow_process, flow_task};
            use flow_core::{ProcessStatus, Worker};
            use flow_tests::worker::until;

            type Db = $connection;
            const CODE: System = System("test");

            /// Packs.
            #[flow(name = "order", connection = Db)]
            pub struct OldFlow {
                #[node(permission(anyone), next = this.pack)]
                start: Start,
                #[node(run = |_job| std::thread::sleep(Duration::from_millis(2)), next = this.end)]
                pack: Job,
                end: End,
            }

            /// Packs and then ships; and there is a flow more.
            #[flow(name = "order", connection = Db)]
            pub struct NewFlow {
                #[node(permission(anyone), next = this.pack)]
                start: Start,
                #[node(run = |_job| std::thread::sleep(Duration::from_millis(2)), next = this.ship)]
                pack: Job,
                #[node(run = |_job| std::thread::sleep(Duration::from_millis(2)), next = this.end)]
                ship: Job,
                end: End,
            }

            #[flow(connection = Db)]
            pub struct ReturnFlow {
                #[node(permission(anyone), next = this.refund)]
                start: Start,
                #[node(run = |_job| (), next = this.end)]
                refund: Job,
                end: End,
            }

            static OLD: Flows<Db> = flows![OldFlow];
            static NEW: Flows<Db> = flows![NewFlow, ReturnFlow];

            pub fn each_does_what_it_knows() {
                let database = $fresh;
                let mut conn = database.connect();
                let make = |flows: &Flows<Db>| {
                    let database = database.clone();
                    let connect = move || Ok::<Db, diesel::ConnectionError>(database.connect());
                    Worker::new(flows, connect).poll(Duration::from_millis(50))
                };
                let step = |flows: &Flows<Db>, conn: &mut Db| make(flows).step(conn).unwrap();
                NewFlow.start.run(&mut conn, &CODE, ()).unwrap();
                assert_eq!(step(&OLD, &mut conn).done, 1, "both know it");
                for _ in 0..20 {
                    OldFlow.start.run(&mut conn, &CODE, ()).unwrap();
                    NewFlow.start.run(&mut conn, &CODE, ()).unwrap();
                    ReturnFlow.start.run(&mut conn, &CODE, ()).unwrap();
                }
                let (old, new) = (make(&OLD).start().unwrap(), make(&NEW).start().unwrap());
                until("all done", || {
                    let open = flow_process::table.filter(flow_process::status.eq("NEW"));
                    open.count().get_result::<i64>(&mut conn).unwrap() == 0
                });
                let (old, new) = (old.stop(), new.stop());
                assert!(new.done >= 20, "{old:?} {new:?}");
                assert_eq!((old.failed, old.postponed, new.failed, new.postponed), (0, 0, 0, 0), "{old:?} {new:?}");
                assert_eq!(old.done + new.done, 60 + usize::try_from(shipped(&mut conn)).unwrap(), "each job once");

                // Alone, the old one leaves what it does not know as it is.
                let id = NewFlow.start.run(&mut conn, &CODE, ()).unwrap().id();
                assert_eq!(step(&NEW, &mut conn).done, 1);
                ReturnFlow.start.run(&mut conn, &CODE, ()).unwrap();
                let rows = |conn: &mut Db| -> Vec<(i64, String, i32, i32, Option<String>)> {
                    use flow_due::{attempt, flow, holder, postponed, process_id};
                    let columns = (process_id, flow, attempt, postponed, holder);
                    flow_due::table.select(columns).order(process_id).load(conn).unwrap()
                };
                let before = rows(&mut conn);
                assert_eq!(before.len(), 2);
                let worker = make(&OLD).start().unwrap();
                std::thread::sleep(Duration::from_millis(300));
                let report = worker.stop();
                assert_eq!((report.done, report.failed, report.postponed), (0, 0, 0), "{report:?}");
                assert_eq!(rows(&mut conn), before);
                assert_eq!(step(&NEW, &mut conn).done, 2);
                assert_eq!(NEW.process(&mut conn, id).unwrap().status(), ProcessStatus::Done);
                assert_eq!(NEW.check_deep(&mut conn).unwrap(), []);
            }

            fn shipped(conn: &mut Db) -> i64 {
                flow_task::table.filter(flow_task::node.eq("ship")).count().get_result(conn).unwrap()
            }
        }
    };
}

releases!(sqlite_releases, diesel::SqliteConnection, crate::file("releases"));
releases!(postgres_releases, diesel::PgConnection, crate::Schema::new());

fn main() {
    let missing = server::missing();
    let restart = missing.or(std::env::var("FLOW_TEST_RESTART").is_err().then_some("FLOW_TEST_RESTART is not set"));
    let restarted: &[flow_tests::cases::Case] = &[("the_database_is_restarted", the_database_is_restarted)];
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing },
        Group { name: "sqlite", cases: sqlite_killed::CASES, missing: None },
        Group { name: "postgres", cases: postgres_killed::CASES, missing },
        Group { name: "sqlite", cases: &[("the_database_is_busy", the_database_is_busy)], missing: None },
        Group { name: "postgres", cases: &[("connections_are_cut", connections_are_cut)], missing },
        Group {
            name: "postgres",
            cases: &[("a_notification_wakes_an_idle_worker", a_notification_wakes_an_idle_worker)],
            missing,
        },
        Group { name: "postgres", cases: &[("clocks_differ", clocks_differ)], missing },
        Group {
            name: "sqlite",
            cases: &[("each_release_does_what_it_knows", sqlite_releases::each_does_what_it_knows)],
            missing: None,
        },
        Group {
            name: "postgres",
            cases: &[("each_release_does_what_it_knows", postgres_releases::each_does_what_it_knows)],
            missing,
        },
        Group { name: "postgres", cases: restarted, missing: restart },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
