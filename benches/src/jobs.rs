//! W3, jobs of one-job processes drained by a worker; W4, how long it takes from the commit that makes a job to its
//! start.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::cpu;
use crate::options::Options;
use crate::postgres::Schema;
use crate::report::Report;
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

            /// Drains all that is there: seconds.
            pub(super) fn drain(connect: impl Fn() -> Db + Send + Sync + 'static, threads: usize, jobs: usize) -> f64 {
                let begun = Instant::now();
                let running = worker(connect, threads).start().unwrap();
                let handle = running.handle();
                while handle.report().done < jobs {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let seconds = begun.elapsed().as_secs_f64();
                let DueReport { done, failed, retried, .. } = running.stop();
                assert_eq!((done, failed, retried), (jobs, 0, 0));
                seconds
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

/// W3.
pub(crate) fn drain(options: &Options, url: Option<&str>, report: &mut Report) {
    let jobs = usize::try_from(options.jobs).unwrap();
    let sample = |seconds: f64| Sample { units: real(options.jobs), seconds, ..Sample::default() };
    let mut contenders: Vec<Contender<'_>> = ["NORMAL", "FULL"]
        .into_iter()
        .map(|synchronous| Contender {
            name: format!("SQLite, {synchronous}, 2 threads"),
            counts: None,
            run: Box::new(move || {
                let file = std::sync::Arc::new(File::new(synchronous));
                let connect = {
                    let file = file.clone();
                    move || file.connect()
                };
                on_sqlite::fill(&connect, 1, options.jobs);
                sample(on_sqlite::drain(connect, 2, jobs))
            }),
        })
        .collect();
    if let Some(url) = url {
        for threads in [1, 8] {
            contenders.push(Contender {
                name: format!("PostgreSQL, {threads} threads"),
                counts: None,
                run: Box::new(move || {
                    let schema = std::sync::Arc::new(Schema::new(url));
                    let connect = {
                        let schema = schema.clone();
                        move || schema.connect()
                    };
                    on_postgres::fill(&connect, 4, options.jobs);
                    sample(on_postgres::drain(connect, threads, jobs))
                }),
            });
        }
    }
    let series = interleave(options.rounds, contenders);
    begun();
    report.title(&format!("W3: {} one-job processes drained by one worker", options.jobs));
    let rows: Vec<Vec<String>> =
        series.iter().map(|series: &Series| vec![series.name.clone(), series.rate().to_string()]).collect();
    report.plain(&["", "jobs/s, median (least..most)"], &rows);
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
