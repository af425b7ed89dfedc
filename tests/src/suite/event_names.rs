//! Messages and signals that a later release calls otherwise, and the ids of messages.

/// The cases of the names and ids of what is waited for, on a back end.
#[macro_export]
macro_rules! event_names_suite {
    ($connection:ty, $database:expr) => {
        mod event_names {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{Delivery, ErrorKind, ProblemKind, ProcessId, ProcessStatus, test_util::TestClock};
            use $crate::app::{ALICE, BOB, MONA};

            type Db = $connection;

            #[derive(ProcessProxy, Debug)]
            pub struct OrderProcess { process: Process, number: String }

            mod first {
                use super::*;

                /// Waits for a payment, and for the shop to close.
                #[flow(process = OrderProcess, connection = Db, name = "named_order")]
                pub struct OrderFlow {
                    #[node(permission(anyone), next = this.split)]
                    pub start: StartHandle,
                    #[node(next = this.paid, next = this.closed)]
                    split: Split,
                    #[node(message = "payment", key = |a| a.process.number(), permission("can_sign"), next = this.join)]
                    paid: MessageCatch,
                    #[node(signal = "closed", next = this.join)]
                    closed: SignalCatch,
                    #[node(next = this.end)]
                    join: Join,
                    end: End,
                }
            }

            /// The same with other names.
            #[flow(process = OrderProcess, connection = Db, name = "named_order")]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.split)]
                start: StartHandle,
                #[node(next = this.paid, next = this.closed)]
                split: Split,
                #[node(message = "pay", key = |a| a.process.number(), permission("can_sign"), next = this.join)]
                paid: MessageCatch,
                #[node(signal = "clos", next = this.join)]
                closed: SignalCatch,
                #[node(next = this.end)]
                join: Join,
                end: End,
            }

            /// Closes the shop.
            #[flow(connection = Db)]
            pub struct CloseFlow {
                #[node(permission(anyone), next = this.close)]
                start: StartHandle,
                #[node(signal = "clos", next = this.end)]
                close: SignalThrow,
                end: End,
            }

            static FIRST: Flows<Db> = flows![first::OrderFlow];
            static FLOWS: Flows<Db> = flows![OrderFlow, CloseFlow];

            fn database() -> Db {
                let mut conn: Db = $database;
                FLOWS.migrate(&mut conn).unwrap();
                conn
            }

            fn order(number: &str) -> OrderProcessData {
                OrderProcessData { number: number.to_owned() }
            }

            #[test]
            fn what_waits_under_an_earlier_name_is_a_problem_until_it_is_revived() {
                let mut conn = database();
                let id: ProcessId = first::OrderFlow.start.run(&mut conn, &ALICE, order("A-1")).unwrap().id().into();
                assert_eq!(FIRST.check(&mut conn).unwrap(), []);
                let newer: ProcessId = OrderFlow.start.run(&mut conn, &ALICE, order("A-2")).unwrap().id().into();

                let problems = FLOWS.check(&mut conn).unwrap();
                let found: Vec<_> = problems.iter().map(|problem| (problem.process, &problem.kind)).collect();
                let of = |expected| ProblemKind::OtherEvent { expected };
                assert_eq!(found, [(Some(id.get()), &of("pay")), (Some(id.get()), &of("clos"))], "{problems:?}");
                assert!(problems[0].to_string().contains("it does not wait for `pay`"), "{}", problems[0]);
                let sent = FLOWS.message(&mut conn, &BOB, "pay", "A-1", &()).send();
                assert_eq!(sent.unwrap_err().kind(), ErrorKind::NotFound);

                for problem in problems {
                    let task = problem.task.unwrap();
                    FLOWS.cancel_task(&mut conn, task, &MONA).unwrap();
                    FLOWS.revive(&mut conn, task, &MONA).unwrap();
                }
                assert_eq!(FLOWS.check(&mut conn).unwrap(), []);
                for number in ["A-1", "A-2"] {
                    FLOWS.message(&mut conn, &BOB, "pay", number, &()).send().unwrap();
                }
                CloseFlow.start.run(&mut conn, &ALICE, Default::default()).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                for id in [id, newer] {
                    assert_eq!(FLOWS.process(&mut conn, id).unwrap().status(), ProcessStatus::Done);
                }
            }

            #[test]
            fn ids_of_delivered_messages_are_kept_until_they_are_forgotten() {
                let clock = TestClock::install();
                let mut conn = database();
                let send = |conn: &mut Db, id: &str| FLOWS.message(conn, &BOB, "pay", "A-1", &()).id(id).kept_for(days(99)).send();
                OrderFlow.start.run(&mut conn, &ALICE, order("A-1")).unwrap();
                assert!(matches!(send(&mut conn, "evt_1"), Ok(Delivery::To(_))));
                assert_eq!(send(&mut conn, "evt_2").unwrap(), Delivery::Kept);
                clock.advance(days(30));
                assert_eq!(send(&mut conn, "evt_1").unwrap(), Delivery::Repeated);
                assert_eq!(FLOWS.forget_message_ids(&mut conn, days(31)).unwrap(), 0);
                assert_eq!(FLOWS.forget_message_ids(&mut conn, days(29)).unwrap(), 1, "not the one that is kept");
                assert_eq!(send(&mut conn, "evt_2").unwrap(), Delivery::Repeated);
                assert_eq!(send(&mut conn, "evt_1").unwrap(), Delivery::Kept);
            }
            }
        }
    };
}
