// The walk-through of docs/releasing.md: an order in seven releases, each of which compiles with a lock of those before it.
// Processes of every release, wherever they are, are brought to their end by every later one.

use flow_core::form::Sent;

#[derive(ProcessProxy, Debug)]
pub struct OrderProcess { process: Process, text: String }
/// With a field more, which older documents do not have.
#[derive(ProcessProxy, Debug)]
pub struct RatedProcess { process: Process, text: String, #[json(default)] rating: i32 }

mod v1 {
    use super::*;
    #[flow(process = OrderProcess, connection = Db, name = "order", lock = "upgrades_0.lock")]
    pub struct OrderFlow {
        #[node(form = StartForm { text }, permission(anyone), next = this.check)] pub start: Start,
        #[node(permission(anyone), next = this.split)] check: View,
        #[node(next = this.pack, next = this.bill)] split: Split,
        #[node(permission(anyone), next = this.meet)] pack: View,
        #[node(permission(anyone), next = this.meet)] bill: View,
        #[node(next = this.send)] meet: Join,
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

/// `check` is renamed.
mod v2 {
    use super::*;
    #[flow(process = OrderProcess, connection = Db, name = "order", lock = "upgrades_1.lock")]
    pub struct OrderFlow {
        #[node(form = StartForm { text }, permission(anyone), next = this.review)] pub start: Start,
        #[node(was = ["check"], permission(anyone), next = this.split)] review: View,
        #[node(next = this.pack, next = this.bill)] split: Split,
        #[node(permission(anyone), next = this.meet)] pack: View,
        #[node(permission(anyone), next = this.meet)] bill: View,
        #[node(next = this.send)] meet: Join,
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

/// `pack` is split into two steps, in a branch that may be open.
mod v3 {
    use super::*;
    #[flow(process = OrderProcess, connection = Db, name = "order", lock = "upgrades_2.lock")]
    pub struct OrderFlow {
        #[node(form = StartForm { text }, permission(anyone), next = this.review)] pub start: Start,
        #[node(was = ["check"], permission(anyone), next = this.split)] review: View,
        #[node(next = this.pack, next = this.bill)] split: Split,
        #[node(permission(anyone), next = this.label)] pack: View,
        #[node(permission(anyone), next = this.meet)] label: View,
        #[node(permission(anyone), next = this.meet)] bill: View,
        #[node(next = this.send)] meet: Join,
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

/// A field more.
mod v4 {
    use super::*;
    #[flow(process = RatedProcess, connection = Db, name = "order", lock = "upgrades_3.lock")]
    pub struct OrderFlow {
        #[node(form = StartForm { text }, permission(anyone), next = this.review)] pub start: Start,
        #[node(was = ["check"], permission(anyone), next = this.split)] review: View,
        #[node(next = this.pack, next = this.bill)] split: Split,
        #[node(permission(anyone), next = this.label)] pack: View,
        #[node(permission(anyone), next = this.meet)] label: View,
        #[node(permission(anyone), next = this.meet)] bill: View,
        #[node(next = this.send)] meet: Join,
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

/// A branch more in a split that may be open.
mod v5 {
    use super::*;
    #[flow(process = RatedProcess, connection = Db, name = "order", lock = "upgrades_4.lock")]
    pub struct OrderFlow {
        #[node(form = StartForm { text }, permission(anyone), next = this.review)] pub start: Start,
        #[node(was = ["check"], permission(anyone), next = this.split)] review: View,
        #[node(next = this.pack, next = this.bill, next = this.insure)] split: Split,
        #[node(permission(anyone), next = this.label)] pack: View,
        #[node(permission(anyone), next = this.meet)] label: View,
        #[node(permission(anyone), next = this.meet)] bill: View,
        #[node(permission(anyone), next = this.meet)] insure: View,
        #[node(next = this.send)] meet: Join,
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

/// `label` is not needed any more, and kept for who is there.
mod v6 {
    use super::*;
    #[flow(process = RatedProcess, connection = Db, name = "order", lock = "upgrades_5.lock")]
    pub struct OrderFlow {
        #[node(form = StartForm { text }, permission(anyone), next = this.review)] pub start: Start,
        #[node(was = ["check"], permission(anyone), next = this.split)] review: View,
        #[node(next = this.pack, next = this.bill, next = this.insure)] split: Split,
        #[node(permission(anyone), next = this.meet)] pack: View,
        #[node(permission(anyone), next = this.meet, allow(unreachable_nodes, reason = "processes of releases 3 to 5 wait here"))]
        label: View,
        #[node(permission(anyone), next = this.meet)] bill: View,
        #[node(permission(anyone), next = this.meet)] insure: View,
        #[node(next = this.send)] meet: Join,
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

/// Who is at `label` is moved on.
mod v7 {
    use super::*;
    #[flow(process = RatedProcess, connection = Db, name = "order", lock = "upgrades_6.lock")]
    pub struct OrderFlow {
        #[node(form = StartForm { text }, permission(anyone), next = this.review)] pub start: Start,
        #[node(was = ["check"], permission(anyone), next = this.split)] review: View,
        #[node(next = this.pack, next = this.bill, next = this.insure)] split: Split,
        #[node(permission(anyone), next = this.meet)] pack: View,
        #[node(retired(to = this.meet))] label: Obsolete,
        #[node(permission(anyone), next = this.meet)] bill: View,
        #[node(permission(anyone), next = this.meet)] insure: View,
        #[node(next = this.send)] meet: Join,
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }
    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

fn all() -> [&'static Flows<Db>; 7] {
    [&v1::FLOWS, &v2::FLOWS, &v3::FLOWS, &v4::FLOWS, &v5::FLOWS, &v6::FLOWS, &v7::FLOWS]
}

fn start(c: &mut Db, flows: &Flows<Db>) -> i64 {
    flows.start(c, "order", "start", &ME, Sent::Json(br#"{"text": "tea"}"#)).unwrap().id()
}

/// Does the open task of this place in the list, if this release knows it. False if nothing is open there.
fn step(c: &mut Db, flows: &Flows<Db>, process: i64, at: usize) -> bool {
    let tasks = flows.tasks(c, process).unwrap();
    let views = tasks.iter().filter(|task| task.task_type() == "HUMAN" && !task.status().is_final());
    let graph = flows.all()[0].graph();
    let kind = |node: &str| graph.find(node).and_then(|id| graph.node(id)).map(|node| node.kind);
    let known = views.filter(|task| kind(task.node()) == Some(flow_core::graph::Kind::View));
    let Some(task) = known.map(|task| task.id()).nth(at) else { return false };
    let somebody = named("anna");
    flows.assign(c, task, &somebody).unwrap();
    flows.execute(c, task, &somebody, Sent::Json(b"{}")).unwrap();
    true
}

fn finish(c: &mut Db, flows: &Flows<Db>, process: i64, context: &str) {
    while step(c, flows, process, 0) || !flows.move_retired(c, &ME).unwrap().moved.is_empty() {}
    let status = flows.process(c, process).unwrap().status();
    assert_eq!(status, ProcessStatus::Done, "{context}: {:?}", flows.tasks(c, process).unwrap());
    let tasks = flows.tasks(c, process).unwrap();
    let sent = tasks.iter().filter(|task| task.node() == "send").count();
    assert_eq!(sent, 1, "{context}: it goes on once");
}

cases! {
#[test] fn every_release_finishes_what_every_earlier_one_has_begun() {
    let mut c = base("upgrade").connect();
    for (from, old) in all().iter().enumerate() {
        for (to, new) in all().iter().enumerate().skip(from) {
            // So many steps before, in either order of the branches.
            for (steps, at) in (0..5).flat_map(|steps| [(steps, 0), (steps, 1)]) {
                let process = start(&mut c, old);
                for done in 0..steps {
                    let _ = step(&mut c, old, process, if done == 1 { at } else { 0 });
                }
                finish(&mut c, new, process, &format!("from {} to {}, {steps} steps, {at}", from + 1, to + 1));
            }
        }
    }
}

#[test] fn rolling_back_works_for_what_the_older_release_knows() {
    let mut c = base("back").connect();
    // Started by the newer one, which has a branch more: the older one does what it knows and leaves the rest.
    let process = start(&mut c, &v5::FLOWS);
    assert!(step(&mut c, &v5::FLOWS, process, 0));
    while step(&mut c, &v4::FLOWS, process, 0) {}
    assert_eq!(v4::FLOWS.process(&mut c, process).unwrap().status(), ProcessStatus::New);
    // What it lists: the branch that it does not know, and that nothing proves how it stands to release 5.
    let problems: Vec<_> = v4::FLOWS.check(&mut c).unwrap().into_iter().map(|problem| problem.kind).collect();
    assert_eq!(problems, [ProblemKind::UnknownRelease { release: 5, processes: 1 }, ProblemKind::UnknownNode]);
    assert_eq!(v6::FLOWS.check(&mut c).unwrap(), []);
    finish(&mut c, &v5::FLOWS, process, "forward again");
    let process = start(&mut c, &v4::FLOWS);
    finish(&mut c, &v3::FLOWS, process, "back");
}

#[test] fn a_process_keeps_the_release_that_it_was_started_under() {
    let mut c = base("number").connect();
    for (number, flows) in (1..).zip(all()) {
        assert_eq!(flows.all()[0].release_number(), number);
        let process = start(&mut c, flows);
        assert_eq!(flows.process(&mut c, process).unwrap().release(), i32::try_from(number).unwrap());
    }
    let open = v6::FLOWS.releases(&mut c).unwrap();
    let open: Vec<(i32, &str, i64)> = open.iter().map(|place| (place.release, &*place.node, place.tasks)).collect();
    assert_eq!(open, [(1, "check", 1), (2, "review", 1), (3, "review", 1), (4, "review", 1), (5, "review", 1), (6, "review", 1), (7, "review", 1)]);
}

#[test] fn the_locks_are_what_the_releases_are() {
    for (at, flows) in all().iter().enumerate().skip(1) {
        let path = format!("{}/in_flight/upgrades_{at}.lock", env!("CARGO_MANIFEST_DIR"));
        let mut lock = flow_core::lock::Lock::default();
        for (number, flows) in (1..).zip(&all()[..at]) {
            lock.add(flows.all()[0].release(number));
        }
        if std::env::var("FLOW_LOCK").is_ok_and(|word| word == "overwrite") {
            std::fs::write(&path, lock.to_string()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), lock.to_string(), "{path}");
        let _ = flows;
    }
}

#[test] fn a_stale_lock_fails_with_what_has_changed_and_is_written_on_demand() {
    use flow_core::lock::{CurrentError, check_current, prune};
    let folder = std::path::PathBuf::from(format!("{}/lock-{POSTGRES}", env!("CARGO_TARGET_TMPDIR")));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let stale = check_current(&v1::FLOWS, &folder, false).unwrap_err();
    assert!(matches!(&stale, CurrentError::Stale { review } if review.contains("+ node check View -> next split")), "{stale}");
    check_current(&v1::FLOWS, &folder, true).unwrap();
    let stale = check_current(&v2::FLOWS, &folder, false).unwrap_err().to_string();
    assert!(stale.contains("- node check View -> next split\n+ node review View was check -> next split"), "{stale}");
    // It is not the lock that these were compiled with.
    let other = check_current(&v1::FLOWS, &folder, false).unwrap_err();
    assert!(matches!(other, CurrentError::OtherCompiled { .. }), "{other}");
    check_current(&v2::FLOWS, &folder, true).unwrap();
    let mut c = base("prune").connect();
    let process = start(&mut c, &v1::FLOWS);
    let refused = prune(&v2::FLOWS, &mut c, &folder, "order", 1).unwrap_err();
    assert_eq!(refused.to_string(), "1 tasks are open in `check` of processes of release 1");
    finish(&mut c, &v2::FLOWS, process, "before it is pruned");
    prune(&v2::FLOWS, &mut c, &folder, "order", 1).unwrap();
    assert!(matches!(prune(&v2::FLOWS, &mut c, &folder, "order", 1), Err(CurrentError::NoRelease { number: 1, .. })));
    // Its number is that of new processes, even where none is open now.
    assert!(matches!(prune(&v2::FLOWS, &mut c, &folder, "order", 2), Err(CurrentError::Newest { number: 2, .. })));
    let left = std::fs::read_to_string(folder.join("flow.lock")).unwrap();
    assert!(left.contains("[order 2]") && !left.contains("[order 1]"), "{left}");
}
}
