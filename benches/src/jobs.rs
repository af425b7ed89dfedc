//! W3, jobs of one-job processes drained by a worker; W4, how long it takes from the commit that makes a job to its
//! start; W8, what processes cost that wait; and how long a worker takes to find what is due among many rows.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::{InstrumentationEvent, SimpleConnection as _};

use crate::cpu;
use crate::floor::jobs::{drain_postgres, drain_sqlite};
use crate::options::Options;
use crate::postgres::{self, Schema};
use crate::queues::Queues;
use crate::report::Report;
use crate::same_rows;
use crate::sample::{Contender, Sample, Series, interleave, number, real};
use crate::sqlite::File;

/// When bodies begin, by the number of their process.
static BEGUN: Mutex<Vec<(i64, Instant)>> = Mutex::new(Vec::new());

fn begun() -> Vec<(i64, Instant)> {
    std::mem::take(&mut *BEGUN.lock().unwrap())
}

/// Declares the flow on a connection type, in a module of its own.
macro_rules! job_flows {
    ($module:ident, $connection:ty) => {
        #[allow(dead_code, reason = "a flow brings queries that are not asked here")]
        mod $module {
            use std::time::{Duration, Instant};

            use diesel::connection::SimpleConnection as _;
            use flow_core::prelude::*;
            use flow_core::{DueReport, Worker};

            use crate::cpu;
            use crate::sample::{Sample, real};
            use crate::w1::USER;

            type Db = $connection;

            #[flow(connection = Db, name = "one_job")]
            pub(super) struct OneJobFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(run = |job| super::note(job.task.id().process()), next = this.end)]
                work: Job,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![OneJobFlow];

            pub(super) fn start(conn: &mut Db) -> i64 {
                OneJobFlow.start.run(conn, &USER, Default::default()).unwrap().id()
            }

            /// Starts processes whose jobs wait.
            pub(super) fn fill(connect: &(impl Fn() -> Db + Sync), clients: i64, jobs: i64) {
                std::thread::scope(|scope| {
                    for _ in 0..clients {
                        scope.spawn(move || {
                            let mut conn = connect();
                            (0..jobs / clients).for_each(|_| {
                                start(&mut conn);
                            });
                        });
                    }
                });
                let _ = connect().batch_execute("analyze");
            }

            fn worker(connect: impl Fn() -> Db + Send + Sync + 'static, threads: usize) -> Worker<Db> {
                Worker::new(&FLOWS, move || Ok::<Db, diesel::ConnectionError>(connect())).threads(threads)
            }

            /// Drains all that is there: seconds, and seconds on a processor of this program and by what `server` says
            /// before the connections are closed.
            pub(super) fn drain(
                connect: impl Fn() -> Db + Send + Sync + 'static,
                threads: usize,
                jobs: usize,
                server: impl FnOnce() -> Option<f64>,
            ) -> Sample {
                let (begun, busy) = (Instant::now(), cpu::of_all_threads());
                let running = worker(connect, threads).start().unwrap();
                let handle = running.handle();
                while handle.report().done < jobs {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let seconds = begun.elapsed().as_secs_f64();
                let (client, server) = (cpu::of_all_threads() - busy, server());
                let DueReport { done, failed, retried, .. } = running.stop();
                assert_eq!((done, failed, retried), (jobs, 0, 0));
                Sample { units: real(i64::try_from(jobs).unwrap()), seconds, client, server, ..Sample::default() }
            }

            /// As [`drain`], by hand-written SQL.
            pub(super) fn by_hand(
                connect: &(impl Fn() -> Db + Sync),
                clients: usize,
                jobs: usize,
                by_hand: fn(&mut Db) -> usize,
                server: impl FnOnce() -> Option<f64>,
            ) -> Sample {
                let mut connections: Vec<Db> = (0..clients).map(|_| connect()).collect();
                let (begun, busy) = (Instant::now(), cpu::of_all_threads());
                let done: usize = std::thread::scope(|scope| {
                    let all: Vec<_> = connections.iter_mut().map(|conn| scope.spawn(move || by_hand(conn))).collect();
                    all.into_iter().map(|client| client.join().unwrap()).sum()
                });
                let seconds = begun.elapsed().as_secs_f64();
                let (client, server) = (cpu::of_all_threads() - busy, server());
                assert_eq!(done, jobs);
                Sample { units: real(i64::try_from(jobs).unwrap()), seconds, client, server, ..Sample::default() }
            }

            /// Three processes whose jobs are done by the worker, or by hand.
            pub(super) fn three(conn: &mut Db, by_hand: Option<fn(&mut Db) -> usize>) {
                (0..3).for_each(|_| {
                    start(conn);
                });
                let done = match by_hand {
                    Some(by_hand) => by_hand(conn),
                    None => step(conn),
                };
                assert_eq!(done, 3);
            }

            /// One more look of a worker at what is due: what it finds is done.
            pub(super) fn step(conn: &mut Db) -> usize {
                worker(|| unreachable!("it has a connection"), 1).step(conn).unwrap().done
            }

            /// Starts a process each `between`, beside a worker: when each was committed.
            pub(super) fn trickle(
                connect: impl Fn() -> Db + Send + Sync + 'static,
                count: usize,
                between: Duration,
                wakes: bool,
            ) -> Vec<(i64, Instant)> {
                let mut conn = connect();
                let running = worker(connect, 4).start().unwrap();
                let handle = running.handle();
                let first = Instant::now();
                let mut committed = Vec::new();
                for n in 0..count {
                    let at = first + between * u32::try_from(n).unwrap();
                    std::thread::sleep(at.saturating_duration_since(Instant::now()));
                    let id = start(&mut conn);
                    committed.push((id, Instant::now()));
                    if wakes {
                        handle.wake();
                    }
                }
                while handle.report().done < count {
                    std::thread::sleep(Duration::from_millis(1));
                }
                running.stop();
                committed
            }

            /// A worker with nothing to do.
            pub(super) fn idle(connect: impl Fn() -> Db + Send + Sync + 'static, length: Duration) {
                let running = worker(connect, 4).start().unwrap();
                std::thread::sleep(length);
                running.stop();
            }
        }
    };
}

