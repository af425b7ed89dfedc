// An app in two releases, with processes that wait in each kind of node.

mod v1 {
    use super::*;
    #[derive(ProcessProxy, Debug)]
    pub struct AppProcess { process: Process, #[json(default)] n: i32 }
    #[derive(TaskProxy)]
    pub struct WorkTask { task: Task, #[json(default)] size: i32 }
    #[flow(process = AppProcess, connection = Db, name = "app")]
    pub struct AppFlow {
        #[node(permission(anyone), next = this.which)] pub start: StartHandle,
        #[node(
            case(this.wait, when = |a| a.process.n() == 1),
            case(this.ask, when = |a| a.process.n() == 2),
            case(this.work, when = |a| a.process.n() == 3),
            case(this.hand, when = |a| a.process.n() == 4),
            case(this.kid, when = |a| a.process.n() == 5),
            default = this.split
        )]
        which: Switch,
        #[node(delay = hours(1), next = this.end)] wait: Timer,
        #[node(permission(anyone), on_timeout(hours(1), this.nag, interrupting = false), on_timeout(hours(2), this.late), next = this.end)]
        pub ask: View,
        #[node(task = WorkTask, run = |_| (), next = this.end)] work: Job,
        #[node(permission(anyone), on_timeout(hours(1), this.late), next = this.end)] hand: Handle,
        #[node(start = KidFlow.start, on_timeout(hours(9), this.late), next = this.end)] kid: Subprocess,
        #[node(next = this.left, next = this.right)] split: Split,
        #[node(delay = hours(1), next = this.join)] left: Timer,
        #[node(permission(anyone), next = this.join)] pub right: Handle,
        #[node(next = this.end)] join: Join,
        nag: End, late: End, end: End,
    }
    #[flow(connection = Db, name = "kid")]
    pub struct KidFlow {
        #[node(permission(anyone), next = this.look)] pub start: StartHandle,
        #[node(delay = hours(1), next = this.end)] look: Timer,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![AppFlow, KidFlow];
}

/// Everything renamed, and nothing said.
mod renamed {
    use super::*;
    #[derive(ProcessProxy, Debug)]
    pub struct AppProcess { process: Process, #[json(default)] n: i32 }
    #[flow(process = AppProcess, connection = Db, name = "app")]
    pub struct AppFlow {
        #[node(permission(anyone), next = this.which2)] pub start: StartHandle,
        #[node(
            case(this.wait2, when = |a| a.process.n() == 1),
            case(this.ask2, when = |a| a.process.n() == 2),
            case(this.work2, when = |a| a.process.n() == 3),
            case(this.hand2, when = |a| a.process.n() == 4),
            case(this.kid2, when = |a| a.process.n() == 5),
            default = this.split2
        )]
        which2: Switch,
        #[node(delay = hours(1), next = this.end)] wait2: Timer,
        #[node(permission(anyone), on_timeout(hours(1), this.nag, interrupting = false), on_timeout(hours(2), this.late), next = this.end)]
        pub ask2: View,
        #[node(run = |_| (), next = this.end)] work2: Job,
        #[node(permission(anyone), on_timeout(hours(1), this.late), next = this.end)] hand2: Handle,
        #[node(start = KidFlow.start, on_timeout(hours(9), this.late), next = this.end)] kid2: Subprocess,
        #[node(next = this.left2, next = this.right2)] split2: Split,
        #[node(delay = hours(1), next = this.join)] left2: Timer,
        #[node(permission(anyone), next = this.join)] right2: Handle,
        #[node(next = this.end)] join: Join,
        nag: End, late: End, end: End,
    }
    #[flow(connection = Db, name = "kid")]
    pub struct KidFlow {
        #[node(permission(anyone), next = this.look2)] pub start: StartHandle,
        #[node(delay = hours(1), next = this.end)] look2: Timer,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![AppFlow, KidFlow];
}

/// Everything renamed, the flows too, with `was`; the timeouts of `ask` have changed places.
mod was {
    use super::*;
    #[derive(ProcessProxy, Debug)]
    pub struct AppProcess { process: Process, #[json(default)] n: i32 }
    #[flow(process = AppProcess, connection = Db, name = "app2", was = ["app"])]
    pub struct AppFlow {
        #[node(permission(anyone), next = this.which2)] pub start: StartHandle,
        #[node(
            case(this.wait2, when = |a| a.process.n() == 1),
            case(this.ask2, when = |a| a.process.n() == 2),
            case(this.work2, when = |a| a.process.n() == 3),
            case(this.hand2, when = |a| a.process.n() == 4),
            case(this.kid2, when = |a| a.process.n() == 5),
            default = this.split2
        )]
        which2: Switch,
        #[node(was = ["wait"], delay = hours(1), next = this.end)] wait2: Timer,
        #[node(was = ["ask"], permission(anyone), on_timeout(hours(2), this.late2), on_timeout(hours(1), this.nag2, interrupting = false), next = this.end)]
        pub ask2: View,
        #[node(was = ["work"], run = |_| (), next = this.end)] work2: Job,
        #[node(was = ["hand"], permission(anyone), on_timeout(hours(1), this.late2), next = this.end)] hand2: Handle,
        #[node(was = ["kid"], start = KidFlow.start, on_timeout(hours(9), this.late2), next = this.end)] kid2: Subprocess,
        #[node(was = ["split"], next = this.left2, next = this.right2)] split2: Split,
        #[node(was = ["left"], delay = hours(1), next = this.join2)] left2: Timer,
        #[node(was = ["right"], permission(anyone), next = this.join2)] pub right2: Handle,
        #[node(was = ["join"], next = this.end)] join2: Join,
        #[node(was = ["nag"])] nag2: End,
        #[node(was = ["late"])] late2: End,
        end: End,
    }
    #[flow(connection = Db, name = "kid2", was = ["kid"])]
    pub struct KidFlow {
        #[node(permission(anyone), next = this.look2)] pub start: StartHandle,
        #[node(was = ["look"], delay = hours(1), next = this.end)] look2: Timer,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![AppFlow, KidFlow];
}

/// The same names, as other kinds; a task's own field is required now, and the join has another name.
mod changed {
    use super::*;
    #[derive(ProcessProxy, Debug)]
    pub struct AppProcess { process: Process, #[json(default)] n: i32 }
    #[derive(TaskProxy)]
    pub struct WorkTask { task: Task, #[json(default)] size: i32, weight: i32 }
    #[flow(process = AppProcess, connection = Db, name = "app")]
    pub struct AppFlow {
        #[node(permission(anyone), next = this.which)] pub start: StartHandle,
        #[node(
            case(this.wait, when = |a| a.process.n() == 1),
            case(this.ask, when = |a| a.process.n() == 2),
            case(this.work, task_data = |_a| WorkTaskData { size: 1, weight: 1 }, when = |a| a.process.n() == 3),
            case(this.hand, when = |a| a.process.n() == 4),
            case(this.kid, when = |a| a.process.n() == 5),
            default = this.split
        )]
        which: Switch,
        #[node(run = |_| (), next = this.end)] wait: Job,
        #[node(permission(anyone), on_timeout(hours(2), this.past), next = this.end)] pub ask: Handle,
        #[node(task = WorkTask, run = |_| panic!("the document could not be stored, and the body runs"), next = this.end)] work: Job,
        #[node(permission(anyone), on_timeout(hours(1), this.past), next = this.end)] hand: View,
        #[node(permission(anyone), on_timeout(hours(9), this.past), next = this.end)] kid: View,
        #[node(next = this.left, next = this.right)] split: Split,
        #[node(delay = hours(1), next = this.meet)] left: Timer,
        #[node(permission(anyone), next = this.meet)] right: Handle,
        #[node(next = this.end)] meet: Join,
        past: End, end: End,
    }
    #[flow(connection = Db, name = "kid")]
    pub struct KidFlow {
        #[node(permission(anyone), next = this.look)] pub start: StartHandle,
        #[node(permission(anyone), next = this.end)] look: Handle,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![AppFlow, KidFlow];
}

/// A required field more.
mod required {
    use super::*;
    pub use super::v1::KidFlow;
    #[derive(ProcessProxy, Debug)]
    pub struct AppProcess { process: Process, #[json(default)] n: i32, added: String }
    #[flow(process = AppProcess, connection = Db, name = "app")]
    pub struct AppFlow {
        #[node(permission(anyone), next = this.which)] pub start: StartHandle,
        #[node(
            case(this.wait, when = |a| a.process.n() == 1),
            case(this.ask, when = |a| a.process.n() == 2),
            case(this.work, when = |a| a.process.n() == 3),
            case(this.hand, when = |a| a.process.n() == 4),
            case(this.kid, when = |a| a.process.n() == 5),
            default = this.split
        )]
        which: Switch,
        #[node(delay = hours(1), next = this.end)] wait: Timer,
        #[node(permission(anyone), on_timeout(hours(1), this.nag, interrupting = false), on_timeout(hours(2), this.late), next = this.end)]
        pub ask: View,
        #[node(run = |_| (), next = this.end)] work: Job,
        #[node(permission(anyone), on_timeout(hours(1), this.late), next = this.end)] hand: Handle,
        #[node(start = KidFlow.start, on_timeout(hours(9), this.late), next = this.end)] kid: Subprocess,
        #[node(next = this.left, next = this.right)] split: Split,
        #[node(delay = hours(1), next = this.join)] left: Timer,
        #[node(permission(anyone), next = this.join)] pub right: Handle,
        #[node(next = this.end)] join: Join,
        nag: End, late: End, end: End,
    }
    pub static FLOWS: Flows<Db> = flows![AppFlow, KidFlow];
}

const ALL: std::ops::RangeInclusive<i32> = 1..=6;

fn start(c: &mut Db, n: i32) -> i64 {
    let p = v1::AppFlow.start.run(c, &ME, v1::AppProcessData { n }).unwrap().id();
    if n == 6 {
        let right = open_task(c, &v1::FLOWS, p, "right");
        v1::AppFlow.right.run(c, right, &ME, ()).unwrap();
    }
    p
}

/// A release that does not know where a process is leaves it, and the one of before brings it to its end.
fn left_alone(name: &str, release: &Flows<Db>, leaves_all: bool) {
    for n in ALL {
        let clock = TestClock::install();
        let mut c = base(&format!("{name}-{n}")).connect();
        let p = start(&mut c, n);
        clock.advance(hours(3));
        let before = due_rows(&mut c);
        let report = release.run_until_idle(&mut c).unwrap();
        assert_eq!(in_error(&mut c), 0, "{name} {n}");
        if leaves_all {
            assert_eq!((report.done, report.failed, report.passed), (0, 0, 0), "{name} {n}: {report:?}");
            assert_eq!(due_rows(&mut c), before, "{name} {n}");
            assert!(!release.check(&mut c).unwrap().is_empty(), "{name} {n}");
        }
        clock.advance(hours(1));
        v1::FLOWS.run_until_idle(&mut c).unwrap();
        v1::FLOWS.expect(&mut c, p).is(ProcessStatus::Done);
        assert_eq!(due_rows(&mut c), 0, "{name} {n}");
    }
}

cases! {
#[test] fn names_that_are_gone_are_left_to_the_release_that_knows_them() {
    left_alone("renamed", &renamed::FLOWS, true);
}

#[test] fn other_kinds_and_a_join_of_another_name_are_left() {
    left_alone("changed", &changed::FLOWS, true);
}

