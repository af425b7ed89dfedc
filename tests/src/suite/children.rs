//! A task with a child for each item of a list.

/// The cases of `NSubprocess`, on a back end.
#[macro_export]
macro_rules! children_suite {
    ($connection:ty, $database:expr) => {
        mod children {
            $crate::cases! {
            use flow_core::form::Sent;
            use flow_core::prelude::*;
            use flow_core::schema::{flow_due, flow_process};
            use flow_core::{ErrorKind, ProcessStatus::*, TaskStatus};
            use $crate::app::{BOB, MONA};

            type Db = $connection;
            const CODE: System = System("test");

            /// An item: what its child does.
            #[derive(serde::Serialize, serde::Deserialize, Clone, Debug)]
            pub struct Part {
                name: String,
                how: String,
            }

            #[derive(ProcessProxy, Debug)]
            pub struct OrderProcess {
                process: Process,
                #[json(default)]
                parts: Vec<String>,
                #[json(default)]
                made: Vec<String>,
            }

            #[derive(ProcessProxy, Debug)]
            pub struct PartProcess {
                process: Process,
                name: String,
                #[json(default)]
                how: String,
            }

            /// `name:how`
            fn parts(names: &[String]) -> Vec<Part> {
                let part = |name: &String| {
                    let (name, how) = name.split_once(':').unwrap_or((name, ""));
                    Part { name: name.to_owned(), how: how.to_owned() }
                };
                names.iter().map(part).collect()
            }

            #[flow(process = PartProcess, connection = Db)]
            pub struct PartFlow {
                #[node(permission(anyone), next = this.which)] start: StartHandle,
                #[node(case(this.end, when = |a| a.process.how() == "end"), case(this.failed, when = |a| a.process.how() == "fail"),
                       case(this.late, when = |a| a.process.how() == "late"), case(this.broken, when = |a| a.process.how() == "broken"),
                       default = this.work)]
                which: Switch,
                #[node(code = "late", next = this.work)] late: EscalationThrow,
                #[node(code = "broken", next = this.work)] broken: EscalationThrow,
                #[node(input = String, run = |a, how| a.process.set_how(how), permission(anyone), next = this.which)] work: Handle,
                #[node(code = "failed")] failed: ErrorEnd,
                end: End,
            }

            /// All at once.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.make)] start: StartHandle,
                #[node(start = PartFlow.start, item = Part, items = |a| parts(a.process.parts()), process_data = this.part,
                       on_done = this.done(conn), on_timeout(days(9), this.given_up), on_error(this.repair, code = "failed"),
                       on_error(this.gone, code = "canceled"), on_escalation(this.look, code = "late", interrupting = false),
                       on_escalation(this.replace, code = "broken"), next = this.end)]
                make: NSubprocess,
                #[node(permission(anyone), next = this.end)] repair: Handle,
                #[node(permission(anyone), next = this.end)] gone: Handle,
                #[node(permission(anyone), next = this.told)] look: Handle,
                #[node(permission(anyone), next = this.end)] replace: Handle,
                told: End,
                given_up: End,
                end: End,
            }

            impl OrderFlow {
                fn part(_a: &Activation<Self>, part: Part) -> Result<PartProcessData, String> {
                    if part.how == "bad" {
                        return Err(format!("{} is bad", part.name));
                    }
                    Ok(PartProcessData { name: part.name, how: part.how })
                }

                fn done(a: &mut Activation<Self>, _conn: &mut Db, children: Vec<PartProcess>) {
                    let mut made = a.process.made().to_vec();
                    made.extend(children.iter().map(|child| child.name().to_owned()));
                    a.process.set_made(made);
                }
            }

            /// One after another; nothing takes a failure.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct QueueFlow {
                #[node(permission(anyone), next = this.make)] start: StartHandle,
                #[node(start = PartFlow.start, item = Part, items = |a| parts(a.process.parts()), sequential = true,
                       process_data = |a, part| {
                           if part.how == "bad" && a.process.made().is_empty() { return Err("it is bad".into()) }
                           Ok(PartProcessData { name: part.name, how: part.how.replace("bad", "") })
                       },
                       on_done = |a, children| {
                           let names = children.iter().map(|child| child.name().to_owned()).collect();
                           a.process.set_made(names);
                       },
                       next = this.end)]
                make: NSubprocess,
                end: End,
            }

            /// One child, which is read when it has ended.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct OneFlow {
                #[node(permission(anyone), next = this.make)] start: StartHandle,
                #[node(start = PartFlow.start, process_data = |a| PartProcessData { name: "one".into(), how: a.process.parts()[0].clone() },
                       on_done = |a, child| a.process.set_made(vec![format!("{} {}", child.name(), child.how())]), next = this.end)]
                make: Subprocess,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![PartFlow, OrderFlow, QueueFlow, OneFlow];

            fn database() -> Db {
                $database
            }

            fn data(parts: &[&str]) -> OrderProcessData {
                OrderProcessData { parts: parts.iter().map(ToString::to_string).collect(), made: vec![] }
            }

            fn newest(conn: &mut Db, process: i64, node: &str) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().rfind(|task| task.node() == node).unwrap()
            }

            fn status(conn: &mut Db, process: i64, node: &str) -> TaskStatus {
                newest(conn, process, node).status()
            }

            fn made(conn: &mut Db, process: i64) -> Vec<String> {
                let row = FLOWS.process(conn, process).unwrap();
                let order: OrderProcess = if row.flow() == "order" {
                    OrderFlow.processes().filter(flow_process::id.eq(process)).first(conn).unwrap()
                } else if row.flow() == "one" {
                    OneFlow.processes().filter(flow_process::id.eq(process)).first(conn).unwrap()
                } else {
                    QueueFlow.processes().filter(flow_process::id.eq(process)).first(conn).unwrap()
                };
                order.made().to_vec()
            }

            /// The names of the children that have not ended, by number.
            fn open(conn: &mut Db) -> Vec<(i64, String)> {
                let rows = PartFlow.processes().filter(flow_process::finished.is_null()).order(flow_process::id).load(conn).unwrap();
                rows.into_iter().map(|row| (row.id(), row.name().to_owned())).collect()
            }

            fn names(conn: &mut Db) -> Vec<String> {
                open(conn).into_iter().map(|(_, name)| name).collect()
            }

            /// The child of this name goes on.
            fn goes_on(conn: &mut Db, name: &str, how: &str) {
                let child = open(conn).into_iter().find(|(_, known)| known == name).unwrap().0;
                let work = newest(conn, child, "work").id();
                PartFlow.work.run(conn, work, &CODE, how.to_owned()).unwrap();
            }

            fn due(conn: &mut Db, kind: &str) -> i64 {
                flow_due::table.filter(flow_due::kind.eq(kind)).count().get_result(conn).unwrap()
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
            }

            fn order(conn: &mut Db, parts: &[&str]) -> i64 {
                OrderFlow.start.run(conn, &CODE, data(parts)).unwrap().id()
            }

            #[test]
            fn each_item_has_a_child_and_the_last_one_goes_on_in_the_order_of_the_items() {
                let mut conn = database();
                let process = order(&mut conn, &["a", "b", "c"]);
                assert_eq!(names(&mut conn), ["a", "b", "c"]);
                let text = FLOWS.explain(&mut conn, process).unwrap().to_string();
                assert!(text.contains("waits for 3 processes to end"), "{text}");
                for (name, left) in [("b", 2), ("c", 1), ("a", 0)] {
                    assert_eq!(status(&mut conn, process, "make"), TaskStatus::Started);
                    goes_on(&mut conn, name, "end");
                    FLOWS.run_until_idle(&mut conn).unwrap();
                    assert_eq!(open(&mut conn).len(), left);
                    sound(&mut conn);
                }
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE", "make:DONE", "make__timeout__given_up:CANCELED", "end:DONE",
                ]);
                assert_eq!(made(&mut conn, process), ["a", "b", "c"]);
            }

            #[test]
            fn without_items_it_goes_on_at_once() {
                let mut conn = database();
                let process = order(&mut conn, &[]);
                FLOWS.expect(&mut conn, process).is(Done);
                let process = QueueFlow.start.run(&mut conn, &CODE, data(&[])).unwrap().id();
                FLOWS.expect(&mut conn, process).is(Done).tasks(&["start:DONE", "make:DONE", "end:DONE"]);
                sound(&mut conn);
            }

            #[test]
            fn children_that_end_in_the_step_that_starts_them_are_counted() {
                let mut conn = database();
                let process = order(&mut conn, &["a:end", "b:end", "c:end"]);
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(made(&mut conn, process), ["a", "b", "c"]);
                let process = order(&mut conn, &["a:end", "b", "c:end"]);
                assert_eq!(status(&mut conn, process, "make"), TaskStatus::Started);
                sound(&mut conn);
                goes_on(&mut conn, "b", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(made(&mut conn, process), ["a", "b", "c"]);
                let process = QueueFlow.start.run(&mut conn, &CODE, data(&["a:end", "b:end", "c:end"])).unwrap().id();
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(made(&mut conn, process), ["a", "b", "c"]);
                assert_eq!(due(&mut conn, "ITEM"), 0);
                sound(&mut conn);
            }

            #[test]
            fn one_after_another_each_waits_for_its_turn() {
                let mut conn = database();
                let process = QueueFlow.start.run(&mut conn, &CODE, data(&["a", "b:end", "c", "d"])).unwrap().id();
                assert_eq!((names(&mut conn), due(&mut conn, "ITEM")), (vec!["a".to_owned()], 3));
                sound(&mut conn);
                let make = newest(&mut conn, process, "make").id();
                QueueFlow.make.add_item(&mut conn, make, &MONA, Part { name: "e".into(), how: "end".into() }).unwrap();
                assert_eq!((names(&mut conn).len(), due(&mut conn, "ITEM")), (1, 4));
                goes_on(&mut conn, "a", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(names(&mut conn), ["c"], "b has ended at once");
                goes_on(&mut conn, "c", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                goes_on(&mut conn, "d", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(made(&mut conn, process), ["a", "b", "c", "d", "e"]);
                assert_eq!(due(&mut conn, "ITEM"), 0);
                sound(&mut conn);
            }

            #[test]
            fn an_item_is_added_while_it_runs() {
                let mut conn = database();
                let process = order(&mut conn, &["a"]);
                let make = newest(&mut conn, process, "make").id();
                let part = |name: &str, how: &str| Part { name: name.into(), how: how.into() };
                let denied = OrderFlow.make.add_item(&mut conn, make, &BOB, part("x", "")).unwrap_err();
                assert_eq!(denied.kind(), ErrorKind::Denied);
                OrderFlow.make.add_item(&mut conn, make, &MONA, part("b", "")).unwrap();
                let by_id = |conn: &mut _, user: &dyn User, sent: &str| FLOWS.add_item(conn, make, user, Sent::Json(sent.as_bytes()));
                assert_eq!(by_id(&mut conn, &BOB, r#"{"name": 7}"#).unwrap_err().kind(), ErrorKind::Denied);
                assert_eq!(by_id(&mut conn, &MONA, r#"{"name": 7}"#).unwrap_err().kind(), ErrorKind::Invalid);
                let goes_on_it = newest(&mut conn, process, "start").id();
                assert_eq!(FLOWS.add_item(&mut conn, goes_on_it, &MONA, Sent::Json(b"{}")).unwrap_err().kind(), ErrorKind::NotFound);
                by_id(&mut conn, &MONA, r#"{"name": "c", "how": "end"}"#).unwrap();
                let failed = OrderFlow.make.add_item(&mut conn, make, &MONA, part("d", "bad")).unwrap_err();
                assert_eq!(failed.to_string(), "`make` failed: d is bad");
                assert_eq!(names(&mut conn), ["a", "b"]);
                sound(&mut conn);
                goes_on(&mut conn, "a", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(status(&mut conn, process, "make"), TaskStatus::Started);
                goes_on(&mut conn, "b", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(made(&mut conn, process), ["a", "b", "c"]);
                let late = OrderFlow.make.add_item(&mut conn, make, &MONA, part("d", "")).unwrap_err();
                assert_eq!(late.kind(), ErrorKind::Conflict);
                assert_eq!(FLOWS.history(&mut conn, process).unwrap().iter().filter(|row| row.action() == "add_item").count(), 2);
            }

            #[test]
            fn an_error_of_one_child_goes_another_way_and_cancels_the_others() {
                let mut conn = database();
                let process = order(&mut conn, &["a", "b", "c"]);
                goes_on(&mut conn, "b", "fail");
                goes_on(&mut conn, "c", "fail");
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(New).tasks(&[
                    "start:DONE", "make:CANCELED", "make__timeout__given_up:CANCELED", "make__error__failed__repair:DONE", "repair:NEW",
                ]);
                assert_eq!(names(&mut conn), Vec::<String>::new(), "the others are cancelled");
                assert_eq!(made(&mut conn, process), Vec::<String>::new());
                sound(&mut conn);
                // At once.
                let process = order(&mut conn, &["a", "b:fail", "c"]);
                assert_eq!(status(&mut conn, process, "repair"), TaskStatus::New);
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(names(&mut conn), Vec::<String>::new());
                sound(&mut conn);
            }

            #[test]
            fn a_child_that_is_cancelled_is_a_code() {
                let mut conn = database();
                let process = order(&mut conn, &["a", "b", "c"]);
                for (child, _) in open(&mut conn).into_iter().skip(1) {
                    PartFlow.cancel(&mut conn, child, &MONA).unwrap();
                }
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(New);
                let gone = FLOWS.tasks(&mut conn, process).unwrap().into_iter().filter(|task| task.node() == "gone").count();
                assert_eq!((gone, open(&mut conn).len()), (1, 0), "once");
                sound(&mut conn);
            }

            #[test]
            fn an_escalation_of_each_child_comes_to_the_task() {
                let mut conn = database();
                let process = order(&mut conn, &["a:late", "b"]);
                goes_on(&mut conn, "b", "late");
                FLOWS.run_until_idle(&mut conn).unwrap();
                let look = FLOWS.tasks(&mut conn, process).unwrap().into_iter().filter(|task| task.node() == "look").count();
                assert_eq!((look, status(&mut conn, process, "make")), (2, TaskStatus::Started));
                sound(&mut conn);
                goes_on(&mut conn, "a", "broken");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!((status(&mut conn, process, "make"), open(&mut conn).len()), (TaskStatus::Canceled, 0));
                assert_eq!(status(&mut conn, process, "replace"), TaskStatus::New);
                sound(&mut conn);
            }

            #[test]
            fn a_parent_that_leaves_cancels_all_its_children_and_their_items() {
                let mut conn = database();
                let process = QueueFlow.start.run(&mut conn, &CODE, data(&["a", "b", "c"])).unwrap().id();
                let other = order(&mut conn, &["d", "e"]);
                let make = newest(&mut conn, process, "make").id();
                FLOWS.cancel_task(&mut conn, make, &MONA).unwrap();
                OrderFlow.cancel(&mut conn, other, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!((open(&mut conn).len(), due(&mut conn, "ITEM"), due(&mut conn, "CANCEL")), (0, 0, 0));
                sound(&mut conn);
                // Once more from the beginning.
                QueueFlow.make.revive(&mut conn, make, &MONA).unwrap();
                assert_eq!((names(&mut conn), due(&mut conn, "ITEM")), (vec!["a".to_owned()], 2));
                sound(&mut conn);
            }

            #[test]
            fn a_failure_that_nobody_takes_waits_for_a_manager_and_the_rest_goes_on() {
                let mut conn = database();
                let process = QueueFlow.start.run(&mut conn, &CODE, data(&["a", "b:bad", "c:end"])).unwrap().id();
                goes_on(&mut conn, "a", "end");
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let make = newest(&mut conn, process, "make");
                assert_eq!((make.status(), make.error()), (TaskStatus::Error, Some("it is bad")));
                assert_eq!(due(&mut conn, "ITEM"), 2, "what was not started is kept");
                sound(&mut conn);
                let mut row = QueueFlow.processes().first(&mut conn).unwrap();
                row.set_made(vec!["fine".to_owned()]);
                row.save(&mut conn).unwrap();
                QueueFlow.make.retry(&mut conn, make.id(), &MONA).unwrap();
                assert_eq!((names(&mut conn), due(&mut conn, "ITEM")), (vec!["b".to_owned()], 1));
                goes_on(&mut conn, "b", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(made(&mut conn, process), ["a", "b", "c"]);
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn a_child_that_failed_is_left_out_by_retry_and_the_others_are_waited_for() {
                let mut conn = database();
                let process = order(&mut conn, &["a", "b", "c"]);
                let repair = newest(&mut conn, process, "make").id();
                // No `on_error` takes what a callback of the child's start fails with later: here it is a suspended order.
                let _ = repair;
                goes_on(&mut conn, "a", "end");
                OrderFlow.suspend(&mut conn, process, &MONA).unwrap();
                FLOWS.run_due(&mut conn).unwrap();
                assert_eq!((due(&mut conn, "RESUME"), status(&mut conn, process, "make")), (1, TaskStatus::Started));
                OrderFlow.resume(&mut conn, process, &MONA).unwrap();
                diesel::update(flow_due::table).filter(flow_due::kind.eq("RESUME")).set(flow_due::due.eq(flow_core::clock::now())).execute(&mut conn).unwrap();
                goes_on(&mut conn, "b", "end");
                goes_on(&mut conn, "c", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(made(&mut conn, process), ["a", "b", "c"], "once each");
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn a_start_that_fails_leaves_nothing_of_any_child() {
                let mut conn = database();
                let error = OrderFlow.start.run(&mut conn, &CODE, data(&["a", "b:end", "c:bad"])).unwrap_err();
                assert_eq!(error.to_string(), "`make` failed: c is bad");
                assert_eq!(PartFlow.processes().count().get_result::<i64>(&mut conn).unwrap(), 0);
                let error = QueueFlow.start.run(&mut conn, &CODE, data(&["a:fail", "b"])).unwrap_err();
                assert_eq!(error.to_string(), "`make` failed: failed");
                assert_eq!(due(&mut conn, "ITEM"), 0);
                sound(&mut conn);
            }

            #[test]
            fn a_parent_reads_its_one_child_when_it_has_ended() {
                let mut conn = database();
                let process = OneFlow.start.run(&mut conn, &CODE, data(&["end"])).unwrap().id();
                assert_eq!(made(&mut conn, process), ["one end"]);
                let process = OneFlow.start.run(&mut conn, &CODE, data(&[""])).unwrap().id();
                goes_on(&mut conn, "one", "end");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(made(&mut conn, process), ["one end"]);
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }
            }
        }
    };
}