job_flows!(on_sqlite, diesel::SqliteConnection);
job_flows!(on_postgres, diesel::PgConnection);

fn note(process: i64) {
    BEGUN.lock().unwrap().push((process, Instant::now()));
}

/// Connects, and notes the server's process.
fn noted(
    schema: &Arc<Schema>,
    backends: &Arc<Mutex<Vec<i32>>>,
) -> impl Fn() -> diesel::PgConnection + Send + Sync + 'static {
    let (schema, backends) = (Arc::clone(schema), Arc::clone(backends));
    move || {
        let mut conn = schema.connect();
        backends.lock().unwrap().push(postgres::backend(&mut conn));
        conn
    }
}

/// W3.
pub(crate) fn drain(options: &Options, url: Option<&str>, queues: Option<&Queues>, report: &mut Report) {
    let jobs = usize::try_from(options.jobs).unwrap();
    same_rows::sqlite_pair(|conn| on_sqlite::three(conn, None), |conn| on_sqlite::three(conn, Some(drain_sqlite)));
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for (synchronous, by_hand) in [("NORMAL", false), ("NORMAL", true), ("FULL", false), ("FULL", true)] {
        contenders.push(Contender {
            name: format!("SQLite, {synchronous}, {}", if by_hand { "by hand" } else { "2 threads" }),
            counts: None,
            run: Box::new(move || {
                let file = Arc::new(File::new(synchronous));
                let connect = {
                    let file = file.clone();
                    move || file.connect()
                };
                on_sqlite::fill(&connect, 1, options.jobs);
                match by_hand {
                    true => on_sqlite::by_hand(&connect, 1, jobs, drain_sqlite, || None),
                    false => on_sqlite::drain(connect, 2, jobs, || None),
                }
            }),
        });
        contenders.extend(queues.filter(|_| by_hand).map(|queues| queues.sqlite(synchronous)));
    }
    if let Some(url) = url {
        same_rows::postgres_pair(
            url,
            |conn| on_postgres::three(conn, None),
            |conn| on_postgres::three(conn, Some(drain_postgres)),
        );
        for (threads, by_hand) in [(1, false), (1, true), (8, false), (8, true)] {
            contenders.push(Contender {
                name: format!("PostgreSQL, {threads} {}", if by_hand { "clients by hand" } else { "threads" }),
                counts: None,
                run: Box::new(move || {
                    let schema = Arc::new(Schema::new(url));
                    let fill = {
                        let schema = schema.clone();
                        move || schema.connect()
                    };
                    on_postgres::fill(&fill, 4, options.jobs);
                    let (mut admin, backends) = (schema.connect(), Arc::new(Mutex::new(Vec::new())));
                    let log = "select (pg_current_wal_insert_lsn() - '0/0')::bigint as n";
                    let before = postgres::number(&mut admin, log);
                    let server = || {
                        let backends = backends.lock().unwrap();
                        // Some were closed at once.
                        Some(backends.iter().filter_map(|backend| cpu::of_process(*backend, "postgres")).sum())
                    };
                    let connect = noted(&schema, &backends);
                    let sample = match by_hand {
                        true => on_postgres::by_hand(&connect, threads, jobs, drain_postgres, server),
                        false => on_postgres::drain(connect, threads, jobs, server),
                    };
                    Sample { wal: Some(real(postgres::number(&mut admin, log) - before)), ..sample }
                }),
            });
        }
        contenders.extend(queues.into_iter().flat_map(|queues| queues.postgres(url)));
    }
    let series = interleave(options.rounds, contenders);
    begun();
    report.title(&format!("W3: {} one-job processes drained by one worker, by hand and by job queues", options.jobs));
    let micros = |value: Option<f64>| value.map_or("-".to_owned(), |seconds| number(seconds * 1e6));
    let rows = series.iter().map(|series: &Series| {
        let client = series.least_per_unit(|sample| Some(sample.client));
        let server = series.least_per_unit(|sample| sample.server);
        let wal = series.least_per_unit(|sample| sample.wal);
        let wal = wal.map_or("-".to_owned(), number);
        vec![series.name.clone(), series.rate().to_string(), micros(client), micros(server), wal]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let head = ["", "jobs/s, median (least..most)", "client CPU µs a job", "server CPU µs a job", "WAL bytes a job"];
    report.plain(&head, &rows);
}

/// Makes many of one process that waits: its rows, `{numbers}` times. What is due of them is due at `{due}`.
const COPIES: &str = "
    insert into flow_process (flow, status, version, task_count, open_tokens, created, data, started_by, audit_count)
    select p.flow, p.status, p.version, p.task_count, p.open_tokens, p.created, p.data, p.started_by, p.audit_count
    from flow_process p, {numbers} where p.id = {id};
    insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, owner, created,
                           started, finished, data)
    select p.id, t.number, t.flow, t.node, t.task_type, t.kind, t.status, t.token, t.previous, t.owner, t.created,
           t.started, t.finished, t.data
    from flow_process p, flow_task t where p.id > {id} and t.process_id = {id};
    insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
    select p.id, a.number, a.version, a.at, a.actor, a.action, a.task, a.node, a.process_status, a.changes
    from flow_process p, flow_audit a where p.id > {id} and a.process_id = {id};
    insert into flow_due (process_id, task, kind, key, flow, due)
    select p.id, d.task, d.kind, d.key, d.flow, case when p.id % 100 = 0 then d.due else {later} end
    from flow_process p, flow_due d where p.id > {id} and d.process_id = {id};";

fn copies(id: i64, count: i64, postgres: bool) -> String {
    let numbers = match postgres {
        true => format!("generate_series(1, {count}) n"),
        false => format!(
            "(with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {count})
              select n from numbers) n"
        ),
    };
    let later = if postgres { "timestamptz '2199-01-01 00:00:00+00'" } else { "'2199-01-01T00:00:00.000000Z'" };
    let text = COPIES.replace("{numbers}", &numbers).replace("{id}", &id.to_string()).replace("{later}", later);
    let analyze = if postgres { "analyze; checkpoint;" } else { "analyze; pragma wal_checkpoint(truncate);" };
    format!("begin; {text} commit; {analyze}")
}

