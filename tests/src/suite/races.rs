//! Races: the first task that goes on wins. Numbers are those of the behaviour cases.

/// The cases of `SplitFirst`, on a back end.
#[macro_export]
macro_rules! races_suite {
    ($connection:ty, $database:expr) => {
        mod races {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::schema::flow_due;
            use flow_core::test_util::TestClock;
            use flow_core::{ErrorKind, ProcessStatus::*, TaskStatus};
            use $crate::app::MONA;

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(ProcessProxy, Debug)]
            pub struct RaceProcess {
                process: Process,
                #[json(default)]
                paid: bool,
            }

            /// A race in a branch of a split, of every sort of task.
            #[flow(process = RaceProcess, connection = Db)]
            pub struct RaceFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.race, next = this.other)] split: Split,
                #[node(next = this.answer, next = this.late, next = this.send, next = this.paid, next = this.child)] race: SplitFirst,
                #[node(permission(anyone), on_timeout(hours(1), this.remind, interrupting = false), on_timeout(hours(8), this.given_up),
                       on_error(this.given_up), run = this.answer, input = bool, next = this.won)]
                answer: Handle,
                #[node(delay = days(1), next = this.won)] late: Timer,
                #[node(run = |_job| (), next = this.won)] send: Job,
                #[node(if = |a| a.process.paid(), next = this.won, allow(condition_cannot_change, reason = "a test of that"))] paid: ConditionalCatch,
                #[node(start = ChildFlow.start, next = this.won)] child: Subprocess,
                #[node(permission(anyone), next = this.told)] remind: Handle,
                told: End,
                #[node(permission(anyone), next = this.won)] given_up: Handle,
                #[node(permission(anyone), next = this.join)] won: Handle,
                #[node(permission(anyone), next = this.join)] other: Handle,
                #[node(next = this.end)] join: Join,
                end: End,
            }

            impl RaceFlow {
                fn answer(_a: &mut Activation<Self>, fine: bool) -> Step {
                    if fine { Ok(()) } else { Err("no".into()) }
                }
            }

            #[flow(connection = Db)]
            pub struct ChildFlow {
                #[node(permission(anyone), next = this.work)] start: StartHandle,
                #[node(permission(anyone), next = this.end)] work: Handle,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![RaceFlow, ChildFlow];

            fn database() -> Db {
                $database
            }

            fn newest(conn: &mut Db, process: i64, node: &str) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().rfind(|task| task.node() == node).unwrap()
            }

            fn status(conn: &mut Db, process: i64, node: &str) -> TaskStatus {
                newest(conn, process, node).status()
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
            }

            fn start(conn: &mut Db) -> i64 {
                RaceFlow.start.run(conn, &CODE, RaceProcessData { paid: false }).unwrap().id()
            }

            /// The race is over, and this has gone on; then the process comes to its end.
            fn is_won(conn: &mut Db, process: i64, next: &str) {
                let tasks = FLOWS.tasks(conn, process).unwrap();
                let open: Vec<&str> = tasks.iter().filter(|task| !task.status().is_final()).map(|task| task.node()).collect();
                assert_eq!(open, ["other", next]);
                assert_eq!(tasks.iter().filter(|task| task.resting()).count(), 0);
                sound(conn);
                FLOWS.run_until_idle(conn).unwrap();
                assert!(ChildFlow.work.tasks().open().load(conn).unwrap().is_empty());
                let left: i64 = flow_due::table.count().get_result(conn).unwrap();
                assert_eq!(left, 0, "nothing of the others is due");
                if next == "given_up" {
                    let task = newest(conn, process, "given_up").id();
                    RaceFlow.given_up.run(conn, task, &CODE, ()).unwrap();
                }
                let won = newest(conn, process, "won").id();
                RaceFlow.won.run(conn, won, &CODE, ()).unwrap();
                assert_eq!(status(conn, process, "join"), TaskStatus::Started, "it waits for the other branch");
                let other = newest(conn, process, "other").id();
                RaceFlow.other.run(conn, other, &CODE, ()).unwrap();
                FLOWS.expect(conn, process).is(Done);
                sound(conn);
            }

            fn answer(conn: &mut Db, process: i64, fine: bool) {
                let answer = newest(conn, process, "answer").id();
                RaceFlow.answer.run(conn, answer, &CODE, fine).unwrap();
            }

            #[test]
            fn case_43_the_first_that_is_done_wins_and_the_others_are_cancelled() {
                let mut conn = database();
                let process = start(&mut conn);
                sound(&mut conn);
                answer(&mut conn, process, true);
                for node in ["late", "send", "paid", "child", "answer__timeout__remind", "answer__timeout__given_up"] {
                    assert_eq!(status(&mut conn, process, node), TaskStatus::Canceled, "{node}");
                }
                is_won(&mut conn, process, "won");
            }

            #[test]
            fn any_way_out_of_a_racer_wins() {
                let mut conn = database();
                // A job.
                let process = start(&mut conn);
                FLOWS.run_due(&mut conn).unwrap();
                is_won(&mut conn, process, "won");
                // A failure that is taken.
                let process = start(&mut conn);
                answer(&mut conn, process, false);
                is_won(&mut conn, process, "given_up");
                // A condition, in the step that makes it true.
                let process = start(&mut conn);
                let mut row = RaceFlow.processes().filter(flow_core::schema::flow_process::id.eq(process)).first(&mut conn).unwrap();
                row.set_paid(true);
                row.save(&mut conn).unwrap();
                let paid = newest(&mut conn, process, "paid").id();
                let _ = paid;
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(status(&mut conn, process, "won"), TaskStatus::New);
                sound(&mut conn);
            }

            #[test]
            fn a_timeout_of_a_racer_wins_and_a_reminder_does_not() {
                let clock = TestClock::install();
                let mut conn = database();
                let process = start(&mut conn);
                let send = newest(&mut conn, process, "send").id();
                FLOWS.cancel_task(&mut conn, send, &MONA).unwrap();
                clock.advance(hours(2));
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(status(&mut conn, process, "answer"), TaskStatus::New);
                sound(&mut conn);
                let remind = newest(&mut conn, process, "remind").id();
                RaceFlow.remind.run(&mut conn, remind, &CODE, ()).unwrap();
                assert_eq!(status(&mut conn, process, "late"), TaskStatus::Scheduled, "the race goes on");
                sound(&mut conn);
                clock.advance(hours(7));
                FLOWS.run_until_idle(&mut conn).unwrap();
                is_won(&mut conn, process, "given_up");
            }

            #[test]
            fn the_end_of_a_child_wins() {
                let mut conn = database();
                let process = start(&mut conn);
                let send = newest(&mut conn, process, "send").id();
                FLOWS.cancel_task(&mut conn, send, &MONA).unwrap();
                let work = ChildFlow.work.tasks().open().one(&mut conn).unwrap().id();
                ChildFlow.work.run(&mut conn, work, &CODE, ()).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(status(&mut conn, process, "child"), TaskStatus::Done);
                is_won(&mut conn, process, "won");
            }

            #[test]
            fn of_a_racer_nothing_rests_while_others_race_and_the_last_one_rests() {
                let mut conn = database();
                let process = start(&mut conn);
                for node in ["late", "send", "paid", "child"] {
                    let task = newest(&mut conn, process, node).id();
                    FLOWS.cancel_task(&mut conn, task, &MONA).unwrap();
                    assert!(!newest(&mut conn, process, node).resting(), "{node}");
                    sound(&mut conn);
                }
                let late = newest(&mut conn, process, "late").id();
                assert_eq!(FLOWS.revive(&mut conn, late, &MONA).unwrap_err().kind(), ErrorKind::Conflict);
                let last = newest(&mut conn, process, "answer").id();
                FLOWS.cancel_task(&mut conn, last, &MONA).unwrap();
                assert!(newest(&mut conn, process, "answer").resting());
                sound(&mut conn);
                FLOWS.revive(&mut conn, last, &MONA).unwrap();
                sound(&mut conn);
                answer(&mut conn, process, true);
                is_won(&mut conn, process, "won");
            }

            #[test]
            fn a_race_that_was_won_is_undone_and_run_again() {
                let mut conn = database();
                let process = start(&mut conn);
                answer(&mut conn, process, true);
                let won = newest(&mut conn, process, "won").id();
                FLOWS.cancel_task(&mut conn, won, &MONA).unwrap();
                let winner = newest(&mut conn, process, "answer").id();
                FLOWS.undo(&mut conn, winner, &MONA).unwrap();
                sound(&mut conn);
                let race = newest(&mut conn, process, "race").id();
                FLOWS.undo(&mut conn, race, &MONA).unwrap();
                sound(&mut conn);
                FLOWS.revive(&mut conn, race, &MONA).unwrap();
                sound(&mut conn);
                assert_eq!(status(&mut conn, process, "late"), TaskStatus::Scheduled);
                answer(&mut conn, process, true);
                is_won(&mut conn, process, "won");
            }

            #[test]
            fn a_process_goes_back_over_a_race() {
                let mut conn = database();
                let process = start(&mut conn);
                let race = newest(&mut conn, process, "race").id();
                FLOWS.go_back(&mut conn, race, &MONA).unwrap();
                sound(&mut conn);
                answer(&mut conn, process, true);
                let won = newest(&mut conn, process, "won").id();
                assert_ne!(newest(&mut conn, process, "race").id(), race);
                RaceFlow.won.run(&mut conn, won, &CODE, ()).unwrap();
                sound(&mut conn);
            }

            #[test]
            fn the_branch_of_each_racer_ends_and_so_does_the_race() {
                let mut conn = database();
                let process = start(&mut conn);
                for node in ["answer", "late", "send", "paid", "child"] {
                    let task = newest(&mut conn, process, node).id();
                    FLOWS.end_branch(&mut conn, task, &MONA).unwrap();
                    sound(&mut conn);
                }
                let other = newest(&mut conn, process, "other").id();
                RaceFlow.other.run(&mut conn, other, &CODE, ()).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }
            }
        }
    };
}
