// Nodes that are not used any more: processes that wait in them stay, can be cancelled, and are moved on.

use flow_core::{Moved, RetiredPlace, Verb};

/// A process that waits in each kind of node, in one branch of a split; the other branch waits in `other`.
mod old {
    use super::*;
    #[derive(ProcessProxy, Debug)]
    pub struct AppProcess { process: Process, #[json(default)] n: i32, #[json(default)] fails: bool }
    #[flow(process = AppProcess, connection = Db, name = "app")]
    pub struct AppFlow {
        #[node(permission(anyone), next = this.split)] pub start: StartHandle,
        #[node(next = this.which, next = this.other)] split: Split,
        #[node(
            case(this.ask, when = |a| a.process.n() == 1),
            case(this.work, when = |a| a.process.n() == 2),
            case(this.hand, when = |a| a.process.n() == 3),
            case(this.wait, when = |a| a.process.n() == 4),
            case(this.paid, when = |a| a.process.n() == 6),
            case(this.rung, when = |a| a.process.n() == 7),
            case(this.settled, when = |a| a.process.n() == 8),
            default = this.kid
        )]
        which: Switch,
        #[node(permission(anyone), on_timeout(hours(2), this.late), allow(branch_leaves, reason = "late is late"), next = this.join)] pub ask: View,
        #[node(run = |_| (), next = this.join)] work: Job,
        #[node(permission(anyone), next = this.join)] hand: Handle,
        #[node(delay = hours(1), next = this.join)] wait: Timer,
        #[node(start = KidFlow.start, next = this.join)] kid: Subprocess,
        #[node(message = "paid", key = |a| a.process.id(), permission(anyone), next = this.join)] paid: MessageCatch,
        #[node(signal = "rung", on_timeout(hours(2), this.late), next = this.join)] rung: SignalCatch,
        #[node(if = |a| a.process.n() == 9, allow(condition_cannot_change, reason = "the test sets it"), next = this.join)] settled: ConditionalCatch,
        #[node(permission(anyone), next = this.join)] other: Handle,
        #[node(next = this.end)] join: Join,
        late: End, end: End,
    }
    #[flow(connection = Db, name = "kid")]
    pub struct KidFlow {
        #[node(permission(anyone), next = this.look)] pub start: StartHandle,
        #[node(permission(anyone), next = this.end)] pub look: Handle,
        end: End,
    }
    #[flow(connection = Db, name = "bell")]
    pub struct BellFlow {
        #[node(permission(anyone), next = this.ring)] pub start: StartHandle,
        #[node(signal = "rung", next = this.end)] ring: SignalThrow,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![AppFlow, KidFlow, BellFlow];
}