/// How long the statement takes that takes rows for a worker, where many wait and one in a hundred is due.
pub(crate) fn claims(options: &Options, url: Option<&str>, report: &mut Report) {
    const LOOKS: usize = 60;
    static TOOK: Mutex<Vec<f64>> = Mutex::new(Vec::new());
    fn timed(conn: &mut impl diesel::Connection) {
        let mut begun = None;
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                begun = query.to_string().contains("update flow_due set leased_until").then(Instant::now);
            }
            InstrumentationEvent::FinishQuery { .. } => {
                let took = begun.take().map(|begun: Instant| begun.elapsed().as_secs_f64() * 1e3);
                TOOK.lock().unwrap().extend(took);
            }
            _ => {}
        });
    }
    let row = |place: &str| {
        let mut took = std::mem::take(&mut *TOOK.lock().unwrap());
        took.sort_by(f64::total_cmp);
        let at = |part: usize| number(took[((took.len() - 1) * part) / 100]);
        vec![place.to_owned(), took.len().to_string(), at(50), at(99)]
    };
    let mut rows = Vec::new();
    let file = File::new("NORMAL");
    let mut conn = file.connect();
    let id = on_sqlite::start(&mut conn);
    conn.batch_execute(&copies(id, options.finished, false)).unwrap();
    timed(&mut conn);
    (0..LOOKS).for_each(|_| assert!(on_sqlite::step(&mut conn) > 0));
    rows.push(row("SQLite, NORMAL"));
    if let Some(url) = url {
        let schema = Schema::new(url);
        let mut conn = schema.connect();
        let id = on_postgres::start(&mut conn);
        conn.batch_execute(&copies(id, options.finished, true)).unwrap();
        timed(&mut conn);
        (0..LOOKS).for_each(|_| assert!(on_postgres::step(&mut conn) > 0));
        rows.push(row("PostgreSQL"));
    }
    begun();
    report.title(&format!("A worker takes 100 rows; {} wait, 1% of them is due", number(real(options.finished))));
    report.plain(&["", "times", "p50 ms", "p99 ms"], &rows);
}

