//! W2, fan-out and join in one process: one split, so many branches, one join. The branches run at once (one
//! transition), or each waits until code does it (a transition each).

use std::time::Instant;

use diesel::connection::SimpleConnection as _;

use crate::cpu;
use crate::options::Options;
use crate::postgres::Schema;
use crate::report::Report;
use crate::sample::{Contender, Sample, Series, interleave, number, real};
use crate::sqlite::File;
use crate::viewflow::{Database, Viewflow, Work};

/// Declares the flows on a connection type, in a module of its own.
macro_rules! w2_flows {
    ($module:ident, $connection:ty) => {
        #[allow(dead_code, reason = "a flow brings queries that are not asked here")]
        pub(crate) mod $module {
            use flow_core::prelude::*;

            use crate::w1::USER;

            type Db = $connection;

            #[derive(ProcessProxy, Debug)]
            pub(crate) struct WideProcess {
                process: Process,
                width: i64,
            }

            #[flow(process = WideProcess, connection = Db, name = "instant")]
            pub(crate) struct InstantFlow {
                #[node(permission(anyone), next = this.split)]
                start: StartHandle,
                #[node(next(this.work, task_data_source = |a| 0..a.process.width()), next = this.join)]
                split: Split,
                #[node(run = |_a| (), next = this.join)]
                work: Function,
                #[node(next = this.end)]
                join: Join,
                end: End,
            }

            #[flow(process = WideProcess, connection = Db, name = "waiting")]
            pub(crate) struct WaitingFlow {
                #[node(permission(anyone), next = this.split)]
                start: StartHandle,
                #[node(next(this.work, task_data_source = |a| 0..a.process.width()), next = this.join)]
                split: Split,
                #[node(permission(anyone), next = this.join)]
                work: Handle,
                #[node(next = this.end)]
                join: Join,
                end: End,
            }

            /// All branches in one transition; one of them is the way from the split to the join.
            pub(crate) fn instant(conn: &mut Db, branches: i64) {
                let data = WideProcessData { width: branches - 1 };
                let process = InstantFlow.start.run(conn, &USER, data).unwrap();
                assert_eq!(process.status(), flow_core::ProcessStatus::Done);
            }

            /// Starts a process whose branches wait: their tasks.
            pub(crate) fn start(conn: &mut Db, branches: i64) -> Vec<TaskId> {
                let process = WaitingFlow.start.run(conn, &USER, WideProcessData { width: branches - 1 }).unwrap();
                WaitingFlow.work.tasks().of(process.id()).load::<Task>(conn).unwrap().iter().map(Task::id).collect()
            }

            /// Does them one by one.
            pub(crate) fn complete(conn: &mut Db, tasks: &[TaskId]) {
                for task in tasks {
                    WaitingFlow.work.run(conn, *task, &USER, ()).unwrap();
                }
            }
        }
    };
}

w2_flows!(on_sqlite, diesel::SqliteConnection);
w2_flows!(on_postgres, diesel::PgConnection);

/// Small ones are done so often in a round that there is something to time.
fn times(branches: i64) -> i64 {
    (TIMED / branches).max(1)
}

/// So many branches that wait are done in a round: of the widest split each tenth, not all.
const TIMED: i64 = 1_000;

fn some<T>(mut tasks: Vec<T>) -> Vec<T> {
    let step = (tasks.len() / usize::try_from(TIMED).unwrap()).max(1);
    let mut place = 0;
    tasks.retain(|_| {
        place += 1;
        place % step == 0
    });
    tasks
}

/// Times `work` on `made`, and counts its branches.
fn timed<M>(branches: i64, backend: Option<i32>, made: M, work: impl FnOnce(M)) -> Sample {
    let server = || backend.and_then(|backend| cpu::of_process(backend, "postgres"));
    let (begun, busy, theirs) = (Instant::now(), cpu::of_this_thread(), server());
    work(made);
    let (seconds, client) = (begun.elapsed().as_secs_f64(), cpu::of_this_thread() - busy);
    let server = server().zip(theirs).map(|(after, before)| after - before);
    Sample { units: real(branches), seconds, client, server, rows: f64::NAN, wal: None }
}