/// `sign` has taken their place.
mod new {
    use super::*;
    pub use super::old::{BellFlow, KidFlow};
    #[derive(ProcessProxy, Debug)]
    pub struct AppProcess { process: Process, #[json(default)] n: i32, #[json(default)] fails: bool }
    #[flow(process = AppProcess, connection = Db, name = "app")]
    pub struct AppFlow {
        #[node(permission(anyone), next = this.split)] pub start: StartHandle,
        #[node(next = this.look, next = this.other)] split: Split,
        #[node(run = |a| if a.process.fails() { Err("it was to fail".into()) } else { Ok(()) }, next = this.sign)] look: Function,
        #[node(permission(anyone), on_timeout(hours(3), this.late), allow(branch_leaves, reason = "late is late"), next = this.join)] pub sign: View,
        #[node(retired(to = this.look))] ask: Obsolete,
        #[node(retired(to = this.look))] work: Obsolete,
        #[node(retired(to = this.look))] hand: Obsolete,
        #[node(retired(to = this.look))] wait: Obsolete,
        #[node(retired(to = this.look))] kid: Obsolete,
        #[node(retired(to = this.look))] paid: Obsolete,
        #[node(retired(to = this.look))] rung: Obsolete,
        #[node(retired(to = this.look))] settled: Obsolete,
        #[node(permission(anyone), next = this.join)] pub other: Handle,
        #[node(next = this.end)] join: Join,
        late: End, end: End,
    }
    pub static FLOWS: Flows<Db> = flows![AppFlow, KidFlow, BellFlow];
}

const NODES: [&str; 8] = ["ask", "work", "hand", "wait", "kid", "paid", "rung", "settled"];

fn start(c: &mut Db, n: i32) -> i64 {
    old::AppFlow.start.run(c, &ME, old::AppProcessData { n, fails: false }).unwrap().id()
}

/// The child of a process is done, and nobody has told it yet.
fn end_child(c: &mut Db) {
    let child = old::KidFlow.processes().load(c).unwrap()[0].id();
    let task = open_task(c, &old::FLOWS, child, "look");
    old::KidFlow.look.run(c, task, &ME, ()).unwrap();
}

/// Brings the process to its end in the new release, and looks whether anything is left.
fn finish(c: &mut Db, process: i64, context: &str) {
    let sign = open_task(c, &new::FLOWS, process, "sign");
    let anna = named("anna");
    new::FLOWS.assign(c, sign, &anna).unwrap();
    new::FLOWS.execute(c, sign, &anna, flow_core::form::Sent::Json(b"{}")).unwrap();
    let other = open_task(c, &new::FLOWS, process, "other");
    new::AppFlow.other.run(c, other, &ME, ()).unwrap();
    new::FLOWS.run_until_idle(c).unwrap();
    new::FLOWS.expect(c, process).is(ProcessStatus::Done);
    assert_eq!((due_rows(c), new::FLOWS.check(c).unwrap(), new::FLOWS.check_deep(c).unwrap()), (0, vec![], vec![]), "{context}");
}

fn stays(moved: &Moved) -> Vec<String> {
    moved.stays.iter().map(|stays| stays.error.to_string()).collect()
}

cases! {
#[test] fn a_task_of_every_kind_is_moved_on() {
    for (n, node) in (1..).zip(NODES) {
        let clock = TestClock::install();
        let made = clock.now();
        let mut c = base(&format!("retired-{node}")).connect();
        let process = start(&mut c, n);
        if node == "kid" {
            end_child(&mut c);
        }
        clock.advance(minutes(90));
        // The new release leaves what is due to the old one, and says so.
        assert!(!new::FLOWS.run_until_idle(&mut c).unwrap().any(), "{node}");
        let listed: Vec<_> = new::FLOWS.check(&mut c).unwrap().into_iter().map(|problem| (problem.node, problem.kind)).collect();
        assert!(listed.contains(&(Some(node.to_owned()), ProblemKind::Retired)), "{listed:?}");
        assert!(new::FLOWS.explain(&mut c, process).unwrap().to_string().contains("waits for being moved on"), "{node}");
        let plan = new::FLOWS.retired(&mut c).unwrap();
        let [RetiredPlace { flow: "app", to: "look", tasks: 1, oldest, .. }] = plan.as_slice() else { panic!("{plan:?}") };
        assert_eq!((plan[0].node, *oldest), (node, made));
        let done = new::FLOWS.move_retired(&mut c, &ME).unwrap();
        assert_eq!((done.moved.len(), stays(&done)), (1, vec![]), "{node}");
        let history = new::FLOWS.history(&mut c, process).unwrap();
        let last = history.last().unwrap();
        assert_eq!((last.action(), last.task(), last.actor()), (Verb::MoveRetired.as_str(), Some(done.moved[0]), "me"));
        // The new task has its own timeout, and the old one has none any more.
        let due: Vec<(i32, String)> = flow_due::table.select((flow_due::task, flow_due::kind)).filter(flow_due::kind.eq("TIMER")).load(&mut c).unwrap();
        let timeout = open_task(&mut c, &new::FLOWS, process, "sign__timeout__late");
        assert_eq!(due, [(timeout.number(), "TIMER".to_owned())], "{node}");
        assert!(new::FLOWS.retired(&mut c).unwrap().is_empty() && new::FLOWS.move_retired(&mut c, &ME).unwrap().moved.is_empty());
        // The old release does nothing to it any more.
        assert_eq!(old::FLOWS.run_until_idle(&mut c).unwrap().done, 0, "{node}");
        finish(&mut c, process, node);
    }
}

#[test] fn the_new_timeout_fires() {
    let clock = TestClock::install();
    let mut c = base("retired-timeout").connect();
    let process = start(&mut c, 1);
    new::FLOWS.move_retired(&mut c, &ME).unwrap();
    clock.advance(hours(4));
    new::FLOWS.run_until_idle(&mut c).unwrap();
    new::FLOWS.expect(&mut c, process).is(ProcessStatus::New);
    let tasks = new::FLOWS.tasks(&mut c, process).unwrap();
    let of = |node: &str| tasks.iter().filter(|task| task.node() == node).map(|task| task.status()).collect::<Vec<_>>();
    assert_eq!((of("ask"), of("ask__timeout__late"), of("sign"), of("late")), (vec![TaskStatus::Done], vec![TaskStatus::Canceled], vec![TaskStatus::Canceled], vec![TaskStatus::Done]));
}

