//! A round on PostgreSQL: a schema of its own with the tables, so many clients, each with its own connection.

use std::sync::Barrier;
use std::time::Instant;

use diesel::PgConnection;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use flow_core::prelude::*;

use crate::cpu;
use crate::sample::{Sample, real};
use crate::sqlite::WARM;

/// The server to measure on, if there is one.
pub(crate) fn url() -> Option<String> {
    std::env::var("FLOW_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// A schema, gone when this goes.
#[derive(Debug)]
pub(crate) struct Schema {
    url: String,
    pub(crate) name: String,
    kept: bool,
}

impl Schema {
    /// One that stays, of this name; and whether it was there before.
    pub(crate) fn kept(url: &str, name: &str) -> (Self, bool) {
        let schema = Schema { url: url.to_owned(), name: name.to_owned(), kept: true };
        let there = schema.admin().batch_execute(&format!("create schema {name}")).is_err();
        flows![].migrate(&mut schema.connect()).unwrap();
        (schema, there)
    }

    /// With the tables, and one of the app's own.
    pub(crate) fn new(url: &str) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("flow_bench_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let schema = Schema { url: url.to_owned(), name, kept: false };
        schema.admin().batch_execute(&format!("create schema {}", schema.name)).unwrap();
        let mut conn = schema.connect();
        flows![].migrate(&mut conn).unwrap();
        conn.batch_execute("create table note (process_id bigint primary key)").unwrap();
        schema
    }

    fn admin(&self) -> PgConnection {
        let mut conn = flow_core::postgres::open(&self.url).unwrap();
        conn.batch_execute("set client_min_messages to warning").unwrap();
        conn
    }

    pub(crate) fn connect(&self) -> PgConnection {
        let mut conn = self.admin();
        let settings = format!("set search_path to {}; set synchronous_commit to on", self.name);
        conn.batch_execute(&settings).unwrap();
        conn
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        if !self.kept {
            let _ = self.admin().batch_execute(&format!("drop schema {} cascade", self.name));
        }
    }
}

/// So many units in a new schema, shared between the clients.
pub(crate) fn round(url: &str, clients: usize, units: i64, unit: fn(&mut PgConnection)) -> Sample {
    let schema = Schema::new(url);
    let mut admin = schema.connect();
    let each = units / i64::try_from(clients).unwrap();
    let (ready, done) = (Barrier::new(clients + 1), Barrier::new(clients + 1));
    let (seconds, wal, used) = std::thread::scope(|scope| {
        let client = || {
            let mut conn = schema.connect();
            for _ in 0..WARM {
                unit(&mut conn);
            }
            let backend = backend(&mut conn);
            ready.wait();
            let (own, server) = (cpu::of_this_thread(), cpu::of_process(backend, "postgres"));
            for _ in 0..each {
                unit(&mut conn);
            }
            done.wait();
            let server = cpu::of_process(backend, "postgres").zip(server).map(|(after, before)| after - before);
            (cpu::of_this_thread() - own, server)
        };
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        let log = |conn: &mut PgConnection| number(conn, "select (pg_current_wal_insert_lsn() - '0/0')::bigint as n");
        ready.wait();
        let (before, begun) = (log(&mut admin), Instant::now());
        done.wait();
        let (seconds, wal) = (begun.elapsed().as_secs_f64(), log(&mut admin) - before);
        let used: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        (seconds, wal, used)
    });
    // The connections are closed: their numbers are there, of the warm-up too.
    let rows = number(&mut admin, WRITTEN);
    let (units, clients) = (real(each) * real(i64::try_from(clients).unwrap()), real(i64::try_from(clients).unwrap()));
    let all = units + clients * real(WARM);
    Sample {
        units,
        seconds,
        client: used.iter().map(|(own, _)| own).sum(),
        server: used.iter().map(|(_, server)| *server).sum(),
        rows: real(rows) * units / all,
        wal: Some(real(wal)),
    }
}

const WRITTEN: &str = "select sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint as n from pg_stat_user_tables
    where schemaname = current_schema() and relname <> '__diesel_schema_migrations'";

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// A number that SQL gives as `n`.
pub(crate) fn number(conn: &mut PgConnection, text: &str) -> i64 {
    diesel::sql_query(text).get_result::<Number>(conn).unwrap().n
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// The server's process of this connection.
pub(crate) fn backend(conn: &mut PgConnection) -> i32 {
    i32::try_from(number(conn, "select pg_backend_pid()::bigint as n")).unwrap()
}

/// The lines that SQL gives as `line`.
pub(crate) fn lines(conn: &mut PgConnection, text: &str) -> Vec<String> {
    let lines: Vec<Line> = diesel::sql_query(text).load(conn).unwrap();
    lines.into_iter().map(|line| line.line).collect()
}
