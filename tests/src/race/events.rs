//! Times, messages, signals, and what comes from children, with several dispatchers and senders at once, on any back end.

/// The flows and the cases. `$fresh` gives a database of that name, with `connect()`.
#[macro_export]
macro_rules! event_race_suite {
    ($module:ident, $connection:ty, $fresh:expr) => {
        mod $module {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{Delivery, ErrorKind, ProcessId, ProcessStatus, Timestamp};
            use $crate::race::{at_once_at, rounds};

            type Db = $connection;
            const BANK: System = System("bank");
            const DISPATCHERS: usize = 5;

            #[derive(ProcessProxy, Debug)]
            pub struct OrderProcess {
                process: Process,
                number: String,
                #[json(default)]
                paid: i64,
                #[json(default)]
                late: bool,
            }

            /// Starts every ten minutes.
            #[flow(connection = Db)]
            pub struct PulseFlow {
                #[node(every = minutes(10), next = this.end)]
                pulse: StartTimer,
                end: End,
            }

            /// Waits for a payment, for an hour.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.paid)]
                order: StartHandle,
                #[node(message = "payment", key = |a| a.process.number(), input = i64,
                       run = |a, amount| a.process.set_paid(a.process.paid() + amount),
                       on_timeout(hours(1), this.give_up), next = this.end)]
                paid: MessageCatch,
                #[node(run = |a| a.process.set_late(true), next = this.end)]
                give_up: Function,
                end: End,
            }

            /// Waits for a signal.
            #[flow(connection = Db)]
            pub struct WatchFlow {
                #[node(permission(anyone), next = this.wait)]
                start: StartHandle,
                #[node(signal = "bell", next = this.end)]
                wait: SignalCatch,
                end: End,
            }

            /// Throws it.
            #[flow(connection = Db)]
            pub struct RingFlow {
                #[node(permission(anyone), next = this.ring)]
                start: StartHandle,
                #[node(signal = "bell", next = this.end)]
                ring: SignalThrow,
                end: End,
            }

            /// Tells its parent twice, and ends.
            #[flow(connection = Db)]
            pub struct ChildFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(permission(anyone), next = this.late)]
                work: Handle,
                #[node(code = "late", next = this.lost)]
                late: EscalationThrow,
                #[node(code = "lost", next = this.end)]
                lost: EscalationThrow,
                end: End,
            }

            /// Has a child for each item, and counts them.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct ManyFlow {
                #[node(permission(anyone), next = this.children)]
                start: StartHandle,
                #[node(start = ChildFlow.start, item = i64, items = |a| (0..a.process.paid()).collect::<Vec<_>>(),
                       on_escalation(this.told, code = "late", interrupting = false),
                       on_done = |a, children| a.process.set_paid(a.process.paid() + i64::try_from(children.len()).unwrap_or_default()), next = this.end)]
                children: NSubprocess,
                told: End,
                end: End,
            }

            /// An escalation of its child ends it.
            #[flow(connection = Db)]
            pub struct StrictFlow {
                #[node(permission(anyone), next = this.child)]
                start: StartHandle,
                #[node(start = ChildFlow.start, on_escalation(this.ask, code = "lost"), next = this.end)]
                child: Subprocess,
                #[node(permission(anyone), next = this.end)]
                ask: Handle,
                end: End,
            }

            /// Whoever is first.
            #[flow(connection = Db)]
            pub struct FirstFlow {
                #[node(permission(anyone), next = this.race)]
                start: StartHandle,
                #[node(next = this.a, next = this.b)]
                race: SplitFirst,
                #[node(permission(anyone), next = this.won)]
                a: Handle,
                #[node(permission(anyone), next = this.won)]
                b: Handle,
                #[node(permission(anyone), next = this.end)]
                won: Handle,
                end: End,
            }

            static FLOWS: Flows<Db> =
                flows![PulseFlow, OrderFlow, WatchFlow, RingFlow, ChildFlow, ManyFlow, StrictFlow, FirstFlow];

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

            fn order(conn: &mut Db, number: &str) -> ProcessId {
                let data = OrderProcessData { number: number.to_owned(), paid: 0, late: false };
                OrderFlow.order.run(conn, &System("shop"), data).unwrap().id().into()
            }

            fn paid(conn: &mut Db, id: ProcessId) -> (ProcessStatus, i64, bool) {
                let process: OrderProcess = OrderFlow.processes().by_id(id).first(conn).unwrap();
                (process.status(), process.paid(), process.late())
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), [], "the rows agree");
            }

            fn start() -> Timestamp {
                "2026-11-28T10:00:00Z".parse().unwrap()
            }

            #[test]
            fn each_time_starts_one_process_over_five_dispatchers() {
                let database = $fresh("ticks");
                let mut connections: Vec<Db> = (0..DISPATCHERS).map(|_| database.connect()).collect();
                let mut conn = database.connect();
                let mut now = start();
                for round in 1..=rounds(15) {
                    at_once_at(&mut connections, now, |_, conn| run(conn));
                    let count: i64 = PulseFlow.processes().count().get_result(&mut conn).unwrap();
                    assert_eq!(count, i64::try_from(round).unwrap(), "round {round}");
                    now = now + minutes(10);
                }
                sound(&mut conn);
            }

            #[test]
            fn a_message_of_one_id_from_two_connections_is_delivered_once() {
                let database = $fresh("one_id");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                let _clock = TestClock::install_at(start());
                for round in 0..rounds(20) {
                    let number = format!("A-{round}");
                    // Two wait, so that a second delivery would find somebody.
                    let orders = [order(&mut conn, &number), order(&mut conn, &number)];
                    let sent = at_once_at(&mut connections, start(), |_, conn| {
                        FLOWS.message(conn, &BANK, "payment", &number, &5).id(&number).send().unwrap()
                    });
                    let repeated = sent.iter().filter(|sent| **sent == Delivery::Repeated).count();
                    assert_eq!(repeated, 1, "{sent:?}");
                    let all: i64 = orders.map(|id| paid(&mut conn, id).1).iter().sum();
                    assert_eq!(all, 5);
                }
                sound(&mut conn);
            }

            #[test]
            fn two_messages_for_one_catch_are_one_delivery_and_for_two_one_each() {
                let database = $fresh("two_messages");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                let _clock = TestClock::install_at(start());
                for round in 0..rounds(20) {
                    let number = format!("A-{round}");
                    let mut orders = vec![order(&mut conn, &number)];
                    if round % 2 == 1 {
                        orders.push(order(&mut conn, &number));
                    }
                    let sent = at_once_at(&mut connections, start(), |n, conn| {
                        FLOWS.message(conn, &BANK, "payment", &number, &[3, 4][n]).send()
                    });
                    let (done, refused): (Vec<_>, Vec<_>) = sent.into_iter().partition(Result::is_ok);
                    assert_eq!((done.len(), refused.len()), (orders.len(), 2 - orders.len()));
                    assert!(refused.into_iter().all(|error| error.unwrap_err().kind() == ErrorKind::NotFound));
                    let mut amounts: Vec<i64> = orders.iter().map(|id| paid(&mut conn, *id).1).collect();
                    amounts.sort_unstable();
                    assert!(amounts == [3] || amounts == [4] || amounts == [3, 4], "{amounts:?}");
                }
                sound(&mut conn);
            }

            #[test]
            fn a_message_and_the_timeout_of_its_catch_are_one_of_the_two() {
                let database = $fresh("timeout");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                let late = start() + hours(1);
                for round in 0..rounds(20) {
                    let number = format!("A-{round}");
                    let id = {
                        let _clock = TestClock::install_at(start());
                        let id = order(&mut conn, &number);
                        run(&mut conn);
                        id
                    };
                    let sent = at_once_at(&mut connections, late, |n, conn| match n {
                        0 => Some(FLOWS.message(conn, &BANK, "payment", &number, &5).send()),
                        _ => {
                            run(conn);
                            None
                        }
                    });
                    let delivered = match sent.into_iter().flatten().next().unwrap() {
                        Ok(Delivery::To(_)) => true,
                        Err(error) if error.kind() == ErrorKind::NotFound => false,
                        other => panic!("{other:?}"),
                    };
                    let wanted = if delivered { (5, false) } else { (0, true) };
                    let (status, amount, is_late) = paid(&mut conn, id);
                    assert_eq!((status, (amount, is_late)), (ProcessStatus::Done, wanted));
                }
                sound(&mut conn);
            }

            #[test]
            fn a_message_and_a_catch_that_opens_at_the_same_time_do_not_miss_each_other() {
                let database = $fresh("opens");
                let mut connections: Vec<Db> = (0..4).map(|_| database.connect()).collect();
                let mut conn = database.connect();
                let _clock = TestClock::install_at(start());
                for round in 0..rounds(30) {
                    let number = format!("A-{round}");
                    let ids = at_once_at(&mut connections, start(), |n, conn| match n {
                        0 => Some(order(conn, &number)),
                        1 => {
                            FLOWS.message(conn, &BANK, "payment", &number, &5).kept_for(days(1)).send().unwrap();
                            None
                        }
                        _ => {
                            run(conn);
                            None
                        }
                    });
                    run(&mut conn);
                    let id = ids.into_iter().flatten().next().unwrap();
                    assert_eq!(paid(&mut conn, id).1, 5, "round {round}");
                }
                sound(&mut conn);
            }

            #[test]
            fn a_signal_comes_once_to_each_catch_over_five_dispatchers() {
                let database = $fresh("signals");
                let mut connections: Vec<Db> = (0..DISPATCHERS).map(|_| database.connect()).collect();
                let mut conn = database.connect();
                let _clock = TestClock::install_at(start());
                for _ in 0..rounds(5) {
                    let start_one = |conn: &mut Db| WatchFlow.start.run(conn, &BANK, Default::default()).unwrap().id();
                    let watchers: Vec<i64> = (0..10).map(|_| start_one(&mut conn)).collect();
                    RingFlow.start.run(&mut conn, &BANK, Default::default()).unwrap();
                    RingFlow.start.run(&mut conn, &BANK, Default::default()).unwrap();
                    at_once_at(&mut connections, start(), |_, conn| run(conn));
                    run(&mut conn);
                    for id in watchers {
                        let history = FLOWS.history(&mut conn, id).unwrap();
                        let actions: Vec<&str> = history.iter().map(|row| row.action()).collect();
                        assert_eq!(actions, ["start", "catch"]);
                    }
                }
                sound(&mut conn);
            }

            #[test]
            fn each_child_is_counted_once_and_each_escalation_comes_once_over_five_dispatchers() {
                let database = $fresh("children");
                let mut connections: Vec<Db> = (0..DISPATCHERS).map(|_| database.connect()).collect();
                let mut conn = database.connect();
                let _clock = TestClock::install_at(start());
                for _ in 0..rounds(5) {
                    let data = OrderProcessData { number: "A-1".to_owned(), paid: 10, late: false };
                    let process = ManyFlow.start.run(&mut conn, &BANK, data).unwrap().id();
                    for task in ChildFlow.work.tasks().open().load(&mut conn).unwrap() {
                        ChildFlow.work.run(&mut conn, task.id(), &BANK, ()).unwrap();
                    }
                    at_once_at(&mut connections, start(), |_, conn| run(conn));
                    run(&mut conn);
                    let row: OrderProcess = ManyFlow.processes().by_id(process).first(&mut conn).unwrap();
                    assert_eq!((row.status(), row.paid()), (ProcessStatus::Done, 20));
                    let tasks = FLOWS.tasks(&mut conn, process).unwrap();
                    assert_eq!(tasks.iter().filter(|task| task.node() == "told").count(), 10);
                }
                sound(&mut conn);
            }

            #[test]
            fn an_escalation_and_a_manager_who_cancels_its_task_are_one_of_the_two() {
                let database = $fresh("escalation");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                let _clock = TestClock::install_at(start());
                for round in 0..rounds(20) {
                    let process = StrictFlow.start.run(&mut conn, &BANK, Default::default()).unwrap().id();
                    let work = ChildFlow.work.tasks().open().one(&mut conn).unwrap().id();
                    ChildFlow.work.run(&mut conn, work, &BANK, ()).unwrap();
                    let child = FLOWS.tasks(&mut conn, process).unwrap()[1].id();
                    at_once_at(&mut connections, start(), |n, conn| match n {
                        0 => run(conn),
                        _ => match FLOWS.cancel_task(conn, child, &BANK) {
                            Ok(_) => {}
                            Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error}"),
                        },
                    });
                    run(&mut conn);
                    let tasks = FLOWS.tasks(&mut conn, process).unwrap();
                    let (asked, rests) = (tasks.iter().filter(|task| task.node() == "ask").count(), tasks[1].resting());
                    assert_eq!((asked, rests), if rests { (0, true) } else { (1, false) }, "round {round}");
                }
                sound(&mut conn);
            }

            #[test]
            fn one_of_two_racers_wins() {
                let database = $fresh("race");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                let _clock = TestClock::install_at(start());
                for round in 0..rounds(20) {
                    let process = FirstFlow.start.run(&mut conn, &BANK, Default::default()).unwrap().id();
                    let tasks = FLOWS.tasks(&mut conn, process).unwrap();
                    let (a, b) = (tasks[2].id(), tasks[3].id());
                    let done = at_once_at(&mut connections, start(), |n, conn| match n {
                        0 => FirstFlow.a.run(conn, a, &BANK, ()).map(drop),
                        _ => FirstFlow.b.run(conn, b, &BANK, ()).map(drop),
                    });
                    let (won, lost): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
                    assert_eq!((won.len(), lost.len()), (1, 1), "round {round}");
                    assert_eq!(lost[0].as_ref().unwrap_err().kind(), ErrorKind::Conflict);
                    let won = FirstFlow.won.tasks().open().of(process).load(&mut conn).unwrap();
                    assert_eq!(won.len(), 1);
                }
                sound(&mut conn);
            }
            }
        }
    };
}