#[test] fn what_runs_or_has_a_child_or_is_suspended_stays_until_it_does_not() {
    let clock = TestClock::install();
    let mut c = base("retired-stays").connect();
    let (asked, working, parent) = (start(&mut c, 1), start(&mut c, 2), start(&mut c, 5));
    new::FLOWS.suspend(&mut c, asked, &ME).unwrap();
    let until = clock.now() + minutes(5);
    diesel::update(flow_due::table.filter(flow_due::process_id.eq(working))).set(flow_due::leased_until.eq(until)).execute(&mut c).unwrap();
    let reasons = ["the process is suspended", "a worker is running it", "the process that it has started is open"];
    let plan = new::FLOWS.retired(&mut c).unwrap();
    assert_eq!(plan.iter().map(|place| (place.node, place.tasks, place.stays.len())).collect::<Vec<_>>(), [("ask", 0, 1), ("work", 0, 1), ("kid", 0, 1)]);
    let done = new::FLOWS.move_retired(&mut c, &ME).unwrap();
    assert_eq!(done.moved, []);
    for (text, reason) in stays(&done).iter().zip(reasons) {
        assert!(text.contains(reason), "{text}");
    }
    new::FLOWS.resume(&mut c, asked, &ME).unwrap();
    clock.advance(minutes(6));
    end_child(&mut c);
    assert_eq!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved.len(), 3);
    new::FLOWS.run_until_idle(&mut c).unwrap();
    for process in [asked, working, parent] {
        let sign = open_task(&mut c, &new::FLOWS, process, "sign");
        assert_eq!(new::FLOWS.task(&mut c, sign).unwrap().status(), TaskStatus::New);
    }
    assert_eq!(new::FLOWS.check_deep(&mut c).unwrap(), []);
}

#[test] fn what_an_old_worker_makes_meanwhile_is_moved_the_next_time_and_what_it_does_stays_done() {
    let _clock = TestClock::install();
    let mut c = base("retired-old").connect();
    start(&mut c, 2);
    assert_eq!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved.len(), 1);
    let (second, third) = (start(&mut c, 2), start(&mut c, 2));
    // The old worker does both jobs: nothing is left to move, and nothing runs twice.
    old::FLOWS.run_until_idle(&mut c).unwrap();
    assert!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved.is_empty());
    for process in [second, third] {
        assert!(new::FLOWS.tasks(&mut c, process).unwrap().iter().all(|task| task.node() != "sign"));
    }
    start(&mut c, 2);
    assert_eq!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved.len(), 1);
}

#[test] fn no_message_and_no_signal_reaches_what_is_obsolete_and_none_is_left_behind() {
    let _clock = TestClock::install();
    let mut c = base("retired-events").connect();
    let (paid, rung) = (start(&mut c, 6), start(&mut c, 7));
    // The new release has no catch of the message, and says so; the signal's row waits for a release that has one.
    for kept_for in [None, Some(days(1))] {
        let message = new::FLOWS.message(&mut c, &ME, "paid", paid, &());
        let message = if let Some(length) = kept_for { message.kept_for(length) } else { message };
        assert_eq!(message.send().unwrap_err().kind(), ErrorKind::NotFound);
    }
    new::BellFlow.start.run(&mut c, &ME, Default::default()).unwrap();
    new::FLOWS.run_until_idle(&mut c).unwrap();
    for (process, node) in [(paid, "paid"), (rung, "rung")] {
        let task = open_task(&mut c, &new::FLOWS, process, node);
        assert_eq!(new::FLOWS.task(&mut c, task).unwrap().status(), TaskStatus::New, "{node}");
    }
    assert_eq!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved.len(), 2);
    // For the old release there is nobody left who waits.
    assert_eq!(old::FLOWS.message(&mut c, &ME, "paid", paid, &()).send().unwrap_err().kind(), ErrorKind::NotFound);
    old::FLOWS.run_until_idle(&mut c).unwrap();
    for (process, node) in [(paid, "paid"), (rung, "rung")] {
        let tasks = new::FLOWS.tasks(&mut c, process).unwrap();
        let of = |node: &str| tasks.iter().filter(|task| task.node() == node).count();
        assert_eq!((of(node), of("look"), of("sign")), (1, 1, 1), "{node}");
        let sign = open_task(&mut c, &new::FLOWS, process, "sign");
        new::FLOWS.assign(&mut c, sign, &named("anna")).unwrap();
        new::FLOWS.execute(&mut c, sign, &named("anna"), flow_core::form::Sent::Json(b"{}")).unwrap();
    }
    finish_other(&mut c, paid);
    finish_other(&mut c, rung);
    assert_eq!((due_rows(&mut c), new::FLOWS.check(&mut c).unwrap(), new::FLOWS.check_deep(&mut c).unwrap()), (0, vec![], vec![]));
}

