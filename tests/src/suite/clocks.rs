//! A clock that somebody sets: forward, back, to the end of time.

/// The cases of clocks, on a back end.
#[macro_export]
macro_rules! clocks_suite {
    ($connection:ty, $database:expr) => {
        mod clocks {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{DueReport, ProcessStatus, Timestamp};

            type Db = $connection;
            const CODE: System = System("clocks");

            #[derive(ProcessProxy, Debug)]
            pub struct WaitProcess {
                process: Process,
                #[json(default)]
                reminded: i64,
            }

            /// A reminder, a timer, and a job that fails at its first attempt.
            #[flow(process = WaitProcess, connection = Db)]
            pub struct WaitFlow {
                #[node(permission(anyone), next = this.split)]
                pub start: StartHandle,
                #[node(next = this.ask, next = this.pause, next = this.work)]
                pub split: Split,
                #[node(permission(anyone), on_timeout(hours(1), this.remind, interrupting = false), next = this.join)]
                pub ask: View,
                #[node(run = |a| a.process.set_reminded(a.process.reminded() + 1), next = this.reminded)]
                pub remind: Function,
                pub reminded: End,
                #[node(delay = hours(2), next = this.join)]
                pub pause: Timer,
                #[node(run = |job| if job.attempt > 1 { Ok(()) } else { Err("not yet".into()) },
                       retry(attempts = 3, delay = minutes(10)), next = this.join)]
                pub work: Job,
                #[node(next = this.end)]
                pub join: Join,
                pub end: End,
            }

            static FLOWS: Flows<Db> = flows![WaitFlow];

            fn counts(report: &DueReport) -> (usize, usize) {
                assert_eq!((report.failed, report.postponed), (0, 0), "{report:?}");
                (report.done, report.retried)
            }

            #[test]
            fn what_is_due_is_done_once_however_the_clock_jumps() {
                let conn = &mut $database;
                let begin: Timestamp = "2028-02-28T23:30:00Z".parse().unwrap();
                let clock = TestClock::install_at(begin);
                let id = WaitFlow.start.run(conn, &CODE, WaitProcessData { reminded: 0 }).unwrap().id();
                let mut at = |conn: &mut Db, now: Timestamp| {
                    clock.set(now);
                    counts(&FLOWS.run_until_idle(conn).unwrap())
                };
                assert_eq!(at(conn, begin), (0, 1), "the job fails, and is due again in ten minutes");
                assert_eq!(at(conn, begin - hours(1)), (0, 0));
                // Over midnight into the leap day.
                assert_eq!(at(conn, begin + hours(1)), (2, 0), "the job, and the reminder");
                for now in [begin - hours(1), begin, begin + minutes(119)] {
                    assert_eq!(at(conn, now), (0, 0), "nothing is done twice, and the timer is not yet due");
                }
                assert_eq!(at(conn, begin + days(400)), (1, 0), "late rather than never");
                let task = WaitFlow.ask.tasks().of(id).one(conn).unwrap().id();
                WaitFlow.ask.assign(conn, task, &CODE).unwrap();
                WaitFlow.ask.execute(conn, task, &CODE, ()).unwrap();
                assert_eq!(at(conn, begin + days(800)), (0, 0));
                let row: WaitProcess = WaitFlow.processes().by_id(id).first(conn).unwrap();
                assert_eq!((row.status(), row.reminded()), (ProcessStatus::Done, 1));
                let job = WaitFlow.work.tasks().of(id).one(conn).unwrap().id();
                assert_eq!(FLOWS.attempts(conn, job).unwrap().len(), 1);
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
            }

            #[test]
            fn rows_keep_their_order_where_the_clock_goes_back() {
                let conn = &mut $database;
                let begin: Timestamp = "2027-10-31T00:30:00Z".parse().unwrap();
                let clock = TestClock::install_at(begin);
                let later = WaitFlow.start.run(conn, &CODE, WaitProcessData { reminded: 0 }).unwrap().id();
                clock.set(begin - hours(1));
                let earlier = WaitFlow.start.run(conn, &CODE, WaitProcessData { reminded: 0 }).unwrap().id();
                assert!(earlier > later);
                let due = FLOWS.due_work(conn).unwrap();
                let jobs: Vec<i64> = due.iter().filter(|row| row.kind == "JOB").map(|row| row.process.get()).collect();
                assert_eq!(jobs, [earlier, later], "by time, not by number");
                let history = FLOWS.history(conn, earlier).unwrap();
                assert!(history.windows(2).all(|pair| pair[0].at() <= pair[1].at()));
            }

            #[test]
            fn at_the_end_of_time_nothing_overflows() {
                let conn = &mut $database;
                let last: Timestamp = "9999-12-30T21:59:00Z".parse().unwrap();
                let clock = TestClock::install_at(last);
                let id = WaitFlow.start.run(conn, &CODE, WaitProcessData { reminded: 0 }).unwrap().id();
                assert_eq!(counts(&FLOWS.run_due(conn).unwrap()), (0, 1));
                clock.advance(days(9));
                FLOWS.run_until_idle(conn).unwrap();
                let task = WaitFlow.ask.tasks().of(id).one(conn).unwrap().id();
                WaitFlow.ask.assign(conn, task, &CODE).unwrap();
                WaitFlow.ask.execute(conn, task, &CODE, ()).unwrap();
                assert_eq!(FLOWS.process(conn, id).unwrap().status(), ProcessStatus::Done);
            }
            }
        }
    };
}
