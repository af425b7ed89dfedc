//! Forms that name fields of the node's task: `form = VoteForm { task.choice }`.

/// The cases of forms of tasks, on a back end.
#[macro_export]
macro_rules! task_forms_suite {
    ($connection:ty, $database:expr) => {
        mod task_forms {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::form::Sent;
            use flow_core::{Error, ErrorKind, ProcessStatus::*, TaskId};
            use serde_json::json;
            use $crate::app::MONA;

            type Db = $connection;

            #[derive(ProcessProxy, Debug)]
            pub struct BallotProcess {
                process: Process,
                question: String,
                #[json(default)]
                voters: Vec<String>,
                /// What was decided. Fields of tasks have the same name.
                choice: Option<String>,
            }

            /// Has a field that a start's form names.
            #[derive(TaskProxy, Debug)]
            pub struct AskTask { task: Task, #[json(default)] urgent: bool }

            #[derive(TaskProxy, Debug)]
            pub struct VoteTask {
                task: Task,
                voter: String,
                /// Choice
                #[json(max_length = 6)]
                choice: Option<String>,
                #[json(key("count", "weight"), default = 1, range = 1..=9)]
                weight: i64,
            }

            #[flow(process = BallotProcess, connection = Db)]
            pub struct BallotFlow {
                #[node(task = AskTask, form = AskForm { question, voters, task.urgent }, permission(anyone),
                       next = this.split)]
                start: Start,
                #[node(next(this.vote, task_data_source = |a| a.process.voters().iter()
                           .map(|voter| VoteTaskData { voter: voter.clone(), choice: None, weight: 1 })),
                       next = this.counted)]
                split: Split,
                /// Vote
                #[node(task = VoteTask, form = VoteForm { task.choice: required, task.weight },
                       permission(anyone), next = this.counted)]
                vote: View,
                #[node(next = this.count)] counted: Join,
                #[node(run = this.count_votes(conn), next = this.end)] count: Function,
                end: End,
            }

            impl BallotFlow {
                fn count_votes(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    let votes = a.branches(conn)?.of(BallotFlow.vote)?;
                    let each = votes.iter().map(|vote| {
                        format!("{} {} {}", vote.voter(), vote.choice().unwrap_or("-"), vote.weight())
                    });
                    let each: Vec<String> = each.collect();
                    a.process.set_choice(Some(each.join(", ")));
                    Ok(())
                }
            }

            static FLOWS: Flows<Db> = flows![BallotFlow];

            fn ask(conn: &mut Db, voters: &[&str]) -> (i64, Vec<TaskId>) {
                let voters = voters.iter().map(|voter| (*voter).to_owned()).collect();
                let form = AskForm { question: "Drink?".to_owned(), voters, urgent: true };
                let id = BallotFlow.start.run(conn, &MONA, form).unwrap().id();
                let votes = BallotFlow.vote.tasks().of(id).load::<Task>(conn).unwrap();
                let mut votes: Vec<TaskId> = votes.iter().map(Task::id).collect();
                votes.sort();
                votes.iter().for_each(|vote| drop(BallotFlow.vote.assign(conn, *vote, &MONA).unwrap()));
                (id, votes)
            }

            fn vote(choice: &str, weight: i64) -> VoteForm {
                VoteForm { choice: choice.to_owned(), weight }
            }

            fn read(conn: &mut Db, task: TaskId) -> VoteTask {
                VoteTask::from_row(FLOWS.task(conn, task).unwrap()).unwrap()
            }

            #[test]
            fn each_branch_has_its_own_values_and_the_node_behind_the_join_reads_them_in_order() {
                let mut conn = $database;
                let (id, votes) = ask(&mut conn, &["anna", "ben", "cem"]);
                for (at, choice) in [(2, "water"), (0, "tea"), (1, "coffee")] {
                    let weight = i64::try_from(at).unwrap() + 1;
                    BallotFlow.vote.execute(&mut conn, votes[at], &MONA, vote(choice, weight)).unwrap();
                    let after = BallotFlow.processes().find(id).first::<BallotProcess>(&mut conn).unwrap();
                    assert!((at == 1) == after.choice().is_some(), "{after:?}");
                }
                let ended = BallotFlow.processes().find(id).first::<BallotProcess>(&mut conn).unwrap();
                assert_eq!(ended.status(), Done);
                assert_eq!(ended.choice(), Some("anna tea 1, ben coffee 2, cem water 3"));
                let stored = FLOWS.task(&mut conn, votes[1]).unwrap();
                let at = |path: &[&str]| stored.data().get(path).unwrap().cloned();
                assert_eq!((at(&["choice"]), at(&["count", "weight"])), (Some(json!("coffee")), Some(json!(2))));
            }

            #[test]
            fn the_form_of_a_start_sets_fields_of_its_task() {
                let mut conn = $database;
                let (id, _) = ask(&mut conn, &["anna"]);
                let start = || BallotFlow.start.tasks().of(id);
                assert!(AskTask::from_row(start().one(&mut conn).unwrap()).unwrap().urgent());
                assert_eq!(start().filter(AskTask::FIELDS.urgent.eq(true)).count().get_result::<i64>(&mut conn).unwrap(), 1);
                let process = FLOWS.process(&mut conn, id).unwrap();
                assert_eq!(process.data().get(&["urgent"]), Ok(None));
                let sent = Sent::Urlencoded(b"question=Eat%3F&urgent=on");
                let other = FLOWS.start(&mut conn, "ballot", "start", &MONA, sent).unwrap().id();
                let start = BallotFlow.start.tasks().of(other).one(&mut conn).unwrap();
                assert!(AskTask::from_row(start).unwrap().urgent());
            }

            #[test]
            fn pages_show_and_send_fields_of_the_task_by_name() {
                let mut conn = $database;
                let (id, votes) = ask(&mut conn, &["anna", "ben"]);
                let names: Vec<_> = BallotFlow.vote.fields().iter().map(|field| (field.name, field.is_of_task())).collect();
                assert_eq!(names, [("choice", true), ("weight", true)]);
                assert_eq!(BallotFlow.vote.fields()[0].label, "Choice");
                let values = FLOWS.values(&mut conn, votes[0]).unwrap();
                assert_eq!(values, *json!({ "choice": null, "weight": 1 }).as_object().unwrap());
                let seen = FLOWS.tag(&mut conn, votes[0], &MONA).unwrap();
                // What is wrong is said by field, and nothing is written.
                let wrong = json!({ "choice": "lemonade", "weight": 10, "voter": "cem" });
                let wrong = FLOWS.execute(&mut conn, votes[0], &MONA, Sent::Value(&wrong));
                let Err(Error::Invalid(faults)) = wrong else { panic!("{wrong:?}") };
                let fields: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
                assert_eq!(fields, ["choice", "weight", "voter"]);
                let missing = FLOWS.execute(&mut conn, votes[0], &MONA, Sent::Value(&json!({ "weight": 1 })));
                assert_eq!(missing.unwrap_err().kind(), ErrorKind::Invalid);
                assert_eq!(FLOWS.tag(&mut conn, votes[0], &MONA).unwrap(), seen);
                // A draft, as of fields of the process.
                FLOWS.draft(&mut conn, votes[0], &MONA, Sent::Urlencoded(b"choice=te&weight=3")).unwrap();
                let form = FLOWS.form(&mut conn, votes[0], &MONA).unwrap();
                let texts: Vec<_> = form.iter().flat_map(flow_core::FormField::texts).collect();
                assert_eq!(texts, ["te", "3"]);
                FLOWS.execute(&mut conn, votes[0], &MONA, Sent::Urlencoded(b"choice=tea&weight=3")).unwrap();
                let done = read(&mut conn, votes[0]);
                assert_eq!((done.choice(), done.weight()), (Some("tea"), 3));
                let values = FLOWS.values(&mut conn, votes[0]).unwrap();
                assert_eq!(values, *json!({ "choice": "tea", "weight": 3 }).as_object().unwrap());
                // Of the other task, and of the process, nothing of it.
                assert_eq!(FLOWS.values(&mut conn, votes[1]).unwrap()["choice"], json!(null));
                let process = FLOWS.process(&mut conn, id).unwrap();
                assert!(process.data().get(&["choice"]).unwrap().is_none_or(serde_json::Value::is_null));
                let values = flow_core::form::values(BallotFlow.vote.fields(), &process);
                assert!(values.is_empty(), "{values:?}");
            }

            #[test]
            fn what_a_callback_refuses_leaves_the_task_as_it_was() {
                let mut conn = $database;
                let (_, votes) = ask(&mut conn, &["anna"]);
                let refused = BallotFlow.vote.execute(&mut conn, votes[0], &MONA, vote("lemonade", 1));
                assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
                assert_eq!(read(&mut conn, votes[0]).choice(), None);
            }
            }
        }
    };
}
