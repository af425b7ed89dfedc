//! Joins that continue before all branches have arrived. Numbers are those of the behaviour cases.

/// The cases of `continue_on` and `cancel_active`, on a back end.
#[macro_export]
macro_rules! early_suite {
    ($connection:ty, $database:expr) => {
        mod early {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::form::Sent;
            use flow_core::{ErrorKind, ProcessStatus::*, TaskStatus};
            use $crate::app::MONA;

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(ProcessProxy, Debug)]
            pub struct VoteProcess {
                process: Process,
                #[json(default)]
                voters: Vec<String>,
                #[json(default)]
                result: String,
                #[json(default)]
                fails: bool,
                #[json(default)]
                later: bool,
            }

            fn data(voters: &[&str]) -> VoteProcessData {
                let voters = voters.iter().map(|voter| (*voter).to_owned()).collect();
                VoteProcessData { voters, result: String::new(), fails: false, later: false }
            }

            #[derive(TaskProxy, Debug)]
            pub struct VoteTask { task: Task, voter: String, #[json(default)] yes: bool }

            /// The reference's dynamic split: a vote of each, and the decision as soon as it cannot change any more.
            #[flow(process = VoteProcess, connection = Db)]
            pub struct VoteFlow {
                #[node(permission(anyone), next = this.ask)] start: StartHandle,
                #[node(next(this.vote, task_data_source = |a| a.process.voters().iter().map(|voter| VoteTaskData { voter: voter.clone(), yes: false })),
                       next = this.decided)]
                ask: Split,
                #[node(task = VoteTask, input = bool, run = |a, yes| a.task.set_yes(yes), on_timeout(days(1), this.decided),
                       permission(anyone), next = this.decided)]
                vote: Handle,
                #[node(continue_on = this.is_decided, next = this.count)] decided: Join,
                #[node(run = this.count_votes(conn), next = this.accepted)] count: Function,
                #[node(if = |a| a.process.result().ends_with("yes"), then = this.end, else = this.rejected)] accepted: If,
                rejected: End,
                end: End,
            }

            impl VoteFlow {
                /// A majority of all that can still vote.
                fn is_decided(_: &Activation<Self>, arrived: &Branches, open: &Branches) -> flow_core::Result<bool> {
                    let votes = arrived.of(VoteFlow.vote)?;
                    assert!(open.iter().all(|task| task.node() == "vote"));
                    let yes = votes.iter().filter(|vote| vote.yes()).count();
                    let all = votes.len() + open.len();
                    Ok(!votes.is_empty() && (yes * 2 > all || (votes.len() - yes) * 2 >= all))
                }

                fn count_votes(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    let votes = a.branches(conn)?.of(VoteFlow.vote)?;
                    let yes = votes.iter().filter(|vote| vote.yes()).count();
                    let names: Vec<&str> = votes.iter().map(VoteTask::voter).collect();
                    let word = if yes * 2 > votes.len() { "yes" } else { "no" };
                    a.process.set_result(format!("{}: {word}", names.join(" ")));
                    Ok(())
                }
            }

            /// Two of three, with a split in one branch; the others are kept or cancelled.
            #[flow(process = VoteProcess, connection = Db)]
            pub struct CancelFlow {
                #[node(permission(anyone), next = this.split)] start: StartHandle,
                #[node(next = this.a, next = this.b, next = this.inner)] split: Split,
                #[node(permission(anyone), next = this.join)] a: Handle,
                #[node(permission(anyone), next = this.join)] b: Handle,
                #[node(next = this.x, next = this.y, next = this.z)] inner: Split,
                #[node(permission(anyone), on_timeout(days(1), this.met), next = this.met)] x: Handle,
                #[node(run = |_job| (), next = this.met)] y: Job,
                #[node(start = ChildFlow.start, process_data = |_a| data(&[]), next = this.met)] z: Subprocess,
                #[node(next = this.join)] met: Join,
                #[node(continue_on = |_a, arrived, _open| arrived.len() >= 2, next = this.after)] join: Join,
                #[node(run = this.follow, next = this.end)] after: Function,
                end: End,
            }

            impl CancelFlow {
                fn follow(a: &mut Activation<Self>) -> Step {
                    if a.process.fails() { Err("it failed".into()) } else { Ok(()) }
                }
            }

            #[flow(process = VoteProcess, connection = Db)]
            pub struct ChildFlow {
                #[node(permission(anyone), next = this.ask)] start: StartHandle,
                #[node(permission(anyone), next = this.end)] ask: Handle,
                end: End,
            }

            /// The others go on; all of it inside of another split.
            #[flow(process = VoteProcess, connection = Db)]
            pub struct KeepFlow {
                #[node(permission(anyone), next = this.outer)] start: StartHandle,
                #[node(next = this.split, next = this.o)] outer: Split,
                #[node(permission(anyone), next = this.all)] o: Handle,
                #[node(next = this.a, next = this.b, next = this.c)] split: Split,
                #[node(permission(anyone), next = this.join)] a: Handle,
                #[node(run = |_job| (), next = this.join)] b: Job,
                #[node(permission(anyone), next = this.join)] c: Handle,
                #[node(continue_on = |a, arrived, _open| if a.process.fails() { Err("cannot say".into()) } else { Ok(!a.process.later() && arrived.len() >= 2) },
                       cancel_active = false, next = this.after)]
                join: Join,
                #[node(permission(anyone), next = this.all)] after: Handle,
                #[node(next = this.end)] all: Join,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![VoteFlow, CancelFlow, ChildFlow, KeepFlow];

            fn database() -> Db {
                $database
            }

            fn newest(conn: &mut Db, process: i64, node: &str) -> Task {
                FLOWS.tasks(conn, process).unwrap().into_iter().rfind(|task| task.node() == node).unwrap()
            }

            fn sound(conn: &mut Db) {
                assert_eq!(FLOWS.check_deep(conn).unwrap(), []);
            }

            /// What each branch stands at, of the tasks of a node.
            fn all(conn: &mut Db, process: i64, node: &str) -> Vec<TaskStatus> {
                let tasks = FLOWS.tasks(conn, process).unwrap();
                tasks.iter().filter(|task| task.node() == node).map(Task::status).collect()
            }

            fn vote(conn: &mut Db, process: i64, voter: &str, yes: bool) -> flow_core::Result<VoteProcess> {
                let all = VoteFlow.vote.tasks().of(process).load(conn).unwrap();
                let task = all.into_iter().map(|row| VoteTask::from_row(row).unwrap()).find(|vote| vote.voter() == voter).unwrap();
                VoteFlow.vote.run(conn, task.id(), &CODE, yes)
            }

            #[test]
            fn a_majority_decides_and_the_rest_is_cancelled() {
                let mut conn = database();
                let process = VoteFlow.start.run(&mut conn, &CODE, data(&["a", "b", "c", "d", "e"])).unwrap().id();
                vote(&mut conn, process, "e", true).unwrap();
                vote(&mut conn, process, "b", true).unwrap();
                FLOWS.expect(&mut conn, process).is(New);
                let row = vote(&mut conn, process, "c", true).unwrap();
                assert_eq!(row.result(), "b c e: yes", "in the order of the items, whoever was quicker");
                FLOWS.expect(&mut conn, process).is(Done);
                let (gone, done) = (TaskStatus::Canceled, TaskStatus::Done);
                assert_eq!(all(&mut conn, process, "vote"), [gone, done, done, gone, done]);
                let open = FLOWS.tasks(&mut conn, process).unwrap().into_iter().filter(|task| !task.status().is_final());
                assert_eq!(open.count(), 0, "their timeouts have ended, too");
                let late = vote(&mut conn, process, "a", true).unwrap_err();
                assert_eq!(late.kind(), ErrorKind::Conflict);
                sound(&mut conn);
            }

            #[test]
            fn the_decision_comes_as_soon_as_it_cannot_change_any_more() {
                let mut conn = database();
                let process = VoteFlow.start.run(&mut conn, &CODE, data(&["a", "b", "c"])).unwrap().id();
                vote(&mut conn, process, "a", false).unwrap();
                FLOWS.expect(&mut conn, process).is(New);
                // One that rests could still vote.
                let b = newest(&mut conn, process, "vote").id();
                FLOWS.cancel_task(&mut conn, b, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(New);
                // One that has left does not count.
                FLOWS.end_branch(&mut conn, b, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                let row = VoteFlow.processes().first(&mut conn).unwrap();
                assert_eq!(row.result(), "a: no");
                sound(&mut conn);
            }

            #[test]
            fn without_items_the_join_goes_on_at_once() {
                let mut conn = database();
                let process = VoteFlow.start.run(&mut conn, &CODE, data(&[])).unwrap();
                assert_eq!((process.row().status(), process.result()), (Done, ": no"));
                sound(&mut conn);
            }

            fn run(conn: &mut Db, process: i64, node: &str) {
                let id = newest(conn, process, node).id();
                FLOWS.run(conn, id, &CODE, Sent::Json(b"{}")).unwrap();
            }

            #[test]
            fn case_37_two_of_three_and_the_third_is_cancelled() {
                let mut conn = database();
                let process = CancelFlow.start.run(&mut conn, &CODE, data(&[])).unwrap().id();
                run(&mut conn, process, "a");
                assert_eq!(all(&mut conn, process, "join"), [TaskStatus::Started]);
                run(&mut conn, process, "b");
                FLOWS.expect(&mut conn, process).is(Done).tasks(&[
                    "start:DONE", "split:DONE", "a:DONE", "b:DONE", "inner:DONE", "x:CANCELED", "x__timeout__met:CANCELED",
                    "y:CANCELED", "z:CANCELED", "join:DONE", "after:DONE", "end:DONE",
                ]);
                sound(&mut conn);
                FLOWS.run_until_idle(&mut conn).unwrap();
                let child = ChildFlow.processes().first(&mut conn).unwrap();
                assert_eq!(child.row().status(), Canceled);
                sound(&mut conn);
            }

            #[test]
            fn an_early_join_is_undone_and_its_arrivals_rest_in_it() {
                let mut conn = database();
                let process = CancelFlow.start.run(&mut conn, &CODE, data(&[])).unwrap().id();
                run(&mut conn, process, "a");
                run(&mut conn, process, "b");
                for node in ["end", "after", "join"] {
                    let task = newest(&mut conn, process, node).id();
                    FLOWS.undo(&mut conn, task, &MONA).unwrap();
                    sound(&mut conn);
                }
                let join = newest(&mut conn, process, "join").id();
                FLOWS.revive(&mut conn, join, &MONA).unwrap();
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn what_fails_behind_an_early_join_is_the_callers() {
                let mut conn = database();
                let process = CancelFlow.start.run(&mut conn, &CODE, VoteProcessData { fails: true, ..data(&[]) }).unwrap().id();
                run(&mut conn, process, "a");
                let b = newest(&mut conn, process, "b").id();
                assert_eq!(FLOWS.run(&mut conn, b, &CODE, Sent::Json(b"{}")).unwrap_err().kind(), ErrorKind::Step);
                assert_eq!(all(&mut conn, process, "x"), [TaskStatus::New], "nothing was cancelled");
                sound(&mut conn);
            }

            fn keep(conn: &mut Db) -> i64 {
                KeepFlow.start.run(conn, &CODE, data(&[])).unwrap().id()
            }

            #[test]
            fn case_38_the_third_goes_on_and_does_not_fire_the_join_again() {
                let mut conn = database();
                let process = keep(&mut conn);
                run(&mut conn, process, "a");
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(all(&mut conn, process, "join"), [TaskStatus::Done]);
                assert_eq!(all(&mut conn, process, "c"), [TaskStatus::New]);
                sound(&mut conn);
                run(&mut conn, process, "after");
                run(&mut conn, process, "o");
                FLOWS.expect(&mut conn, process).is(New);
                sound(&mut conn);
                run(&mut conn, process, "c");
                FLOWS.expect(&mut conn, process).is(Done);
                assert_eq!(all(&mut conn, process, "join").len(), 1);
                assert_eq!(all(&mut conn, process, "after").len(), 1);
                sound(&mut conn);
            }

            #[test]
            fn what_is_late_may_come_first_and_the_outer_join_waits_for_both() {
                let mut conn = database();
                let process = keep(&mut conn);
                run(&mut conn, process, "o");
                run(&mut conn, process, "a");
                FLOWS.run_until_idle(&mut conn).unwrap();
                run(&mut conn, process, "c");
                sound(&mut conn);
                FLOWS.expect(&mut conn, process).is(New);
                run(&mut conn, process, "after");
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn a_join_that_went_on_is_undone_while_others_are_open_or_have_come_late() {
                let mut conn = database();
                for late in [false, true] {
                    let process = keep(&mut conn);
                    run(&mut conn, process, "a");
                    FLOWS.run_until_idle(&mut conn).unwrap();
                    if late {
                        run(&mut conn, process, "c");
                    }
                    let after = newest(&mut conn, process, "after").id();
                    FLOWS.cancel_task(&mut conn, after, &MONA).unwrap();
                    let join = newest(&mut conn, process, "join").id();
                    FLOWS.undo(&mut conn, join, &MONA).unwrap();
                    sound(&mut conn);
                    if !late {
                        run(&mut conn, process, "c");
                    } else {
                        FLOWS.revive(&mut conn, join, &MONA).unwrap();
                    }
                    sound(&mut conn);
                    run(&mut conn, process, "after");
                    run(&mut conn, process, "o");
                    FLOWS.expect(&mut conn, process).is(Done);
                    sound(&mut conn);
                }
            }

            #[test]
            fn a_condition_that_fails_in_the_background_leaves_the_join_in_error() {
                let mut conn = database();
                let process = KeepFlow.start.run(&mut conn, &CODE, VoteProcessData { fails: true, ..data(&[]) }).unwrap().id();
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let join = newest(&mut conn, process, "join");
                assert_eq!((join.status(), join.error()), (TaskStatus::Error, Some("cannot say")));
                sound(&mut conn);
                // Another one arrives meanwhile.
                run(&mut conn, process, "a");
                sound(&mut conn);
                let mut row = KeepFlow.processes().first(&mut conn).unwrap();
                row.set_fails(false);
                row.save(&mut conn).unwrap();
                FLOWS.retry(&mut conn, join.id(), &MONA).unwrap();
                assert_eq!(all(&mut conn, process, "join"), [TaskStatus::Done]);
                sound(&mut conn);
                for node in ["after", "o", "c"] {
                    run(&mut conn, process, node);
                }
                FLOWS.expect(&mut conn, process).is(Done);
                sound(&mut conn);
            }

            #[test]
            fn it_waits_for_all_where_the_condition_never_holds() {
                let mut conn = database();
                let process = KeepFlow.start.run(&mut conn, &CODE, VoteProcessData { later: true, ..data(&[]) }).unwrap().id();
                FLOWS.run_until_idle(&mut conn).unwrap();
                run(&mut conn, process, "a");
                assert_eq!(all(&mut conn, process, "join"), [TaskStatus::Started]);
                run(&mut conn, process, "c");
                assert_eq!(all(&mut conn, process, "join"), [TaskStatus::Done]);
                sound(&mut conn);
            }
            }
        }
    };
}