macro_rules! contenders {
    ($flows:ident, $name:literal, $connection:expr, $options:expr) => {
        $options.branches.iter().flat_map(|&branches| {
            let instant = Contender {
                name: format!("{} | at once | {}", $name, number(real(branches))),
                counts: None,
                run: Box::new(move || {
                    let (_place, mut conn, backend) = $connection;
                    $flows::instant(&mut conn, 10);
                    timed(branches * times(branches), backend, (), |()| {
                        (0..times(branches)).for_each(|_| $flows::instant(&mut conn, branches))
                    })
                }),
            };
            let waiting = Contender {
                name: format!("{} | waiting, one by one | {}", $name, number(real(branches))),
                counts: None,
                run: Box::new(move || {
                    let (_place, mut conn, backend) = $connection;
                    let warm = $flows::start(&mut conn, 10);
                    $flows::complete(&mut conn, &warm);
                    let all: Vec<_> = (0..times(branches)).map(|_| some($flows::start(&mut conn, branches))).collect();
                    // What autovacuum does within a minute; here it is off, and a plan for an empty table would stay.
                    backend.iter().for_each(|_| conn.batch_execute("analyze").unwrap());
                    timed(TIMED, backend, all, |all| all.iter().for_each(|tasks| $flows::complete(&mut conn, tasks)))
                }),
            };
            [instant, waiting]
        })
    };
}

pub(crate) fn run(options: &Options, url: Option<&str>, viewflow: Option<&Viewflow>, report: &mut Report) {
    let mut contenders: Vec<Contender<'_>> = contenders!(
        on_sqlite,
        "SQLite, NORMAL",
        {
            let file = File::new("NORMAL");
            let conn = file.connect();
            (file, conn, None)
        },
        options
    )
    .collect();
    if let Some(url) = url {
        contenders.extend(contenders!(
            on_postgres,
            "PostgreSQL",
            {
                let schema = Schema::new(url);
                let mut conn = schema.connect();
                let backend = crate::postgres::backend(&mut conn);
                (schema, conn, Some(backend))
            },
            options
        ));
    }
    let series = interleave(options.rounds, contenders);
    report.title("W2: one split, so many branches, one join");
    let mut rows: Vec<Vec<String>> = series.iter().map(row).collect();
    if let Some(viewflow) = viewflow {
        rows.extend(theirs(options, viewflow));
    }
    report.plain(
        &[
            "",
            "branches",
            "how many",
            "µs a branch, median (least..most)",
            "client CPU µs a branch",
            "server CPU µs a branch",
        ],
        &rows,
    );
    flatness(&series, report);
}

fn row(series: &Series) -> Vec<String> {
    let each = |of: fn(&Sample) -> f64| {
        crate::sample::Spread::of(series.samples.iter().map(|sample| of(sample) * 1e6 / sample.units))
    };
    let (seconds, client) = (each(|sample| sample.seconds), each(|sample| sample.client));
    let server = match series.samples.first() {
        Some(sample) if sample.server.is_some() => number(each(|sample| sample.server.unwrap_or(f64::NAN)).median),
        _ => "-".to_owned(),
    };
    vec![series.name.clone(), seconds.to_string(), number(client.median), server]
}

/// How much a branch of the widest costs beside one of the narrowest.
fn flatness(series: &[Series], report: &mut Report) {
    report.line("");
    for kind in ["at once", "waiting, one by one"] {
        for place in ["SQLite", "PostgreSQL"] {
            let of_kind: Vec<&Series> =
                series.iter().filter(|series| series.name.starts_with(place) && series.name.contains(kind)).collect();
            let (Some(first), Some(last)) = (of_kind.first(), of_kind.last()) else { continue };
            let text = format!(
                "- {place}, {kind}: a branch of the widest costs {} times one of the narrowest",
                first.over(last)
            );
            report.line(&text);
        }
    }
}

/// One round each: the wide ones take minutes.
fn theirs(options: &Options, viewflow: &Viewflow) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let places = [("SQLite, NORMAL", Database::Sqlite("NORMAL")), ("PostgreSQL", Database::Postgres)];
    for (place, database) in
        places.into_iter().filter(|(place, _)| !place.starts_with('P') || crate::postgres::url().is_some())
    {
        for &branches in options.branches.iter().filter(|branches| **branches <= 1_000) {
            let (sample, _) = viewflow.answer(Work::Branches(branches), &database, 1);
            let micro = |seconds: f64| number(seconds * 1e6 / real(branches));
            let name = format!("Viewflow, {place} | at once | {}", number(real(branches)));
            rows.push(vec![
                name,
                format!("{} (one round)", micro(sample.seconds)),
                micro(sample.client),
                sample.server.map_or("-".to_owned(), micro),
            ]);
        }
    }
    rows
}
