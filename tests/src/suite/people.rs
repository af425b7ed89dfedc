//! Who may take a task and who may see a process: the lists say what the verbs do.

/// The cases of people, on a back end.
#[macro_export]
macro_rules! people_suite {
    ($connection:ty, $database:expr) => {
        mod people {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::schema::{flow_candidate, flow_task};
            use flow_core::{Candidate, ErrorKind, TaskStatus};

            type Db = $connection;
            const CODE: System = System("import");

            #[derive(Clone, Debug, Default)]
            struct Person {
                name: String,
                permissions: Vec<String>,
                groups: Vec<String>,
                is_manager: bool,
                stands_in_for: Vec<Person>,
            }

            impl User for Person {
                fn id(&self) -> &str {
                    &self.name
                }

                fn may(&self, permission: &Permission) -> bool {
                    self.permissions.iter().any(|name| name == permission.name())
                }

                fn manages(&self, _flow: &str) -> bool {
                    self.is_manager
                }

                fn groups(&self) -> Vec<&str> {
                    self.groups.iter().map(String::as_str).collect()
                }

                fn acts_for(&self) -> Vec<&dyn User> {
                    self.stands_in_for.iter().map(|person| person as &dyn User).collect()
                }
            }

            fn named(name: &str) -> Person {
                Person { name: name.to_owned(), ..Person::default() }
            }

            #[derive(ProcessProxy, Debug)]
            pub struct RequestProcess {
                process: Process,
                #[json(default)]
                offered: Vec<String>,
                #[json(default)]
                groups: Vec<String>,
                nominee: Option<String>,
                #[json(default)]
                friend: String,
                #[json(default)]
                seen_by: String,
            }

            #[flow(process = RequestProcess, connection = Db, name = "request", view(this.may_see))]
            pub struct RequestFlow {
                #[node(form = RequestForm { offered, groups, nominee, friend, seen_by }, permission(anyone), next = this.split)]
                start: Start,
                #[node(next = this.by_name, next = this.by_code, next = this.offered, next = this.both, next = this.code_and_offered,
                       next = this.eyes, next = this.code_and_eyes, next = this.offered_and_eyes, next = this.assigned,
                       next = this.assigned_or_named, next = this.managers)]
                split: Split,
                #[node(permission("p1"), next = this.join)]
                by_name: View,
                #[node(permission(this.is_friend), next = this.join)]
                by_code: View,
                #[node(candidates = this.candidates, next = this.join)]
                offered: View,
                #[node(permission("p2"), candidates = this.candidates, next = this.join)]
                both: View,
                #[node(permission(this.is_friend), candidates = this.candidates, next = this.join)]
                code_and_offered: View,
                #[node(permission("p2"), different_from(this.start), next = this.join)]
                eyes: View,
                #[node(permission(this.is_friend), different_from(this.start), next = this.join)]
                code_and_eyes: View,
                #[node(candidates = this.candidates, different_from(this.start), next = this.join)]
                offered_and_eyes: View,
                #[node(assign = |a| a.process.nominee(), next = this.join)]
                assigned: View,
                #[node(assign = |a| a.process.nominee(), permission("p1"), next = this.join)]
                assigned_or_named: View,
                #[node(allow(only_managers, reason = "they are meant"), next = this.join)]
                managers: View,
                #[node(next = this.end)]
                join: Join,
                end: End,
            }

            impl RequestFlow {
                fn candidates(a: &Activation<Self>) -> Vec<Candidate> {
                    let people = a.process.offered().iter().map(person);
                    people.chain(a.process.groups().iter().map(group)).collect()
                }

                fn is_friend(user: &dyn User, a: &Activation<Self>) -> bool {
                    a.process.friend() == user.id()
                }

                fn may_see(user: &dyn User, process: &RequestProcess) -> bool {
                    process.seen_by() == user.id()
                }
            }

            static FLOWS: Flows<Db> = flows![RequestFlow];

            /// Numbers that look random, and are the same in each run.
            struct Dice(u64);

            impl Dice {
                fn roll(&mut self, sides: usize) -> usize {
                    self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    usize::try_from(self.0 >> 33).unwrap() % sides
                }

                fn some(&mut self, of: &[&str]) -> Vec<String> {
                    of.iter().filter(|_| self.roll(3) == 0).map(|name| (*name).to_owned()).collect()
                }

                fn one(&mut self, of: &[&str]) -> String {
                    of[self.roll(of.len())].to_owned()
                }
            }

            const NAMES: &[&str] = &["anna", "ben", "carl", "dora"];
            const GROUPS: &[&str] = &["board", "anna", "staff"];

            fn request(conn: &mut Db, dice: &mut Dice) -> i64 {
                let form = RequestForm {
                    offered: dice.some(NAMES),
                    groups: dice.some(GROUPS),
                    nominee: (dice.roll(2) == 0).then(|| dice.one(NAMES)),
                    friend: dice.one(NAMES),
                    seen_by: dice.one(&["anna", "nobody", "x"]),
                };
                let starter = named(&dice.one(NAMES));
                let id = RequestFlow.start.run(conn, &starter, form).unwrap().id();
                // Some tasks change hands.
                for task in FLOWS.tasks(conn, id).unwrap() {
                    if task.status() == TaskStatus::Assigned && dice.roll(3) > 0 {
                        FLOWS.unassign(conn, task.id(), &CODE).unwrap();
                    } else if task.status() == TaskStatus::New && task.kind() == "View" && dice.roll(4) == 0 {
                        let _ = FLOWS.assign(conn, task.id(), &named(&dice.one(NAMES)));
                    }
                }
                id
            }

            fn somebody(dice: &mut Dice) -> Person {
                Person {
                    name: dice.one(NAMES),
                    permissions: dice.some(&["p1", "p2"]),
                    groups: dice.some(GROUPS),
                    is_manager: dice.roll(8) == 0,
                    stands_in_for: (0..dice.roll(3)).map(|_| named_with(dice)).collect(),
                }
            }

            /// One whom somebody stands in for.
            fn named_with(dice: &mut Dice) -> Person {
                Person {
                    permissions: dice.some(&["p1", "p2"]),
                    groups: dice.some(GROUPS),
                    is_manager: dice.roll(3) == 0,
                    ..named(&dice.one(NAMES))
                }
            }

            /// Whether the verb would succeed; nothing is changed.
            fn can_assign(conn: &mut Db, task: TaskId, user: &dyn User) -> bool {
                let mut done = false;
                let _ = diesel::Connection::transaction(conn, |conn| {
                    done = FLOWS.assign(conn, task, user).is_ok();
                    Err::<(), _>(diesel::result::Error::RollbackTransaction)
                });
                done
            }

            #[test]
            fn a_task_is_in_a_queue_exactly_when_it_can_be_assigned() {
                let mut conn: Db = $database;
                let mut dice = Dice(17);
                let ids: Vec<i64> = (0..6).map(|_| request(&mut conn, &mut dice)).collect();
                FLOWS.suspend(&mut conn, ids[5], &CODE).unwrap();
                let tasks: Vec<Task> = ids.iter().flat_map(|id| FLOWS.tasks(&mut conn, *id).unwrap()).collect();
                let tasks: Vec<&Task> = tasks.iter().filter(|task| task.kind() == "View").collect();
                let mut of_both = [0, 0];
                for round in 0..25 {
                    let user = somebody(&mut dice);
                    let queue: Vec<TaskId> = FLOWS.queue(&mut conn, &user).unwrap().iter().map(Task::id).collect();
                    for task in &tasks {
                        let expected = task.status() == TaskStatus::New && can_assign(&mut conn, task.id(), &user);
                        assert_eq!(
                            queue.contains(&task.id()), expected,
                            "round {round}: `{}` of {}, {user:?}", task.node(), task.id()
                        );
                        of_both[usize::from(expected)] += 1;
                    }
                }
                assert!(of_both.iter().all(|count| *count > 200), "{of_both:?}");
            }

            /// A process in which nobody but ben has anything to do, and what he had is done or not.
            fn of_ben(conn: &mut Db, done: bool) -> i64 {
                let nobody = || "nobody".to_owned();
                let form = RequestForm {
                    offered: Vec::new(), groups: Vec::new(), nominee: Some("ben".to_owned()), friend: nobody(), seen_by: nobody(),
                };
                let id = RequestFlow.start.run(conn, &named("carl"), form).unwrap().id();
                for task in FLOWS.tasks(conn, id).unwrap() {
                    if done && task.status() == TaskStatus::Assigned {
                        FLOWS.execute(conn, task.id(), &named("ben"), flow_core::form::Sent::Json(b"{}")).unwrap();
                    }
                }
                id
            }

            #[test]
            fn a_process_is_in_the_list_exactly_when_it_can_be_seen() {
                let mut conn: Db = $database;
                let mut dice = Dice(4);
                let mut ids: Vec<i64> = (0..12).map(|_| request(&mut conn, &mut dice)).collect();
                ids.extend([of_ben(&mut conn, false), of_ben(&mut conn, true)]);
                let stands_in = Person { stands_in_for: vec![named("ben")], ..named("zed") };
                let mut known = vec![named("ben"), named("zed"), stands_in];
                let mut of_both = [0, 0];
                for round in 0..28 {
                    let mut user = somebody(&mut dice);
                    if round % 3 > 0 {
                        // Few rights, so that there is something that they may not see.
                        user.permissions.clear();
                        user.is_manager = false;
                    }
                    if round % 2 == 0 {
                        user.stands_in_for.clear();
                        user.name = dice.one(&["anna", "zed"]);
                    }
                    if round >= 25 {
                        user = known.pop().unwrap();
                    }
                    let mut listed = Vec::new();
                    let mut next = None;
                    loop {
                        let list = FLOWS.find_processes().visible_to(&user).page_size(5);
                        let page = match next {
                            Some(cursor) => list.after(cursor).load(&mut conn).unwrap(),
                            None => list.load(&mut conn).unwrap(),
                        };
                        listed.extend(page.rows.iter().map(flow_core::ProcessRow::id));
                        next = page.next;
                        if next.is_none() {
                            break;
                        }
                    }
                    for id in &ids {
                        let process = RequestFlow.processes().by_id(*id).first(&mut conn).unwrap();
                        let tasks = FLOWS.tasks(&mut conn, *id).unwrap();
                        let has_to_do = process.started_by() == Some(user.id())
                            || tasks.iter().any(|task| task.owner() == Some(user.id()))
                            || tasks.iter().any(|task| {
                                let owner = user.stands_in_for.iter().any(|person| task.owner() == Some(person.id()));
                                owner && task.status() == TaskStatus::Assigned
                            })
                            || tasks.iter().any(|task| task.status() == TaskStatus::New && can_assign(&mut conn, task.id(), &user));
                        let expected = user.is_manager || process.seen_by() == user.id() || has_to_do;
                        assert_eq!(listed.contains(id), expected, "process {id}, {user:?}");
                        let view = FLOWS.view(&mut conn, &user, *id);
                        assert_eq!(view.is_ok(), expected, "process {id}, {user:?}");
                        if let Err(error) = view {
                            assert_eq!((error.kind(), error.to_string()), (ErrorKind::NotFound, format!("there is no process {id}")));
                        }
                        of_both[usize::from(expected)] += 1;
                    }
                    let missing = FLOWS.view(&mut conn, &user, 9_999).unwrap_err();
                    assert_eq!(missing.to_string(), "there is no process 9999");
                }
                assert!(of_both.iter().all(|count| *count > 10), "{of_both:?}");
            }

            fn offered_to(conn: &mut Db, people: &[&str], groups: &[&str]) -> TaskId {
                let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
                let form = RequestForm {
                    offered: texts(people), groups: texts(groups), nominee: None, friend: String::new(), seen_by: String::new(),
                };
                let id = RequestFlow.start.run(conn, &named("zoe"), form).unwrap().id();
                RequestFlow.offered.tasks().of(id).one(conn).unwrap().id()
            }

            #[test]
            fn a_person_never_passes_for_a_group() {
                let mut conn: Db = $database;
                let task = offered_to(&mut conn, &["board"], &["anna"]);
                let in_queue = |conn: &mut Db, user: &Person| FLOWS.queue(conn, user).unwrap().iter().any(|found| found.id() == task);
                let member = |group: &str| Person { groups: vec![group.to_owned()], ..named("dora") };
                assert!(!in_queue(&mut conn, &member("board")) && !in_queue(&mut conn, &named("anna")));
                assert!(in_queue(&mut conn, &member("anna")) && in_queue(&mut conn, &named("board")));
                let refused = RequestFlow.offered.assign(&mut conn, task, &named("anna")).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Denied);
                assert!(refused.to_string().contains("it is offered to others"), "{refused}");
                RequestFlow.offered.assign(&mut conn, task, &member("anna")).unwrap();
            }

            #[test]
            fn who_leaves_the_group_can_do_it_no_more() {
                let mut conn: Db = $database;
                let task = offered_to(&mut conn, &[], &["board"]);
                let member = Person { groups: vec!["board".to_owned()], ..named("anna") };
                RequestFlow.offered.assign(&mut conn, task, &member).unwrap();
                let refused = RequestFlow.offered.execute(&mut conn, task, &named("anna"), ()).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Denied);
                RequestFlow.offered.execute(&mut conn, task, &member, ()).unwrap();
            }

            #[test]
            fn one_who_is_named_twice_is_offered_it_once_and_a_bad_name_nothing() {
                let mut conn: Db = $database;
                let task = offered_to(&mut conn, &["anna", "anna"], &["anna", "anna"]);
                let rows = flow_candidate::table
                    .filter(flow_candidate::process_id.eq(task.process()).and(flow_candidate::task.eq(task.number())));
                assert_eq!(rows.count().get_result::<i64>(&mut conn).unwrap(), 2);
                let before: i64 = flow_task::table.count().get_result(&mut conn).unwrap();
                let form = RequestForm {
                    offered: vec!["x".repeat(201)], groups: vec![], nominee: None, friend: String::new(), seen_by: String::new(),
                };
                assert_eq!(RequestFlow.start.run(&mut conn, &named("zoe"), form).unwrap_err().kind(), ErrorKind::Step);
                assert_eq!(flow_task::table.count().get_result::<i64>(&mut conn).unwrap(), before, "nothing was written");
            }

            fn offers_of(conn: &mut Db, process: i64) -> i64 {
                flow_candidate::table.filter(flow_candidate::process_id.eq(process)).count().get_result(conn).unwrap()
            }

            #[test]
            fn what_is_over_is_offered_to_nobody() {
                let mut conn: Db = $database;
                let manager = Person { is_manager: true, ..named("mona") };
                let done = offered_to(&mut conn, &["anna"], &["board"]);
                let process = done.process();
                // Four tasks of each process are offered, to a person and a group.
                assert_eq!(offers_of(&mut conn, process), 8);
                RequestFlow.offered.assign(&mut conn, done, &named("anna")).unwrap();
                assert_eq!(offers_of(&mut conn, process), 8, "somebody else may take it when it is given back");
                RequestFlow.offered.execute(&mut conn, done, &named("anna"), ()).unwrap();
                assert_eq!(offers_of(&mut conn, process), 6, "done");
                // Undone, it is over; revived, it is another task, and the flow is asked whom it is offered to.
                RequestFlow.offered.undo(&mut conn, done, &manager).unwrap();
                assert_eq!(offers_of(&mut conn, process), 6, "undone");
                RequestFlow.offered.revive(&mut conn, done, &manager).unwrap();
                assert_eq!(offers_of(&mut conn, process), 8, "revived");
                let again = RequestFlow.offered.tasks().of(process).open().one(&mut conn).unwrap().id();
                assert_ne!(again, done);
                RequestFlow.offered.assign(&mut conn, again, &named("anna")).unwrap();
                FLOWS.cancel_task(&mut conn, again, &manager).unwrap();
                assert_eq!(offers_of(&mut conn, process), 6, "cancelled");
                RequestFlow.offered.revive(&mut conn, again, &manager).unwrap();
                FLOWS.cancel(&mut conn, process, &manager).unwrap();
                assert_eq!(offers_of(&mut conn, process), 0, "the whole process");
            }

            #[test]
            fn three_thousand_groups_are_one_question() {
                let mut conn: Db = $database;
                for n in 0..20 {
                    offered_to(&mut conn, &[], &[&format!("group {n}")]);
                }
                let groups: Vec<String> = (0..3_000).map(|n| format!("group {}", n * 2)).collect();
                let user = Person { groups, ..named("anna") };
                let of_offered = FLOWS.find_tasks().queue_of(&user).node("offered").load(&mut conn).unwrap();
                assert_eq!(of_offered.rows.len(), 10);
                FLOWS.assign(&mut conn, of_offered.rows[0].id(), &user).unwrap();
            }

            #[test]
            fn one_who_stands_in_sees_the_tasks_of_the_other() {
                let mut conn: Db = $database;
                let task = offered_to(&mut conn, &["anna"], &[]);
                let substitute = Person { stands_in_for: vec![named("anna")], ..named("ben") };
                let queue = |conn: &mut Db, user: &Person| FLOWS.queue(conn, user).unwrap().iter().any(|found| found.id() == task);
                assert!(queue(&mut conn, &substitute) && !queue(&mut conn, &named("ben")));
                assert!(FLOWS.view(&mut conn, &substitute, task.process()).is_ok());
                let claimed = RequestFlow.offered.assign(&mut conn, task, &substitute).unwrap();
                assert_eq!((claimed.owner(), claimed.on_behalf_of()), (Some("ben"), Some("anna")));
                FLOWS.unassign(&mut conn, task, &substitute).unwrap();
                RequestFlow.offered.assign(&mut conn, task, &named("anna")).unwrap();
                assert_eq!(FLOWS.inbox(&mut conn, &substitute).unwrap().iter().map(Task::id).collect::<Vec<_>>(), [task]);
                assert!(FLOWS.inbox(&mut conn, &named("ben")).unwrap().is_empty());
                assert!(FLOWS.view(&mut conn, &substitute, task.process()).is_ok());
                assert!(FLOWS.view(&mut conn, &named("carl"), task.process()).is_err());
                let refused = RequestFlow.offered.execute(&mut conn, task, &named("ben"), ()).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Denied);
                RequestFlow.offered.execute(&mut conn, task, &substitute, ()).unwrap();
                let history = FLOWS.history(&mut conn, task.process()).unwrap();
                let last = history.last().unwrap();
                assert_eq!((last.actor(), last.on_behalf_of()), ("ben", Some("anna")), "both are named");
            }
            }
        }
    };
}