#[test] fn what_an_old_worker_has_released_before_is_not_moved() {
    let _clock = TestClock::install();
    let mut c = base("retired-released").connect();
    let (paid, rung) = (start(&mut c, 6), start(&mut c, 7));
    old::FLOWS.message(&mut c, &ME, "paid", paid, &()).send().unwrap();
    new::BellFlow.start.run(&mut c, &ME, Default::default()).unwrap();
    old::FLOWS.run_until_idle(&mut c).unwrap();
    assert!(new::FLOWS.retired(&mut c).unwrap().is_empty());
    assert_eq!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved, []);
    for process in [paid, rung] {
        finish_other(&mut c, process);
    }
    assert_eq!((due_rows(&mut c), new::FLOWS.check_deep(&mut c).unwrap()), (0, vec![]));
}

#[test] fn one_whose_next_step_fails_stays_and_stops_no_other() {
    let mut c = base("retired-fails").connect();
    let fails = old::AppFlow.start.run(&mut c, &ME, old::AppProcessData { n: 1, fails: true }).unwrap().id();
    let process = start(&mut c, 1);
    let done = new::FLOWS.move_retired(&mut c, &ME).unwrap();
    assert_eq!(done.moved.iter().map(|task| task.process()).collect::<Vec<_>>(), [process]);
    assert_eq!(done.stays[0].task.process(), fails);
    assert!(stays(&done)[0].contains("it was to fail"), "{done:?}");
    // Nothing was half written.
    let ask = open_task(&mut c, &new::FLOWS, fails, "ask");
    assert_eq!(new::FLOWS.task(&mut c, ask).unwrap().status(), TaskStatus::New);
    assert_eq!(new::FLOWS.check_deep(&mut c).unwrap(), []);
    finish_all(&mut c, process);
}

#[test] fn managers_alone_move_and_cancel_what_is_obsolete() {
    let mut c = base("retired-who").connect();
    let process = start(&mut c, 1);
    assert_eq!(new::FLOWS.move_retired(&mut c, &named("anna")).unwrap_err().kind(), ErrorKind::Denied);
    let ask = open_task(&mut c, &new::FLOWS, process, "ask");
    // It is readable, in no queue, and nobody can do it.
    assert!(new::FLOWS.queue(&mut c, &named("anna")).unwrap().iter().all(|task| task.node() != "ask"));
    assert!(new::FLOWS.assign(&mut c, ask, &ME).is_err());
    let verbs = new::FLOWS.available(&mut c, ask, &ME).unwrap();
    let allowed: Vec<Verb> = verbs.iter().filter(|verb| verb.is_allowed()).map(|verb| verb.verb).collect();
    assert_eq!(allowed, [Verb::CancelTask, Verb::EndBranch, Verb::MoveRetired]);
    // A token that rests in it can be revived, as a task of the new kind, and moved then.
    new::FLOWS.cancel_task(&mut c, ask, &ME).unwrap();
    assert!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved.is_empty());
    let revived = new::FLOWS.revive(&mut c, ask, &ME).unwrap();
    assert_eq!((revived.node(), revived.task_type(), revived.status()), ("ask", "OBSOLETE", TaskStatus::New));
    assert_eq!(new::FLOWS.move_retired(&mut c, &ME).unwrap().moved, [revived.id()]);
    finish(&mut c, process, "revived");
    let process = start(&mut c, 1);
    new::FLOWS.cancel(&mut c, process, &ME).unwrap();
    assert!(new::FLOWS.retired(&mut c).unwrap().is_empty());
}

#[test] fn going_back_before_it_takes_back_what_it_was_moved_to() {
    let mut c = base("retired-back").connect();
    let process = start(&mut c, 1);
    let done = new::FLOWS.move_retired(&mut c, &ME).unwrap().moved[0];
    // What it was moved to is open: it cannot be undone before that.
    assert!(new::FLOWS.undo(&mut c, done, &ME).is_err());
    let back = new::FLOWS.go_back(&mut c, done, &ME);
    // `look` has no `undo`, and says so; nothing was changed.
    assert!(back.is_err());
    assert_eq!(new::FLOWS.check_deep(&mut c).unwrap(), []);
    finish(&mut c, process, "after going back");
}
}

/// The other branch ends, and with it the process.
fn finish_other(c: &mut Db, process: i64) {
    let other = open_task(c, &new::FLOWS, process, "other");
    new::AppFlow.other.run(c, other, &ME, ()).unwrap();
    new::FLOWS.run_until_idle(c).unwrap();
    new::FLOWS.expect(c, process).is(ProcessStatus::Done);
}

fn finish_all(c: &mut Db, process: i64) {
    let sign = open_task(c, &new::FLOWS, process, "sign");
    new::FLOWS.assign(c, sign, &named("anna")).unwrap();
}
