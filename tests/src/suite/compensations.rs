//! Compensation: what a `CompensateThrow` takes back, in which order, and what becomes of its failures.

/// The cases of `CompensateThrow` and `compensate`, on a back end.
#[macro_export]
macro_rules! compensations_suite {
    ($connection:ty, $database:expr) => {
        mod compensations {
            $crate::cases! {
            use flow_core::engine::Obstacle;
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{Error, ErrorKind, ProcessStatus::*, TaskStatus, WaitsFor};
            use $crate::app::MONA;

            type Db = $connection;
            const CODE: System = System("test");

            fn database() -> Db {
                $database
            }

            /// What was done and taken back, in order. `fails` names the handler that fails.
            #[derive(ProcessProxy, Debug)]
            pub struct TripProcess {
                process: Process,
                #[json(default)]
                log: Vec<String>,
                #[json(default)]
                fails: String,
                #[json(default)]
                late: bool,
            }

            fn data() -> TripProcessData {
                TripProcessData { log: Vec::new(), fails: String::new(), late: false }
            }

            fn failing(handler: &str) -> TripProcessData {
                TripProcessData { fails: handler.to_owned(), ..data() }
            }

            fn note<F: flow_core::Flow<Process = TripProcess>>(a: &mut Activation<F>, word: &str) -> Step {
                let mut log = a.process.log().to_vec();
                log.push(word.to_owned());
                a.process.set_log(log);
                if a.process.fails() == word { Err("it failed".into()) } else { Ok(()) }
            }

            /// Books three things, and takes them back.
            #[flow(process = TripProcess, connection = Db)]
            pub struct TripFlow {
                #[node(permission(anyone), next = this.flight)] start: StartHandle,
                #[node(run = this.book_flight, compensate = this.no_flight, next = this.hotel)] flight: Function,
                #[node(permission(anyone), compensate = this.no_hotel, next = this.car)] hotel: Handle,
                #[node(run = this.book_car, compensate = this.no_car, next = this.ask)] car: Function,
                #[node(permission(anyone), next = this.late)] ask: Handle,
                #[node(if = |a| a.process.late(), then = this.wait, else = this.back)] late: If,
                #[node(run = |_job| (), next = this.back)] wait: Job,
                #[node(next = this.again)] back: CompensateThrow,
                #[node(next = this.end)] again: CompensateThrow,
                #[node(run = this.cancel_flight)] no_flight: Function,
                #[node(run = this.cancel_hotel)] no_hotel: Function,
                #[node(run = this.cancel_car)] no_car: Function,
                end: End,
            }

            impl TripFlow {
                fn book_flight(a: &mut Activation<Self>) -> Step { note(a, "flight") }
                fn book_car(a: &mut Activation<Self>) -> Step { note(a, "car") }
                fn cancel_flight(a: &mut Activation<Self>) -> Step { note(a, "no_flight") }
                fn cancel_hotel(a: &mut Activation<Self>) -> Step { note(a, "no_hotel") }
                fn cancel_car(a: &mut Activation<Self>) -> Step { note(a, "no_car") }
            }

            /// Two branches, and handlers in the background. Behind the throw somebody is asked.
            #[flow(process = TripProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.reserve, next = this.charge)] split: Split,
                #[node(permission(anyone), compensate = this.release, next = this.join)] reserve: Handle,
                #[node(permission(anyone), compensate = this.refund, next = this.join)] charge: Handle,
                #[node(next = this.note)] join: Join,
                #[node(run = this.write_note, compensate = this.refund, next = this.ask)] note: Function,
                #[node(permission(anyone), next = this.back)] ask: Handle,
                #[node(next = this.after)] back: CompensateThrow,
                #[node(permission(anyone), next = this.end)] after: Handle,
                #[node(run = this.give_back)] release: Function,
                #[node(run = this.pay_back, on_done = this.paid_back)] refund: Job,
                end: End,
            }

            impl OrderFlow {
                fn write_note(a: &mut Activation<Self>) -> Step { note(a, "note") }
                fn give_back(a: &mut Activation<Self>) -> Step { note(a, "release") }
                fn paid_back(a: &mut Activation<Self>, _: ()) -> Step { note(a, "refund") }
                fn pay_back(job: &JobContext<Self>) -> Step {
                    if job.process.fails() == "pay_back" { Err("the bank is closed".into()) } else { Ok(()) }
                }
            }

            /// One thing of many.
            #[derive(TaskProxy, Debug)]
            pub struct ItemTask {
                task: Task,
                number: i64,
            }

            /// Many at once, whose data each handler sees.
            #[flow(process = TripProcess, connection = Db)]
            pub struct ManyFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next(this.book, task_data_source = |a| (0..a.process.log().len()).map(|at| ItemTaskData { number: at as i64 })),
                       allow(split_all_conditional, reason = "a test of many"))]
                split: Split,
                #[node(task = ItemTask, run = |_a| (), compensate = this.unbook, next = this.join)] book: Function,
                #[node(next = this.ask)] join: Join,
                #[node(permission(anyone), next = this.back)] ask: Handle,
                #[node(next = this.end)] back: CompensateThrow,
                #[node(task = ItemTask, run = |_job| (), on_done = this.unbooked)] unbook: Job,
                end: End,
            }

            impl ManyFlow {
                fn unbooked(a: &mut Activation<Self, ItemTask>, _: ()) -> Step {
                    let mut log = a.process.log().to_vec();
                    log.pop();
                    if log.len() as i64 != a.task.number() {
                        return Err("out of order".into());
                    }
                    a.process.set_log(log);
                    Ok(())
                }
            }

            /// A step of a child, which its parent takes back.
            #[flow(process = TripProcess, connection = Db)]
            pub struct ParentFlow {
                #[node(permission(anyone), next = this.trip)] start: StartHandle,
                #[node(start = ChildFlow.start, process_data = |_a| data(), compensate = this.no_trip, next = this.back)] trip: Subprocess,
                #[node(next = this.end)] back: CompensateThrow,
                #[node(run = this.cancel_trip)] no_trip: Function,
                end: End,
            }

            impl ParentFlow {
                fn cancel_trip(a: &mut Activation<Self>) -> Step { note(a, "no_trip") }
            }

            #[flow(process = TripProcess, connection = Db)]
            pub struct ChildFlow {
                #[node(permission(anyone), next = this.end)] start: StartHandle,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![TripFlow, OrderFlow, ManyFlow, ParentFlow, ChildFlow];

            fn newest(conn: &mut Db, process: i64, node: &str) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().rfind(|task| task.node() == node).unwrap()
            }

            fn status(conn: &mut Db, process: i64, node: &str) -> TaskStatus {
                newest(conn, process, node).status()
            }

            fn is_right(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
                assert_eq!(FLOWS.check(conn).unwrap(), []);
            }

            /// A trip that waits at `ask`.
            fn booked(conn: &mut Db, data: TripProcessData) -> i64 {
                let process = TripFlow.start.run(conn, &CODE, data).unwrap().id();
                let hotel = newest(conn, process, "hotel").id();
                TripFlow.hotel.run(conn, hotel, &CODE, ()).unwrap();
                process
            }

            fn asked(conn: &mut Db, process: i64) -> flow_core::Result<()> {
                let ask = newest(conn, process, "ask").id();
                TripFlow.ask.run(conn, ask, &CODE, ()).map(|_| ())
            }

            /// An order that waits at `ask`: `charge` was done before `reserve`.
            fn ordered(conn: &mut Db, data: TripProcessData) -> i64 {
                let clock = TestClock::install();
                let process = OrderFlow.start.run(conn, &CODE, data).unwrap().id();
                let charge = newest(conn, process, "charge").id();
                OrderFlow.charge.run(conn, charge, &CODE, ()).unwrap();
                clock.advance(seconds(1));
                let reserve = newest(conn, process, "reserve").id();
                OrderFlow.reserve.run(conn, reserve, &CODE, ()).unwrap();
                process
            }

            /// One that has come to its throw, and waits for the first job.
            fn taken_back(conn: &mut Db, data: TripProcessData) -> i64 {
                let process = ordered(conn, data);
                let ask = newest(conn, process, "ask").id();
                OrderFlow.ask.run(conn, ask, &CODE, ()).unwrap();
                process
            }

            fn log(conn: &mut Db, process: i64) -> Vec<String> {
                let row = FLOWS.process(conn, process).unwrap();
                let log = row.data().get(&["log"]).unwrap().cloned().unwrap_or_default();
                log.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
            }

            fn refused(outcome: flow_core::Result<Task>) -> Option<Obstacle> {
                match outcome {
                    Err(Error::Conflict(conflict)) => conflict.obstacle,
                    other => panic!("{other:?}"),
                }
            }

            #[test]
            fn what_was_done_is_taken_back_newest_first_and_once() {
                let mut conn = database();
                let process = booked(&mut conn, data());
                asked(&mut conn, process).unwrap();
                assert_eq!(log(&mut conn, process), ["flight", "car", "no_car", "no_hotel", "no_flight"]);
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE", "flight:DONE", "hotel:DONE", "car:DONE", "ask:DONE", "late:DONE", "back:DONE",
                    "no_car:DONE", "no_hotel:DONE", "no_flight:DONE", "again:DONE", "end:DONE",
                ]);
                let (no_car, car) = (newest(&mut conn, process, "no_car"), newest(&mut conn, process, "car"));
                assert_eq!((no_car.compensates(), no_car.previous()), (Some(car.id()), Some(car.id())));
                assert_eq!(no_car.host(), Some(newest(&mut conn, process, "back").id()));
                is_right(&mut conn);
            }

            #[test]
            fn a_step_that_was_undone_has_nothing_to_take_back() {
                let mut conn = database();
                let process = booked(&mut conn, data());
                let ask = newest(&mut conn, process, "ask").id();
                TripFlow.ask.cancel(&mut conn, ask, &MONA).unwrap();
                let car = newest(&mut conn, process, "car").id();
                TripFlow.car.undo(&mut conn, car, &MONA).unwrap();
                TripFlow.car.revive(&mut conn, car, &MONA).unwrap();
                asked(&mut conn, process).unwrap();
                // It was done twice, and stands once.
                assert_eq!(log(&mut conn, process), ["flight", "car", "car", "no_car", "no_hotel", "no_flight"]);
                is_right(&mut conn);
            }

            #[test]
            fn in_a_request_a_failing_handler_rolls_back_the_whole_step() {
                let mut conn = database();
                let process = booked(&mut conn, failing("no_hotel"));
                let error = asked(&mut conn, process).unwrap_err();
                assert!(matches!(error, Error::Step { node: "no_hotel", .. }), "{error}");
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "flight:DONE", "hotel:DONE", "car:DONE", "ask:NEW",
                ]);
                assert_eq!(log(&mut conn, process), ["flight", "car"]);
                is_right(&mut conn);
            }

            #[test]
            fn in_the_background_it_is_in_error_and_a_retry_goes_on_with_it_and_the_rest() {
                let mut conn = database();
                let process = booked(&mut conn, TripProcessData { late: true, ..failing("no_hotel") });
                asked(&mut conn, process).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "flight:DONE", "hotel:DONE", "car:DONE", "ask:DONE", "late:DONE", "wait:DONE", "back:STARTED",
                    "no_car:DONE", "no_hotel:ERROR", "no_flight:NEW",
                ]);
                assert_eq!(log(&mut conn, process), ["flight", "car", "no_car"]);
                is_right(&mut conn);
                let places = FLOWS.explain(&mut conn, process).unwrap().places;
                let waits = |node: &str| places.iter().find(|place| place.node == node).map(|place| place.waits_for.clone());
                assert_eq!(waits("back"), Some(WaitsFor::Compensation { open: 2 }));
                assert_eq!(waits("no_hotel"), Some(WaitsFor::Retry));
                assert_eq!(waits("no_flight"), Some(WaitsFor::Turn));
                // It fails again, and the caller gets the error.
                let no_hotel = newest(&mut conn, process, "no_hotel").id();
                assert_eq!(TripFlow.no_hotel.retry(&mut conn, no_hotel, &MONA).unwrap_err().kind(), ErrorKind::Step);
                let mut row = TripFlow.processes().first(&mut conn).unwrap();
                row.set_fails(String::new());
                row.save(&mut conn).unwrap();
                TripFlow.no_hotel.retry(&mut conn, no_hotel, &MONA).unwrap();
                assert_eq!(log(&mut conn, process), ["flight", "car", "no_car", "no_hotel", "no_flight"]);
                FLOWS.expect(&mut conn, process).is(Done);
                is_right(&mut conn);
            }

            #[test]
            fn a_manager_skips_a_handler_or_revives_it_and_cannot_put_it_aside() {
                for skips in [true, false] {
                    let mut conn = database();
                    let process = booked(&mut conn, TripProcessData { late: true, ..failing("no_hotel") });
                    asked(&mut conn, process).unwrap();
                    FLOWS.run_until_idle(&mut conn).unwrap();
                    let no_hotel = newest(&mut conn, process, "no_hotel").id();
                    let no_flight = newest(&mut conn, process, "no_flight").id();
                    for task in [no_hotel, no_flight] {
                        assert_eq!(refused(FLOWS.cancel_task(&mut conn, task, &MONA)), Some(Obstacle::Handler));
                    }
                    let rest: &[&str] = if skips {
                        // One that waits its turn is skipped then.
                        FLOWS.end_branch(&mut conn, no_flight, &MONA).unwrap();
                        assert_eq!(status(&mut conn, process, "back"), TaskStatus::Started);
                        assert_eq!(refused(FLOWS.revive(&mut conn, no_flight, &MONA)), Some(Obstacle::BranchEnded));
                        is_right(&mut conn);
                        FLOWS.end_branch(&mut conn, no_hotel, &MONA).unwrap();
                        &["no_car"]
                    } else {
                        let mut row = TripFlow.processes().first(&mut conn).unwrap();
                        row.set_fails(String::new());
                        row.save(&mut conn).unwrap();
                        let revived = FLOWS.revive(&mut conn, no_hotel, &MONA).unwrap();
                        assert_eq!(revived.compensates(), Some(newest(&mut conn, process, "hotel").id()));
                        &["no_car", "no_hotel", "no_flight"]
                    };
                    // The second throw finds nothing, whatever was skipped.
                    FLOWS.expect(&mut conn, process).is(Done);
                    assert_eq!(log(&mut conn, process)[2..], *rest);
                    is_right(&mut conn);
                }
            }

            #[test]
            fn the_throw_waits_for_jobs_and_the_order_is_that_of_completion() {
                let mut conn = database();
                let process = taken_back(&mut conn, data());
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "split:DONE", "reserve:DONE", "charge:DONE", "join:DONE", "note:DONE", "ask:DONE",
                    "back:STARTED", "refund:SCHEDULED", "release:NEW", "refund:NEW",
                ]);
                is_right(&mut conn);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                assert_eq!(log(&mut conn, process), ["note", "refund", "release"], "`reserve` was done behind `charge`");
                assert_eq!(status(&mut conn, process, "refund"), TaskStatus::Scheduled);
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(log(&mut conn, process), ["note", "refund", "release", "refund"]);
                assert_eq!(status(&mut conn, process, "back"), TaskStatus::Done);
                assert_eq!(status(&mut conn, process, "after"), TaskStatus::New);
                is_right(&mut conn);
            }

            #[test]
            fn nothing_is_taken_back_while_the_process_is_suspended() {
                let mut conn = database();
                let process = taken_back(&mut conn, data());
                FLOWS.suspend(&mut conn, process, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(log(&mut conn, process), ["note"]);
                is_right(&mut conn);
                FLOWS.resume(&mut conn, process, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(log(&mut conn, process), ["note", "refund", "release", "refund"]);
                is_right(&mut conn);
            }

            #[test]
            fn a_job_that_fails_is_retried_and_the_rest_follows() {
                let mut conn = database();
                let process = taken_back(&mut conn, failing("pay_back"));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let tasks = FLOWS.tasks(&mut conn, process).unwrap();
                let failed = tasks.iter().find(|task| task.status() == TaskStatus::Error).unwrap().id();
                let mut row = OrderFlow.processes().first(&mut conn).unwrap();
                row.set_fails(String::new());
                row.save(&mut conn).unwrap();
                OrderFlow.refund.retry(&mut conn, failed, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(log(&mut conn, process), ["note", "refund", "release", "refund"]);
                is_right(&mut conn);
            }

            #[test]
            fn the_handlers_end_with_the_process_and_with_their_throw() {
                let mut conn = database();
                let process = taken_back(&mut conn, data());
                FLOWS.cancel(&mut conn, process, &MONA).unwrap();
                let tasks = FLOWS.tasks(&mut conn, process).unwrap();
                assert!(tasks.iter().all(|task| task.status().is_final()), "{tasks:?}");
                is_right(&mut conn);
                let process = taken_back(&mut conn, data());
                FLOWS.run_due(&mut conn).unwrap();
                let back = newest(&mut conn, process, "back").id();
                FLOWS.cancel_task(&mut conn, back, &MONA).unwrap();
                assert_eq!(status(&mut conn, process, "refund"), TaskStatus::Canceled);
                is_right(&mut conn);
                assert!(!FLOWS.run_due(&mut conn).unwrap().any());
                // Another throw takes back what is left: what was taken back is not again.
                FLOWS.revive(&mut conn, back, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(log(&mut conn, process), ["note", "refund", "release", "refund"]);
                assert_eq!(status(&mut conn, process, "after"), TaskStatus::New);
                is_right(&mut conn);
            }

            #[test]
            fn a_compensation_is_not_undone() {
                let mut conn = database();
                let process = taken_back(&mut conn, data());
                FLOWS.run_until_idle(&mut conn).unwrap();
                let after = newest(&mut conn, process, "after").id();
                FLOWS.cancel_task(&mut conn, after, &MONA).unwrap();
                let number = |node: &str, conn: &mut Db| newest(conn, process, node).id();
                for node in ["back", "refund", "release", "note", "charge"] {
                    let task = number(node, &mut conn);
                    assert_eq!(refused(FLOWS.undo(&mut conn, task, &MONA)), Some(Obstacle::Compensated), "{node}");
                }
                let ask = number("ask", &mut conn);
                assert_eq!(refused(FLOWS.go_back(&mut conn, ask, &MONA)), Some(Obstacle::Compensated));
                is_right(&mut conn);
            }

            #[test]
            fn a_throw_without_anything_to_take_back_is_undone_like_any_other() {
                let mut conn = database();
                let process = booked(&mut conn, data());
                asked(&mut conn, process).unwrap();
                let end = newest(&mut conn, process, "end").id();
                FLOWS.undo(&mut conn, end, &MONA).unwrap();
                let again = newest(&mut conn, process, "again").id();
                FLOWS.undo(&mut conn, again, &MONA).unwrap();
                is_right(&mut conn);
                FLOWS.revive(&mut conn, again, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(log(&mut conn, process).len(), 5, "nothing is taken back twice");
                is_right(&mut conn);
            }

            #[test]
            fn a_child_that_is_done_is_taken_back_by_a_handler_of_its_parent() {
                let mut conn = database();
                let process = ParentFlow.start.run(&mut conn, &CODE, data()).unwrap().id();
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(log(&mut conn, process), ["no_trip"]);
                is_right(&mut conn);
            }

            #[test]
            fn many_are_taken_back_one_by_one_each_with_its_data_and_a_step_reads_few_rows() {
                let mut conn = database();
                let many = std::env::var("MANY").map_or(100, |many| many.parse().unwrap());
                let log_of = vec![String::new(); many];
                let process = ManyFlow.start.run(&mut conn, &CODE, TripProcessData { log: log_of, ..data() }).unwrap().id();
                let ask = newest(&mut conn, process, "ask").id();
                ManyFlow.ask.run(&mut conn, ask, &CODE, ()).unwrap();
                for _ in 0..3 {
                    let before = flow_core::test_util::rows_read();
                    assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                    let read = flow_core::test_util::rows_read() - before;
                    assert!(read < 20, "{read} rows");
                }
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(log(&mut conn, process).len(), 0);
                is_right(&mut conn);
            }
            }
        }
    };
}
