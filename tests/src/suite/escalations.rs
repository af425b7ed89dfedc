//! Escalations: what a child throws, and what its parent does with it. Numbers are those of the behaviour cases.

/// The cases of `EscalationThrow` and `on_escalation`, on a back end.
#[macro_export]
macro_rules! escalations_suite {
    ($connection:ty, $database:expr) => {
        mod escalations {
            $crate::cases! {
            use diesel::Connection as _;
            use flow_core::prelude::*;
            use flow_core::schema::flow_due;
            use flow_core::test_util::TestClock;
            use flow_core::{ProcessStatus::*, TaskStatus};
            use $crate::app::MONA;

            type Db = $connection;
            const CODE: System = System("test");

            /// `how` says what the child throws at once.
            #[derive(ProcessProxy, Debug)]
            pub struct RepairProcess {
                process: Process,
                #[json(default)]
                how: String,
            }

            fn data(how: &str) -> RepairProcessData {
                RepairProcessData { how: how.to_owned() }
            }

            /// Throws the codes that it is given, and then waits, unless it is to end.
            #[flow(process = RepairProcess, connection = Db)]
            pub struct RepairFlow {
                #[node(permission(anyone), next = this.which)] start: StartHandle,
                #[node(case(this.late, when = |a| a.process.how().contains("late")),
                       case(this.broken, when = |a| a.process.how().contains("broken")),
                       case(this.failed, when = |a| a.process.how().contains("fail")),
                       case(this.end, when = |a| a.process.how().contains("end")), default = this.work,
                       allow(instant_loops, reason = "what is thrown is thrown once"))]
                which: Switch,
                #[node(code = "late", next = this.note)] late: EscalationThrow,
                #[node(code = "broken", next = this.note)] broken: EscalationThrow,
                #[node(run = this.note, next = this.which)] note: Function,
                #[node(permission(anyone), next = this.which)] work: Handle,
                #[node(code = "failed")] failed: ErrorEnd,
                end: End,
            }

            impl RepairFlow {
                /// What was thrown is thrown once.
                fn note(a: &mut Activation<Self>) {
                    let how = a.process.how();
                    let rest = if how.contains("late") { how.replacen("late", "", 1) } else { how.replacen("broken", "", 1) };
                    a.process.set_how(rest);
                }
            }

            /// A reminder beside the child, and a way instead of it.
            #[flow(process = RepairProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.repair)] start: StartHandle,
                #[node(start = RepairFlow.start, process_data = |a| data(a.process.how()), on_timeout(days(9), this.given_up),
                       on_escalation(this.apologize, code = "late", interrupting = false), on_escalation(this.replace, code = "broken"),
                       next = this.send)]
                repair: Subprocess,
                #[node(permission(anyone), next = this.told)] apologize: Handle,
                told: End,
                #[node(permission(anyone), next = this.end)] replace: Handle,
                #[node(permission(anyone), next = this.end)] send: Handle,
                given_up: End,
                end: End,
            }

            /// Takes any, beside the child; its first step can fail.
            #[flow(process = RepairProcess, connection = Db)]
            pub struct AnyFlow {
                #[node(permission(anyone), next = this.repair)] start: StartHandle,
                #[node(start = RepairFlow.start, process_data = |a| data(a.process.how()),
                       on_escalation(this.look, interrupting = false), next = this.end)]
                repair: Subprocess,
                #[node(run = |a| if a.process.how().is_empty() { Err(StepError::from("on purpose")) } else { Ok(()) }, next = this.told)]
                look: Function,
                told: End,
                end: End,
            }

            /// Takes none.
            #[flow(process = RepairProcess, connection = Db)]
            pub struct DeafFlow {
                #[node(permission(anyone), next = this.repair)] start: StartHandle,
                #[node(start = RepairFlow.start, process_data = |a| data(a.process.how()), next = this.end)] repair: Subprocess,
                end: End,
            }

            /// One branch ends the process in the step in which the other starts a child.
            #[flow(process = RepairProcess, connection = Db)]
            pub struct StopFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.repair, next = this.a)] split: Split,
                #[node(start = RepairFlow.start, next = this.end)] repair: Subprocess,
                #[node(run = |_a| (), next = this.b)] a: Function,
                #[node(run = |_a| (), next = this.stop)] b: Function,
                stop: TerminateEnd,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![RepairFlow, OrderFlow, AnyFlow, DeafFlow, StopFlow];

            fn database() -> Db {
                $database
            }

            fn newest(conn: &mut Db, process: i64, node: &str) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().rfind(|task| task.node() == node).unwrap()
            }

            fn count(conn: &mut Db, process: i64, node: &str) -> usize {
                FLOWS.tasks(conn, process).unwrap().into_iter().filter(|task| task.node() == node).count()
            }

            fn child_of(conn: &mut Db) -> i64 {
                RepairFlow.processes().order(flow_core::schema::flow_process::id.desc()).first(conn).unwrap().id()
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
            }

            /// The child goes on, and does this.
            fn goes_on(conn: &mut Db, child: i64, how: &str) {
                let mut row = RepairFlow.processes().filter(flow_core::schema::flow_process::id.eq(child)).first(conn).unwrap();
                row.set_how(how.to_owned());
                row.save(conn).unwrap();
                let work = newest(conn, child, "work").id();
                RepairFlow.work.run(conn, work, &CODE, ()).unwrap();
            }

            fn due(conn: &mut Db, kind: &str) -> i64 {
                flow_due::table.filter(flow_due::kind.eq(kind)).count().get_result(conn).unwrap()
            }

            fn order(conn: &mut Db, how: &str) -> (i64, i64) {
                let order = OrderFlow.start.run(conn, &CODE, data(how)).unwrap().id();
                (order, child_of(conn))
            }

            #[test]
            fn case_68_an_escalation_starts_a_branch_beside_the_child_which_goes_on() {
                let mut conn = database();
                let (process, child) = order(&mut conn, "");
                goes_on(&mut conn, child, "late");
                FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "repair:STARTED", "repair__timeout__given_up:SCHEDULED"]);
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "repair:STARTED", "repair__timeout__given_up:SCHEDULED",
                    "repair__escalation__late__apologize:DONE", "apologize:NEW",
                ]);
                sound(&mut conn);
                // It may come again, as often as the child throws it.
                goes_on(&mut conn, child, "late late end");
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 3);
                assert_eq!(count(&mut conn, process, "apologize"), 3);
                FLOWS.expect(&mut conn, child).is(Done);
                assert_eq!(newest(&mut conn, process, "send").status(), TaskStatus::New);
                sound(&mut conn);
                let open = OrderFlow.apologize.tasks().open().of(process).load(&mut conn).unwrap();
                for task in open {
                    OrderFlow.apologize.run(&mut conn, task.id(), &CODE, ()).unwrap();
                }
                let send = newest(&mut conn, process, "send").id();
                OrderFlow.send.run(&mut conn, send, &CODE, ()).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn one_that_interrupts_ends_its_task_and_the_child() {
                let mut conn = database();
                let (process, child) = order(&mut conn, "");
                // What comes behind it comes to nobody.
                goes_on(&mut conn, child, "broken");
                goes_on(&mut conn, child, "late");
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "repair:CANCELED", "repair__timeout__given_up:CANCELED",
                    "repair__escalation__broken__replace:DONE", "replace:NEW",
                ]);
                FLOWS.expect(&mut conn, child).is(Canceled);
                assert_eq!(due(&mut conn, "ESCALATE"), 0);
                sound(&mut conn);
                let replace = newest(&mut conn, process, "replace").id();
                OrderFlow.replace.run(&mut conn, replace, &CODE, ()).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
            }

            #[test]
            fn inside_the_step_of_the_parent_it_comes_at_once_and_before_the_end_of_the_child() {
                let mut conn = database();
                let (process, child) = order(&mut conn, "late end");
                FLOWS.expect(&mut conn, child).is(Done);
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "repair:DONE", "repair__timeout__given_up:CANCELED",
                    "repair__escalation__late__apologize:DONE", "apologize:NEW", "send:NEW",
                ]);
                assert_eq!((due(&mut conn, "ESCALATE"), due(&mut conn, "RESUME")), (0, 0));
                sound(&mut conn);
                let (process, child) = order(&mut conn, "late");
                assert_eq!(count(&mut conn, process, "apologize"), 1);
                FLOWS.expect(&mut conn, child).is(New);
                assert_eq!(newest(&mut conn, process, "repair").status(), TaskStatus::Started);
                sound(&mut conn);
            }

            #[test]
            fn inside_the_step_of_the_parent_one_that_interrupts_wins_over_the_end() {
                let mut conn = database();
                for how in ["broken end", "broken fail", "broken", "broken broken end"] {
                    let (process, child) = order(&mut conn, how);
                    FLOWS.expect(&mut conn, process).is(New).tasks(&[
                        "start:DONE", "repair:CANCELED", "repair__timeout__given_up:CANCELED",
                        "repair__escalation__broken__replace:DONE", "replace:NEW",
                    ]);
                    sound(&mut conn);
                    FLOWS.run_until_idle(&mut conn).unwrap();
                    FLOWS.expect(&mut conn, child).is(if how == "broken" { Canceled } else { Done });
                    assert_eq!(newest(&mut conn, process, "replace").status(), TaskStatus::New);
                    sound(&mut conn);
                }
            }

            #[test]
            fn nobody_takes_it_and_nothing_happens() {
                let mut conn = database();
                let process = DeafFlow.start.run(&mut conn, &CODE, data("late")).unwrap().id();
                let child = child_of(&mut conn);
                goes_on(&mut conn, child, "broken");
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "repair:STARTED"]);
                assert_eq!(due(&mut conn, "ESCALATE"), 0);
                goes_on(&mut conn, child, "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                // Of a process without a parent.
                let alone = RepairFlow.start.run(&mut conn, &CODE, data("late end")).unwrap().id();
                FLOWS.expect(&mut conn, alone).is(Done);
                assert_eq!(due(&mut conn, "ESCALATE"), 0);
                sound(&mut conn);
            }

            #[test]
            fn the_end_of_a_child_does_not_pass_by_what_it_has_thrown() {
                let _clock = TestClock::install();
                let mut conn = database();
                for (how, escalated, waits) in [("late end", 1, "send"), ("broken end", 0, "replace"), ("late broken end", 1, "replace")] {
                    let (process, child) = order(&mut conn, "");
                    goes_on(&mut conn, child, how);
                    // As if another worker, with another clock, had put them off: only the end is due.
                    let later = flow_core::clock::now() + hours(1);
                    diesel::update(flow_due::table).filter(flow_due::kind.eq("ESCALATE")).set(flow_due::due.eq(later)).execute(&mut conn).unwrap();
                    FLOWS.run_until_idle(&mut conn).unwrap();
                    assert_eq!((count(&mut conn, process, "apologize"), due(&mut conn, "ESCALATE")), (escalated, 0), "{how}");
                    assert_eq!(newest(&mut conn, process, waits).status(), TaskStatus::New, "{how}");
                    sound(&mut conn);
                }
            }

            #[test]
            fn what_was_rolled_back_was_not_thrown() {
                let mut conn = database();
                let (process, child) = order(&mut conn, "");
                let undone = conn.transaction(|conn| -> flow_core::Result<()> {
                    goes_on(conn, child, "late");
                    assert_eq!(due(conn, "ESCALATE"), 1);
                    Err(diesel::result::Error::RollbackTransaction.into())
                });
                assert!(undone.is_err());
                assert_eq!(due(&mut conn, "ESCALATE"), 0);
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "repair:STARTED", "repair__timeout__given_up:SCHEDULED"]);
                sound(&mut conn);
            }

            #[test]
            fn a_boundary_does_not_fire_for_a_task_that_has_ended() {
                let clock = TestClock::install();
                let mut conn = database();
                // Its time was over first.
                let (process, child) = order(&mut conn, "");
                goes_on(&mut conn, child, "late");
                let repair = newest(&mut conn, process, "repair").id();
                FLOWS.cancel_task(&mut conn, repair, &MONA).unwrap();
                clock.advance(days(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(count(&mut conn, process, "apologize"), 0);
                FLOWS.expect(&mut conn, child).is(Canceled);
                assert_eq!(due(&mut conn, "ESCALATE"), 0);
                sound(&mut conn);
                // The whole process was cancelled.
                let (process, child) = order(&mut conn, "");
                goes_on(&mut conn, child, "broken");
                OrderFlow.cancel(&mut conn, process, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Canceled);
                FLOWS.expect(&mut conn, child).is(Canceled);
                assert_eq!((due(&mut conn, "ESCALATE"), count(&mut conn, process, "replace")), (0, 0));
                sound(&mut conn);
            }

            #[test]
            fn a_suspended_parent_takes_it_when_it_is_resumed_and_once() {
                let clock = TestClock::install();
                let mut conn = database();
                let (process, child) = order(&mut conn, "");
                OrderFlow.suspend(&mut conn, process, &MONA).unwrap();
                goes_on(&mut conn, child, "late");
                FLOWS.run_due(&mut conn).unwrap();
                assert_eq!((count(&mut conn, process, "apologize"), due(&mut conn, "ESCALATE")), (0, 1));
                OrderFlow.resume(&mut conn, process, &MONA).unwrap();
                clock.advance(hours(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!((count(&mut conn, process, "apologize"), due(&mut conn, "ESCALATE")), (1, 0));
                // A child that is suspended has thrown it all the same.
                goes_on(&mut conn, child, "late");
                RepairFlow.suspend(&mut conn, child, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(count(&mut conn, process, "apologize"), 2);
                sound(&mut conn);
            }

            #[test]
            fn what_follows_it_may_fail_and_the_child_goes_on() {
                let mut conn = database();
                let process = AnyFlow.start.run(&mut conn, &CODE, data("")).unwrap().id();
                let child = child_of(&mut conn);
                goes_on(&mut conn, child, "late");
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                assert_eq!(newest(&mut conn, process, "look").status(), TaskStatus::Error);
                assert_eq!(newest(&mut conn, process, "repair").status(), TaskStatus::Started);
                goes_on(&mut conn, child, "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(newest(&mut conn, process, "repair").status(), TaskStatus::Done);
                FLOWS.expect(&mut conn, process).is(New);
                sound(&mut conn);
            }

            #[test]
            fn one_that_was_taken_is_undone() {
                let mut conn = database();
                let (process, child) = order(&mut conn, "");
                goes_on(&mut conn, child, "late");
                FLOWS.run_until_idle(&mut conn).unwrap();
                let apologize = newest(&mut conn, process, "apologize").id();
                FLOWS.cancel_task(&mut conn, apologize, &MONA).unwrap();
                let boundary = newest(&mut conn, process, "repair__escalation__late__apologize").id();
                FLOWS.undo(&mut conn, boundary, &MONA).unwrap();
                sound(&mut conn);
                goes_on(&mut conn, child, "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                let send = newest(&mut conn, process, "send").id();
                OrderFlow.send.run(&mut conn, send, &CODE, ()).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn a_child_that_was_started_in_the_step_that_ends_its_parent_is_cancelled() {
                let mut conn = database();
                let process = StopFlow.start.run(&mut conn, &CODE, data("")).unwrap().id();
                let child = child_of(&mut conn);
                FLOWS.expect(&mut conn, process).is(Done);
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, child).is(Canceled);
                sound(&mut conn);
            }
            }
        }
    };
}
