//! Timeouts of tasks that wait while the code changes: their rows are found by the names of host and target.

/// The cases of timeouts in flight, on a back end.
#[macro_export]
macro_rules! timeouts_suite {
    ($connection:ty, $database:expr) => {
        mod timeouts {
            $crate::cases! {
            use diesel::{QueryDsl as _, RunQueryDsl as _};
            use flow_core::prelude::{Flows, hours, minutes};
            use flow_core::schema::flow_task;
            use flow_core::{ProcessStatus, ProcessStatus::*, Task, test_util::TestClock};
            use $crate::app::ALICE;

            type Db = $connection;

            mod before {
                use flow_core::prelude::*;

                #[flow(name = "ask", connection = super::Db)]
                pub struct AskFlow {
                    #[node(permission(anyone), next = this.ask)]
                    pub start: Start,
                    #[node(permission(anyone), on_timeout(hours(1), this.reminded, interrupting = false),
                           on_timeout(hours(9), this.late), next = this.end)]
                    pub ask: View,
                    pub reminded: End,
                    pub late: End,
                    pub end: End,
                }
            }

            mod turned_round {
                use flow_core::prelude::*;

                #[flow(name = "ask", connection = super::Db)]
                pub struct AskFlow {
                    #[node(permission(anyone), next = this.ask)]
                    pub start: Start,
                    #[node(permission(anyone), on_timeout(minutes(1), this.end, interrupting = false),
                           on_timeout(hours(9), this.late), on_timeout(hours(1), this.reminded, interrupting = false), next = this.end)]
                    pub ask: View,
                    pub reminded: End,
                    pub late: End,
                    pub end: End,
                }

                pub static FLOWS: Flows<super::Db> = flows![AskFlow];
            }

            mod renamed {
                use flow_core::prelude::*;

                #[flow(name = "ask", connection = super::Db)]
                pub struct AskFlow {
                    #[node(permission(anyone), next = this.review)]
                    pub start: Start,
                    #[node(was = ["ask"], permission(anyone),
                           on_timeout(hours(9), this.too_late, name = "deadline"),
                           on_timeout(hours(1), this.told, interrupting = false), next = this.end)]
                    pub review: View,
                    #[node(was = ["reminded"])]
                    pub told: End,
                    #[node(name = "expired", was = ["late"])]
                    pub too_late: End,
                    pub end: End,
                }

                pub static FLOWS: Flows<super::Db> = flows![AskFlow];
            }

            /// What has come of a process that was started by the first version, after one and after nine hours in
            /// the other, and the names of its tasks.
            fn in_flight(conn: &mut Db, flows: &Flows<Db>, clock: &TestClock, rows: &str) -> ([ProcessStatus; 2], String) {
                before::AskFlow.start.run(conn, &ALICE, ()).unwrap();
                if !rows.is_empty() {
                    for sql in rows.split(';') {
                        diesel::sql_query(sql).execute(conn).unwrap();
                    }
                }
                let status = |conn: &mut Db| {
                    flows.run_until_idle(conn).unwrap();
                    let found = before::AskFlow.processes().load(conn).unwrap().remove(0);
                    let tasks: Vec<Task> = before::AskFlow.tasks().order(flow_task::number).load(conn).unwrap();
                    let tasks = tasks.iter().map(|task| format!("{}:{}", task.node(), task.status()));
                    (found.status(), tasks.collect::<Vec<_>>().join(" "))
                };
                clock.advance(hours(1));
                let (first, _) = status(conn);
                clock.advance(hours(8) + minutes(1));
                let (second, tasks) = status(conn);
                ([first, second], tasks)
            }

            #[test]
            fn each_stays_what_it_was_when_others_are_put_in_front_and_all_change_places() {
                let (mut conn, clock) = ($database, TestClock::install());
                let (status, tasks) = in_flight(&mut conn, &turned_round::FLOWS, &clock, "");
                assert_eq!(status, [New, Done], "{tasks}");
                let first = "start:DONE ask:CANCELED ask__timeout__reminded:DONE ask__timeout__late:DONE";
                assert_eq!(tasks, format!("{first} reminded:DONE late:DONE"));
            }

            #[test]
            fn each_is_found_by_the_older_names_of_its_host_and_its_target() {
                let (mut conn, clock) = ($database, TestClock::install());
                let (status, tasks) = in_flight(&mut conn, &renamed::FLOWS, &clock, "");
                assert_eq!(status, [New, Done], "{tasks}");
                assert!(tasks.ends_with("told:DONE expired:DONE"), "{tasks}");
            }

            #[test]
            fn rows_of_the_first_schema_are_found_by_their_place() {
                let (mut conn, clock) = ($database, TestClock::install());
                let counted = "UPDATE flow_task SET node = 'ask__timeout' WHERE node = 'ask__timeout__reminded';\
                               UPDATE flow_task SET node = 'ask__timeout_2' WHERE node = 'ask__timeout__late'";
                let (status, tasks) = in_flight(&mut conn, &before_flows(), &clock, counted);
                assert_eq!(status, [New, Done], "{tasks}");
                assert!(tasks.ends_with("reminded:DONE late:DONE"), "{tasks}");
            }

            fn before_flows() -> Flows<Db> {
                use before::AskFlow;
                flow_core::flows![AskFlow]
            }

            #[test]
            fn what_is_armed_ends_with_its_renamed_host() {
                let mut conn: Db = $database;
                let process = before::AskFlow.start.run(&mut conn, &ALICE, ()).unwrap().id();
                let task = renamed::AskFlow.review.tasks().load::<Task>(&mut conn).unwrap()[0].id();
                renamed::AskFlow.review.assign(&mut conn, task, &ALICE).unwrap();
                renamed::AskFlow.review.execute(&mut conn, task, &ALICE, ()).unwrap();
                renamed::FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE", "ask:DONE", "ask__timeout__reminded:CANCELED", "ask__timeout__late:CANCELED", "end:DONE",
                ]);
            }
            }
        }
    };
}
