//! A task's end, its failure and its deadline at once: the process takes one of the ways.

/// The flows and the cases. `$fresh` gives a database of that name, with `connect()`.
#[macro_export]
macro_rules! boundary_race_suite {
    ($module:ident, $connection:ty, $fresh:expr) => {
        mod $module {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{ProcessId, ProcessStatus, TaskStatus, Timestamp};
            use $crate::app::{BOB, MONA};
            use $crate::race::{at, both, names_winner, rounds};

            type Db = $connection;
            static FLOWS: Flows<Db> = flows![AskFlow, RemindFlow, TryFlow, ParentFlow, ChildFlow];
            const CODE: System = System("test");

            /// A person's task with a deadline.
            #[flow(connection = Db)]
            pub struct AskFlow {
                #[node(permission(anyone), next = this.ask)]
                start: StartHandle,
                #[node(permission(anyone), on_timeout(hours(1), this.late), next = this.end)]
                ask: View,
                late: End,
                end: End,
            }

            /// A person's task with a reminder, which leaves it open.
            #[flow(connection = Db)]
            pub struct RemindFlow {
                #[node(permission(anyone), next = this.ask)]
                start: StartHandle,
                #[node(permission(anyone), on_timeout(hours(1), this.reminded, interrupting = false), next = this.end)]
                ask: View,
                reminded: End,
                end: End,
            }

            /// A job that fails, with a way for that and a deadline.
            #[flow(connection = Db)]
            pub struct TryFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(run = this.fail, on_error(this.repair), on_timeout(hours(1), this.late), next = this.end)]
                work: Job,
                repair: End,
                late: End,
                end: End,
            }

            impl TryFlow {
                fn fail(_: &JobContext<Self>) -> Step {
                    Err("the machine is off".into())
                }
            }

            /// A child with a deadline.
            #[flow(connection = Db)]
            pub struct ParentFlow {
                #[node(permission(anyone), next = this.child)]
                start: StartHandle,
                #[node(start = ChildFlow.start, on_timeout(hours(1), this.late), next = this.end)]
                child: Subprocess,
                late: End,
                end: End,
            }

            #[flow(connection = Db)]
            pub struct ChildFlow {
                #[node(permission(anyone), next = this.hold)]
                start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                hold: Handle,
                end: End,
            }

            fn early() -> Timestamp {
                "2026-11-28T10:00:00Z".parse().unwrap()
            }

            /// The moment at which everything here is due.
            fn late() -> Timestamp {
                early() + hours(1)
            }

            /// What is due, until nothing is. That another one is busy with it is no mistake.
            fn run(conn: &mut Db) {
                loop {
                    match FLOWS.run_due(conn) {
                        Ok(report) if !report.any() => return,
                        Ok(_) => {}
                        Err(error) => assert!(error.is_retryable(), "{error}"),
                    }
                }
            }

            /// How many tasks of these nodes are done.
            fn done(conn: &mut Db, process: ProcessId, nodes: [&str; 2]) -> [usize; 2] {
                let tasks = FLOWS.tasks(conn, process).unwrap();
                nodes.map(|node| {
                    tasks.iter().filter(|task| task.node() == node && task.status() == TaskStatus::Done).count()
                })
            }

            fn sound(conn: &mut Db) {
                assert_eq!(at(late(), || FLOWS.check_deep(conn)).unwrap(), [], "the rows agree");
            }

            #[test]
            fn execute_against_the_deadline() {
                let database = $fresh("execute_deadline");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = at(early(), || {
                        let process = AskFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                        let task = AskFlow.ask.tasks().of(process).one(&mut conn).unwrap().id();
                        AskFlow.ask.assign(&mut conn, task, &BOB).unwrap();
                        task
                    });
                    let (executed, ()) = both(
                        &mut connections,
                        |conn| at(late(), || AskFlow.ask.execute(conn, task, &BOB, ())),
                        |conn| at(late(), || run(conn)),
                    );
                    let wanted = match executed {
                        Ok(_) => [1, 0],
                        Err(error) => {
                            names_winner(&error, "flow");
                            [0, 1]
                        }
                    };
                    assert_eq!(done(&mut conn, task.process().into(), ["end", "late"]), wanted);
                    FLOWS.expect(&mut conn, task.process()).is(ProcessStatus::Done);
                }
                sound(&mut conn);
            }

            #[test]
            fn execute_against_a_reminder_and_nobody_waits_for_the_other() {
                let database = $fresh("execute_reminder");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = at(early(), || {
                        let process = RemindFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                        let task = RemindFlow.ask.tasks().of(process).one(&mut conn).unwrap().id();
                        RemindFlow.ask.assign(&mut conn, task, &BOB).unwrap();
                        task
                    });
                    let (executed, ()) = both(
                        &mut connections,
                        |conn| at(late(), || RemindFlow.ask.execute(conn, task, &BOB, ())),
                        |conn| at(late(), || run(conn)),
                    );
                    executed.unwrap();
                    let [end, reminded] = done(&mut conn, task.process().into(), ["end", "reminded"]);
                    assert!(end == 1 && reminded <= 1, "{end}, {reminded}");
                    FLOWS.expect(&mut conn, task.process()).is(ProcessStatus::Done);
                }
                sound(&mut conn);
            }

            #[test]
            fn cancel_of_a_task_against_its_deadline() {
                let database = $fresh("cancel_deadline");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = at(early(), || {
                        let process = AskFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                        AskFlow.ask.tasks().of(process).one(&mut conn).unwrap().id()
                    });
                    let (canceled, ()) = both(
                        &mut connections,
                        |conn| at(late(), || AskFlow.ask.cancel(conn, task, &MONA)),
                        |conn| at(late(), || run(conn)),
                    );
                    let (status, late) = match canceled {
                        Ok(_) => (ProcessStatus::New, 0),
                        Err(error) => {
                            names_winner(&error, "flow");
                            (ProcessStatus::Done, 1)
                        }
                    };
                    FLOWS.expect(&mut conn, task.process()).is(status);
                    assert_eq!(done(&mut conn, task.process().into(), ["end", "late"]), [0, late]);
                }
                sound(&mut conn);
            }

            #[test]
            fn a_failure_against_the_deadline() {
                let database = $fresh("failure_deadline");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let process = at(early(), || TryFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id());
                    both(&mut connections, |conn| at(late(), || run(conn)), |conn| at(late(), || run(conn)));
                    at(late(), || run(&mut conn));
                    FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
                    let [repair, late] = done(&mut conn, process.into(), ["repair", "late"]);
                    assert_eq!(repair + late, 1, "{repair}, {late}");
                }
                sound(&mut conn);
            }

            #[test]
            fn the_end_of_a_child_against_the_deadline_of_its_parent() {
                let database = $fresh("child_deadline");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let (parent, hold) = at(early(), || {
                        let parent = ParentFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                        let hold = ChildFlow.hold.tasks().open().one(&mut conn).unwrap().id();
                        (parent, hold)
                    });
                    let (ended, ()) = both(
                        &mut connections,
                        |conn| at(late(), || {
                            let ended = ChildFlow.hold.run(conn, hold, &CODE, ()).map(drop);
                            run(conn);
                            ended
                        }),
                        |conn| at(late(), || run(conn)),
                    );
                    at(late(), || run(&mut conn));
                    FLOWS.expect(&mut conn, parent).is(ProcessStatus::Done);
                    let ways = done(&mut conn, parent.into(), ["end", "late"]);
                    let child = FLOWS.process(&mut conn, hold.process()).unwrap().status();
                    match ended {
                        // The deadline may pass between the child's end and the moment at which its parent is resumed.
                        Ok(()) => assert!(child == ProcessStatus::Done && ways[0] + ways[1] == 1, "{child}, {ways:?}"),
                        Err(error) => {
                            names_winner(&error, "flow");
                            assert_eq!((child, ways), (ProcessStatus::Canceled, [0, 1]));
                        }
                    }
                }
                sound(&mut conn);
            }

            #[test]
            fn suspend_against_the_deadline() {
                let database = $fresh("suspend_deadline");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let process = at(early(), || AskFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id());
                    let (suspended, ()) = both(
                        &mut connections,
                        |conn| at(late(), || FLOWS.suspend(conn, process, &MONA)),
                        |conn| at(late(), || run(conn)),
                    );
                    match suspended {
                        Ok(_) => {
                            FLOWS.expect(&mut conn, process).is(ProcessStatus::New);
                            at(late(), || {
                                FLOWS.resume(&mut conn, process, &MONA).unwrap();
                                run(&mut conn);
                            });
                        }
                        Err(error) => names_winner(&error, "flow"),
                    }
                    FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
                    assert_eq!(done(&mut conn, process.into(), ["end", "late"]), [0, 1]);
                }
                sound(&mut conn);
            }
            }
        }
    };
}
