//! Seeds, artifacts and task data; subprocesses; forms of one's own; who has a task from the start.

/// The cases of data, on a back end.
#[macro_export]
macro_rules! data_suite {
    ($connection:ty, $database:expr) => {
        mod data {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::{ErrorKind, ProcessStatus::*, TaskStatus};
            use $crate::app::{ALICE, BOB, CAROL};

            type Db = $connection;
            const CODE: System = System("test");

            diesel::table! { sources (id) { id -> Integer, title -> Text, } }
            diesel::table! { reports (code) { code -> Text, source -> Integer, } }

            #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::Insertable, FlowModel, Debug, Clone, PartialEq)]
            #[diesel(table_name = sources)]
            pub struct Source { id: i32, title: String }

            #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::Insertable, FlowModel, Debug, PartialEq)]
            #[diesel(table_name = reports, primary_key(code))]
            #[flow_model(name = "report")]
            pub struct Report { code: String, source: i32 }

            fn database() -> Db {
                let mut conn: Db = $database;
                diesel::connection::SimpleConnection::batch_execute(
                    &mut conn,
                    "create table sources (id integer primary key, title text not null);
                     create table reports (code text primary key, source integer not null)",
                ).unwrap();
                let rows = [Source { id: 7, title: "seven".to_owned() }, Source { id: 8, title: "eight".to_owned() }];
                for row in &rows {
                    diesel::insert_into(sources::table).values(row).execute(&mut conn).unwrap();
                }
                conn
            }

            #[derive(ProcessProxy, Debug)]
            #[proxy(seed = Source, artifact = Report)]
            pub struct ReportProcess {
                process: Process,
                title: String,
                also: Option<Ref<Source>>,
                #[json(default)]
                all: Vec<Ref<Source>>,
            }

            #[derive(TaskProxy)]
            #[proxy(seed = Source, artifact = Report)]
            pub struct WriteTask { task: Task, #[json(default)] words: i64 }

            /// A choice from the app's own table.
            #[derive(Debug)]
            pub struct SelectSource { source: Source }

            impl Form<ReportFlow, WriteTask> for SelectSource {
                fn save(self, a: &mut Activation<ReportFlow, WriteTask>, conn: &mut Db) -> Step {
                    let source = sources::table.find(self.source.id).select(Source::as_select()).first(conn)?;
                    a.process.set_seed(&source);
                    a.process.set_also(Some(Ref::to(&source)));
                    a.process.set_all(vec![Ref::to(&source)]);
                    a.task.set_seed(&source);
                    a.task.set_words(3);
                    Ok(())
                }
            }

            impl StartData<ReportFlow> for SelectSource {
                fn data(&self) -> ReportProcessData {
                    ReportProcessData { title: self.source.title.clone(), also: None, all: Vec::new() }
                }
            }

            /// A report is written, checked by somebody else, and published by another flow.
            #[flow(process = ReportProcess, connection = Db)]
            pub struct ReportFlow {
                #[node(task = WriteTask, form = SelectSource, permission(anyone),
                       next(this.write, task_seed = |a| a.task.seed_ref(), task_data = |a| WriteTaskData { words: a.task.words() + 1 }))]
                start: Start,
                #[node(task = WriteTask, permission(anyone), assign = this.start.owner, next = this.make)]
                write: View,
                #[node(task = WriteTask, run = this.make_report(conn), next = this.check)]
                make: Function,
                #[node(permission(anyone), different_from(this.start), next = this.publish)]
                check: View,
                #[node(start = PublishFlow.as_subprocess, process_seed = |a| a.process.artifact_ref(),
                       process_data = |a| PublishProcessData { title: a.process.title().to_owned() }, next = this.end)]
                publish: Subprocess,
                end: End,
            }

            impl ReportFlow {
                fn make_report(a: &mut Activation<Self, WriteTask>, conn: &mut Db) -> Step {
                    let source = a.process.seed(conn)?;
                    let report = Report { code: format!("R-{}", source.id), source: source.id };
                    diesel::insert_into(reports::table).values(&report).execute(conn)?;
                    a.process.set_artifact(&report);
                    a.task.set_artifact(&report);
                    Ok(())
                }
            }

            #[derive(ProcessProxy, Debug)]
            #[proxy(seed = Report)]
            pub struct PublishProcess { process: Process, title: String }

            /// Publishes at once if the title is short, else asks somebody.
            #[flow(process = PublishProcess, connection = Db)]
            pub struct PublishFlow {
                #[node(permission(anyone), next = this.short)]
                pub as_subprocess: StartHandle,
                #[node(if = |a| a.process.title() == "seven", then = this.sign, else = this.end)]
                short: If,
                #[node(permission(anyone), assign = |a| Some(a.process.title()), next = this.end)]
                sign: View,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![ReportFlow, PublishFlow];

            fn started(conn: &mut Db, id: i32) -> i64 {
                let source = sources::table.find(id).select(Source::as_select()).first(conn).unwrap();
                ReportFlow.start.run(conn, &ALICE, SelectSource { source }).unwrap().id()
            }

            fn written(conn: &mut Db, process: i64) -> TaskId {
                let write = ReportFlow.write.tasks().of(process).one(conn).unwrap().id();
                ReportFlow.write.execute(conn, write, &ALICE, ()).unwrap();
                ReportFlow.check.tasks().of(process).one(conn).unwrap().id()
            }

            fn checked(conn: &mut Db, process: i64) -> ReportProcess {
                let check = written(conn, process);
                ReportFlow.check.assign(conn, check, &BOB).unwrap();
                ReportFlow.check.execute(conn, check, &BOB, ()).unwrap()
            }

            #[test]
            fn case_50_a_form_of_ones_own_sets_the_seed_and_the_next_task_gets_its_own() {
                let mut conn = database();
                let id = started(&mut conn, 7);
                let process = ReportFlow.processes().find(id).first(&mut conn).unwrap();
                assert_eq!(process.seed_ref().unwrap().key(), "7");
                assert_eq!(process.seed(&mut conn).unwrap().title, "seven");
                assert_eq!(process.also().unwrap().load(&mut conn).unwrap().id, 7);
                assert_eq!(process.data().get(&["all"]).unwrap(), Some(&vec![7].into()), "a key is kept as Viewflow keeps it");
                assert!(process.artifact_ref().is_none() && process.artifact(&mut conn).is_err());
                let tasks = FLOWS.tasks(&mut conn, id).unwrap();
                assert_eq!(tasks[0].seed_key(), Some(("sources", "7")));
                assert_eq!(tasks[1].seed_key(), Some(("sources", "7")), "given by the edge");
                assert_eq!(tasks[1].data().get(&["words"]).unwrap(), Some(&4.into()));
            }

            #[test]
            fn case_18_a_task_is_assigned_to_who_started() {
                let mut conn = database();
                let process = started(&mut conn, 7);
                let write = ReportFlow.write.tasks().of(process).one(&mut conn).unwrap();
                assert_eq!((write.status(), write.owner()), (TaskStatus::Assigned, Some("alice")));
                assert!(write.assigned().is_some());
            }

            #[test]
            fn four_eyes_who_started_may_not_check() {
                let mut conn = database();
                let process = started(&mut conn, 7);
                let check = written(&mut conn, process);
                let error = ReportFlow.check.assign(&mut conn, check, &ALICE).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Denied);
                assert!(error.to_string().contains("the same person did `start` (`different_from`)"), "{error}");
                assert_eq!(FLOWS.queue(&mut conn, &ALICE).unwrap().len(), 0);
                assert_eq!(FLOWS.queue(&mut conn, &CAROL).unwrap().len(), 1);
                ReportFlow.check.assign(&mut conn, check, &CAROL).unwrap();
            }

            #[test]
            fn a_child_that_ends_at_once_resumes_its_parent_in_the_same_transition() {
                let mut conn = database();
                let id = started(&mut conn, 8);
                let process = checked(&mut conn, id);
                assert_eq!(process.status(), Done);
                assert_eq!(process.artifact(&mut conn).unwrap().code, "R-8");
                FLOWS.expect(&mut conn, id).tasks(&["start:DONE", "write:DONE", "make:DONE", "check:DONE", "publish:DONE", "end:DONE"]);
                let child = PublishFlow.processes().first(&mut conn).unwrap();
                assert_eq!((child.parent(), child.title()), (Some(TaskId::new(id, 5)), "eight"));
                assert_eq!(child.seed(&mut conn).unwrap().source, 8);
                assert!(!FLOWS.run_due(&mut conn).unwrap().any());
            }

            #[test]
            fn a_child_that_waits_resumes_its_parent_as_due_work_when_it_ends() {
                let mut conn = database();
                let id = started(&mut conn, 7);
                assert_eq!(checked(&mut conn, id).status(), New);
                let sign = PublishFlow.sign.tasks().open().one(&mut conn).unwrap();
                assert_eq!(sign.owner(), Some("seven"), "a callback says who has it");
                let seven = $crate::app::Person { name: "seven", permissions: &[], is_manager: false };
                PublishFlow.sign.execute(&mut conn, sign.id(), &seven, ()).unwrap();
                FLOWS.expect(&mut conn, id).is(New);
                FLOWS.expect(&mut conn, sign.id().process()).is(Done);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, id).is(Done);
                assert!(!FLOWS.run_due(&mut conn).unwrap().any());
            }

            #[test]
            fn rows_are_found_by_what_they_began_with_and_came_to() {
                use flow_core::schema::{flow_process, flow_task};
                let mut conn = database();
                let id = started(&mut conn, 8);
                checked(&mut conn, id);
                started(&mut conn, 7);
                let by_seed = ReportFlow.processes().filter(flow_process::seed_type.eq("sources").and(flow_process::seed_key.eq("8")));
                assert_eq!(by_seed.load(&mut conn).unwrap().iter().map(|row| row.id()).collect::<Vec<_>>(), [id]);
                let by_artifact = ReportFlow.tasks().filter(flow_task::artifact_type.eq("report").and(flow_task::artifact_key.eq("R-8")));
                assert_eq!(by_artifact.load::<Task>(&mut conn).unwrap()[0].node(), "make");
            }

            #[test]
            fn a_seed_whose_row_is_gone_is_an_error_of_the_step() {
                let mut conn = database();
                let id = started(&mut conn, 7);
                diesel::delete(sources::table).execute(&mut conn).unwrap();
                let write = ReportFlow.write.tasks().of(id).one(&mut conn).unwrap().id();
                let error = ReportFlow.write.execute(&mut conn, write, &ALICE, ()).unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Step, "`make` failed: Record not found"));
                FLOWS.expect(&mut conn, id).tasks(&["start:DONE", "write:ASSIGNED"]);
            }
            }
        }
    };
}
