//! Times that are counted in working days of a calendar.

/// The cases of working days, on a back end.
#[macro_export]
macro_rules! working_days_suite {
    ($connection:ty, $database:expr) => {
        mod working_days {
            $crate::cases! {
            use flow_core::ProcessStatus;
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;

            type Db = $connection;
            const CODE: System = System("code");

            /// Open on two days a week.
            struct Office;

            impl flow_core::Calendar for Office {
                fn is_weekend(&self, day: flow_core::Weekday) -> bool {
                    !matches!(day, flow_core::Weekday::Monday | flow_core::Weekday::Thursday)
                }
            }

            static OFFICE: Office = Office;

            #[flow(connection = Db, calendar = OFFICE)]
            pub struct PatientFlow {
                #[node(permission(anyone), next = this.wait)]
                start: StartHandle,
                #[node(delay = working_days(1), next = this.ask)]
                wait: Timer,
                #[node(permission(anyone), on_timeout(this.patience, this.end), next = this.end)]
                ask: View,
                end: End,
            }

            impl PatientFlow {
                fn patience(_: &Activation<Self>) -> Result<flow_core::WorkingDays> {
                    Ok(working_days(2))
                }
            }

            #[test]
            fn timers_and_timeouts_count_working_days_of_the_calendar() {
                let mut conn: Db = $database;
                static FLOWS: Flows<Db> = flows![PatientFlow];
                // A Monday.
                let clock = TestClock::install_at("2026-06-01T09:00:00Z".parse().unwrap());
                let process = PatientFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                clock.set("2026-06-04T08:59:00Z".parse().unwrap());
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).tasks(&["start:DONE", "wait:SCHEDULED"]);
                clock.set("2026-06-04T09:00:00Z".parse().unwrap());
                FLOWS.run_until_idle(&mut conn).unwrap();
                // Monday and Thursday of the next week.
                let at = |conn: &mut Db| FLOWS.tasks(conn, process).unwrap().last().unwrap().due().unwrap().to_string();
                assert_eq!(at(&mut conn), "2026-06-11T09:00:00.000000Z");
                clock.set("2026-06-11T09:00:00Z".parse().unwrap());
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
            }
            }
        }
    };
}
