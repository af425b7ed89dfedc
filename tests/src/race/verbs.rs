//! Two people, or a person and a worker, on one process at once: one wins, the other gets a conflict that names the winner, and the rows agree.

/// The flows and the cases. `$fresh` gives a database of that name, with `connect()`.
#[macro_export]
macro_rules! verb_race_suite {
    ($module:ident, $connection:ty, $fresh:expr) => {
        mod $module {
            $crate::cases! {
            use std::sync::Mutex;
            use std::sync::atomic::{AtomicUsize, Ordering};

            use flow_core::prelude::*;
            use flow_core::{ErrorKind, ProcessStatus, TaskStatus};
            use $crate::app::{ALICE, BOB, CAROL, MONA, Person};
            use $crate::race::{both, names_winner, one_won, rounds};

            type Db = $connection;
            static FLOWS: Flows<Db> = flows![TwoFlow, ForkFlow, JobFlow, HookFlow, FailFlow];
            const CODE: System = System("test");
            /// A second manager.
            const MAX: Person = Person { name: "max", permissions: &[], is_manager: true };

            /// Two tasks of people, one behind the other. Who started it may take it back while nobody has a task.
            #[flow(connection = Db, cancel(this.may_withdraw))]
            pub struct TwoFlow {
                #[node(permission(anyone), next = this.first)]
                start: StartHandle,
                #[node(permission(anyone), next = this.second)]
                first: View,
                #[node(permission(anyone), next = this.end)]
                second: View,
                end: End,
            }

            impl TwoFlow {
                fn may_withdraw(user: &dyn User, process: &Process, open: &[Task]) -> Step<bool> {
                    match open.iter().find(|task| task.owner().is_some()) {
                        Some(taken) if process.started_by() == Some(user.id()) => Err(StepError::conflict(taken)),
                        _ => Ok(process.started_by() == Some(user.id())),
                    }
                }
            }

            #[derive(ProcessProxy, Debug)]
            pub struct ForkProcess {
                process: Process,
                #[json(default)]
                met: i64,
            }

            /// Two branches that code ends.
            #[flow(process = ForkProcess, connection = Db)]
            pub struct ForkFlow {
                #[node(permission(anyone), next = this.fork)]
                start: StartHandle,
                #[node(next = this.left, next = this.right)]
                fork: Split,
                #[node(permission(anyone), next = this.join)]
                left: Handle,
                #[node(permission(anyone), next = this.join)]
                right: Handle,
                #[node(next = this.count)]
                join: Join,
                #[node(run = |a| a.process.set_met(a.process.met() + 1), next = this.end)]
                count: Function,
                end: End,
            }

            static BODIES: AtomicUsize = AtomicUsize::new(0);

            /// A job that counts how often it is run.
            #[flow(connection = Db)]
            pub struct JobFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(run = |_| { BODIES.fetch_add(1, Ordering::Relaxed); }, next = this.end)]
                work: Job,
                end: End,
            }

            /// What happens while the body of a job runs.
            static HOOK: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);

            #[flow(connection = Db)]
            pub struct HookFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(run = |_| { let hook = HOOK.lock().unwrap().take(); if let Some(hook) = hook { hook() } }, next = this.end)]
                work: Job,
                end: End,
            }

            /// A job that fails.
            #[flow(connection = Db)]
            pub struct FailFlow {
                #[node(permission(anyone), next = this.work)]
                start: StartHandle,
                #[node(run = this.fail, next = this.end)]
                work: Job,
                end: End,
            }

            impl FailFlow {
                fn fail(_: &JobContext<Self>) -> Step {
                    Err("the machine is off".into())
                }
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), [], "the rows agree");
            }

            /// A process whose first task is bob's.
            fn first(conn: &mut Db) -> TaskId {
                let task = free(conn);
                TwoFlow.first.assign(conn, task, &BOB).unwrap();
                task
            }

            /// A process whose first task nobody has.
            fn free(conn: &mut Db) -> TaskId {
                let process = TwoFlow.start.run(conn, &ALICE, Default::default()).unwrap().id();
                TwoFlow.first.tasks().of(process).one(conn).unwrap().id()
            }

            /// A process that bob has brought to its second task, which is his; and both tasks.
            fn second(conn: &mut Db) -> (TaskId, TaskId) {
                let first = first(conn);
                TwoFlow.first.execute(conn, first, &BOB, ()).unwrap();
                let second = TwoFlow.second.tasks().of(first.process()).one(conn).unwrap().id();
                TwoFlow.second.assign(conn, second, &BOB).unwrap();
                (first, second)
            }

            fn status(conn: &mut Db, task: TaskId) -> TaskStatus {
                FLOWS.task(conn, task).unwrap().status()
            }

            #[test]
            fn complete_against_cancel_of_the_process() {
                let database = $fresh("complete_cancel");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let (_, task) = second(&mut conn);
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.second.execute(conn, task, &BOB, ()),
                        |conn| TwoFlow.cancel(conn, task.process(), &MONA),
                    );
                    let winner = one_won(results, ["bob", "mona"]);
                    FLOWS.expect(&mut conn, task.process()).is([ProcessStatus::Done, ProcessStatus::Canceled][winner]);
                }
                sound(&mut conn);
            }

            #[test]
            fn complete_against_cancel_of_the_task() {
                let database = $fresh("complete_cancel_task");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = first(&mut conn);
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.first.execute(conn, task, &BOB, ()),
                        |conn| TwoFlow.first.cancel(conn, task, &MONA),
                    );
                    let winner = one_won(results, ["bob", "mona"]);
                    assert_eq!(status(&mut conn, task), [TaskStatus::Done, TaskStatus::Canceled][winner]);
                    let followed = TwoFlow.second.tasks().of(task.process()).load(&mut conn).unwrap().len();
                    assert_eq!(followed, 1 - winner);
                }
                sound(&mut conn);
            }

            #[test]
            fn complete_against_reassign() {
                let database = $fresh("complete_reassign");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = first(&mut conn);
                    let (done, given) = both(
                        &mut connections,
                        |conn| TwoFlow.first.execute(conn, task, &BOB, ()),
                        |conn| TwoFlow.first.reassign(conn, task, &MONA, &CAROL),
                    );
                    match (done, given) {
                        (Ok(_), Err(error)) => names_winner(&error, "bob"),
                        (Err(error), Ok(given)) => {
                            assert_eq!((error.kind(), given.owner()), (ErrorKind::Denied, Some("carol")), "{error}");
                            assert!(error.to_string().contains("carol"), "{error}");
                        }
                        (done, given) => panic!("{done:?}, {given:?}"),
                    }
                }
                sound(&mut conn);
            }

            #[test]
            fn complete_against_unassign() {
                let database = $fresh("complete_unassign");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = first(&mut conn);
                    let (done, given_back) = both(
                        &mut connections,
                        |conn| TwoFlow.first.execute(conn, task, &BOB, ()),
                        |conn| TwoFlow.first.unassign(conn, task, &MONA),
                    );
                    let wanted = match (done, given_back) {
                        (Ok(_), Err(error)) => {
                            names_winner(&error, "bob");
                            TaskStatus::Done
                        }
                        (Err(error), Ok(_)) => {
                            assert!(error.to_string().contains("it is not assigned"), "{error}");
                            TaskStatus::New
                        }
                        (done, given_back) => panic!("{done:?}, {given_back:?}"),
                    };
                    assert_eq!(status(&mut conn, task), wanted);
                }
                sound(&mut conn);
            }

            #[test]
            fn claim_against_reassign_and_it_has_one_owner() {
                let database = $fresh("claim_reassign");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = free(&mut conn);
                    let (claimed, given) = both(
                        &mut connections,
                        |conn| TwoFlow.first.assign(conn, task, &BOB),
                        |conn| TwoFlow.first.reassign(conn, task, &MONA, &CAROL),
                    );
                    assert_eq!(given.unwrap().owner(), Some("carol"), "it can be given away before and after");
                    if let Err(error) = claimed {
                        names_winner(&error, "mona");
                    }
                    assert_eq!(FLOWS.task(&mut conn, task).unwrap().owner(), Some("carol"));
                }
                sound(&mut conn);
            }

            #[test]
            fn claim_against_cancel_of_the_task() {
                let database = $fresh("claim_cancel");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = free(&mut conn);
                    let (claimed, canceled) = both(
                        &mut connections,
                        |conn| TwoFlow.first.assign(conn, task, &BOB),
                        |conn| TwoFlow.first.cancel(conn, task, &MONA),
                    );
                    canceled.unwrap();
                    if let Err(error) = claimed {
                        names_winner(&error, "mona");
                    }
                    assert_eq!(status(&mut conn, task), TaskStatus::Canceled);
                }
                sound(&mut conn);
            }

            #[test]
            fn claim_against_withdraw() {
                let database = $fresh("claim_withdraw");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = free(&mut conn);
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.first.assign(conn, task, &BOB),
                        |conn| TwoFlow.cancel(conn, task.process(), &ALICE),
                    );
                    let winner = one_won(results, ["bob", "alice"]);
                    FLOWS.expect(&mut conn, task.process()).is([ProcessStatus::New, ProcessStatus::Canceled][winner]);
                }
                sound(&mut conn);
            }

            #[test]
            fn go_back_against_execute_of_what_followed() {
                let database = $fresh("back");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let (first, second) = second(&mut conn);
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.second.execute(conn, second, &BOB, ()),
                        |conn| TwoFlow.first.go_back(conn, first, &MONA),
                    );
                    one_won(results, ["bob", "mona"]);
                }
                sound(&mut conn);
            }

            #[test]
            fn undo_against_execute_of_what_followed() {
                let database = $fresh("undo_execute");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let (first, second) = second(&mut conn);
                    let (done, undone) = both(
                        &mut connections,
                        |conn| TwoFlow.second.execute(conn, second, &BOB, ()),
                        |conn| TwoFlow.first.undo(conn, first, &MONA),
                    );
                    done.unwrap();
                    names_winner(&undone.expect_err("what followed is open or done"), "bob");
                    FLOWS.expect(&mut conn, first.process()).is(ProcessStatus::Done);
                }
                sound(&mut conn);
            }

            #[test]
            fn undo_against_cancel_of_what_followed() {
                let database = $fresh("undo_cancel");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let (first, second) = second(&mut conn);
                    let (canceled, undone) = both(
                        &mut connections,
                        |conn| TwoFlow.second.cancel(conn, second, &MAX),
                        |conn| TwoFlow.first.undo(conn, first, &MONA),
                    );
                    canceled.unwrap();
                    let rests = if undone.is_ok() { first } else { second };
                    for task in [first, second] {
                        assert_eq!(FLOWS.task(&mut conn, task).unwrap().resting(), task == rests);
                    }
                    if let Err(error) = undone {
                        // The undo came first: the task that follows was still bob's.
                        names_winner(&error, "bob");
                    }
                }
                sound(&mut conn);
            }

            #[test]
            fn undo_against_revive_of_what_followed() {
                let database = $fresh("undo_revive");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let (first, second) = second(&mut conn);
                    TwoFlow.second.cancel(&mut conn, second, &MONA).unwrap();
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.first.undo(conn, first, &MONA),
                        |conn| TwoFlow.second.revive(conn, second, &MAX),
                    );
                    let winner = one_won(results, ["mona", "max"]);
                    let open = TwoFlow.second.tasks().open().of(first.process()).load(&mut conn).unwrap().len();
                    assert_eq!(open, winner);
                }
                sound(&mut conn);
            }

            #[test]
            fn revive_against_revive() {
                let database = $fresh("revive_twice");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let task = first(&mut conn);
                    TwoFlow.first.cancel(&mut conn, task, &MONA).unwrap();
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.first.revive(conn, task, &MONA),
                        |conn| TwoFlow.first.revive(conn, task, &MAX),
                    );
                    one_won(results, ["mona", "max"]);
                    TwoFlow.first.tasks().open().of(task.process()).one(&mut conn).unwrap();
                }
                sound(&mut conn);
            }

            #[test]
            fn retry_against_retry() {
                let database = $fresh("retry_twice");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let process = FailFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                    while FLOWS.run_due(&mut conn).unwrap().any() {}
                    let task = FailFlow.work.tasks().of(process).one(&mut conn).unwrap();
                    assert_eq!(task.status(), TaskStatus::Error);
                    let results = both(
                        &mut connections,
                        |conn| FailFlow.work.retry(conn, task.id(), &MONA),
                        |conn| FailFlow.work.retry(conn, task.id(), &MAX),
                    );
                    one_won(results, ["mona", "max"]);
                }
                sound(&mut conn);
            }

            #[test]
            fn suspend_against_execute() {
                let database = $fresh("suspend_execute");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let (_, task) = second(&mut conn);
                    let results = both(
                        &mut connections,
                        |conn| TwoFlow.second.execute(conn, task, &BOB, ()),
                        |conn| FLOWS.suspend(conn, task.process(), &MONA),
                    );
                    let winner = one_won(results, ["bob", "mona"]);
                    FLOWS.expect(&mut conn, task.process()).is([ProcessStatus::Done, ProcessStatus::New][winner]);
                }
                sound(&mut conn);
            }

            #[test]
            fn suspend_against_due_work() {
                let database = $fresh("suspend_due");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for round in 1..=rounds(25) {
                    let id = JobFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                    let (_, suspended) =
                        both(&mut connections, |conn| FLOWS.run_due(conn).unwrap(), |conn| FLOWS.suspend(conn, id, &MONA));
                    match suspended {
                        Ok(_) => {
                            assert_eq!(FLOWS.process(&mut conn, id).unwrap().status(), ProcessStatus::New);
                            FLOWS.resume(&mut conn, id, &MONA).unwrap();
                        }
                        Err(error) => names_winner(&error, "flow"),
                    }
                    while FLOWS.run_due(&mut conn).unwrap().any() {}
                    FLOWS.expect(&mut conn, id).is(ProcessStatus::Done);
                    assert_eq!(BODIES.load(Ordering::Relaxed), round);
                }
                sound(&mut conn);
            }

            #[test]
            fn end_branch_against_the_last_arrival() {
                let database = $fresh("end_branch");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let id = ForkFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                    let left = ForkFlow.left.tasks().of(id).one(&mut conn).unwrap().id();
                    let right = ForkFlow.right.tasks().of(id).one(&mut conn).unwrap().id();
                    let (arrived, ended) = both(
                        &mut connections,
                        |conn| ForkFlow.left.run(conn, left, &CODE, ()).map(drop),
                        |conn| ForkFlow.right.end_branch(conn, right, &MONA).map(drop),
                    );
                    arrived.unwrap();
                    ended.unwrap();
                    let row: ForkProcess = ForkFlow.processes().by_id(id).first(&mut conn).unwrap();
                    assert_eq!((row.status(), row.met()), (ProcessStatus::Done, 1));
                }
                sound(&mut conn);
            }

            #[test]
            fn end_branch_against_the_arrival_of_the_same_branch() {
                let database = $fresh("end_arrive");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let id = ForkFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                    let left = ForkFlow.left.tasks().of(id).one(&mut conn).unwrap().id();
                    let right = ForkFlow.right.tasks().of(id).one(&mut conn).unwrap().id();
                    ForkFlow.left.run(&mut conn, left, &CODE, ()).unwrap();
                    let results = both(
                        &mut connections,
                        |conn| ForkFlow.right.run(conn, right, &CODE, ()).map(drop),
                        |conn| ForkFlow.right.end_branch(conn, right, &MONA).map(drop),
                    );
                    one_won(results, ["test", "mona"]);
                    let row: ForkProcess = ForkFlow.processes().by_id(id).first(&mut conn).unwrap();
                    assert_eq!((row.status(), row.met()), (ProcessStatus::Done, 1));
                }
                sound(&mut conn);
            }

            #[test]
            fn end_branch_of_both_branches_and_one_is_the_last() {
                let database = $fresh("end_both");
                let mut connections = [database.connect(), database.connect()];
                let mut conn = database.connect();
                for _ in 0..rounds(25) {
                    let id = ForkFlow.start.run(&mut conn, &CODE, Default::default()).unwrap().id();
                    let left = ForkFlow.left.tasks().of(id).one(&mut conn).unwrap().id();
                    let right = ForkFlow.right.tasks().of(id).one(&mut conn).unwrap().id();
                    let (a, b) = both(
                        &mut connections,
                        |conn| ForkFlow.left.end_branch(conn, left, &MONA),
                        |conn| ForkFlow.right.end_branch(conn, right, &MAX),
                    );
                    let [error] = [a.err(), b.err()].into_iter().flatten().collect::<Vec<_>>().try_into().unwrap();
                    let error: flow_core::Error = error;
                    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
                    FLOWS.expect(&mut conn, id).is(ProcessStatus::New);
                }
                sound(&mut conn);
            }

            #[test]
            fn a_body_that_runs_while_its_process_is_suspended_or_cancelled() {
                let database = $fresh("running");
                let mut conn = database.connect();
                let started = |conn: &mut Db| HookFlow.start.run(conn, &CODE, Default::default()).unwrap().id();
                let id = started(&mut conn);
                let other = database.clone();
                *HOOK.lock().unwrap() = Some(Box::new(move || {
                    FLOWS.suspend(&mut other.connect(), id, &MONA).unwrap();
                }));
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                let work = HookFlow.work.tasks().of(id).one(&mut conn).unwrap();
                assert!(work.status() == TaskStatus::Done && work.resting(), "its branch waits in it");
                assert!(!FLOWS.run_due(&mut conn).unwrap().any());
                sound(&mut conn);
                FLOWS.resume(&mut conn, id, &MONA).unwrap();
                assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
                FLOWS.expect(&mut conn, id).is(ProcessStatus::Done);
                let id = started(&mut conn);
                let other = database.clone();
                *HOOK.lock().unwrap() = Some(Box::new(move || {
                    FLOWS.cancel(&mut other.connect(), id, &MONA).unwrap();
                }));
                let report = FLOWS.run_due(&mut conn).unwrap();
                assert_eq!((report.done, report.failed), (0, 0), "{report:?}");
                FLOWS.expect(&mut conn, id).is(ProcessStatus::Canceled);
                sound(&mut conn);
            }
            }
        }
    };
}
