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

flow_tests::worker_suite!(sqlite, diesel::SqliteConnection, "sqlite", crate::file);
flow_tests::worker_suite!(postgres, diesel::PgConnection, "postgres", crate::schema);

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

fn main() {
    let missing = server::missing();
    let restart = missing.or(std::env::var("FLOW_TEST_RESTART").is_err().then_some("FLOW_TEST_RESTART is not set"));
    let restarted: &[flow_tests::cases::Case] = &[("the_database_is_restarted", the_database_is_restarted)];
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing },
        Group { name: "sqlite", cases: &[("the_database_is_busy", the_database_is_busy)], missing: None },
        Group { name: "postgres", cases: &[("connections_are_cut", connections_are_cut)], missing },
        Group {
            name: "postgres",
            cases: &[("a_notification_wakes_an_idle_worker", a_notification_wakes_an_idle_worker)],
            missing,
        },
        Group { name: "postgres", cases: restarted, missing: restart },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