#[test] fn a_required_field_more_leaves_all_of_it_due() {
    left_alone("required", &required::FLOWS, false);
}

#[test] fn what_was_renamed_goes_on() {
    for n in ALL {
        let clock = TestClock::install();
        let mut c = base(&format!("was-{n}")).connect();
        let p = start(&mut c, n);
        assert_eq!(was::FLOWS.check(&mut c).unwrap(), [], "{n}");
        assert_eq!(was::AppFlow.processes().load(&mut c).unwrap().len(), 1);
        assert!(!was::AppFlow.tasks().of(p).load(&mut c).unwrap().is_empty());
        if n == 2 {
            assert_eq!(was::AppFlow.ask2.tasks().of(p).load(&mut c).unwrap().len(), 1);
            assert_eq!(was::FLOWS.queue(&mut c, &named("anna")).unwrap().len(), 1);
            clock.advance(minutes(90));
            was::FLOWS.run_until_idle(&mut c).unwrap();
            was::FLOWS.expect(&mut c, p).is(ProcessStatus::New);
        }
        clock.advance(hours(3));
        was::FLOWS.run_until_idle(&mut c).unwrap();
        was::FLOWS.expect(&mut c, p).is(ProcessStatus::Done);
        assert_eq!((due_rows(&mut c), in_error(&mut c)), (0, 0), "{n}");
    }
}

