//! Ends of the whole process, and what a parent does with the error of its child. Numbers are those of the behaviour
//! cases.

/// The cases of `TerminateEnd` and `ErrorEnd`, on a back end.
#[macro_export]
macro_rules! ends_suite {
    ($connection:ty, $database:expr) => {
        mod ends {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{ErrorKind, ProcessStatus, ProcessStatus::*, TaskStatus};
            use $crate::app::MONA;

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(ProcessProxy, Debug)]
            pub struct EndProcess {
                process: Process,
                #[json(default)]
                stop: bool,
                #[json(default)]
                at_once: bool,
            }

            /// A branch may end the whole process, while the others are in a split of their own.
            #[flow(process = EndProcess, connection = Db)]
            pub struct StopFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.a, next = this.inner, next(this.stop, when = |a| a.process.at_once()), next = this.c)] split: Split,
                #[node(permission(anyone), next = this.decide)] a: Handle,
                #[node(if = |a| a.process.stop(), then = this.stop, else = this.join)] decide: If,
                #[node(next = this.b, next = this.sent, next = this.child)] inner: Split,
                #[node(permission(anyone), on_timeout(days(1), this.met), next = this.met)] b: Handle,
                #[node(run = |_job| (), next = this.met)] sent: Job,
                #[node(start = PayFlow.start, process_data = |_a| EndProcessData { stop: false, at_once: false }, next = this.met,
                       on_error(this.met))]
                child: Subprocess,
                #[node(next = this.join)] met: Join,
                #[node(permission(anyone), next = this.join)] c: Handle,
                #[node(next = this.end)] join: Join,
                #[node(allow(terminate_kills_work, reason = "a test of that"))] stop: TerminateEnd,
                end: End,
            }

            /// Pays, or is refused.
            #[flow(process = EndProcess, connection = Db)]
            pub struct PayFlow {
                #[node(permission(anyone), next = this.at_once)] start: StartHandle,
                #[node(if = |a| a.process.at_once(), then = this.decide, else = this.ask)] at_once: If,
                #[node(permission(anyone), next = this.decide)] ask: Handle,
                #[node(if = |a| a.process.stop(), then = this.refused, else = this.paid)] decide: If,
                #[node(code = "refused")] refused: ErrorEnd,
                paid: End,
            }

            #[flow(process = EndProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.pay)] start: StartHandle,
                #[node(start = PayFlow.start, process_data = |a| EndProcessData { stop: a.process.stop(), at_once: a.process.at_once() },
                       on_error(this.repair, code = "refused"), on_error(this.gone, code = "canceled"), next = this.end)]
                pay: Subprocess,
                #[node(permission(anyone), next = this.pay)] repair: Handle,
                gone: End,
                end: End,
            }

            /// Nothing takes what its child ends with.
            #[flow(process = EndProcess, connection = Db)]
            pub struct BareFlow {
                #[node(permission(anyone), next = this.pay)] start: StartHandle,
                #[node(start = PayFlow.start, process_data = |a| EndProcessData { stop: a.process.stop(), at_once: a.process.at_once() },
                       next = this.end)]
                pay: Subprocess,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![StopFlow, PayFlow, OrderFlow, BareFlow];

            fn database() -> Db {
                $database
            }

            fn data(stop: bool, at_once: bool) -> EndProcessData {
                EndProcessData { stop, at_once }
            }

            fn newest(conn: &mut Db, process: i64, node: &str) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().rfind(|task| task.node() == node).unwrap()
            }

            fn status(conn: &mut Db, process: i64, node: &str) -> TaskStatus {
                newest(conn, process, node).status()
            }

            fn child_of(conn: &mut Db) -> i64 {
                PayFlow.processes().order(flow_core::schema::flow_process::id.desc()).first(conn).unwrap().id()
            }

            #[test]
            fn a_terminate_end_cancels_everything_else_and_the_process_is_done() {
                let mut conn = database();
                let process = StopFlow.start.run(&mut conn, &CODE, data(true, false)).unwrap().id();
                let child = child_of(&mut conn);
                // One branch has arrived in a join, which waits.
                let c = newest(&mut conn, process, "c").id();
                StopFlow.c.run(&mut conn, c, &CODE, ()).unwrap();
                let a = newest(&mut conn, process, "a").id();
                StopFlow.a.run(&mut conn, a, &CODE, ()).unwrap();
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE", "split:DONE", "a:DONE", "inner:DONE", "c:DONE", "b:CANCELED", "b__timeout__met:CANCELED",
                    "sent:CANCELED", "child:CANCELED", "join:CANCELED", "decide:DONE", "stop:DONE",
                ]);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, child).is(Canceled);
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn siblings_of_a_terminate_end_that_have_not_begun_do_not_begin() {
                let mut conn = database();
                let process = StopFlow.start.run(&mut conn, &CODE, data(false, true)).unwrap();
                assert_eq!(process.row().status(), Done);
                let open = FLOWS.tasks(&mut conn, process.id()).unwrap().into_iter().filter(|task| !task.status().is_final());
                assert_eq!(open.count(), 0);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn a_terminate_end_is_undone_and_its_branch_goes_on_alone() {
                let mut conn = database();
                let process = StopFlow.start.run(&mut conn, &CODE, data(true, false)).unwrap().id();
                let a = newest(&mut conn, process, "a").id();
                StopFlow.a.run(&mut conn, a, &CODE, ()).unwrap();
                let stop = newest(&mut conn, process, "stop").id();
                StopFlow.stop.undo(&mut conn, stop, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(New);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
                assert_eq!(status(&mut conn, process, "c"), TaskStatus::Canceled, "what was cancelled stays so");
                // Its own branch comes to the join now, and waits for nobody.
                let decide = newest(&mut conn, process, "decide").id();
                let mut row = StopFlow.processes().first(&mut conn).unwrap();
                row.set_stop(false);
                row.save(&mut conn).unwrap();
                StopFlow.decide.undo(&mut conn, decide, &MONA).unwrap();
                StopFlow.decide.revive(&mut conn, decide, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(status(&mut conn, process, "join"), TaskStatus::Done);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn a_process_goes_back_over_a_terminate_end() {
                let mut conn = database();
                let process = StopFlow.start.run(&mut conn, &CODE, data(true, false)).unwrap().id();
                let a = newest(&mut conn, process, "a").id();
                StopFlow.a.run(&mut conn, a, &CODE, ()).unwrap();
                let stop = newest(&mut conn, process, "stop").id();
                StopFlow.stop.undo(&mut conn, stop, &MONA).unwrap();
                let split = newest(&mut conn, process, "split").id();
                StopFlow.split.go_back(&mut conn, split, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(New);
                for node in ["a", "b", "c"] {
                    assert_eq!(status(&mut conn, process, node), TaskStatus::New, "{node}");
                }
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            fn order(conn: &mut Db, stop: bool, at_once: bool) -> i64 {
                OrderFlow.start.run(conn, &CODE, data(stop, at_once)).unwrap().id()
            }

            #[test]
            fn case_67_the_error_of_a_child_reaches_its_parent() {
                let mut conn = database();
                let process = order(&mut conn, true, false);
                let child = child_of(&mut conn);
                let ask = newest(&mut conn, child, "ask").id();
                PayFlow.ask.run(&mut conn, ask, &CODE, ()).unwrap();
                FLOWS.expect(&mut conn, child).is(Done).tasks(&["start:DONE", "at_once:DONE", "ask:DONE", "decide:DONE", "refused:DONE"]);
                assert_eq!(newest(&mut conn, child, "refused").error(), Some("refused"));
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "pay:CANCELED", "pay__error__refused__repair:DONE", "repair:NEW",
                ]);
                assert_eq!(newest(&mut conn, process, "pay").error(), Some("refused"));
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
                // Once more, and this time it is paid.
                let mut row = OrderFlow.processes().first(&mut conn).unwrap();
                row.set_stop(false);
                row.save(&mut conn).unwrap();
                let repair = newest(&mut conn, process, "repair").id();
                OrderFlow.repair.run(&mut conn, repair, &CODE, ()).unwrap();
                let child = child_of(&mut conn);
                let ask = newest(&mut conn, child, "ask").id();
                PayFlow.ask.run(&mut conn, ask, &CODE, ()).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn the_error_of_a_child_that_ends_at_once_is_taken_at_once() {
                let mut conn = database();
                let process = order(&mut conn, true, true);
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "pay:CANCELED", "pay__error__refused__repair:DONE", "repair:NEW",
                ]);
                let child = child_of(&mut conn);
                FLOWS.expect(&mut conn, child).is(Done);
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 0, "nobody is to be resumed");
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn a_cancelled_child_reaches_its_parent_as_an_error() {
                let mut conn = database();
                let process = order(&mut conn, true, false);
                let child = child_of(&mut conn);
                PayFlow.cancel(&mut conn, child, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE", "pay:CANCELED", "pay__error__canceled__gone:DONE", "gone:DONE",
                ]);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn an_error_of_a_child_that_nobody_takes_leaves_the_task_in_error() {
                let mut conn = database();
                let process = BareFlow.start.run(&mut conn, &CODE, data(true, false)).unwrap().id();
                let child = child_of(&mut conn);
                let ask = newest(&mut conn, child, "ask").id();
                PayFlow.ask.run(&mut conn, ask, &CODE, ()).unwrap();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let pay = newest(&mut conn, process, "pay");
                assert_eq!((pay.status(), pay.error()), (TaskStatus::Error, Some("refused")));
                // Another child is started.
                BareFlow.pay.retry(&mut conn, pay.id(), &MONA).unwrap();
                assert_ne!(child_of(&mut conn), child);
                assert_eq!(status(&mut conn, process, "pay"), TaskStatus::Started);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn an_error_of_a_child_that_nobody_takes_is_the_callers_in_the_foreground() {
                let mut conn = database();
                let error = BareFlow.start.run(&mut conn, &CODE, data(true, true)).unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Step, "`pay` failed: refused"));
                assert_eq!(BareFlow.processes().count().get_result::<i64>(&mut conn).unwrap(), 0);
                assert_eq!(PayFlow.processes().count().get_result::<i64>(&mut conn).unwrap(), 0);
                let _: ProcessStatus = Done;
            }
            }
        }
    };
}
