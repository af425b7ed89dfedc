//! What a transition clears is cleared in the row, and tasks that are alike are each written with their own values.

/// The cases of what is written, on a back end.
#[macro_export]
macro_rules! columns_written_suite {
    ($connection:ty, $database:expr) => {
        mod columns_written {
            $crate::cases! {
            use flow_core::prelude::*;
            use $crate::app::{ALICE, BOB};

            type Db = $connection;
            const CODE: System = System("test");

            diesel::table! { sources (id) { id -> Integer, } }

            #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug, Clone)]
            #[diesel(table_name = sources)]
            pub struct Source { id: i32 }

            #[derive(ProcessProxy, Debug)]
            #[proxy(seed = Source, artifact = Source)]
            pub struct HeldProcess { process: Process }

            #[derive(TaskProxy)]
            #[proxy(seed = Source)]
            pub struct NumberedTask { task: Task, number: i64 }

            #[flow(process = HeldProcess, connection = Db)]
            pub struct HeldFlow {
                #[node(permission(anyone), next = this.hold)]
                start: StartHandle,
                #[node(input = i32, run = this.set_both, permission(anyone), next = this.clear)]
                hold: Handle,
                #[node(input = i32, run = this.take_seed, permission(anyone), next = this.split)]
                clear: Handle,
                #[node(next(this.sign, task_data_source = |_a| (0..20).map(|number| NumberedTaskData { number })),
                       next = this.join)]
                split: Split,
                #[node(task = NumberedTask, permission(anyone), next = this.join)]
                sign: View,
                #[node(next = this.end)]
                join: Join,
                end: End,
            }

            impl HeldFlow {
                fn set_both(a: &mut Activation<Self>, artifact: i32) {
                    a.process.set_seed(&Source { id: 1 });
                    a.process.set_artifact(&Source { id: artifact });
                }

                fn take_seed(a: &mut Activation<Self>, artifact: i32) {
                    a.process.set_seed_ref(None);
                    a.process.set_artifact(&Source { id: artifact });
                }
            }

            /// The keys of what the stored process refers to.
            fn stored(conn: &mut Db, process: i64) -> [Option<String>; 2] {
                let row = HeldFlow.processes().by_id(process).first(conn).unwrap();
                [row.seed_ref().map(|seed| seed.key().to_owned()), row.artifact_ref().map(|seed| seed.key().to_owned())]
            }

            #[test]
            fn a_seed_that_a_step_takes_away_is_gone_from_the_row() {
                let mut conn: Db = $database;
                let process = HeldFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                assert_eq!(stored(&mut conn, process), [None, None]);
                HeldFlow.hold.run(&mut conn, TaskId::new(process, 2), &CODE, 2).unwrap();
                assert_eq!(stored(&mut conn, process), [Some("1".to_owned()), Some("2".to_owned())]);
                HeldFlow.clear.run(&mut conn, TaskId::new(process, 3), &CODE, 3).unwrap();
                assert_eq!(stored(&mut conn, process), [None, Some("3".to_owned())]);
            }

            #[test]
            fn tasks_that_are_alike_have_each_its_own_values() {
                let mut conn: Db = $database;
                let process = HeldFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                HeldFlow.hold.run(&mut conn, TaskId::new(process, 2), &CODE, 2).unwrap();
                HeldFlow.clear.run(&mut conn, TaskId::new(process, 3), &CODE, 3).unwrap();
                let rows: Vec<Task> = HeldFlow.sign.tasks().of(process).load(&mut conn).unwrap();
                let mut rows: Vec<NumberedTask> = rows.into_iter().map(|row| NumberedTask::from_row(row).unwrap()).collect();
                rows.sort_by_key(|task| task.id());
                assert_eq!(rows.iter().map(NumberedTask::number).collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
                for (at, task) in rows.iter().enumerate() {
                    assert_eq!(task.id().number(), 5 + i32::try_from(at).unwrap());
                    assert_eq!((task.node(), task.kind(), task.task_type()), ("sign", "View", "HUMAN"));
                    assert_eq!((task.owner(), task.started(), task.finished()), (None, None, None));
                    assert_eq!(task.previous(), Some(TaskId::new(process, 4)));
                    assert!(task.token().starts_with("start/4_"), "{}", task.token());
                }
                let tokens: std::collections::BTreeSet<&str> = rows.iter().map(|task| task.token()).collect();
                assert_eq!(tokens.len(), 20);
            }

            #[test]
            fn a_task_that_is_given_back_has_no_owner_in_its_row() {
                let mut conn: Db = $database;
                let process = HeldFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                HeldFlow.hold.run(&mut conn, TaskId::new(process, 2), &CODE, 2).unwrap();
                HeldFlow.clear.run(&mut conn, TaskId::new(process, 3), &CODE, 3).unwrap();
                let id = TaskId::new(process, 7);
                let stored = |conn: &mut Db| -> Task {
                    let rows: Vec<Task> = HeldFlow.sign.tasks().of(process).load(conn).unwrap();
                    rows.into_iter().find(|row| row.id() == id).unwrap()
                };
                HeldFlow.sign.assign(&mut conn, id, &ALICE).unwrap();
                let taken = stored(&mut conn);
                assert_eq!((taken.owner(), taken.assigned().is_some()), (Some("alice"), true));
                HeldFlow.sign.unassign(&mut conn, id, &ALICE).unwrap();
                let free = stored(&mut conn);
                assert_eq!((free.owner(), free.assigned()), (None, None));
                HeldFlow.sign.assign(&mut conn, id, &BOB).unwrap();
                HeldFlow.sign.execute(&mut conn, id, &BOB, ()).unwrap();
                let done = stored(&mut conn);
                assert_eq!((done.owner(), done.started().is_some(), done.finished().is_some()), (Some("bob"), true, true));
            }
            }
        }
    };
}
