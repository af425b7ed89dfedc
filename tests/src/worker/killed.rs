//! What workers leave behind that are killed, stopped in their tracks or told to stop.

/// The cases, with workers in programs of their own. `$fresh` gives a database of that name, with `connect()`; `$back_end`
/// is what a child calls it.
#[macro_export]
macro_rules! killed_workers_suite {
    ($module:ident, $connection:ty, $back_end:literal, $fresh:expr) => {
        mod $module {
            $crate::cases! {
            use std::process::{Child, Command, Stdio};
            use std::io::BufRead as _;
            use diesel::connection::SimpleConnection as _;
            use $crate::worker::{number, until};

            $crate::worker_flows!($connection);

            /// A program with a worker, which is killed at the latest when the test ends.
            struct Running(Child);

            impl std::ops::Deref for Running {
                type Target = Child;
                fn deref(&self) -> &Child { &self.0 }
            }

            impl std::ops::DerefMut for Running {
                fn deref_mut(&mut self) -> &mut Child { &mut self.0 }
            }

            impl Drop for Running {
                fn drop(&mut self) {
                    // It may have ended.
                    let _ = self.0.kill();
                    let _ = self.0.wait();
                }
            }

            fn child(database: &str) -> Running {
                let child = Command::new(env!("CARGO_BIN_EXE_worker_child"))
                    .args([$back_end, database])
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .spawn();
                Running(child.unwrap())
            }

            fn signal(child: &Child, name: &str) {
                let done = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
                assert!(done.success());
            }

            #[test]
            fn killed_at_random_under_load_nothing_is_lost_or_done_twice() {
                let seconds = std::env::var("FLOW_TEST_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
                let seed = std::env::var("FLOW_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7_u64);
                println!("FLOW_SEED={seed} FLOW_TEST_SECONDS={seconds}");
                let database = $fresh("killed");
                let mut conn = database.connect();
                conn.batch_execute($crate::worker::EFFECTS).unwrap();
                let mut children: Vec<Running> = (0..4).map(|_| child(database.name())).collect();
                let begun = std::time::Instant::now();
                let (mut random, mut loads, mut kills) = (seed, 0, 0);
                while begun.elapsed() < Duration::from_secs(seconds) {
                    LoadFlow.start.run(&mut conn, &CODE, data(number(), "", 3)).unwrap();
                    loads += 1;
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    std::thread::sleep(Duration::from_millis(20 + (random >> 40) % 60));
                    if (random >> 33) % 3 == 0 {
                        let place = usize::try_from((random >> 50) % 4).unwrap();
                        children[place].kill().unwrap();
                        children[place].wait().unwrap();
                        children[place] = child(database.name());
                        kills += 1;
                    }
                }
                until("all done", || open(&mut conn) == 0 && due(&mut conn) == 0);
                for child in &mut children {
                    signal(child, "TERM");
                    assert!(child.wait().unwrap().success(), "SIGTERM ends it well");
                }
                println!("{loads} processes, {kills} workers killed");
                assert!(kills > 0);
                invariants(&mut conn, loads, 3);
            }

            #[test]
            fn killed_between_the_bodies_and_their_commit_each_is_done_once() {
                let database = $fresh("between");
                let (mut conn, mut other) = (database.connect(), database.connect());
                let ids: Vec<i64> = (0..4).map(|_| work(&mut conn, number(), "", 600)).collect();
                let mut killed = child(database.name());
                until("they run", || {
                    let running = flow_core::schema::flow_task::table.filter(flow_core::schema::flow_task::status.eq("STARTED"));
                    running.count().get_result::<i64>(&mut conn).unwrap() == 4
                });
                // From here on nobody can write, and so nothing can be completed.
                let lock = match $back_end {
                    "sqlite" => "begin immediate",
                    _ => "begin; lock table flow_process in exclusive mode",
                };
                other.batch_execute(lock).unwrap();
                std::thread::sleep(Duration::from_millis(1_200));
                killed.kill().unwrap();
                killed.wait().unwrap();
                other.batch_execute("rollback").unwrap();
                assert!(ids.iter().all(|id| status(&mut conn, *id) == ProcessStatus::New), "none is completed");
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("all done", || open(&mut conn) == 0);
                running.stop();
                for id in ids {
                    let row: WorkProcess = WorkFlow.processes().by_id(id).first(&mut conn).unwrap();
                    assert_eq!((row.status(), row.done()), (ProcessStatus::Done, 1));
                    let task = WorkFlow.work.tasks().of(id).one(&mut conn).unwrap().id();
                    assert_eq!(FLOWS.attempts(&mut conn, task).unwrap().len(), 1, "that its worker was lost is in its history");
                }
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn a_worker_that_was_stopped_in_its_tracks_comes_too_late() {
                let database = $fresh("late");
                let mut conn = database.connect();
                let id = work(&mut conn, number(), "tell", 300);
                let mut late = child(database.name());
                let mut line = String::new();
                std::io::BufReader::new(late.stdout.take().unwrap()).read_line(&mut line).unwrap();
                assert_eq!(line, "running\n");
                signal(&late, "STOP");
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("another one has done it", || status(&mut conn, id) == ProcessStatus::Done);
                running.stop();
                signal(&late, "CONT");
                std::thread::sleep(Duration::from_millis(600));
                signal(&late, "TERM");
                assert!(late.wait().unwrap().success());
                let row: WorkProcess = WorkFlow.processes().by_id(id).first(&mut conn).unwrap();
                assert_eq!(row.done(), 1, "what it did too late changed nothing");
                let task = WorkFlow.work.tasks().of(id).one(&mut conn).unwrap().id();
                let attempts = FLOWS.attempts(&mut conn, task).unwrap();
                assert_eq!(attempts.len(), 1);
                assert_eq!(attempts[0].error(), Some("the worker stopped before completing it"));
                let words: Vec<String> = FLOWS.history(&mut conn, id).unwrap().iter().map(|row| row.action().to_owned()).collect();
                assert_eq!(words, ["start", "claim", "fail", "claim", "complete"]);
            }

            #[test]
            fn a_body_that_kills_its_worker_ends_in_error() {
                let database = $fresh("poison");
                let mut conn = database.connect();
                let poison = work(&mut conn, number(), "abort", 0);
                // These run when the worker is killed for the first time, and not beside that body again.
                let fine: Vec<i64> = (0..3).map(|_| work(&mut conn, number(), "", 400)).collect();
                let task = |conn: &mut Db| WorkFlow.work.tasks().of(poison).one(conn).unwrap();
                let mut worker = child(database.name());
                let mut died = 0;
                until("it is in error", || {
                    if worker.try_wait().unwrap().is_some() {
                        died += 1;
                        worker = child(database.name());
                    }
                    task(&mut conn).status() == TaskStatus::Error
                });
                for id in fine {
                    until("the others are done", || status(&mut conn, id) == ProcessStatus::Done);
                    let lost = FLOWS.attempts(&mut conn, flow_core::TaskId::new(id, 2)).unwrap().len();
                    assert!(lost <= 1, "{lost} attempts lost their worker");
                }
                signal(&worker, "TERM");
                worker.wait().unwrap();
                assert_eq!(died, 3, "one worker for each attempt");
                assert_eq!(task(&mut conn).error(), Some("gave up after 3 attempts: the worker stopped before completing it"));
            }

            #[test]
            fn sigterm_lets_it_finish_and_a_second_one_does_not() {
                let database = $fresh("sigterm");
                let mut conn = database.connect();
                let begin = |conn: &mut Db, millis| {
                    let id = work(conn, number(), "tell", millis);
                    let mut running = child(database.name());
                    let mut line = String::new();
                    std::io::BufReader::new(running.stdout.take().unwrap()).read_line(&mut line).unwrap();
                    signal(&running, "TERM");
                    (id, running)
                };
                let (id, mut running) = begin(&mut conn, 600);
                assert!(running.wait().unwrap().success());
                assert_eq!(status(&mut conn, id), ProcessStatus::Done);

                let (id, mut running) = begin(&mut conn, 60_000);
                std::thread::sleep(Duration::from_millis(300));
                assert_eq!(running.try_wait().unwrap(), None, "it waits for the body");
                signal(&running, "TERM");
                assert!(running.wait().unwrap().success());
                let row: (i32, Option<String>) = flow_core::schema::flow_due::table
                    .filter(flow_core::schema::flow_due::process_id.eq(id))
                    .select((flow_core::schema::flow_due::attempt, flow_core::schema::flow_due::holder))
                    .first(&mut conn)
                    .unwrap();
                assert_eq!(row, (0, None), "it was given back");
            }
            }
        }
    };
}
