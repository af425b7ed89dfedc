//! What a flow is told of its changes: `observe` in the transaction, `notify` after it.

/// The cases of `observe` and `notify`, on a back end.
#[macro_export]
macro_rules! watched_suite {
    ($connection:ty, $database:expr) => {
        mod watched {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::TaskStatus;
            use $crate::app::{BOB, CAROL};

            type Db = $connection;
            const CODE: System = System("code");

            fn task_of(flows: &Flows<Db>, conn: &mut Db, process: i64, node: &str) -> Task {
                flows.tasks(conn, process).unwrap().into_iter().rev().find(|task| task.node() == node).unwrap()
            }

            /// What the flow was told: the key, the verb, and who has a task now.
            static TOLD: std::sync::Mutex<Vec<(String, String, Vec<String>)>> = std::sync::Mutex::new(Vec::new());
            static SENDS: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

            fn watch(change: &flow_core::Change<'_>, conn: &mut Db) -> Step {
                if change.note() == Some("refuse me") {
                    return Err("the app does not want this".into());
                }
                // It sees the rows of the change, in its transaction.
                let seen: Task = WatchedFlow.ask.tasks().of(change.process().id()).one(conn)?;
                diesel::sql_query(format!(
                    "update flow_process set artifact_key = '{} {}' where id = {}",
                    change.verb(), seen.status(), change.process().id()
                )).execute(conn)?;
                Ok(())
            }

            fn mail(note: &flow_core::Notification) -> Step {
                if !SENDS.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err("the mail server is away".into());
                }
                let owners = note.tasks().iter().filter_map(|task| task.owner.clone()).collect();
                TOLD.lock().unwrap().push((note.key().to_owned(), note.verb.clone(), owners));
                Ok(())
            }

            #[flow(connection = Db, observe = watch, notify = mail)]
            pub struct WatchedFlow {
                #[node(permission(anyone), next = this.ask)]
                start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                ask: View,
                end: End,
            }

            #[test]
            fn a_flow_observes_each_change_in_its_transaction_and_is_told_of_it_afterwards() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                static FLOWS: Flows<Db> = flows![WatchedFlow];
                let process = WatchedFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                let ask = task_of(&FLOWS, &mut conn, process, "ask").id();
                let refused = FLOWS.assign(&mut conn, ask, &BOB.because("refuse me")).unwrap_err();
                assert_eq!(refused.to_string(), "`observe` failed: the app does not want this");
                assert_eq!(task_of(&FLOWS, &mut conn, process, "ask").status(), TaskStatus::New, "nothing was changed");
                FLOWS.assign(&mut conn, ask, &BOB).unwrap();
                use flow_core::schema::flow_process;
                let seen: Option<String> = flow_process::table.find(process).select(flow_process::artifact_key).first(&mut conn).unwrap();
                assert_eq!(seen.as_deref(), Some("assign ASSIGNED"));
                SENDS.store(false, std::sync::atomic::Ordering::Relaxed);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().postponed, 2);
                SENDS.store(true, std::sync::atomic::Ordering::Relaxed);
                clock.advance(minutes(5));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 2);
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 0, "each once");
                let told = std::mem::take(&mut *TOLD.lock().unwrap());
                assert_eq!(told, [
                    (format!("watched-{process}-1"), "start".to_owned(), vec!["code".to_owned()]),
                    (format!("watched-{process}-2"), "assign".to_owned(), vec!["bob".to_owned()]),
                ]);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            /// Who was written to, and what the process is called, which the mail has read.
            static POST: std::sync::Mutex<Vec<(String, String)>> = std::sync::Mutex::new(Vec::new());

            #[flow(connection = Db, notify = this.post(conn))]
            pub struct PostedFlow {
                #[node(permission(anyone), next = this.ask)]
                start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                ask: View,
                end: End,
            }

            impl PostedFlow {
                fn post(note: &flow_core::Notification, conn: &mut Db) -> Step {
                    use flow_core::schema::flow_process;
                    let starter: Option<String> = flow_process::table.find(note.process).select(flow_process::started_by).first(conn)?;
                    let owners = note.tasks().iter().filter(|task| task.node == "ask").filter_map(|task| task.owner.clone());
                    POST.lock().unwrap().extend(owners.map(|owner| (owner, starter.clone().unwrap_or_default())));
                    Ok(())
                }
            }

            #[test]
            fn who_is_given_a_task_by_another_is_told_and_the_mail_reads_the_database() {
                let mut conn: Db = $database;
                static FLOWS: Flows<Db> = flows![PostedFlow];
                let process = PostedFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                let ask = task_of(&FLOWS, &mut conn, process, "ask").id();
                FLOWS.assign(&mut conn, ask, &BOB).unwrap();
                FLOWS.reassign(&mut conn, ask, &BOB, &CAROL).unwrap();
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 3);
                let told = std::mem::take(&mut *POST.lock().unwrap());
                assert_eq!(told, [("bob", "code"), ("carol", "code")].map(|(to, by)| (to.to_owned(), by.to_owned())));
            }
            }
        }
    };
}
