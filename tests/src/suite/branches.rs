//! Splits, joins, switches, timers. Numbers are those of the behaviour cases.

/// The cases of branching flows, on a back end.
#[macro_export]
macro_rules! branches_suite {
    ($connection:ty, $database:expr) => {
        mod branches {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{ErrorKind, ProcessStatus::*, TaskStatus, test_util::TestClock};

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(ProcessProxy, Debug)]
            pub struct ListProcess {
                process: Process,
                #[json(default)]
                items: Vec<String>,
                #[json(default)]
                n: i64,
            }

            fn data(items: &[&str], n: i64) -> ListProcessData {
                ListProcessData { items: items.iter().map(|item| (*item).to_owned()).collect(), n }
            }

            /// Two branches that run at once.
            #[flow(process = ListProcess, connection = Db)]
            pub struct InstantFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.a, next = this.b)] split: Split,
                #[node(run = |_a| (), next = this.join)] a: Function,
                #[node(run = |_a| (), next = this.join)] b: Function,
                #[node(next = this.end)] join: Join,
                end: End,
            }

            /// Two branches that wait, one of them only sometimes.
            #[flow(process = ListProcess, connection = Db)]
            pub struct WaitFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.a, next(this.b, when = |a| a.process.n() > 0))] split: Split,
                #[node(permission(anyone), next = this.join)] a: Handle,
                #[node(permission(anyone), next = this.join)] b: Handle,
                #[node(next = this.end)] join: Join,
                end: End,
            }

            /// A split inside a split.
            #[flow(process = ListProcess, connection = Db)]
            pub struct NestedFlow {
                #[node(permission(anyone), next = this.outer)] start: StartHandle,
                #[node(next = this.inner, next = this.z)] outer: Split,
                #[node(next = this.x, next = this.y)] inner: Split,
                #[node(permission(anyone), next = this.inner_join)] x: Handle,
                #[node(permission(anyone), next = this.inner_join)] y: Handle,
                #[node(permission(anyone), next = this.outer_join)] z: Handle,
                #[node(next = this.outer_join)] inner_join: Join,
                #[node(next = this.end)] outer_join: Join,
                end: End,
            }

            #[derive(TaskProxy)]
            pub struct ItemTask { task: Task, item: String }

            /// A branch for each item, with a split of its own inside.
            #[flow(process = ListProcess, connection = Db)]
            pub struct ItemsFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next(this.item, task_data_source = |a| a.process.items().iter().map(|item| ItemTaskData { item: item.clone() })),
                       next = this.join)]
                split: Split,
                #[node(task = ItemTask, permission(anyone),
                       next(this.both, task_data = |a| ItemTaskData { item: a.task.item().to_uppercase() }),
                       allow(unused_task_data, reason = "the rows are looked at"))]
                item: Handle,
                #[node(task = ItemTask, next = this.x, next = this.y)] both: Split,
                #[node(permission(anyone), next = this.met)] x: Handle,
                #[node(permission(anyone), next = this.met)] y: Handle,
                #[node(next = this.join)] met: Join,
                #[node(next = this.end)] join: Join,
                end: End,
            }

            /// Each branch ends by itself.
            #[flow(process = ListProcess, connection = Db)]
            pub struct EndsFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(permission(anyone), next = this.split)] second: StartHandle,
                #[node(allow(split_all_conditional, reason = "a test of what happens then"),
                       next(this.all, when = |a| a.process.n() > 1), next(this.a, when = |a| a.process.n() > 0))]
                split: Split,
                #[node(run = this.work, next = this.end)] all: Function,
                #[node(permission(anyone), next = this.stop)] a: Handle,
                stop: End,
                end: End,
            }

            impl EndsFlow {
                fn work(a: &mut Activation<Self>) -> Step {
                    if a.process.n() > 2 { Err("too much".into()) } else { Ok(()) }
                }
            }

            #[derive(Debug)]
            pub enum Size { Small, Large(i64), None }

            /// Switches, by conditions and by a value; and round again.
            #[flow(process = ListProcess, connection = Db)]
            pub struct SwitchFlow {
                #[node(permission(anyone), next = this.by_case)] start: StartHandle,
                #[node(allow(default_not_last, reason = "a test of what happens then"), default = this.other, case(this.one, when = |a| a.process.n() == 1), case(this.many, when = |a| a.process.n() >= 1))]
                by_case: Switch,
                #[node(run = |_a| (), next = this.by_value)] one: Function,
                #[node(run = |_a| (), next = this.by_value)] many: Function,
                #[node(run = |_a| (), next = this.by_value)] other: Function,
                #[node(on = this.size, case(Size::Small => this.end), case(Size::Large(n) if n > 5 => this.timer),
                       case(Size::Large(_) => this.end), case(Size::None => this.end))]
                by_value: Switch,
                #[node(delay = |a| Ok(seconds(u64::try_from(a.process.n())?)), next = this.again)] timer: Timer,
                #[node(run = |a| a.process.set_n(a.process.n() - 10), next = this.until)] again: Function,
                #[node(at = |a| a.process.created() + hours(1), next = this.by_value)] until: Timer,
                end: End,
            }

            impl SwitchFlow {
                fn size(a: &Activation<Self>) -> Size {
                    match a.process.n() {
                        0 => Size::None,
                        1 => Size::Small,
                        n => Size::Large(n),
                    }
                }
            }

            #[flow(process = ListProcess, connection = Db)]
            pub struct NoDefaultFlow {
                #[node(permission(anyone), next = this.first)] start: StartHandle,
                #[node(delay = seconds(1), next = this.pick)] first: Timer,
                #[node(allow(switch_without_default, reason = "a test of what happens then"), case(this.end, when = |a| a.process.n() > 0))]
                pick: Switch,
                end: End,
            }

            /// Goes round for ever without a rest, at once or after a while.
            #[flow(process = ListProcess, connection = Db)]
            pub struct RoundFlow {
                #[node(permission(anyone), next = this.again)] start: StartHandle,
                #[node(permission(anyone), next = this.wait)] later: StartHandle,
                #[node(delay = seconds(1), next = this.again)] wait: Timer,
                #[node(allow(instant_loops, reason = "a test of what happens then"), if = |a| a.process.n() > 0, then = this.again, else = this.end)]
                again: If,
                end: End,
            }

            /// Its task sets a field without the connection, then its edge fails with it.
            #[flow(process = ListProcess, connection = Db)]
            pub struct EdgeFlow {
                #[node(permission(anyone), next = this.wait)] start: StartHandle,
                #[node(delay = seconds(1), next = this.mark)] wait: Timer,
                #[node(run = |a| a.process.set_n(5), next(this.end, task_data = this.fail(conn)))] mark: Function,
                end: End,
            }

            impl EdgeFlow {
                fn fail(_: &Activation<Self>, conn: &mut Db) -> Step<i64> {
                    let seen: i64 = flow_core::schema::flow_task::table.count().get_result(conn)?;
                    Err(format!("{seen} tasks were there").into())
                }
            }

            /// Makes its document larger than it may be, in the caller's step and in the background.
            #[flow(process = ListProcess, connection = Db)]
            pub struct LargeFlow {
                #[node(permission(anyone), next = this.wait)] start: StartHandle,
                #[node(permission(anyone), next = this.grow)] at_once: StartHandle,
                #[node(permission(anyone), next(this.stop, task_data = |_a| "x".repeat(1 << 20)))] gives: StartHandle,
                #[node(delay = seconds(1), next = this.grow)] wait: Timer,
                #[node(run = |a| a.process.set_items(vec!["x".repeat(1 << 20)]), next = this.stop)] grow: Function,
                #[node(permission(anyone), next = this.end)] stop: Handle,
                end: End,
            }

            /// Its join cannot go on if there is something to count.
            #[flow(process = ListProcess, connection = Db)]
            pub struct BrokenFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.a, next = this.wait)] split: Split,
                #[node(permission(anyone), next = this.join)] a: Handle,
                #[node(delay = seconds(1), next = this.join)] wait: Timer,
                #[node(next(this.end, task_data = this.gift))] join: Join,
                end: End,
            }

            impl BrokenFlow {
                fn gift(a: &Activation<Self>) -> Step<i64> {
                    if a.process.n() > 0 { Err("broken".into()) } else { Ok(1) }
                }
            }

            static FLOWS: Flows<Db> = flows![BrokenFlow, LargeFlow, EdgeFlow, RoundFlow, InstantFlow, WaitFlow, NestedFlow, ItemsFlow, EndsFlow, SwitchFlow, NoDefaultFlow];

            /// Does the open task of a node, by its place among them.
            macro_rules! does {
                ($conn:ident, $flow:ident.$node:ident, $process:expr, $at:expr) => {{
                    let tasks = $flow.$node.tasks().open().of($process).order(flow_core::schema::flow_task::number).load::<Task>(&mut $conn).unwrap();
                    let tasks: Vec<_> = tasks.into_iter().map(|task| task.id()).collect();
                    $flow.$node.run(&mut $conn, tasks[$at], &CODE, ()).unwrap()
                }};
            }

            #[test]
            fn case_28_branches_that_run_at_once_meet_in_one_run() {
                let mut conn: Db = $database;
                let process = InstantFlow.start.run(&mut conn, &CODE, data(&[], 0)).unwrap().id();
                let seen = FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE@start", "split:DONE@start", "a:DONE@start/2_1", "b:DONE@start/2_2", "join:DONE@start", "end:DONE@start",
                ]);
                let [_, split, a, b, join, _] = seen.rows() else { panic!() };
                assert_eq!((a.previous(), b.previous()), (Some(split.id()), Some(split.id())));
                assert_eq!((a.joined(), b.joined()), (Some(join.id()), Some(join.id())));
            }

            #[test]
            fn case_29_the_join_waits_for_both_whoever_is_first() {
                for order in [["a", "b"], ["b", "a"]] {
                    let mut conn: Db = $database;
                    let process = WaitFlow.start.run(&mut conn, &CODE, data(&[], 1)).unwrap().id();
                    for (at, node) in order.into_iter().enumerate() {
                        if node == "a" { does!(conn, WaitFlow.a, process, 0) } else { does!(conn, WaitFlow.b, process, 0) };
                        let join = WaitFlow.join.tasks().of(process).one(&mut conn).unwrap();
                        assert_eq!(join.status(), if at == 0 { TaskStatus::Started } else { TaskStatus::Done });
                    }
                    FLOWS.expect(&mut conn, process).is(Done);
                }
            }

            #[test]
            fn case_30_a_branch_that_was_not_taken_is_not_waited_for() {
                let mut conn: Db = $database;
                let process = WaitFlow.start.run(&mut conn, &CODE, data(&[], 0)).unwrap().id();
                does!(conn, WaitFlow.a, process, 0);
                FLOWS.expect(&mut conn, process).is(Done).tasks(&["start:DONE", "split:DONE", "a:DONE@start/2_1", "join:DONE@start", "end:DONE"]);
            }

            #[test]
            fn case_32_a_split_that_starts_nothing_is_an_error_and_nothing_is_written() {
                let mut conn: Db = $database;
                let error = EndsFlow.start.run(&mut conn, &CODE, data(&[], 0)).unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Step, "`split` failed: no branch is taken"));
                assert_eq!(EndsFlow.processes().load(&mut conn).unwrap().len(), 0);
            }

            #[test]
            fn case_33_nested_splits_meet_each_in_its_own_join() {
                let mut conn: Db = $database;
                let process = NestedFlow.start.run(&mut conn, &CODE, data(&[], 0)).unwrap().id();
                FLOWS.expect(&mut conn, process).tasks(&[
                    "start:DONE@start", "outer:DONE@start", "inner:DONE@start/2_1", "z:NEW@start/2_2", "x:NEW@start/2_1/3_1", "y:NEW@start/2_1/3_2",
                ]);
                does!(conn, NestedFlow.x, process, 0);
                does!(conn, NestedFlow.y, process, 0);
                let waiting = NestedFlow.outer_join.tasks().of(process).one(&mut conn).unwrap();
                assert_eq!((waiting.token(), waiting.status()), ("start", TaskStatus::Started));
                FLOWS.expect(&mut conn, process).is(New);
                does!(conn, NestedFlow.z, process, 0);
                FLOWS.expect(&mut conn, process).is(Done);
            }

            #[test]
            fn case_35_two_instances_of_one_path_never_meet() {
                let mut conn: Db = $database;
                let process = ItemsFlow.start.run(&mut conn, &CODE, data(&["p", "q"], 0)).unwrap().id();
                does!(conn, ItemsFlow.item, process, 0);
                does!(conn, ItemsFlow.item, process, 0);
                // x of the first, then y of the second, then the others.
                does!(conn, ItemsFlow.x, process, 0);
                does!(conn, ItemsFlow.y, process, 1);
                let met = |conn: &mut Db| ItemsFlow.met.tasks().of(process).load::<Task>(conn).unwrap();
                assert_eq!(met(&mut conn).iter().filter(|task| task.status() == TaskStatus::Started).count(), 2);
                does!(conn, ItemsFlow.y, process, 0);
                FLOWS.expect(&mut conn, process).is(New);
                does!(conn, ItemsFlow.x, process, 0);
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(met(&mut conn).iter().filter(|task| task.status() == TaskStatus::Done).count(), 2);
            }

            #[test]
            fn case_40_a_join_that_cannot_go_on_is_in_error_or_undoes_the_callers_step() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let process = BrokenFlow.start.run(&mut conn, &CODE, data(&[], 1)).unwrap().id();
                does!(conn, BrokenFlow.a, process, 0);
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let seen = FLOWS.expect(&mut conn, process).is(New);
                let seen = seen.tasks(&["start:DONE", "split:DONE", "a:DONE", "wait:DONE", "join:ERROR"]);
                assert_eq!(seen.rows()[4].error(), Some("broken"));

                let process = BrokenFlow.start.run(&mut conn, &CODE, data(&[], 1)).unwrap().id();
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let task = BrokenFlow.a.tasks().of(process).one(&mut conn).unwrap().id();
                let error = BrokenFlow.a.run(&mut conn, task, &CODE, ()).unwrap_err();
                assert_eq!(error.to_string(), "`join` failed: broken");
                FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "split:DONE", "a:NEW", "wait:DONE", "join:STARTED"]);
            }

            #[test]
            fn case_47_a_branch_for_each_item_and_none_for_none() {
                let mut conn: Db = $database;
                let process = ItemsFlow.start.run(&mut conn, &CODE, data(&[], 0)).unwrap().id();
                FLOWS.expect(&mut conn, process).is(Done).tasks(&["start:DONE", "split:DONE", "join:DONE", "end:DONE"]);
                let process = ItemsFlow.start.run(&mut conn, &CODE, data(&["a", "b", "c"], 0)).unwrap().id();
                let items = ItemsFlow.item.tasks().of(process).load::<Task>(&mut conn).unwrap();
                let found: Vec<_> = items.iter().map(|task| task.data().get(&["item"]).unwrap().unwrap().clone()).collect();
                assert_eq!(found, ["a", "b", "c"]);
                FLOWS.expect(&mut conn, process).is(New);
            }

            #[test]
            fn case_48_what_an_edge_gives_is_what_the_next_task_has() {
                let mut conn: Db = $database;
                let process = ItemsFlow.start.run(&mut conn, &CODE, data(&["p"], 0)).unwrap().id();
                does!(conn, ItemsFlow.item, process, 0);
                let both = ItemsFlow.both.tasks().of(process).one(&mut conn).unwrap();
                assert_eq!(both.data().get(&["item"]).unwrap(), Some(&"P".into()));
                let x = ItemsFlow.x.tasks().of(process).one(&mut conn).unwrap();
                assert_eq!(x.data().get(&["item"]).unwrap(), None, "nothing is inherited");
            }

            #[test]
            fn case_8_a_branch_that_ends_ends_alone() {
                let mut conn: Db = $database;
                let process = EndsFlow.second.run(&mut conn, &CODE, data(&[], 2)).unwrap().id();
                FLOWS.expect(&mut conn, process).is(New).tasks(&["second:DONE", "split:DONE", "all:DONE", "a:NEW", "end:DONE"]);
                does!(conn, EndsFlow.a, process, 0);
                FLOWS.expect(&mut conn, process).is(Done);
                let error = EndsFlow.start.run(&mut conn, &CODE, data(&[], 3)).unwrap_err();
                assert_eq!(error.to_string(), "`all` failed: too much");
            }

            #[test]
            fn case_25_the_first_case_that_holds_wherever_the_default_stands() {
                for (n, node) in [(0, "other"), (1, "one"), (2, "many")] {
                    let mut conn: Db = $database;
                    let process = SwitchFlow.start.run(&mut conn, &CODE, data(&[], n)).unwrap().id();
                    let seen = FLOWS.expect(&mut conn, process).is(Done);
                    assert_eq!(seen.rows()[2].node(), node);
                }
            }

            #[test]
            fn case_60_timers_wait_for_their_length_or_their_moment() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let process = SwitchFlow.start.run(&mut conn, &CODE, data(&[], 12)).unwrap().id();
                let timer = SwitchFlow.timer.tasks().of(process).one(&mut conn).unwrap();
                assert_eq!((timer.status(), timer.due()), (TaskStatus::Scheduled, Some(clock.now() + seconds(12))));
                assert!(!FLOWS.run_due(&mut conn).unwrap().any());
                clock.advance(seconds(12));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                assert!(!FLOWS.run_due(&mut conn).unwrap().any());
                clock.advance(hours(1));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, process).is(Done);
            }

            #[test]
            fn case_26_a_switch_without_a_way_is_an_error_of_its_task_in_the_background() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let process = NoDefaultFlow.start.run(&mut conn, &CODE, data(&[], 0)).unwrap().id();
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let seen = FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "first:DONE", "pick:ERROR"]);
                assert_eq!(seen.rows()[2].error(), Some("no case matches, and there is no default"));
            }

            #[test]
            fn an_edge_that_fails_undoes_what_its_task_set_before() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let process = EdgeFlow.start.run(&mut conn, &CODE, data(&[], 0)).unwrap().id();
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let seen = FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "wait:DONE", "mark:ERROR"]);
                assert_eq!(seen.rows()[2].error(), Some("3 tasks were there"));
                let row = EdgeFlow.processes().find(process).first(&mut conn).unwrap();
                assert_eq!(row.n(), 0);
            }

            #[test]
            fn what_comes_to_no_rest_is_undone_and_in_the_background_in_error() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let error = RoundFlow.start.run(&mut conn, &CODE, data(&[], 1)).unwrap_err();
                assert!(matches!(error, flow_core::Error::StepLimit { node: "again", .. }), "{error}");
                assert_eq!(RoundFlow.processes().load(&mut conn).unwrap().len(), 0);
                let process = RoundFlow.later.run(&mut conn, &CODE, data(&[], 1)).unwrap().id();
                clock.advance(seconds(1));
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let seen = FLOWS.expect(&mut conn, process).is(New).tasks(&["later:DONE", "wait:ERROR"]);
                assert!(seen.rows()[1].error().unwrap().contains("still running after 100000 steps"));
            }

            #[test]
            fn a_document_has_a_limit() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let fits = "x".repeat((1 << 20) - r#"{"items":[""],"n":0}"#.len());
                LargeFlow.start.run(&mut conn, &CODE, data(&[&fits], 0)).unwrap();
                let refused = |error: flow_core::Error| {
                    assert!(error.to_string().contains("at most 1048576 are allowed"), "{error}");
                    error.kind()
                };
                assert_eq!(refused(LargeFlow.start.run(&mut conn, &CODE, data(&[&format!("{fits}x")], 0)).unwrap_err()), ErrorKind::Invalid);
                assert_eq!(refused(LargeFlow.at_once.run(&mut conn, &CODE, data(&[], 0)).unwrap_err()), ErrorKind::Invalid);
                assert_eq!(refused(LargeFlow.gives.run(&mut conn, &CODE, data(&[], 0)).unwrap_err()), ErrorKind::Step);
                let mut processes = LargeFlow.processes().load(&mut conn).unwrap();
                assert_eq!(processes.len(), 1, "nothing of the others was written");
                processes[0].set_items(vec![fits, "x".to_owned()]);
                assert_eq!(refused(processes[0].save(&mut conn).unwrap_err()), ErrorKind::Invalid);
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let seen = FLOWS.expect(&mut conn, processes[0].id()).is(New).tasks(&["start:DONE", "wait:DONE", "grow:ERROR"]);
                assert!(seen.rows()[2].error().unwrap().contains("at most 1048576 are allowed"));
            }

            #[test]
            fn limits_are_errors_that_name_the_number() {
                let mut conn: Db = $database;
                let many: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
                let items = ListProcessData { items: many, n: 0 };
                let error = ItemsFlow.start.run(&mut conn, &CODE, items).unwrap_err();
                assert!(error.to_string().contains("`split`: more than 10000 branches of one split"), "{error}");
                assert_eq!(ItemsFlow.processes().load(&mut conn).unwrap().len(), 0);
            }
            }
        }
    };
}
