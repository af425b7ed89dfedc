//! What managers do: each verb of the table on each kind of task in each state by each role, and the cases one by one.

/// The cases of verbs, on a back end.
#[macro_export]
macro_rules! verbs_suite {
    ($connection:ty, $database:expr) => {
        mod verbs {
            $crate::cases! {
            use diesel::Connection as _;
            use flow_core::form::Sent;
            use flow_core::prelude::*;
            use flow_core::schema::flow_due;
            use flow_core::test_util::TestClock;
            use flow_core::{
                Availability, Error, ErrorKind, Obstacle, ProcessStatus, Result, TaskStatus, Verb, WaitsFor,
            };
            use $crate::app::{ALICE, BOB, CAROL, MONA, Person};

            type Db = $connection;
            static FLOWS: Flows<Db> = flows![AllFlow, ChildFlow, LineFlow];
            const CODE: System = System("code");

            #[derive(ProcessProxy, Debug, Clone)]
            pub struct AllProcess {
                process: Process,
                #[json(default)]
                fail: bool,
                #[json(default)]
                log: String,
            }

            /// One branch for each kind.
            #[flow(process = AllProcess, connection = Db, cancel(this.may_withdraw))]
            pub struct AllFlow {
                #[node(permission(anyone), next = this.split)]
                start: Start,
                #[node(next = this.ask, next = this.code, next = this.wait, next = this.sub, next = this.decide)]
                split: Split,
                #[node(permission("can_sign"), on_timeout(hours(30), this.late, interrupting = false),
                       on_timeout(hours(50), this.join), next = this.join)]
                ask: View,
                #[node(permission(anyone), next = this.work)]
                code: Handle,
                #[node(run = this.work_it, undo = |a| a.process.set_log("unworked"), next = this.join)]
                work: Job,
                #[node(delay = hours(2), next = this.note)]
                wait: Timer,
                #[node(run = this.note_it, undo = |_| (), next = this.join)]
                note: Function,
                #[node(start = ChildFlow.start, next = this.join)]
                sub: Subprocess,
                #[node(if = |a| a.process.log().is_empty(), then = this.join, else = this.check)]
                decide: If,
                #[node(permission(anyone), next = this.join)]
                check: View,
                #[node(next = this.last)]
                join: Join,
                #[node(permission(anyone), assign = |_| "bob", next = this.end)]
                last: View,
                late: End,
                end: End,
            }

            impl AllFlow {
                fn work_it(job: &JobContext<Self>) -> Step {
                    if job.process.fail() { Err("the machine is off".into()) } else { Ok(()) }
                }

                fn note_it(a: &mut Activation<Self>) -> Step {
                    if a.process.fail() { Err("no paper".into()) } else { Ok(()) }
                }

                /// Who started it takes it back as long as nobody has a task of it.
                fn may_withdraw(user: &dyn User, process: &AllProcess, open: &[Task]) -> Step<bool> {
                    match open.iter().find(|task| task.owner().is_some()) {
                        Some(taken) if process.started_by() == Some(user.id()) => Err(StepError::conflict(taken)),
                        _ => Ok(process.started_by() == Some(user.id())),
                    }
                }
            }

            /// A child that waits for code, and has a child of its own.
            #[flow(connection = Db)]
            pub struct ChildFlow {
                #[node(permission(anyone), next = this.hold)]
                start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                hold: Handle,
                end: End,
            }

            #[derive(ProcessProxy, Debug, Clone)]
            pub struct LineProcess { process: Process, #[json(default)] log: String }

            /// One task behind the other.
            #[flow(process = LineProcess, connection = Db)]
            pub struct LineFlow {
                #[node(permission(anyone), next = this.first)]
                start: Start,
                #[node(permission(anyone), on_timeout(hours(1), this.end), undo = this.back, next = this.second)]
                first: View,
                #[node(run = |a| a.process.set_log("done"), undo = this.unrun(conn), next = this.third)]
                second: Function,
                #[node(permission(anyone), undo = |a| a.process.set_log(format!("{} third", a.process.log())), next = this.job)]
                third: View,
                #[node(run = |_| (), next = this.end)]
                job: Job,
                end: End,
            }

            impl LineFlow {
                fn back(a: &mut Activation<Self>) { let log = format!("{} first", a.process.log()); a.process.set_log(log); }
                fn unrun(a: &mut Activation<Self>, _conn: &mut Db) { let log = format!("{} second", a.process.log()); a.process.set_log(log); }
            }

            fn task(conn: &mut Db, process: i64, node: &str) -> Task {
                let tasks = FLOWS.tasks(conn, process).unwrap();
                tasks.into_iter().rev().find(|task| task.node() == node).unwrap_or_else(|| panic!("no task `{node}`"))
            }

            fn row(conn: &mut Db, process: i64) -> (ProcessStatus, i64) {
                let row = FLOWS.process(conn, process).unwrap();
                (row.status(), row.version())
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), [], "the rows agree");
            }

            fn all(conn: &mut Db) -> i64 {
                AllFlow.start.run(conn, &ALICE, ()).unwrap().id()
            }

            fn line(conn: &mut Db) -> i64 {
                LineFlow.start.run(conn, &ALICE, ()).unwrap().id()
            }

            fn execute(conn: &mut Db, process: i64, node: &str, user: &Person) {
                let id = task(conn, process, node).id();
                FLOWS.assign(conn, id, user).unwrap();
                FLOWS.execute(conn, id, user, Sent::Json(b"{}")).unwrap();
            }

            fn run(conn: &mut Db, process: i64, node: &str) {
                let id = task(conn, process, node).id();
                FLOWS.run(conn, id, &CODE, Sent::Json(b"{}")).unwrap();
            }

            /// All of one process, and of the others what each change changes.
            fn dump(conn: &mut Db, process: i64) -> String {
                use flow_core::schema::{flow_audit, flow_process, flow_task};
                let rows = (FLOWS.process(conn, process).unwrap(), FLOWS.tasks(conn, process).unwrap());
                let history = FLOWS.history(conn, process).unwrap();
                let versions: Vec<(i64, i64, i64, String)> = flow_process::table
                    .select((flow_process::id, flow_process::version, flow_process::audit_count, flow_process::status))
                    .order(flow_process::id)
                    .load(conn)
                    .unwrap();
                let due: Vec<(i64, i32, String, i32)> = flow_due::table
                    .select((flow_due::process_id, flow_due::task, flow_due::kind, flow_due::attempt))
                    .order((flow_due::process_id, flow_due::task, flow_due::kind))
                    .load(conn)
                    .unwrap();
                let tasks: i64 = flow_task::table.count().get_result(conn).unwrap();
                let audit: i64 = flow_audit::table.count().get_result(conn).unwrap();
                format!("{rows:?} {history:?} {versions:?} {due:?} {tasks} {audit}")
            }

            fn on_task(conn: &mut Db, verb: Verb, task: TaskId, user: &dyn User) -> Result<Task> {
                match verb {
                    Verb::Assign => FLOWS.assign(conn, task, user),
                    Verb::Unassign => FLOWS.unassign(conn, task, user),
                    Verb::Reassign => FLOWS.reassign(conn, task, user, &CAROL),
                    Verb::Execute => FLOWS.execute(conn, task, user, Sent::Json(b"{}")),
                    Verb::Run => FLOWS.run(conn, task, user, Sent::Json(b"{}")),
                    Verb::CancelTask => FLOWS.cancel_task(conn, task, user),
                    Verb::EndBranch => FLOWS.end_branch(conn, task, user),
                    Verb::Undo => FLOWS.undo(conn, task, user),
                    Verb::Revive => FLOWS.revive(conn, task, user),
                    Verb::Retry => FLOWS.retry(conn, task, user),
                    Verb::GoBack => FLOWS.go_back(conn, task, user),
                    other => panic!("{other} is not tried here"),
                }
            }

            fn on_process(conn: &mut Db, verb: Verb, process: i64, user: &dyn User) -> Result<Process> {
                match verb {
                    Verb::Cancel => FLOWS.cancel(conn, process, user),
                    Verb::Suspend => FLOWS.suspend(conn, process, user),
                    Verb::ResumeProcess => FLOWS.resume(conn, process, user),
                    other => panic!("{other} is not tried here"),
                }
            }

            /// Tries something, looks whether it is as it was announced, and undoes it.
            fn tried<T: std::fmt::Debug>(
                conn: &mut Db,
                (process, before): (i64, &str),
                told: &Availability,
                what: &str,
                f: impl FnOnce(&mut Db) -> Result<T>,
            ) -> bool {
                let mut done = false;
                let undone: Result<()> = conn.transaction(|conn| {
                    let outcome = f(conn);
                    match (&told.allowed, &outcome) {
                        (Ok(()), Ok(_)) => {
                            sound(conn);
                            done = true;
                        }
                        (Err(told), Err(error)) => {
                            assert_eq!(told.kind(), error.kind(), "{what}: told {told}, refused {error}");
                            assert_eq!(dump(conn, process), before, "{what} was refused and changed something");
                        }
                        // What a callback returns is not known before.
                        (Ok(()), Err(Error::Step { .. })) => assert_eq!(dump(conn, process), before, "{what}"),
                        (told, outcome) => panic!("{what}: told {told:?}, and then {outcome:?}"),
                    }
                    Err(diesel::result::Error::RollbackTransaction.into())
                });
                assert!(undone.is_err());
                done
            }

            /// Processes in as many states as they can be in.
            fn everywhere(conn: &mut Db, clock: &TestClock) -> Vec<i64> {
                let fresh = all(conn);
                // Several have gone on, each as far as it came.
                let busy = all(conn);
                let ask = task(conn, busy, "ask").id();
                FLOWS.assign(conn, ask, &BOB).unwrap();
                run(conn, busy, "code");
                let failing = all(conn);
                run(conn, failing, "code");
                let mut process: AllProcess = AllFlow.processes().by_id(failing).first(conn).unwrap();
                process.set_fail(true);
                process.save(conn).unwrap();
                let resting = all(conn);
                for node in ["ask", "wait", "sub"] {
                    let id = task(conn, resting, node).id();
                    FLOWS.cancel_task(conn, id, &MONA).unwrap();
                }
                let undone = all(conn);
                run(conn, undone, "code");
                clock.advance(hours(3));
                FLOWS.run_due(conn).unwrap();
                let work = task(conn, undone, "work").id();
                FLOWS.undo(conn, work, &MONA).unwrap();
                let canceled = all(conn);
                FLOWS.cancel(conn, canceled, &MONA).unwrap();
                let suspended = all(conn);
                FLOWS.suspend(conn, suspended, &MONA).unwrap();
                // Through the join; one of them to the end.
                let mut joined = Vec::new();
                for _ in 0..2 {
                    let process = all(conn);
                    execute(conn, process, "ask", &BOB);
                    run(conn, process, "code");
                    clock.advance(hours(3));
                    FLOWS.run_until_idle(conn).unwrap();
                    let sub = task(conn, process, "sub").id();
                    let child = FLOWS.explain(conn, process).unwrap();
                    let child = child.places.iter().find(|place| place.task == sub).unwrap();
                    let WaitsFor::Child(Some(child)) = child.waits_for else { panic!("{child}") };
                    run(conn, child, "hold");
                    FLOWS.run_until_idle(conn).unwrap();
                    joined.push(process);
                }
                execute_owned(conn, joined[1], "last");
                let mut processes = vec![fresh, busy, failing, resting, undone, canceled, suspended];
                processes.extend(joined);
                processes
            }

            fn execute_owned(conn: &mut Db, process: i64, node: &str) {
                let id = task(conn, process, node).id();
                FLOWS.execute(conn, id, &BOB, Sent::Json(b"{}")).unwrap();
            }

            #[test]
            fn each_verb_does_what_was_announced_for_each_kind_state_and_role() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let processes = everywhere(&mut conn, &clock);
                sound(&mut conn);
                let users: [&dyn User; 4] = [&MONA, &BOB, &ALICE, &CODE];
                let mut done = std::collections::BTreeMap::new();
                for process in processes {
                    let before = dump(&mut conn, process);
                    for user in users {
                        for told in FLOWS.process_available(&mut conn, process, user).unwrap() {
                            let what = format!("{} of process {process} by {}", told.verb, user.id());
                            let ok = tried(&mut conn, (process, &before), &told, &what, |conn| on_process(conn, told.verb, process, user));
                            *done.entry((told.verb.as_str(), ok)).or_insert(0) += 1;
                        }
                        for task in FLOWS.tasks(&mut conn, process).unwrap() {
                            for told in FLOWS.available(&mut conn, task.id(), user).unwrap() {
                                let what = format!("{} of {} `{}` ({}) by {}", told.verb, task.id(), task.node(), task.status(), user.id());
                                let ok = tried(&mut conn, (process, &before), &told, &what, |conn| on_task(conn, told.verb, task.id(), user));
                                *done.entry((told.verb.as_str(), ok)).or_insert(0) += 1;
                            }
                        }
                    }
                    assert_eq!(dump(&mut conn, process), before);
                }
                for verb in [
                    "assign", "unassign", "reassign", "execute", "run", "cancel", "cancel_task", "end_branch", "undo",
                    "revive", "retry", "go_back", "suspend", "resume_process",
                ] {
                    for ok in [true, false] {
                        assert!(done.get(&(verb, ok)).is_some_and(|count| *count > 0), "{verb} {ok}: {done:?}");
                    }
                }
            }

            #[test]
            fn a_cancelled_process_takes_all_of_its_own_along_to_any_depth() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let process = all(&mut conn);
                run(&mut conn, process, "code");
                let row = AllFlow.cancel(&mut conn, process, &MONA.because("a duplicate")).unwrap();
                assert_eq!(row.status(), ProcessStatus::Canceled);
                assert!(FLOWS.tasks(&mut conn, process).unwrap().iter().all(|task| task.status().is_final()));
                let last = FLOWS.history(&mut conn, process).unwrap().pop().unwrap();
                assert_eq!((last.actor(), last.action(), last.note()), ("mona", "cancel", Some("a duplicate")));
                clock.advance(hours(100));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let children: Vec<Process> = ChildFlow.processes().load(&mut conn).unwrap();
                assert!(children.iter().all(|child| child.status() == ProcessStatus::Canceled), "{children:?}");
                assert_eq!(flow_due::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
                let again = AllFlow.cancel(&mut conn, process, &MONA).unwrap_err();
                assert!(again.to_string().contains("by mona"), "{again}");
                sound(&mut conn);
            }

            #[test]
            fn a_child_that_is_cancelled_leaves_its_parent_in_error_and_retry_starts_another_one() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                let child: Process = ChildFlow.processes().first(&mut conn).unwrap();
                FLOWS.cancel(&mut conn, child.id(), &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                let sub = task(&mut conn, process, "sub");
                assert_eq!((sub.status(), sub.error()), (TaskStatus::Error, Some(&*format!("process {} was cancelled", child.id()))));
                let again = FLOWS.retry(&mut conn, sub.id(), &MONA).unwrap();
                assert_eq!((again.status(), again.error()), (TaskStatus::Started, None));
                let newer: Vec<Process> = ChildFlow.processes().load(&mut conn).unwrap();
                assert_eq!(newer.len(), 2);
                run(&mut conn, newer[1].id(), "hold");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(task(&mut conn, process, "sub").status(), TaskStatus::Done);
                sound(&mut conn);
            }

            #[test]
            fn a_join_waits_for_a_cancelled_branch_until_it_is_revived_or_ended() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                for revives in [true, false] {
                    let process = all(&mut conn);
                    let ask = task(&mut conn, process, "ask");
                    FLOWS.assign(&mut conn, ask.id(), &BOB).unwrap();
                    let sub = task(&mut conn, process, "sub");
                    FLOWS.cancel_task(&mut conn, sub.id(), &MONA).unwrap();
                    FLOWS.end_branch(&mut conn, sub.id(), &MONA).unwrap();
                    let canceled = FLOWS.cancel_task(&mut conn, ask.id(), &MONA).unwrap();
                    assert!(canceled.resting() && canceled.status() == TaskStatus::Canceled);
                    run(&mut conn, process, "code");
                    clock.advance(hours(3));
                    FLOWS.run_until_idle(&mut conn).unwrap();
                    // A timer that fires makes what follows run at once.
                    assert_eq!(task(&mut conn, process, "join").status(), TaskStatus::Started, "it waits");
                    let story = FLOWS.explain(&mut conn, process).unwrap();
                    assert!(story.places.iter().any(|place| place.waits_for == WaitsFor::Revive), "{story}");
                    sound(&mut conn);
                    if revives {
                        let revived = FLOWS.revive(&mut conn, ask.id(), &MONA).unwrap();
                        assert_eq!((revived.token(), revived.status(), revived.owner()), (ask.token(), TaskStatus::New, None));
                        assert_eq!(task(&mut conn, process, "ask__timeout__join").host(), Some(revived.id()), "armed again");
                        execute(&mut conn, process, "ask", &BOB);
                    } else {
                        FLOWS.end_branch(&mut conn, ask.id(), &MONA).unwrap();
                        assert!(FLOWS.revive(&mut conn, ask.id(), &MONA).unwrap_err().to_string().contains("branch has ended"));
                    }
                    assert_eq!(task(&mut conn, process, "join").status(), TaskStatus::Done);
                    execute_owned(&mut conn, process, "last");
                    FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
                    sound(&mut conn);
                }
            }

            #[test]
            fn case_41_a_join_whose_branches_are_all_cancelled_does_not_fire() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                for node in ["ask", "code", "wait", "sub"] {
                    let id = task(&mut conn, process, node).id();
                    FLOWS.cancel_task(&mut conn, id, &MONA).unwrap();
                }
                assert_eq!(task(&mut conn, process, "join").status(), TaskStatus::Started);
                assert_eq!(row(&mut conn, process).0, ProcessStatus::New);
                for node in ["ask", "code", "wait"] {
                    let id = task(&mut conn, process, node).id();
                    FLOWS.end_branch(&mut conn, id, &MONA).unwrap();
                }
                let last = task(&mut conn, process, "sub").id();
                FLOWS.end_branch(&mut conn, last, &MONA).unwrap();
                assert_eq!(task(&mut conn, process, "join").status(), TaskStatus::Done, "one branch came to it");
                let owner = task(&mut conn, process, "last");
                let refused = FLOWS.end_branch(&mut conn, owner.id(), &MONA).unwrap_err();
                assert!(refused.to_string().contains("cancel the process instead"), "{refused}");
                sound(&mut conn);
            }

            #[test]
            fn case_52_and_54_undo_to_the_start_and_forward_again() {
                let mut conn: Db = $database;
                let process = line(&mut conn);
                execute(&mut conn, process, "first", &BOB);
                execute(&mut conn, process, "third", &BOB);
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
                let first = task(&mut conn, process, "first").id();
                let refused = FLOWS.undo(&mut conn, first, &MONA).unwrap_err();
                assert!(refused.to_string().contains("is DONE"), "nothing moves in a finished process: {refused}");
                let end = task(&mut conn, process, "end").id();
                FLOWS.undo(&mut conn, end, &MONA).unwrap();
                let open = FLOWS.process(&mut conn, process).unwrap();
                assert_eq!((open.status(), open.finished()), (ProcessStatus::New, None));
                let refused = FLOWS.undo(&mut conn, first, &MONA).unwrap_err();
                let Error::Conflict(conflict) = refused else { panic!("{refused}") };
                assert_eq!((&*conflict.node, conflict.obstacle), ("second", Some(Obstacle::Followed)));
                for node in ["job", "third", "second", "first"] {
                    let id = task(&mut conn, process, node).id();
                    let undone = LineFlow.first.undo(&mut conn, id, &MONA);
                    if node != "first" {
                        assert_eq!(undone.unwrap_err().kind(), ErrorKind::NotFound, "of another node");
                        assert!(FLOWS.undo(&mut conn, id, &MONA).unwrap().resting());
                    }
                    sound(&mut conn);
                }
                let log = LineFlow.processes().by_id(process).first::<LineProcess>(&mut conn).unwrap();
                assert_eq!(log.log(), "done third second first");
                let revived = LineFlow.first.revive(&mut conn, first, &MONA).unwrap();
                assert_eq!((revived.status(), task(&mut conn, process, "first").id()), (TaskStatus::New, revived.id()));
                execute(&mut conn, process, "first", &BOB);
                execute(&mut conn, process, "third", &BOB);
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
                sound(&mut conn);
                // And once more, to the start.
                for node in ["end", "job", "third", "second", "first", "start"] {
                    let id = task(&mut conn, process, node).id();
                    FLOWS.undo(&mut conn, id, &MONA).unwrap();
                }
                assert_eq!(row(&mut conn, process).0, ProcessStatus::Canceled);
                let refused = FLOWS.revive(&mut conn, revived.id(), &MONA).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Conflict, "case 59: {refused}");
                sound(&mut conn);
            }

            #[test]
            fn case_56_branches_and_their_join_are_undone_one_by_one() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let processes = everywhere(&mut conn, &clock);
                let process = processes[7];
                let last = task(&mut conn, process, "last").id();
                FLOWS.cancel_task(&mut conn, last, &MONA).unwrap();
                let join = task(&mut conn, process, "join").id();
                let undone = FLOWS.undo(&mut conn, join, &MONA).unwrap();
                assert!(undone.resting());
                let sub = task(&mut conn, process, "sub").id();
                assert!(FLOWS.undo(&mut conn, sub, &MONA).unwrap_err().to_string().contains("finished subprocess"));
                for node in ["work", "code", "note", "wait", "decide", "ask"] {
                    let id = task(&mut conn, process, node).id();
                    FLOWS.undo(&mut conn, id, &MONA).unwrap();
                    sound(&mut conn);
                }
                // Forward again: the next arrival takes over what rests in the join.
                for node in ["code", "wait", "decide", "ask"] {
                    let id = task(&mut conn, process, node).id();
                    FLOWS.revive(&mut conn, id, &MONA).unwrap();
                    sound(&mut conn);
                }
                execute(&mut conn, process, "ask", &BOB);
                run(&mut conn, process, "code");
                clock.advance(hours(3));
                FLOWS.run_until_idle(&mut conn).unwrap();
                // Undoing the job has left a note, by which the process decides otherwise now.
                execute(&mut conn, process, "check", &BOB);
                assert_eq!(task(&mut conn, process, "join").status(), TaskStatus::Done);
                execute_owned(&mut conn, process, "last");
                FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
                sound(&mut conn);
            }

            #[test]
            fn case_64_whatever_ends_a_task_ends_its_timeouts() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let process = line(&mut conn);
                let first = task(&mut conn, process, "first").id();
                FLOWS.cancel_task(&mut conn, first, &MONA).unwrap();
                assert_eq!(task(&mut conn, process, "first__timeout__end").status(), TaskStatus::Canceled);
                clock.advance(hours(9));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 0);
                FLOWS.revive(&mut conn, first, &MONA).unwrap();
                clock.advance(hours(2));
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(ProcessStatus::Done);
                sound(&mut conn);
            }

            #[test]
            fn going_back_undoes_what_followed_and_names_what_is_in_the_way() {
                let mut conn: Db = $database;
                let process = line(&mut conn);
                execute(&mut conn, process, "first", &BOB);
                let first = task(&mut conn, process, "first").id();
                let third = task(&mut conn, process, "third").id();
                FLOWS.assign(&mut conn, third, &BOB).unwrap();
                let (_, version) = row(&mut conn, process);
                let again = LineFlow.first.go_back(&mut conn, first, &MONA).unwrap();
                assert_eq!((again.status(), again.owner()), (TaskStatus::New, None));
                assert_eq!(row(&mut conn, process).1, version + 1, "one transition");
                assert_eq!(task(&mut conn, process, "third").status(), TaskStatus::Canceled);
                let log = LineFlow.processes().by_id(process).first::<LineProcess>(&mut conn).unwrap();
                assert_eq!(log.log(), "done second first");
                sound(&mut conn);
                execute(&mut conn, process, "first", &BOB);
                execute(&mut conn, process, "third", &BOB);
                let third = task(&mut conn, process, "third").id();
                FLOWS.go_back(&mut conn, third, &MONA).unwrap();
                execute(&mut conn, process, "third", &BOB);
                FLOWS.run_until_idle(&mut conn).unwrap();
                let end = task(&mut conn, process, "end").id();
                FLOWS.undo(&mut conn, end, &MONA).unwrap();
                let refused = FLOWS.go_back(&mut conn, again.id(), &MONA).unwrap_err();
                let Error::Conflict(conflict) = refused else { panic!("{refused}") };
                assert_eq!((&*conflict.node, conflict.obstacle), ("job", Some(Obstacle::NoUndo)));
                sound(&mut conn);
            }

            #[test]
            fn nothing_moves_in_a_suspended_process_and_what_came_due_fires_once() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let process = all(&mut conn);
                run(&mut conn, process, "code");
                AllFlow.suspend(&mut conn, process, &MONA).unwrap();
                clock.advance(hours(60));
                let report = FLOWS.run_due(&mut conn).unwrap();
                assert_eq!((report.done, report.failed, report.passed, report.any()), (0, 0, 0, false), "{report:?}");
                let ask = task(&mut conn, process, "ask").id();
                let refused = FLOWS.assign(&mut conn, ask, &BOB).unwrap_err();
                assert!(refused.to_string().contains("suspended"), "{refused}");
                let again = AllFlow.suspend(&mut conn, process, &MONA).unwrap_err();
                assert!(again.to_string().contains("suspended") && again.to_string().contains("by mona"), "{again}");
                AllFlow.resume(&mut conn, process, &MONA).unwrap();
                FLOWS.run_until_idle(&mut conn).unwrap();
                let fired: Vec<String> = FLOWS.tasks(&mut conn, process).unwrap().iter().filter(|task| task.host().is_some() && task.status() == TaskStatus::Done).map(|task| task.node().to_owned()).collect();
                assert_eq!(fired, ["ask__timeout__late", "ask__timeout__join"]);
                assert_eq!(task(&mut conn, process, "work").status(), TaskStatus::Done);
                assert!(AllFlow.resume(&mut conn, process, &MONA).unwrap_err().to_string().contains("not suspended"));
                sound(&mut conn);
            }

            #[test]
            fn who_started_it_withdraws_it_as_long_as_nobody_has_taken_it() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                assert_eq!(AllFlow.cancel(&mut conn, process, &CAROL).unwrap_err().kind(), ErrorKind::Denied);
                let ask = task(&mut conn, process, "ask").id();
                FLOWS.assign(&mut conn, ask, &BOB).unwrap();
                let refused = AllFlow.cancel(&mut conn, process, &ALICE).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Conflict);
                assert!(refused.to_string().contains("(`ask`) is ASSIGNED, by bob"), "{refused}");
                FLOWS.unassign(&mut conn, ask, &BOB).unwrap();
                AllFlow.cancel(&mut conn, process, &ALICE).unwrap();
                FLOWS.expect(&mut conn, process).is(ProcessStatus::Canceled);
            }

            #[test]
            fn a_conflict_names_who_stopped_the_process_not_who_did_the_task_last() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                let ask = task(&mut conn, process, "ask").id();
                AllFlow.ask.assign(&mut conn, ask, &BOB).unwrap();
                AllFlow.suspend(&mut conn, process, &MONA).unwrap();
                let refused = AllFlow.ask.execute(&mut conn, ask, &BOB, ()).unwrap_err();
                assert!(refused.to_string().contains("by mona"), "{refused}");
                AllFlow.resume(&mut conn, process, &MONA).unwrap();
                AllFlow.ask.execute(&mut conn, ask, &BOB, ()).unwrap();
                AllFlow.cancel(&mut conn, process, &MONA).unwrap();
                // What is written after the end is not the end.
                FLOWS.comment(&mut conn, process, &CAROL, "why?").unwrap();
                AllFlow.ask.unassign(&mut conn, ask, &ALICE).unwrap_err();
                let max = Person { name: "max", permissions: &[], is_manager: true };
                let refused = AllFlow.ask.go_back(&mut conn, ask, &max).unwrap_err();
                assert!(refused.to_string().contains("is CANCELED, by mona"), "{refused}");
                let refused = AllFlow.cancel(&mut conn, process, &max).unwrap_err();
                assert!(refused.to_string().contains("is CANCELED, by mona"), "{refused}");
            }

            #[test]
            fn a_task_is_reassigned_to_who_may_do_it() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                let ask = task(&mut conn, process, "ask").id();
                let early = AllFlow.ask.reassign(&mut conn, ask, &BOB, &CAROL).unwrap_err();
                assert_eq!(early.kind(), ErrorKind::Denied, "nobody has it: {early}");
                AllFlow.ask.reassign(&mut conn, ask, &MONA, &BOB).unwrap();
                let wrong = AllFlow.ask.reassign(&mut conn, ask, &BOB, &ALICE).unwrap_err();
                assert!(wrong.to_string().starts_with("`alice` may not"), "{wrong}");
                let given = AllFlow.ask.reassign(&mut conn, ask, &BOB, &CAROL).unwrap();
                assert_eq!(given.owner(), Some("carol"));
                assert_eq!(AllFlow.ask.reassign(&mut conn, ask, &BOB, &BOB).unwrap_err().kind(), ErrorKind::Denied);
                AllFlow.ask.execute(&mut conn, ask, &CAROL, ()).unwrap();
                let history = FLOWS.history(&mut conn, process).unwrap();
                let to: Vec<_> = history.iter().filter(|row| row.action() == "reassign").map(|row| row.assigned_to()).collect();
                assert_eq!(to, [Some("bob".to_owned()), Some("carol".to_owned())]);
                assert!(history.iter().all(|row| row.action() == "reassign" || row.assigned_to().is_none()));
                let given = history.iter().find(|row| row.action() == "reassign").unwrap();
                assert_eq!(given.changes(), [(ask.number(), TaskStatus::Assigned)], "the name is no task");
                assert_eq!(serde_json::to_value(given).unwrap()["assigned_to"], "bob");
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[test]
            fn many_are_done_at_once_and_each_has_its_result() {
                let mut conn: Db = $database;
                let processes: Vec<i64> = (0..3).map(|_| all(&mut conn)).collect();
                let tasks: Vec<TaskId> = processes.iter().map(|process| task(&mut conn, *process, "ask").id()).collect();
                FLOWS.cancel_task(&mut conn, tasks[1], &MONA).unwrap();
                let results = FLOWS.assign_each(&mut conn, &tasks, &BOB).unwrap();
                let kinds: Vec<_> = results.iter().map(|(_, result)| result.as_ref().err().map(Error::kind)).collect();
                assert_eq!(kinds, [None, Some(ErrorKind::Conflict), None]);
                let given = FLOWS.reassign_all(&mut conn, &MONA, "bob", &ALICE).unwrap();
                assert!(given.iter().all(|(_, result)| result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Denied)));
                let given = FLOWS.reassign_all(&mut conn, &MONA, "bob", &CAROL).unwrap();
                assert_eq!(given.iter().filter(|(_, result)| result.is_ok()).count(), 2);
                let canceled = FLOWS.cancel_each(&mut conn, &processes, &MONA).unwrap();
                assert!(canceled.iter().all(|(_, result)| result.is_ok()));
                // The same over a filter.
                let process = all(&mut conn);
                let taken = FLOWS.find_tasks().queue_of(&BOB).node("ask").assign(&mut conn, &BOB, 10).unwrap();
                let ask = task(&mut conn, process, "ask").id();
                assert_eq!(taken.iter().map(|(id, result)| (*id, result.is_ok())).collect::<Vec<_>>(), [(ask, true)], "others are over");
                let given = FLOWS.find_tasks().inbox_of(&BOB).reassign(&mut conn, &BOB, &ALICE, 10).unwrap();
                assert!(matches!(&given[..], [(_, Err(error))] if error.kind() == ErrorKind::Denied));
                assert_eq!(FLOWS.find_tasks().inbox_of(&BOB).reassign(&mut conn, &BOB, &CAROL, 10).unwrap().len(), 1);
                let ended = FLOWS.find_tasks().of(process).node("ask").open().cancel(&mut conn, &MONA, 10).unwrap();
                assert!(matches!(&ended[..], [(id, Ok(_))] if *id == ask));
                let again = FLOWS.find_tasks().of(process).node("ask").status(TaskStatus::Canceled).revive(&mut conn, &MONA, 10).unwrap();
                assert!(matches!(&again[..], [(_, Ok(task))] if task.status() == TaskStatus::New));
                assert_eq!(FLOWS.find_tasks().errors().retry(&mut conn, &MONA, 10).unwrap().len(), 0);
                let second = all(&mut conn);
                let canceled = FLOWS.find_processes().flow("all").open().oldest_first().cancel(&mut conn, &MONA, 1).unwrap();
                assert!(matches!(&canceled[..], [(id, Ok(_))] if id.get() == process), "no more than were asked for");
                let refused = FLOWS.find_processes().flow("all").open().cancel(&mut conn, &BOB, 5_000).unwrap();
                assert!(matches!(&refused[..], [(id, Err(error))] if id.get() == second && error.kind() == ErrorKind::Denied));
                let many = vec![tasks[0]; 1_001];
                assert_eq!(FLOWS.retry_each(&mut conn, &many, &MONA).unwrap_err().kind(), ErrorKind::Invalid);
                sound(&mut conn);
            }

            /// Stands in for carol.
            struct Deputy;

            impl User for Deputy {
                fn id(&self) -> &str { "dan" }
                fn may(&self, _: &Permission) -> bool { false }
                fn acts_for(&self) -> Vec<&dyn User> { vec![&CAROL] }
            }

            #[test]
            fn who_acts_for_another_is_named_with_them() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                let ask = task(&mut conn, process, "ask").id();
                let plain = FLOWS.assign(&mut conn, ask, &Deputy).unwrap();
                assert_eq!((plain.owner(), plain.on_behalf_of()), (Some("dan"), Some("carol")), "she may, and he stands in for her");
                FLOWS.unassign(&mut conn, ask, &Deputy).unwrap();
                let wrong = FLOWS.assign(&mut conn, ask, &Deputy.on_behalf_of(&BOB)).unwrap_err();
                assert!(wrong.to_string().contains("does not stand in for `bob`"), "{wrong}");
                let taken = FLOWS.assign(&mut conn, ask, &Deputy.on_behalf_of(&CAROL)).unwrap();
                assert_eq!((taken.owner(), taken.on_behalf_of()), (Some("dan"), Some("carol")));
                FLOWS.execute(&mut conn, ask, &Deputy.on_behalf_of(&CAROL).because("she is ill"), Sent::Json(b"{}")).unwrap();
                let history = FLOWS.history(&mut conn, process).unwrap();
                let last = history.last().unwrap();
                assert_eq!((last.actor(), last.on_behalf_of(), last.note()), ("dan", Some("carol"), Some("she is ill")));
                let managed = FLOWS.cancel(&mut conn, process, &CODE.on_behalf_of(&MONA)).unwrap_err();
                assert_eq!(managed.kind(), ErrorKind::Denied, "not as a manager");
            }

            #[test]
            fn who_was_denied_is_written_down_and_comments_are_too() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                let (_, version) = row(&mut conn, process);
                FLOWS.comment(&mut conn, process, &ALICE, "please be quick").unwrap();
                FLOWS.cancel(&mut conn, process, &BOB).unwrap_err();
                let inside: Result<()> = conn.transaction(|conn| FLOWS.cancel(conn, process, &BOB).map(drop));
                assert!(inside.is_err());
                let history = FLOWS.history(&mut conn, process).unwrap();
                let said: Vec<_> = history[1..].iter().map(|row| (row.actor(), row.action(), row.note().unwrap_or_default())).collect();
                assert_eq!(said, [("alice", "comment", "please be quick"), ("bob", "denied", "cancel: the flow's rule does not allow it")]);
                assert_eq!(row(&mut conn, process).1, version, "neither is a transition");
                assert_eq!(FLOWS.comment(&mut conn, process, &ALICE, " ").unwrap_err().kind(), ErrorKind::Invalid);
                sound(&mut conn);
            }

            #[test]
            fn who_is_denied_again_and_again_makes_no_history_without_end() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                let denials = |conn: &mut Db, who: &str| {
                    let history = FLOWS.history(conn, process).unwrap();
                    history.iter().filter(|row| row.action() == "denied" && row.actor() == who).count()
                };
                for _ in 0..10 {
                    FLOWS.cancel(&mut conn, process, &BOB).unwrap_err();
                }
                assert_eq!(denials(&mut conn, "bob"), 3, "the same within a minute");
                let ask = task(&mut conn, process, "ask").id();
                for number in 0..100 {
                    FLOWS.cancel_task(&mut conn, ask, &BOB.because(&number.to_string())).unwrap_err();
                    FLOWS.suspend(&mut conn, process, &BOB).unwrap_err();
                    FLOWS.undo(&mut conn, ask, &BOB).unwrap_err();
                }
                assert!(denials(&mut conn, "bob") <= 50, "{}", denials(&mut conn, "bob"));
                // What somebody else is denied is there.
                FLOWS.cancel(&mut conn, process, &CAROL).unwrap_err();
                assert_eq!(denials(&mut conn, "carol"), 1);
                FLOWS.cancel(&mut conn, process, &MONA).unwrap();
                sound(&mut conn);
            }

            #[test]
            fn a_document_that_cannot_be_read_hinders_neither_cancel_nor_undo() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                execute(&mut conn, process, "ask", &BOB);
                diesel::sql_query(format!("update flow_process set data = '{{\"fail\": \"x\"}}' where id = {process}")).execute(&mut conn).unwrap();
                let ask = task(&mut conn, process, "ask").id();
                FLOWS.undo(&mut conn, ask, &MONA).unwrap();
                let code = task(&mut conn, process, "code").id();
                FLOWS.cancel_task(&mut conn, code, &MONA).unwrap();
                FLOWS.cancel(&mut conn, process, &MONA).unwrap();
                sound(&mut conn);
            }

            #[test]
            fn it_is_explained_why_a_task_is_in_no_queue() {
                let mut conn: Db = $database;
                let process = all(&mut conn);
                let ask = task(&mut conn, process, "ask").id();
                assert!(FLOWS.explain_task(&mut conn, ask, &BOB).unwrap().in_queue);
                let alice = FLOWS.explain_task(&mut conn, ask, &ALICE).unwrap();
                assert_eq!(alice.reason.as_deref(), Some("it requires the permission `can_sign`"));
                FLOWS.assign(&mut conn, ask, &BOB).unwrap();
                assert!(FLOWS.explain_task(&mut conn, ask, &BOB).unwrap().in_inbox);
                let carol = FLOWS.explain_task(&mut conn, ask, &CAROL).unwrap();
                assert_eq!(carol.reason.as_deref(), Some("it is assigned to `bob`"));
                let text = FLOWS.explain(&mut conn, process).unwrap().to_string();
                assert!(text.contains("is assigned to `bob`") && text.contains("waits: 1 of 5 open branches have arrived"), "{text}");
            }
            }
        }
    };
}