/// W8: processes that wait.
pub(crate) fn parked(_: &Options, url: Option<&str>, report: &mut Report) {
    const PARKED: i64 = 100_000;
    let memory = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(f64::NAN)
    };
    let mut rows = Vec::new();
    let mut row = |place: &str, bytes: i64, before: f64, after: f64| {
        rows.push(vec![place.to_owned(), number(real(bytes) / real(PARKED)), number(after - before)]);
    };
    let file = Arc::new(File::new("NORMAL"));
    let mut conn = file.connect();
    let id = on_sqlite::start(&mut conn);
    conn.batch_execute(&copies(id, PARKED, false).replace("p.id % 100 = 0", "false")).unwrap();
    conn.batch_execute("delete from flow_due where process_id = 1").unwrap();
    let before = memory();
    on_sqlite::idle(
        {
            let file = file.clone();
            move || file.connect()
        },
        Duration::from_secs(5),
    );
    let bytes = std::fs::metadata(file.path()).map_or(0, |found| found.len());
    row("SQLite, NORMAL", i64::try_from(bytes).unwrap(), before, memory());
    if let Some(url) = url {
        let schema = Arc::new(Schema::new(url));
        let mut conn = schema.connect();
        let id = on_postgres::start(&mut conn);
        conn.batch_execute(&copies(id, PARKED, true).replace("p.id % 100 = 0", "false")).unwrap();
        conn.batch_execute(&format!("delete from flow_due where process_id = {id}")).unwrap();
        let before = memory();
        on_postgres::idle(
            {
                let schema = schema.clone();
                move || schema.connect()
            },
            Duration::from_secs(5),
        );
        let sizes = "select sum(pg_total_relation_size(oid))::bigint as n from pg_class
            where relkind = 'r' and relnamespace = current_schema()::regnamespace";
        row("PostgreSQL", postgres::number(&mut conn, sizes), before, memory());
    }
    report.title(&format!("W8: {} processes of one job each that wait", number(real(PARKED))));
    report.plain(&["", "bytes of the database a process", "kB more memory of a worker beside them"], &rows);
}

