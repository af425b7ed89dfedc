//! Times at which processes start, messages and signals.

/// The cases of what comes from outside, on a back end.
#[macro_export]
macro_rules! events_suite {
    ($connection:ty, $database:expr) => {
        mod events {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{Delivery, DueProblemKind, ErrorKind, ProcessId, ProcessStatus::*, TaskStatus, WaitsFor, test_util::TestClock};
            use $crate::app::{ALICE, BOB, MONA};

            type Db = $connection;

            fn database() -> Db {
                let mut conn: Db = $database;
                FLOWS.migrate(&mut conn).unwrap();
                conn
            }

            #[derive(ProcessProxy, Debug)]
            pub struct NightProcess {
                process: Process,
                #[json(default)]
                runs: i64,
            }

            /// Starts every ten minutes.
            #[flow(process = NightProcess, connection = Db)]
            pub struct PulseFlow {
                #[node(every = minutes(10), next = this.count)]
                pulse: StartTimer,
                #[node(run = |a| a.process.set_runs(a.process.runs() + 1), next = this.end)]
                count: Function,
                end: End,
            }

            /// Starts in the morning of each working day, in Berlin.
            #[flow(process = NightProcess, connection = Db)]
            pub struct MorningFlow {
                #[node(cron = "0 7 * * MON-FRI", zone = "Europe/Berlin", next = this.fails)]
                morning: StartTimer,
                #[node(run = this.fail, next = this.end)]
                fails: Function,
                end: End,
            }

            impl MorningFlow {
                fn fail(_: &mut Activation<Self>) -> Step {
                    Err("too early".into())
                }
            }

            #[derive(ProcessProxy, Debug)]
            pub struct OrderProcess {
                process: Process,
                number: String,
                #[json(default)]
                paid: i64,
            }

            /// What the bank tells.
            #[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
            pub struct Payment { pub amount: i64 }

            /// Waits for a payment.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.paid)]
                order: StartHandle,
                #[node(message = "payment", key = |a| a.process.number(), input = Payment, run = this.pay,
                       permission("can_sign"), on_timeout(days(14), this.late), next = this.end)]
                paid: MessageCatch,
                late: End,
                end: End,
            }

            impl OrderFlow {
                fn pay(a: &mut Activation<Self>, payment: Payment) -> Step {
                    if payment.amount < 0 {
                        return Err("a payment is not negative".into());
                    }
                    a.process.set_paid(payment.amount);
                    Ok(())
                }
            }

            /// Pays an order.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct PayFlow {
                #[node(permission(anyone), next = this.pay)]
                start: StartHandle,
                #[node(message = "payment", key = |a| a.process.number(), value = |a| Payment { amount: a.process.paid() },
                       kept_for = days(2), next = this.tell)]
                pay: MessageThrow,
                #[node(signal = "paid", next = this.check)]
                tell: SignalThrow,
                #[node(run = |a| if a.process.paid() == 13 { Err("unlucky".into()) } else { Ok(()) }, next = this.end)]
                check: Function,
                end: End,
            }

            /// Waits for a signal.
            #[flow(connection = Db)]
            pub struct WatchFlow {
                #[node(permission(anyone), next = this.paid)]
                start: StartHandle,
                #[node(signal = "paid", on_timeout(days(1), this.late), next = this.end)]
                paid: SignalCatch,
                late: End,
                end: End,
            }

            /// Sends a message from a callback, and does it by hand, by code and by a rule.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct RelayFlow {
                #[node(permission(anyone), next = this.relay)]
                start: StartHandle,
                #[node(run = this.send(conn), next = this.rule)]
                relay: SendHandle,
                #[node(run = |a| a.process.set_paid(a.process.paid() * 2), next = this.carry)]
                rule: BusinessRule,
                #[node(form = CarryForm { paid }, permission("can_sign"), assign = |_| "bob", next = this.sign)]
                carry: ManualTask,
                #[node(permission("can_sign"), on_timeout(days(1), this.end), undo = |a| a.process.set_paid(0), next = this.end)]
                sign: ManualTask,
                end: End,
            }

            impl RelayFlow {
                fn send(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    let payment = Payment { amount: a.process.paid() };
                    let sent = FLOWS.message(conn, &System("relay"), "payment", a.process.number(), &payment).send()?;
                    assert_eq!(sent, Delivery::Committed);
                    if payment.amount == 13 { Err("unlucky".into()) } else { Ok(()) }
                }
            }

            diesel::table! {
                /// A table of the app's own.
                stock (item) { item -> Text, }
            }

            /// Waits for what another branch does, and for what is outside.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct GoodsFlow {
                #[node(permission(anyone), next = this.split)]
                start: StartHandle,
                #[node(next = this.pay, next = this.paid, next = this.broken)]
                split: Split,
                #[node(form = PaidForm { paid }, permission(anyone), next = this.meet)]
                pay: View,
                #[node(if = |a| a.process.paid() > 0, on_timeout(days(1), this.meet), next = this.in_stock)]
                paid: ConditionalCatch,
                #[node(if = |a, conn| Ok(stock::table.find(a.process.number()).count().get_result::<i64>(conn)? > 0), next = this.meet)]
                in_stock: ConditionalCatch,
                #[node(if = this.breaks, next = this.meet)]
                broken: ConditionalCatch,
                #[node(next = this.end)]
                meet: Join,
                end: End,
            }

            impl GoodsFlow {
                fn breaks(a: &Activation<Self>) -> Step<bool> {
                    if a.process.paid() == 13 { Err("unlucky".into()) } else { Ok(a.process.number() == "whole") }
                }
            }

            static FLOWS: Flows<Db> = flows![PulseFlow, MorningFlow, OrderFlow, PayFlow, WatchFlow, RelayFlow, GoodsFlow];

            fn at(text: &str) -> TestClock {
                TestClock::install_at(text.parse().unwrap())
            }

            fn due_rows(conn: &mut Db) -> i64 {
                let rows = flow_core::schema::flow_due::table.filter(flow_core::schema::flow_due::kind.ne("TICK"));
                rows.count().get_result(conn).unwrap()
            }

            fn pulses(conn: &mut Db) -> i64 {
                PulseFlow.processes().count().get_result(conn).unwrap()
            }

            fn order(conn: &mut Db, number: &str) -> ProcessId {
                let data = OrderProcessData { number: number.to_owned(), paid: 0 };
                OrderFlow.order.run(conn, &ALICE, data).unwrap().id().into()
            }

            fn pay(conn: &mut Db, number: &str, paid: i64) -> flow_core::Result<OrderProcess> {
                PayFlow.start.run(conn, &ALICE, OrderProcessData { number: number.to_owned(), paid })
            }

            fn paid(conn: &mut Db, id: ProcessId) -> (flow_core::ProcessStatus, i64) {
                let process: OrderProcess = OrderFlow.processes().by_id(id).first(conn).unwrap();
                (process.status(), process.paid())
            }

            fn run(conn: &mut Db) -> flow_core::DueReport {
                let mut all = flow_core::DueReport::default();
                loop {
                    let report = FLOWS.run_due(conn).unwrap();
                    let any = report.any();
                    all += report;
                    if !any { return all; }
                }
            }

            /// What the bank sends.
            fn bank(conn: &mut Db, number: &str, amount: i64) -> flow_core::Result<Delivery> {
                FLOWS.message(conn, &BOB, "payment", number, &Payment { amount }).send()
            }

            #[test]
            fn case_61_an_interval_starts_at_once_then_once_each_time_and_missed_ones_are_one_start() {
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1, "the first at once");
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 0);
                clock.advance(minutes(9));
                run(&mut conn);
                assert_eq!(pulses(&mut conn), 1);
                clock.advance(minutes(1));
                run(&mut conn);
                assert_eq!(pulses(&mut conn), 2);
                clock.advance(minutes(64));
                assert_eq!(run(&mut conn).done, 1);
                assert_eq!(pulses(&mut conn), 3, "an hour of outage is one start");
                clock.advance(minutes(6));
                run(&mut conn);
                assert_eq!(pulses(&mut conn), 4, "the grid is kept: 11:20");
                let first: NightProcess = PulseFlow.processes().first(&mut conn).unwrap();
                assert_eq!((first.status(), first.runs()), (Done, 1));
                let history = FLOWS.history(&mut conn, first.id()).unwrap();
                assert_eq!((history[0].action(), history[0].actor()), ("start", "flow"));
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
                assert!(FLOWS.get("pulse").unwrap().starts().next().is_none(), "nobody starts it by hand");
            }

            #[test]
            fn a_cron_starts_at_its_local_time_and_what_fails_behind_it_is_in_error() {
                // Saturday.
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                run(&mut conn);
                let count = |conn: &mut Db| MorningFlow.processes().count().get_result::<i64>(conn).unwrap();
                clock.advance(hours(43));
                run(&mut conn);
                assert_eq!(count(&mut conn), 0, "Monday, 6:00 in Berlin");
                clock.advance(hours(1));
                let report = run(&mut conn);
                assert_eq!((count(&mut conn), report.failed), (1, 1), "{report:?}");
                let process: NightProcess = MorningFlow.processes().first(&mut conn).unwrap();
                let tasks = FLOWS.tasks(&mut conn, process.id()).unwrap();
                assert_eq!((tasks[0].status(), tasks[1].status()), (TaskStatus::Done, TaskStatus::Error));
                assert_eq!((tasks[0].kind(), tasks[0].task_type(), tasks[0].owner()), ("StartTimer", "START", None));
                run(&mut conn);
                assert_eq!(count(&mut conn), 1);
            }

            #[test]
            fn a_message_goes_to_the_oldest_catch_of_its_key_whose_permission_lets_the_sender() {
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                let first = order(&mut conn, "A-1");
                clock.advance(seconds(1));
                let second = order(&mut conn, "A-1");
                let other = order(&mut conn, "A-2");
                let places = FLOWS.explain(&mut conn, first).unwrap().places;
                assert_eq!(places[0].waits_for, WaitsFor::Message("payment".into(), "A-1".into()));
                for missing in ["A-3", "a-1", "A-1 "] {
                    assert_eq!(bank(&mut conn, missing, 5).unwrap_err().kind(), ErrorKind::NotFound, "{missing}");
                }
                let alice = FLOWS.message(&mut conn, &ALICE, "payment", "A-1", &Payment { amount: 5 }).send();
                assert_eq!(alice.unwrap_err().kind(), ErrorKind::NotFound, "she may not");
                let wrong = FLOWS.message(&mut conn, &BOB, "payment", "A-1", "five").send();
                assert_eq!(wrong.unwrap_err().kind(), ErrorKind::Invalid);
                let typed = FLOWS.message(&mut conn, &BOB, "payment", "A-1", &serde_json::json!({ "amount": "five" })).send();
                assert_eq!(typed.unwrap_err().kind(), ErrorKind::Invalid);
                assert_eq!(bank(&mut conn, "A-1", -5).unwrap_err().kind(), ErrorKind::Step, "its code refuses");
                assert_eq!(paid(&mut conn, first), (New, 0));
                assert_eq!(bank(&mut conn, "A-1", 7).unwrap(), Delivery::To(places[0].task));
                assert_eq!((paid(&mut conn, first), paid(&mut conn, second)), ((Done, 7), (New, 0)));
                let history = FLOWS.history(&mut conn, first).unwrap();
                assert_eq!((history[1].action(), history[1].actor()), ("run", "bob"));
                bank(&mut conn, "A-1", 8).unwrap();
                assert_eq!(paid(&mut conn, second), (Done, 8));
                assert_eq!(bank(&mut conn, "A-1", 9).unwrap_err().kind(), ErrorKind::NotFound);
                let sent = FLOWS.message(&mut conn, &BOB, "paiment", "A-1", &()).kept_for(days(1)).send();
                assert_eq!(sent.unwrap_err().to_string(), "there is no flow of the list that receives message `paiment`");
                for key in [String::new(), "x".repeat(201), "a\0".to_owned()] {
                    let refused = FLOWS.message(&mut conn, &BOB, "payment", key, &()).send();
                    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
                }
                let task = OrderFlow.paid.tasks().of(other).one(&mut conn).unwrap().id();
                OrderFlow.paid.run(&mut conn, task, &BOB, Payment { amount: 1 }).unwrap();
                assert_eq!(paid(&mut conn, other), (Done, 1), "by its task");
                assert_eq!(due_rows(&mut conn), 0);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn a_message_that_comes_early_is_kept_and_its_id_delivers_once() {
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                let send = |conn: &mut Db, id: &str, amount| {
                    FLOWS.message(conn, &BOB, "payment", "A-1", &Payment { amount }).id(id).kept_for(hours(2)).send()
                };
                assert_eq!(send(&mut conn, "evt_1", 5).unwrap(), Delivery::Kept);
                assert_eq!(send(&mut conn, "evt_1", 6).unwrap(), Delivery::Repeated);
                assert!(run(&mut conn).problems.is_empty());
                let first = order(&mut conn, "A-1");
                run(&mut conn);
                assert_eq!(paid(&mut conn, first), (Done, 5));
                assert_eq!(FLOWS.history(&mut conn, first).unwrap()[1].actor(), "bob");
                assert_eq!(send(&mut conn, "evt_1", 7).unwrap(), Delivery::Repeated, "after its delivery too");
                // Nobody takes it in time: it is reported, and its id is free.
                assert_eq!(send(&mut conn, "evt_2", 8).unwrap(), Delivery::Kept);
                run(&mut conn);
                clock.advance(hours(2));
                let report = run(&mut conn);
                let told = report.problems.iter().find(|problem| problem.kind == DueProblemKind::Expired).unwrap();
                assert_eq!(told.error, "nobody has received message `payment` of key `A-1` in time");
                assert_eq!(send(&mut conn, "evt_2", 9).unwrap(), Delivery::Kept);
                let second = order(&mut conn, "A-1");
                run(&mut conn);
                assert_eq!(paid(&mut conn, second), (Done, 9));
                // NotFound frees it as well.
                let now = |conn: &mut Db| FLOWS.message(conn, &BOB, "payment", "A-1", &Payment { amount: 4 }).id("evt_3").send();
                assert_eq!(now(&mut conn).unwrap_err().kind(), ErrorKind::NotFound);
                let third = order(&mut conn, "A-1");
                assert!(matches!(now(&mut conn).unwrap(), Delivery::To(_)));
                assert_eq!(now(&mut conn).unwrap(), Delivery::Repeated);
                assert_eq!(paid(&mut conn, third), (Done, 4));
                // Who may deliver it nowhere cannot have it kept.
                let alice = FLOWS.message(&mut conn, &ALICE, "payment", "A-1", &Payment { amount: 1 }).kept_for(days(1)).send();
                assert_eq!(alice.unwrap_err().kind(), ErrorKind::Denied);
                run(&mut conn);
                assert_eq!(due_rows(&mut conn), 0);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn kept_messages_are_taken_in_their_order_one_by_each_catch() {
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                for amount in [1, 2, 3] {
                    FLOWS.message(&mut conn, &BOB, "payment", "A-1", &Payment { amount }).kept_for(days(1)).send().unwrap();
                    clock.advance(seconds(1));
                }
                run(&mut conn);
                let orders = [order(&mut conn, "A-1"), order(&mut conn, "A-1")];
                run(&mut conn);
                assert_eq!(orders.map(|id| paid(&mut conn, id)), [(Done, 1), (Done, 2)]);
                assert_eq!(due_rows(&mut conn), 1);
            }

            #[test]
            fn a_message_for_a_suspended_process_is_kept_and_comes_when_it_goes_on() {
                let _clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                let id = order(&mut conn, "A-1");
                run(&mut conn);
                FLOWS.suspend(&mut conn, id, &MONA).unwrap();
                assert_eq!(bank(&mut conn, "A-1", 5).unwrap_err().kind(), ErrorKind::NotFound);
                let kept = FLOWS.message(&mut conn, &BOB, "payment", "A-1", &Payment { amount: 5 }).kept_for(days(1)).send();
                assert_eq!(kept.unwrap(), Delivery::Kept);
                run(&mut conn);
                assert_eq!(paid(&mut conn, id), (New, 0));
                FLOWS.resume(&mut conn, id, &MONA).unwrap();
                run(&mut conn);
                assert_eq!(paid(&mut conn, id), (Done, 5));
            }

            #[test]
            fn a_catch_that_times_out_or_is_cancelled_waits_no_more_and_a_revived_one_waits_again() {
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                let (late, canceled) = (order(&mut conn, "A-1"), order(&mut conn, "A-2"));
                let task = OrderFlow.paid.tasks().of(canceled).one(&mut conn).unwrap().id();
                OrderFlow.paid.cancel(&mut conn, task, &MONA).unwrap();
                assert_eq!(bank(&mut conn, "A-2", 5).unwrap_err().kind(), ErrorKind::NotFound);
                OrderFlow.paid.revive(&mut conn, task, &MONA).unwrap();
                bank(&mut conn, "A-2", 6).unwrap();
                assert_eq!(paid(&mut conn, canceled), (Done, 6));
                clock.advance(days(14));
                run(&mut conn);
                assert_eq!(paid(&mut conn, late), (Done, 0));
                assert_eq!(bank(&mut conn, "A-1", 5).unwrap_err().kind(), ErrorKind::NotFound);
                assert_eq!(due_rows(&mut conn), 0);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn what_a_flow_throws_is_delivered_after_its_transaction_and_a_rollback_sends_nothing() {
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                let waits = order(&mut conn, "A-1");
                let watch = WatchFlow.start.run(&mut conn, &ALICE, Default::default()).unwrap().id();
                run(&mut conn);
                assert_eq!(pay(&mut conn, "A-1", 13).unwrap_err().kind(), ErrorKind::Step);
                run(&mut conn);
                assert_eq!(paid(&mut conn, waits), (New, 0), "rolled back");
                assert_eq!(FLOWS.process(&mut conn, watch).unwrap().status(), New);
                let thrower = pay(&mut conn, "A-1", 7).unwrap();
                assert_eq!((thrower.status(), paid(&mut conn, waits)), (Done, (New, 0)), "not inside the first transaction");
                run(&mut conn);
                assert_eq!(paid(&mut conn, waits), (Done, 7));
                assert_eq!(FLOWS.process(&mut conn, watch).unwrap().status(), Done);
                assert_eq!(FLOWS.history(&mut conn, waits).unwrap()[1].actor(), "flow");
                // Nobody waits yet: kept for two days.
                pay(&mut conn, "A-2", 8).unwrap();
                run(&mut conn);
                clock.advance(days(1));
                let early = order(&mut conn, "A-2");
                run(&mut conn);
                assert_eq!(paid(&mut conn, early), (Done, 8));
                pay(&mut conn, "A-3", 9).unwrap();
                run(&mut conn);
                clock.advance(days(2));
                let report = run(&mut conn);
                assert!(report.problems.iter().any(|problem| problem.kind == DueProblemKind::Expired), "{report:?}");
                assert_eq!(due_rows(&mut conn), 0);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn case_68_a_signal_releases_each_catch_that_waited_when_it_was_thrown_once() {
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                let watch = |conn: &mut Db| WatchFlow.start.run(conn, &ALICE, Default::default()).unwrap().id();
                let status = |conn: &mut Db, id| FLOWS.process(conn, id).unwrap().status();
                let (first, second, held) = (watch(&mut conn), watch(&mut conn), watch(&mut conn));
                assert_eq!(FLOWS.explain(&mut conn, first).unwrap().places[0].waits_for, WaitsFor::Signal("paid".into()));
                FLOWS.suspend(&mut conn, held, &MONA).unwrap();
                pay(&mut conn, "A-1", 1).unwrap();
                pay(&mut conn, "A-2", 1).unwrap();
                let late = watch(&mut conn);
                run(&mut conn);
                assert_eq!([first, second, late].map(|id| status(&mut conn, id)), [Done, Done, New]);
                assert_eq!(status(&mut conn, held), New);
                FLOWS.resume(&mut conn, held, &MONA).unwrap();
                run(&mut conn);
                assert_eq!(status(&mut conn, held), Done, "it waited when the signal was thrown");
                let history = FLOWS.history(&mut conn, first).unwrap();
                let actions: Vec<&str> = history.iter().map(|row| row.action()).collect();
                assert_eq!(actions, ["start", "catch"]);
                clock.advance(days(1));
                run(&mut conn);
                assert_eq!(status(&mut conn, late), Done);
                pay(&mut conn, "A-1", 1).unwrap();
                clock.advance(days(3));
                run(&mut conn);
                assert_eq!(due_rows(&mut conn), 0);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn case_69_a_condition_is_looked_at_when_its_process_changes_and_each_minute_for_what_is_outside() {
                use diesel::connection::SimpleConnection as _;
                let clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                conn.batch_execute("create table stock (item text primary key)").unwrap();
                let goods = |conn: &mut Db, number: &str| {
                    GoodsFlow.start.run(conn, &ALICE, OrderProcessData { number: number.into(), paid: 0 }).unwrap().id()
                };
                let places = |conn: &mut Db, id| {
                    let tasks = FLOWS.explain(conn, id).unwrap().places;
                    tasks.iter().map(|place| format!("{} {}", place.node, place.status)).collect::<Vec<_>>()
                };
                let id = goods(&mut conn, "whole");
                assert_eq!(places(&mut conn, id), ["pay NEW", "paid NEW", "paid__timeout__meet SCHEDULED", "meet STARTED"], "one held at once");
                assert_eq!(FLOWS.explain(&mut conn, id).unwrap().places[1].waits_for, WaitsFor::Condition);
                clock.advance(minutes(2));
                let before = FLOWS.history(&mut conn, id).unwrap().len();
                run(&mut conn);
                assert_eq!(FLOWS.history(&mut conn, id).unwrap().len(), before, "a look that changes nothing writes nothing");
                // The person's own step lets the other branch go on.
                let task = GoodsFlow.pay.tasks().open().of(id).one(&mut conn).unwrap().id();
                GoodsFlow.pay.assign(&mut conn, task, &ALICE).unwrap();
                GoodsFlow.pay.execute(&mut conn, task, &ALICE, PaidForm { paid: 5 }).unwrap();
                assert_eq!(places(&mut conn, id), ["meet STARTED", "in_stock NEW"]);
                diesel::insert_into(stock::table).values(stock::item.eq("whole")).execute(&mut conn).unwrap();
                run(&mut conn);
                assert_eq!(FLOWS.process(&mut conn, id).unwrap().status(), New, "not before its minute");
                clock.advance(minutes(1));
                run(&mut conn);
                assert_eq!(FLOWS.process(&mut conn, id).unwrap().status(), Done);
                assert_eq!(FLOWS.history(&mut conn, id).unwrap().last().unwrap().action(), "catch");
                // A condition that fails beside a person's step is its own failure, and not the person's.
                let id = goods(&mut conn, "parts");
                let task = GoodsFlow.pay.tasks().open().of(id).one(&mut conn).unwrap().id();
                GoodsFlow.pay.assign(&mut conn, task, &ALICE).unwrap();
                GoodsFlow.pay.execute(&mut conn, task, &ALICE, PaidForm { paid: 13 }).unwrap();
                assert_eq!(places(&mut conn, id), ["broken ERROR", "meet STARTED", "in_stock NEW"]);
                // While it is suspended nothing is looked at.
                FLOWS.suspend(&mut conn, id, &MONA).unwrap();
                diesel::insert_into(stock::table).values(stock::item.eq("parts")).execute(&mut conn).unwrap();
                clock.advance(minutes(5));
                run(&mut conn);
                assert_eq!(places(&mut conn, id).last().unwrap(), "in_stock NEW");
                FLOWS.resume(&mut conn, id, &MONA).unwrap();
                run(&mut conn);
                assert_eq!(places(&mut conn, id), ["broken ERROR", "meet STARTED"]);
                let broken = GoodsFlow.broken.tasks().of(id).one(&mut conn).unwrap().id();
                GoodsFlow.broken.end_branch(&mut conn, broken, &MONA).unwrap();
                assert_eq!(FLOWS.process(&mut conn, id).unwrap().status(), Done);
                // One that times out waits no more.
                let id = goods(&mut conn, "whole");
                clock.advance(days(1));
                run(&mut conn);
                assert_eq!(places(&mut conn, id), ["pay NEW", "meet STARTED"]);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn hints_name_what_nobody_hears() {
                assert_eq!(FLOWS.hints(), []);
                static ALONE: Flows<Db> = flows![PayFlow, WatchFlow];
                let hints: Vec<String> = ALONE.hints().iter().map(ToString::to_string).collect();
                assert_eq!(hints, ["`pay.pay`: no flow of the list catches the message `payment`"]);
            }

            #[test]
            fn a_message_from_a_callback_leaves_with_its_transaction_and_manual_tasks_are_done_by_people() {
                let _clock = at("2026-11-28T10:00:00Z");
                let mut conn = database();
                let waits = order(&mut conn, "A-1");
                let relay = |conn: &mut Db, paid| RelayFlow.start.run(conn, &ALICE, OrderProcessData { number: "A-1".into(), paid });
                assert!(relay(&mut conn, 13).is_err());
                run(&mut conn);
                assert_eq!(paid(&mut conn, waits), (New, 0));
                let process = relay(&mut conn, 4).unwrap();
                assert_eq!(process.paid(), 8, "by the rule");
                run(&mut conn);
                assert_eq!(paid(&mut conn, waits), (Done, 4));
                let kinds: Vec<String> =
                    FLOWS.tasks(&mut conn, process.id()).unwrap().iter().map(|task| format!("{} {}", task.kind(), task.task_type())).collect();
                assert_eq!(kinds, ["StartHandle START", "SendHandle FUNCTION", "BusinessRule FUNCTION", "ManualTask HUMAN"]);
                let carry = RelayFlow.carry.tasks().open().one(&mut conn).unwrap().id();
                assert_eq!(FLOWS.inbox(&mut conn, &BOB).unwrap().len(), 1, "assigned to him");
                RelayFlow.carry.execute(&mut conn, carry, &BOB, CarryForm { paid: 3 }).unwrap();
                let sign = RelayFlow.sign.tasks().open().one(&mut conn).unwrap().id();
                assert_eq!(RelayFlow.sign.assign(&mut conn, sign, &ALICE).unwrap_err().kind(), ErrorKind::Denied);
                assert_eq!(FLOWS.queue(&mut conn, &BOB).unwrap().len(), 1);
                FLOWS.assign(&mut conn, sign, &BOB).unwrap();
                FLOWS.execute(&mut conn, sign, &BOB, flow_core::form::Sent::Json(b"{}")).unwrap();
                let done: OrderProcess = RelayFlow.processes().by_id(process.id()).first(&mut conn).unwrap();
                assert_eq!((done.status(), done.paid()), (Done, 3));
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }
            }
        }
    };
}
