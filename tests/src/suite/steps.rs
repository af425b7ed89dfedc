//! Sequences, choices, and what one step may do. Numbers are those of the behaviour cases.

/// The cases of plain steps, on a back end.
#[macro_export]
macro_rules! steps_suite {
    ($connection:ty, $database:expr) => {
        mod steps {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{ErrorKind, ProcessStatus::*, TaskStatus, test_util::TestClock};
            use $crate::app::{ALICE, BOB, CAROL, MONA, Person};

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(ProcessProxy, Debug)]
            pub struct NumberProcess { process: Process, #[json(default)] n: i64, note: Option<String> }

            #[derive(TaskProxy, Debug)]
            pub struct NumberTask { task: Task, n: i64 }

            /// Start and end.
            #[flow(process = NumberProcess, connection = Db)]
            pub struct ShortFlow {
                #[node(permission(anyone), next = this.end)] start: StartHandle,
                #[node(input = (i64, &'static str), run = this.made_of(conn), permission(anyone), next = this.end)] named: StartHandle,
                end: End,
            }

            impl ShortFlow {
                fn made_of((n, note): (i64, &'static str), conn: &mut Db) -> Step<NumberProcessData> {
                    let rows: i64 = flow_core::schema::flow_process::table.count().get_result(conn)?;
                    Ok(NumberProcessData { n: n + rows, note: Some(note.to_owned()) })
                }
            }

            /// Two starts, a function that may fail, a choice whose ways are given what they need.
            #[flow(process = NumberProcess, connection = Db)]
            pub struct ChoiceFlow {
                #[node(permission(anyone), next = this.check)] start: StartHandle,
                #[node(permission(anyone), next = this.wait)] later: StartHandle,
                #[node(delay = seconds(1), next = this.check)] wait: Timer,
                #[node(run = this.check_it(conn), next(this.choose, task_data = |a| NumberTaskData { n: a.process.n() * 10 }))] check: Function,
                #[node(task = NumberTask, if = |a| a.task.n() > 10,
                       then(this.large, task_data = |a| NumberTaskData { n: a.task.n() + 1 }), else = this.small)]
                choose: If,
                #[node(task = NumberTask, permission(anyone), next = this.pick)] large: Handle,
                #[node(permission(anyone), next = this.pick)] small: Handle,
                #[node(allow(switch_without_default, reason = "a test of what happens then"), case(this.end, when = |a| a.process.n() < 100))]
                pick: Switch,
                end: End,
            }

            impl ChoiceFlow {
                fn check_it(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    if a.process.n() < 0 {
                        let id = a.process.id();
                        let note = flow_core::schema::flow_process::seed_key.eq("written before it failed");
                        diesel::update(flow_core::schema::flow_process::table.find(id)).set(note).execute(conn)?;
                        a.process.set_note(Some("set before it failed".to_owned()));
                        return Err("boom".into());
                    }
                    Ok(())
                }
            }

            /// Three people: who starts, who approves, who may look at large ones.
            #[flow(process = NumberProcess, connection = Db)]
            pub struct PeopleFlow {
                #[node(form = PeopleForm { n }, permission("can_sign"), next = this.approve)] start: Start,
                #[node(form = NoteForm { note }, permission(auto), next = this.review)] approve: View,
                #[node(permission(this.may_review), next = this.end)] review: View,
                end: End,
            }

            impl PeopleFlow {
                /// A permission on this one object: only managers see the large ones.
                fn may_review(user: &dyn User, a: &Activation<Self>) -> bool {
                    user.manages("people") || a.process.n() < 10 && user.id() == "carol"
                }
            }

            static FLOWS: Flows<Db> = flows![ShortFlow, ChoiceFlow, PeopleFlow];

            /// May approve in `PeopleFlow`.
            const DAVE: Person = Person { name: "dave", permissions: &["people.approve"], is_manager: false };
            const ERIN: Person = Person { name: "erin", permissions: &["people.approve"], is_manager: false };

            fn data(n: i64) -> NumberProcessData {
                NumberProcessData { n, note: None }
            }

            fn approval(conn: &mut Db, n: i64) -> (i64, TaskId) {
                let process = PeopleFlow.start.run(conn, &BOB, PeopleForm { n }).unwrap().id();
                (process, PeopleFlow.approve.tasks().of(process).one(conn).unwrap().id())
            }

            fn note() -> NoteForm {
                NoteForm { note: Some("fine".to_owned()) }
            }

            fn queued(conn: &mut Db, user: &dyn User) -> Vec<TaskId> {
                FLOWS.queue(conn, user).unwrap().iter().map(Task::id).collect()
            }

            #[test]
            fn case_1_a_start_and_an_end_are_a_process() {
                let mut conn: Db = $database;
                let process = ShortFlow.start.run(&mut conn, &CODE, data(0)).unwrap();
                assert!(process.status() == Done && process.finished().is_some());
                let seen = FLOWS.expect(&mut conn, process.id()).tasks(&["start:DONE", "end:DONE"]);
                let [start, end] = seen.rows() else { panic!() };
                assert!(end.started().is_some() && end.finished().is_some());
                assert_eq!((start.previous(), end.previous()), (None, Some(start.id())));
            }

            #[test]
            fn case_2_a_starts_code_has_its_arguments_before_there_are_rows() {
                let mut conn: Db = $database;
                let process = ShortFlow.named.run(&mut conn, &CODE, (5, "hi")).unwrap();
                assert_eq!((process.n(), process.note()), (5, Some("hi")), "no row was counted");
                let start = ShortFlow.named.tasks().one(&mut conn).unwrap();
                assert!(start.started().is_some() && start.finished().is_some());
            }

            #[test]
            fn case_3_what_a_start_gives_is_there_for_the_first_callback() {
                let mut conn: Db = $database;
                let process = ChoiceFlow.start.run(&mut conn, &CODE, data(3)).unwrap();
                assert_eq!(process.data().get(&["n"]).unwrap(), Some(&3.into()));
                let choose = NumberTask::from_row(ChoiceFlow.choose.tasks().one(&mut conn).unwrap()).unwrap();
                assert_eq!(choose.n(), 30);
            }

            #[test]
            fn case_4_what_fails_in_the_callers_step_leaves_no_row() {
                let mut conn: Db = $database;
                let error = ChoiceFlow.start.run(&mut conn, &CODE, data(-1)).unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Step, "`check` failed: boom"));
                assert_eq!(flow_core::schema::flow_process::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
                assert_eq!(flow_core::schema::flow_audit::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
            }

            #[test]
            fn case_5_what_fails_in_the_background_is_in_error_and_its_writes_are_undone() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let process = ChoiceFlow.later.run(&mut conn, &CODE, data(-1)).unwrap().id();
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let seen = FLOWS.expect(&mut conn, process).is(New).tasks(&["later:DONE", "wait:DONE", "check:ERROR"]);
                assert_eq!(seen.rows()[2].error(), Some("boom"));
                let row = ChoiceFlow.processes().by_id(process).first(&mut conn).unwrap();
                assert_eq!((row.note(), row.seed_key()), (None, None));
            }

            #[test]
            fn case_9_either_of_two_starts_begins_a_process() {
                let clock = TestClock::install();
                let mut conn: Db = $database;
                let first = ChoiceFlow.start.run(&mut conn, &CODE, data(1)).unwrap().id();
                let second = ChoiceFlow.later.run(&mut conn, &CODE, data(1)).unwrap().id();
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, first).tasks(&["start:DONE", "check:DONE", "choose:DONE", "small:NEW"]);
                FLOWS.expect(&mut conn, second).tasks(&["later:DONE", "wait:DONE", "check:DONE", "choose:DONE", "small:NEW"]);
            }

            #[test]
            fn case_13_a_task_without_a_person_waits_in_the_queue_of_those_who_may() {
                let mut conn: Db = $database;
                let (_, task) = approval(&mut conn, 1);
                let row = PeopleFlow.approve.tasks().one(&mut conn).unwrap();
                assert_eq!((row.task_type(), row.status(), row.owner()), ("HUMAN", TaskStatus::New, None));
                assert_eq!(queued(&mut conn, &DAVE), [task]);
                assert_eq!(queued(&mut conn, &ERIN), [task]);
            }

            #[test]
            fn case_14_a_task_is_taken_before_it_is_done_and_done_once() {
                let mut conn: Db = $database;
                let (process, task) = approval(&mut conn, 1);
                let early = PeopleFlow.approve.execute(&mut conn, task, &DAVE, note()).unwrap_err();
                assert_eq!(early.kind(), ErrorKind::Denied, "{early}");
                let taken = PeopleFlow.approve.assign(&mut conn, task, &DAVE).unwrap();
                assert_eq!((taken.status(), taken.owner()), (TaskStatus::Assigned, Some("dave")));
                PeopleFlow.approve.execute(&mut conn, task, &DAVE, note()).unwrap();
                FLOWS.expect(&mut conn, process).tasks(&["start:DONE", "approve:DONE", "review:NEW"]);
                let again = PeopleFlow.approve.execute(&mut conn, task, &DAVE, note()).unwrap_err();
                assert_eq!(again.kind(), ErrorKind::Conflict, "{again}");
            }

            #[test]
            fn case_15_nobody_does_the_task_of_another_whatever_they_may() {
                let mut conn: Db = $database;
                let (_, task) = approval(&mut conn, 1);
                PeopleFlow.approve.assign(&mut conn, task, &DAVE).unwrap();
                let others: [&dyn User; 3] = [&ERIN, &MONA, &System("root")];
                for other in others {
                    let error = PeopleFlow.approve.execute(&mut conn, task, other, note()).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
                }
            }

            #[test]
            fn case_16_who_has_a_task_gives_it_back_and_a_stranger_does_not() {
                let mut conn: Db = $database;
                let (_, task) = approval(&mut conn, 1);
                PeopleFlow.approve.assign(&mut conn, task, &DAVE).unwrap();
                assert_eq!(PeopleFlow.approve.unassign(&mut conn, task, &ERIN).unwrap_err().kind(), ErrorKind::Denied);
                let free = PeopleFlow.approve.unassign(&mut conn, task, &DAVE).unwrap();
                assert_eq!((free.status(), free.owner()), (TaskStatus::New, None));
                assert_eq!(PeopleFlow.approve.assign(&mut conn, task, &ERIN).unwrap().owner(), Some("erin"));
            }

            #[test]
            fn case_19_a_node_has_a_permission_of_its_own() {
                let mut conn: Db = $database;
                let (_, task) = approval(&mut conn, 1);
                for other in [&ALICE, &BOB, &CAROL] {
                    let error = PeopleFlow.approve.assign(&mut conn, task, other).unwrap_err();
                    assert!(error.kind() == ErrorKind::Denied && error.to_string().contains("people.approve"), "{error}");
                    assert_eq!(queued(&mut conn, other), []);
                }
                PeopleFlow.approve.assign(&mut conn, task, &DAVE).unwrap();
            }

            #[test]
            fn case_20_a_permission_may_be_on_this_one_object() {
                let mut conn: Db = $database;
                let mut reviews = Vec::new();
                for n in [1, 50] {
                    let (process, task) = approval(&mut conn, n);
                    PeopleFlow.approve.assign(&mut conn, task, &DAVE).unwrap();
                    PeopleFlow.approve.execute(&mut conn, task, &DAVE, note()).unwrap();
                    reviews.push(PeopleFlow.review.tasks().of(process).one(&mut conn).unwrap().id());
                }
                assert_eq!(queued(&mut conn, &CAROL), [reviews[0]]);
                assert_eq!(queued(&mut conn, &MONA), reviews);
                assert_eq!(PeopleFlow.review.assign(&mut conn, reviews[1], &CAROL).unwrap_err().kind(), ErrorKind::Denied);
                PeopleFlow.review.assign(&mut conn, reviews[0], &CAROL).unwrap();
            }

            #[test]
            fn case_21_who_may_not_start_starts_nothing() {
                let mut conn: Db = $database;
                let error = PeopleFlow.start.run(&mut conn, &ALICE, PeopleForm { n: 1 }).unwrap_err();
                assert!(error.kind() == ErrorKind::Denied && error.to_string().contains("can_sign"), "{error}");
                assert_eq!(PeopleFlow.start.check(&ALICE).unwrap_err().kind(), ErrorKind::Denied);
                assert_eq!(PeopleFlow.processes().load(&mut conn).unwrap().len(), 0);
            }

            #[test]
            fn case_23_exactly_one_way_is_taken_on_the_same_branch() {
                for (n, taken, other) in [(1, "small", "large"), (2, "large", "small")] {
                    let mut conn: Db = $database;
                    let process = ChoiceFlow.start.run(&mut conn, &CODE, data(n)).unwrap().id();
                    let seen = FLOWS.expect(&mut conn, process).is(New);
                    let tokens: Vec<_> = seen.rows().iter().filter(|task| task.node() == taken).map(Task::token).collect();
                    assert_eq!(tokens, [seen.rows()[2].token()], "{}", seen.story());
                    assert!(seen.rows().iter().all(|task| task.node() != other));
                }
            }

            #[test]
            fn case_26_a_switch_without_a_way_undoes_the_callers_step() {
                let mut conn: Db = $database;
                let process = ChoiceFlow.start.run(&mut conn, &CODE, data(100)).unwrap().id();
                let task = ChoiceFlow.large.tasks().of(process).one(&mut conn).unwrap().id();
                let error = ChoiceFlow.large.run(&mut conn, task, &CODE, ()).unwrap_err();
                assert_eq!(error.to_string(), "`pick` failed: no case matches, and there is no default");
                FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "check:DONE", "choose:DONE", "large:NEW"]);
            }

            #[test]
            fn case_27_a_way_gives_its_task_what_comes_of_the_choices_own() {
                let mut conn: Db = $database;
                let process = ChoiceFlow.start.run(&mut conn, &CODE, data(2)).unwrap().id();
                let found = ChoiceFlow.large.tasks().of(process).filter(NumberTask::FIELDS.n.eq(21));
                assert_eq!(NumberTask::from_row(found.one(&mut conn).unwrap()).unwrap().n(), 21);
                let none = ChoiceFlow.large.tasks().filter(NumberTask::FIELDS.n.lt(21)).load::<Task>(&mut conn).unwrap();
                assert_eq!(none.len(), 0);
            }

            #[test]
            fn a_task_row_that_does_not_fit_its_type_is_named() {
                let mut conn: Db = $database;
                let process = ChoiceFlow.start.run(&mut conn, &CODE, data(1)).unwrap().id();
                let small = ChoiceFlow.small.tasks().of(process).one(&mut conn).unwrap();
                let error = NumberTask::from_row(small).unwrap_err();
                assert!(matches!(&error, flow_core::Error::Data(data) if data.field == "n" && data.process == process), "{error}");
            }
            }
        }
    };
}
