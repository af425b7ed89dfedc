//! What workers do that run to their end.

/// The cases. `$fresh` gives a database of that name, with `connect()`.
#[macro_export]
macro_rules! worker_suite {
    ($module:ident, $connection:ty, $fresh:expr) => {
        mod $module {
            $crate::cases! {
            use diesel::connection::SimpleConnection as _;
            use $crate::worker::{number, until};

            $crate::worker_flows!($connection);

            #[test]
            fn a_worker_does_whatever_is_due() {
                let database = $fresh("whatever");
                let mut conn = database.connect();
                conn.batch_execute($crate::worker::EFFECTS).unwrap();
                for _ in 0..10 {
                    LoadFlow.start.run(&mut conn, &CODE, data(number(), "", 3)).unwrap();
                }
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("all done", || open(&mut conn) == 0);
                let report = running.stop();
                invariants(&mut conn, 10, 3);
                assert_eq!((report.failed, report.retried, report.postponed, report.unknown), (0, 0, 0, 0), "{report:?}");
                assert!(report.done >= 10 * (3 + 1 + 1 + 1), "jobs, timers, children and their parents: {report:?}");
            }

            #[test]
            fn many_workers_run_each_body_once() {
                let database = $fresh("many");
                let mut conn = database.connect();
                let test = number();
                let workers: Vec<_> = (0..3)
                    .map(|_| worker({ let database = database.clone(); move || database.connect() }).lease(seconds(20)).start().unwrap())
                    .collect();
                for _ in 0..100 {
                    work(&mut conn, test, "", 1);
                }
                until("all done", || open(&mut conn) == 0);
                workers.into_iter().for_each(|worker| { worker.stop(); });
                assert_eq!(words(test).iter().filter(|word| *word == "begin 1").count(), 100);
                assert_eq!(words(test).len(), 200);
            }

            #[test]
            fn a_long_job_keeps_its_lease_and_is_listed() {
                let database = $fresh("long");
                let mut conn = database.connect();
                let test = number();
                let id = work(&mut conn, test, "", 3_500);
                let make = || worker({ let database = database.clone(); move || database.connect() });
                let workers = [make().name("alpha").start().unwrap(), make().name("alpha").start().unwrap()];
                until("it runs", || !words(test).is_empty());
                let listed = FLOWS.workers(&mut conn).unwrap();
                assert_eq!(listed.len(), 1);
                assert_eq!((listed[0].name.as_str(), listed[0].work[0].process.get()), ("alpha", id));
                assert!(listed[0].work[0].held.as_ref().is_some_and(|held| held.since.is_some()));
                let due = FLOWS.due_work(&mut conn).unwrap();
                assert_eq!((due.len(), due[0].kind.as_str(), due[0].attempt), (1, "JOB", 1));
                until("it is done", || status(&mut conn, id) == ProcessStatus::Done);
                assert_eq!(words(test), ["begin 1", "end"], "three and a half leases, and it was begun once");
                workers.into_iter().for_each(|worker| { worker.stop(); });
            }

            #[test]
            fn a_job_that_takes_too_long_is_told_and_tried_again() {
                let database = $fresh("too-long");
                let mut conn = database.connect();
                let test = number();
                let id = ShortFlow.start.run(&mut conn, &CODE, data(test, "listen", 0)).unwrap().id();
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("it is done", || status(&mut conn, id) == ProcessStatus::Done);
                running.stop();
                assert_eq!(words(test)[..3], ["begin 1", "TimedOut", "begin 2"]);
            }

            #[test]
            fn a_body_learns_that_its_task_was_cancelled() {
                let database = $fresh("cancelled");
                let mut conn = database.connect();
                let test = number();
                let id = LateFlow.start.run(&mut conn, &CODE, data(test, "listen", 0)).unwrap().id();
                let running = worker({ let database = database.clone(); move || database.connect() }).start().unwrap();
                until("it is told", || words(test).len() == 2);
                running.stop();
                assert_eq!(words(test), ["begin 1", "LeaseLost"]);
                FLOWS.expect(&mut conn, id).is(ProcessStatus::Done).tasks(&[
                    "start:DONE", "work:CANCELED", "work__timeout__late:DONE", "late:DONE",
                ]);
            }

            #[test]
            fn a_stop_lets_bodies_finish_and_begins_nothing() {
                let database = $fresh("stop");
                let mut conn = database.connect();
                let test = number();
                for _ in 0..20 {
                    work(&mut conn, test, "", 400);
                }
                let running =
                    worker({ let database = database.clone(); move || database.connect() }).threads(6).start().unwrap();
                until("they run", || words(test).len() >= 6);
                let handle = running.handle();
                handle.stop();
                let begun = words(test).iter().filter(|word| *word == "begin 1").count();
                running.stop();
                let words = words(test);
                assert!(words.iter().filter(|word| *word == "begin 1").count() <= begun + 1, "nothing was begun after: {words:?}");
                assert_eq!(words.iter().filter(|word| *word == "end").count(), words.len() / 2, "what ran has finished");
                let left: Vec<(i32, Option<String>)> = flow_core::schema::flow_due::table
                    .select((flow_core::schema::flow_due::attempt, flow_core::schema::flow_due::holder))
                    .load(&mut conn)
                    .unwrap();
                assert_eq!(left.len(), 20 - words.len() / 2);
                assert!(left.iter().all(|(attempt, holder)| (*attempt, holder) == (0, &None)), "{left:?}");
            }

            #[test]
            fn what_does_not_finish_in_time_is_given_back_with_its_attempt() {
                let database = $fresh("grace");
                let mut conn = database.connect();
                let (deaf, polite) = (number(), number());
                let make = || worker({ let database = database.clone(); move || database.connect() });
                let first = make().grace(Duration::from_millis(300)).start().unwrap();
                let slow = work(&mut conn, deaf, "first is slow", 2_500);
                let listens = work(&mut conn, polite, "listen", 0);
                until("they run", || words(deaf).len() + words(polite).len() == 2);
                first.stop();
                assert_eq!(words(polite), ["begin 1", "Stopping"]);
                for id in [slow, listens] {
                    use flow_core::schema::flow_due;
                    let row: (i32, Option<String>) = flow_due::table
                        .filter(flow_due::process_id.eq(id))
                        .select((flow_due::attempt, flow_due::holder))
                        .first(&mut conn)
                        .unwrap();
                    assert_eq!(row, (0, None), "it does not count, and nobody has it");
                }
                // The one that is deaf comes to its end beside the second worker, and changes nothing.
                let second = make().start().unwrap();
                until("it is done", || status(&mut conn, slow) == ProcessStatus::Done || words(deaf).len() > 3);
                until("the late one is late", || words(deaf).iter().filter(|word| *word == "end").count() == 2);
                std::thread::sleep(Duration::from_millis(100));
                drop(second);
                let row: WorkProcess = WorkFlow.processes().by_id(slow).first(&mut conn).unwrap();
                assert_eq!((row.status(), row.done()), (ProcessStatus::Done, 1));
                let task = WorkFlow.work.tasks().of(slow).one(&mut conn).unwrap().id();
                assert_eq!(FLOWS.attempts(&mut conn, task).unwrap(), [], "no attempt has failed");
            }

            #[test]
            fn one_that_fails_or_panics_delays_no_other() {
                let database = $fresh("delays");
                let mut conn = database.connect();
                let (bad, good) = (number(), number());
                let fails = work(&mut conn, bad, "fail", 0);
                let panics = work(&mut conn, bad, "panic", 0);
                let unreadable = work(&mut conn, bad, "", 0);
                conn.batch_execute(&format!("update flow_process set data = '{{\"test\": \"x\"}}' where id = {unreadable}")).unwrap();
                let fine: Vec<i64> = (0..20).map(|_| work(&mut conn, good, "", 0)).collect();
                let running = worker({ let database = database.clone(); move || database.connect() }).threads(1).start().unwrap();
                until("the others are done", || fine.iter().all(|id| status(&mut conn, *id) == ProcessStatus::Done));
                let task = |conn: &mut Db, id: i64| WorkFlow.work.tasks().of(id).one(conn).unwrap();
                until("they are in error", || [fails, panics].iter().all(|id| task(&mut conn, *id).status() == TaskStatus::Error));
                let report = running.stop();
                assert_eq!((report.done, report.failed, report.retried), (20, 2, 4), "{report:?}");
                assert!(report.postponed >= 1, "{report:?}");
                assert_eq!(task(&mut conn, fails).error(), Some("gave up after 3 attempts: no answer"));
                assert_eq!(task(&mut conn, panics).error(), Some("gave up after 3 attempts: panicked"));
                assert_eq!(task(&mut conn, unreadable).status(), TaskStatus::Scheduled, "it waits for a release that can read it");
                let attempts = task(&mut conn, fails).id();
                let attempts = FLOWS.attempts(&mut conn, attempts).unwrap();
                assert_eq!(attempts.len(), 3);
                for pair in attempts.windows(2) {
                    let between = pair[1].started().since(pair[0].ended().unwrap());
                    assert!(between >= Duration::from_millis(300), "the back-off is kept: {between:?}");
                }
            }

            #[test]
            fn queues_are_paused_limited_and_served_by_priority() {
                let database = $fresh("queues");
                let mut conn = database.connect();
                let test = number();
                let mail: Vec<i64> = (0..6).map(|_| QueueFlow.start.run(&mut conn, &CODE, data(test, "mail", 60)).unwrap().id()).collect();
                let urgent = QueueFlow.start.run(&mut conn, &CODE, data(test, "urgent", 0)).unwrap().id();
                let make = || worker({ let database = database.clone(); move || database.connect() });

                FLOWS.pause_queue(&mut conn, "mail", &CODE).unwrap();
                let paused = FLOWS.paused_queues(&mut conn).unwrap();
                assert_eq!((paused[0].name.as_str(), paused[0].by.as_deref()), ("mail", Some("test")));
                assert_eq!(make().queues(["mail"]).step(&mut conn).unwrap().done, 0);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1, "the urgent one is in no queue that is paused");
                assert_eq!(status(&mut conn, urgent), ProcessStatus::Done);
                FLOWS.resume_queue(&mut conn, "mail").unwrap();
                assert_eq!(FLOWS.paused_queues(&mut conn).unwrap(), []);

                let urgent = QueueFlow.start.run(&mut conn, &CODE, data(test, "urgent", 0)).unwrap().id();
                assert_eq!(make().queues([""]).step(&mut conn).unwrap().done, 1, "it does not serve mail");
                assert_eq!(status(&mut conn, urgent), ProcessStatus::Done);

                let urgent = QueueFlow.start.run(&mut conn, &CODE, data(test, "urgent", 0)).unwrap().id();
                let before = words(test).len();
                let report = make().step(&mut conn).unwrap();
                assert_eq!(report.done, 3, "the urgent one first, and of mail no more than two");
                assert_eq!(words(test)[before..], ["begin 1", "end", "begin 1", "end", "begin 1", "end"]);
                let done = FLOWS.process(&mut conn, urgent).unwrap().finished().unwrap();
                assert!(mail.iter().filter_map(|id| FLOWS.process(&mut conn, *id).unwrap().finished()).all(|mail| mail > done));

                let workers = [make().threads(4).start().unwrap(), make().threads(4).start().unwrap()];
                until("all done", || open(&mut conn) == 0);
                workers.into_iter().for_each(|worker| { worker.stop(); });
                assert!(MAIL.1.load(Ordering::SeqCst) <= 2, "{} at once", MAIL.1.load(Ordering::SeqCst));
            }

            #[test]
            fn a_limit_of_concurrency_holds_for_each_key() {
                let database = $fresh("keys");
                let mut conn = database.connect();
                let test = number();
                let start = |conn: &mut Db, how: &str, millis| {
                    KeyFlow.start.run(conn, &CODE, data(test, how, millis)).map(|process| process.id())
                };
                let first: Vec<i64> =
                    ["a", "a", "b", "a", "b b", "a"].iter().map(|how| start(&mut conn, how, 1).unwrap()).collect();
                let refused = start(&mut conn, "none", 0).unwrap_err();
                assert!(refused.to_string().contains("no word"), "{refused}");
                let groups = |conn: &mut Db| -> Vec<Option<String>> {
                    use flow_core::schema::flow_due;
                    flow_due::table.order(flow_due::process_id).select(flow_due::concurrency).load(conn).unwrap()
                };
                let expected = ["a", "a", "b", "a", "b b", "a"].map(|word| Some(format!("key.work {word}")));
                assert_eq!(groups(&mut conn), expected);
                let make = || worker({ let database = database.clone(); move || database.connect() });
                assert_eq!(make().step(&mut conn).unwrap().done, 3, "one of each word");
                let done: Vec<i64> =
                    first.iter().copied().filter(|id| status(&mut conn, *id) == ProcessStatus::Done).collect();
                assert_eq!(done, [first[0], first[2], first[4]]);

                for _ in 0..6 {
                    for word in ["a", "b", "c"] {
                        start(&mut conn, word, 15).unwrap();
                    }
                }
                let workers = [make().threads(4).start().unwrap(), make().threads(4).start().unwrap()];
                until("all done", || open(&mut conn) == 0 || !groups(&mut conn).iter().any(Option::is_some));
                workers.into_iter().for_each(|worker| { worker.stop(); });
                assert_eq!(open(&mut conn), 0, "each body ran alone");

                // A job that is retried has its key again.
                let id = start(&mut conn, "again", 0).unwrap();
                diesel::sql_query("delete from flow_due").execute(&mut conn).unwrap();
                diesel::sql_query(format!("update flow_task set status = 'ERROR' where process_id = {id} and number = 2"))
                    .execute(&mut conn)
                    .unwrap();
                KeyFlow.work.retry(&mut conn, flow_core::TaskId::new(id, 2), &CODE).unwrap();
                assert_eq!(groups(&mut conn), [Some("key.work again".to_owned())]);
            }

            #[test]
            fn of_much_that_is_due_the_most_urgent_is_taken_first_and_nothing_of_the_suspended() {
                let database = $fresh("priorities");
                let mut conn = database.connect();
                let test = number();
                let all: Vec<i64> = (0..123).map(|_| work(&mut conn, test, "", 0)).collect();
                let sort = format!("update flow_due set priority = (process_id - {}) % 3 - 1", all[0]);
                diesel::sql_query(sort).execute(&mut conn).unwrap();
                let (lowest, suspended) = (all[0], [all[1], all[2], all[3]]);
                for id in suspended {
                    FLOWS.suspend(&mut conn, id, &CODE).unwrap();
                }
                let report = worker({ let database = database.clone(); move || database.connect() }).step(&mut conn).unwrap();
                // 40 of each priority: all of the two higher ones, and of the lowest those that have waited longest.
                assert_eq!(report.done, 100);
                let left: Vec<i64> =
                    all.iter().copied().filter(|id| status(&mut conn, *id) != ProcessStatus::Done).collect();
                let of_lowest: Vec<i64> = (20..40).map(|n| lowest + 3 * (n + 1)).collect();
                assert_eq!(left, suspended.into_iter().chain(of_lowest).collect::<Vec<_>>());
            }

            /// A pool of one connection.
            mod pool {
                use std::ops::{Deref, DerefMut};
                use std::sync::{Arc, Condvar, Mutex};

                pub struct Pool<C>(pub Arc<(Mutex<Vec<C>>, Condvar)>);
                pub struct Taken<C>(Option<C>, Arc<(Mutex<Vec<C>>, Condvar)>);

                impl<C> Pool<C> {
                    pub fn get(&self) -> Result<Taken<C>, std::io::Error> {
                        let mut free = self.0.0.lock().unwrap();
                        loop {
                            match free.pop() {
                                Some(conn) => return Ok(Taken(Some(conn), Arc::clone(&self.0))),
                                None => free = self.0.1.wait(free).unwrap(),
                            }
                        }
                    }
                }

                impl<C> Deref for Taken<C> {
                    type Target = C;
                    fn deref(&self) -> &C { self.0.as_ref().unwrap() }
                }

                impl<C> DerefMut for Taken<C> {
                    fn deref_mut(&mut self) -> &mut C { self.0.as_mut().unwrap() }
                }

                impl<C> Drop for Taken<C> {
                    fn drop(&mut self) {
                        self.1.0.lock().unwrap().extend(self.0.take());
                        self.1.1.notify_one();
                    }
                }
            }

            #[test]
            fn one_connection_is_enough_and_no_body_holds_it() {
                let database = $fresh("pool");
                let mut conn = database.connect();
                let test = number();
                for _ in 0..12 {
                    work(&mut conn, test, "", 250);
                }
                let pool = pool::Pool(std::sync::Arc::new((std::sync::Mutex::new(vec![database.connect()]), std::sync::Condvar::new())));
                let running = Worker::new(&FLOWS, move || pool.get()).threads(6).start().unwrap();
                until("six bodies at once", || {
                    let words = words(test);
                    words.iter().filter(|word| *word == "begin 1").count() >= 6 + words.iter().filter(|word| *word == "end").count()
                });
                until("all done", || open(&mut conn) == 0);
                running.stop();
            }
            }
        }
    };
}