/// Milliseconds from the commit to the start of the body, sorted.
fn latencies(committed: &[(i64, Instant)]) -> Vec<f64> {
    let begun = begun();
    let mut found: Vec<f64> = committed
        .iter()
        .map(|(id, at)| {
            let (_, start) = begun.iter().find(|(process, _)| process == id).unwrap();
            start.saturating_duration_since(*at).as_secs_f64() * 1e3
        })
        .collect();
    found.sort_by(f64::total_cmp);
    found
}

/// W4.
pub(crate) fn pickup(_: &Options, url: Option<&str>, report: &mut Report) {
    const BUSY: (usize, Duration) = (1_000, Duration::from_millis(10));
    const IDLE: (usize, Duration) = (10, Duration::from_millis(1_700));
    let mut rows = Vec::new();
    for (load, (count, between)) in [("100 jobs/s", BUSY), ("a job now and then", IDLE)] {
        for wakes in Wakes::ALL {
            if wakes == Wakes::Notified {
                if let Some(url) = url {
                    let schema = std::sync::Arc::new(Schema::new(url));
                    flow_core::postgres::notify_workers(&mut schema.connect(), true).unwrap();
                    let connect = {
                        let schema = schema.clone();
                        move || schema.connect()
                    };
                    rows.push(row("PostgreSQL", load, wakes, &on_postgres::trickle(connect, count, between, false)));
                }
                continue;
            }
            let called = wakes == Wakes::Called;
            let file = std::sync::Arc::new(File::new("NORMAL"));
            let connect = {
                let file = file.clone();
                move || file.connect()
            };
            rows.push(row("SQLite, NORMAL", load, wakes, &on_sqlite::trickle(connect, count, between, called)));
            if let Some(url) = url {
                let schema = std::sync::Arc::new(Schema::new(url));
                let connect = {
                    let schema = schema.clone();
                    move || schema.connect()
                };
                rows.push(row("PostgreSQL", load, wakes, &on_postgres::trickle(connect, count, between, called)));
            }
        }
    }
    report.title("W4: from the commit that makes a job to the start of its body");
    report.plain(&["", "load", "woken by", "p50 ms", "p99 ms", "most ms"], &rows);
    if let Some(url) = url {
        const LENGTH: Duration = Duration::from_secs(20);
        let schema = std::sync::Arc::new(Schema::new(url));
        let connect = {
            let schema = schema.clone();
            move || schema.connect()
        };
        let before = cpu::of_all_threads();
        on_postgres::idle(connect, LENGTH);
        let busy = (cpu::of_all_threads() - before) / LENGTH.as_secs_f64();
        report.line(&format!("\nA worker of four threads with nothing to do: {:.2} % of a processor.", busy * 100.0));
    }
}

/// How a worker learns that there is work, beside looking.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wakes {
    No,
    /// `wake()` in the same process.
    Called,
    /// NOTIFY of PostgreSQL.
    Notified,
}

impl Wakes {
    const ALL: [Wakes; 3] = [Wakes::No, Wakes::Called, Wakes::Notified];

    fn word(self) -> &'static str {
        match self {
            Wakes::No => "its poll",
            Wakes::Called => "`wake()`",
            Wakes::Notified => "NOTIFY",
        }
    }
}

fn row(place: &str, load: &str, wakes: Wakes, committed: &[(i64, Instant)]) -> Vec<String> {
    let all = latencies(committed);
    let at = |part: usize| number(all[((all.len() - 1) * part) / 100]);
    vec![place.to_owned(), load.to_owned(), wakes.word().to_owned(), at(50), at(99), at(100)]
}