#[test] fn a_key_of_an_old_name_starts_no_second_process() {
    let mut c = base("key").connect();
    let first = v1::AppFlow.start.run_once(&mut c, &ME, "k", v1::AppProcessData { n: 2 }).unwrap().id();
    let again = was::AppFlow.start.run_once(&mut c, &ME, "k", was::AppProcessData { n: 2 }).unwrap().id();
    assert_eq!(first, again);
}

#[test] fn an_old_worker_leaves_what_the_new_one_made() {
    for n in ALL {
        let clock = TestClock::install();
        let mut c = base(&format!("old-{n}")).connect();
        let p = was::AppFlow.start.run(&mut c, &ME, was::AppProcessData { n }).unwrap().id();
        if n == 6 {
            let right = open_task(&mut c, &was::FLOWS, p, "right2");
            was::AppFlow.right2.run(&mut c, right, &ME, ()).unwrap();
        }
        clock.advance(hours(3));
        let report = v1::FLOWS.run_until_idle(&mut c).unwrap();
        assert!(!report.any(), "{report:?}");
        was::FLOWS.run_until_idle(&mut c).unwrap();
        was::FLOWS.expect(&mut c, p).is(ProcessStatus::Done);
    }
}

#[test] fn a_task_of_another_kind_is_in_no_queue() {
    let mut c = base("kind").connect();
    for _ in 0..201 { start(&mut c, 4); }
    assert_eq!(changed::FLOWS.queue(&mut c, &named("anna")).unwrap().len(), 0);
    let known = changed::AppFlow.start.run(&mut c, &ME, changed::AppProcessData { n: 4 }).unwrap().id();
    let queue = changed::FLOWS.queue(&mut c, &named("anna")).unwrap();
    assert_eq!(queue.iter().map(|task| task.id().process()).collect::<Vec<_>>(), [known]);
}

#[test] fn a_status_of_a_later_version_loses_nothing() {
    for (table, n) in [("flow_process", 1), ("flow_task", 1), ("flow_process", 5), ("flow_task", 5)] {
        let clock = TestClock::install();
        let mut c = base(&format!("status-{table}-{n}")).connect();
        start(&mut c, n);
        c.batch_execute(&format!("update {table} set status = 'SUSPENDED' where finished is null and flow = 'app'")).unwrap();
        clock.advance(hours(12));
        let report = v1::FLOWS.run_until_idle(&mut c).unwrap();
        assert_eq!(report.failed, 0);
        assert!(due_rows(&mut c) > 0, "{table} {n}: {report:?}");
        let words: i64 = flow_process::table.filter(flow_process::status.eq("UNKNOWN")).count().get_result(&mut c).unwrap();
        assert_eq!(words, 0);
    }
}
}
