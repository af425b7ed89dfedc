//! What is refused, reported and free.

use super::{Lock, LockErrorKind, Release, check_releases};
use crate::Kind;
use crate::draw::Draft;

/// A flow `f` in text: the nodes of one release.
fn lock(releases: &[&str]) -> Lock {
    let mut text = "version = 1\n".to_owned();
    for (at, nodes) in releases.iter().enumerate() {
        text += &format!("[f {}]\n{nodes}\n", at + 1);
    }
    Lock::parse(&text).unwrap()
}

/// What is found in a current flow: check and headline.
fn found(releases: &[&str], now: &Draft) -> Vec<String> {
    let lock = lock(releases);
    now.with_graph(|graph| {
        let found = check_releases(graph, &lock.releases_of(graph));
        found.iter().map(|finding| format!("{}: {}", finding.check, finding.headline)).collect()
    })
}

const APPROVE: &str = "node start Start -> next approve
node approve View -> next end
node end End";

const REVIEW: &str = "node start Start -> next s
node s Split -> next a, next b
node a View -> next j
node b View -> next j
node j Join -> next c
node c View -> next end
node end End";

fn review(a: &'static str) -> Draft {
    Draft::new()
        .node("start", Kind::Start, &["s"])
        .node("s", Kind::Split, &["a", "b"])
        .node("a", Kind::View, &[a])
        .node("b", Kind::View, &["j"])
        .node("j", Kind::Join, &["c"])
        .node("c", Kind::View, &["end"])
}

#[test]
fn a_node_that_is_gone_is_refused_with_its_new_name_if_there_is_one() {
    let now = Draft::new().node("start", Kind::Start, &["sign"]).node("sign", Kind::View, &["end"]).node(
        "end",
        Kind::End,
        &[],
    );
    let lock = lock(&[APPROVE]);
    now.with_graph(|graph| {
        let found = check_releases(graph, &lock.releases_of(graph));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].headline, "processes of release 1 can wait in `approve`, which is gone");
        assert_eq!(found[0].help[0], "if it is `sign` now, say so: `was = [\"approve\"]` on `sign`");
    });
}

#[test]
fn another_kind_is_refused() {
    let now = Draft::new().node("start", Kind::Start, &["approve"]).node("approve", Kind::Job, &["end"]).node(
        "end",
        Kind::End,
        &[],
    );
    let text = "kind_changed: processes of release 1 can wait in `approve` as a View, and it is a Job now";
    assert_eq!(found(&[APPROVE], &now), [text]);
}

#[test]
fn the_last_release_is_proved_against_those_that_a_merge_put_in_front_of_it() {
    // Both were written after release 1, on two branches; the one of `check` was merged first, and the other renumbered.
    let check =
        "node start Start -> next check\nnode check View -> next approve\nnode approve View -> next end\nnode end End";
    let sign =
        "node start Start -> next approve\nnode approve View -> next sign\nnode sign View -> next end\nnode end End";
    let now = |first: &'static str| Draft::new().node("start", Kind::Start, &[first]);
    let now = now("approve").node("approve", Kind::View, &["sign"]).node("sign", Kind::View, &["end"]);
    let now = now.node("end", Kind::End, &[]);
    let gone = "node_removed: processes of release 2 can wait in `check`, which is gone";
    assert_eq!(found(&[APPROVE, check, sign], &now), [gone]);
    assert_eq!(found(&[APPROVE, sign], &now), [""; 0]);
    assert_eq!(found(&[sign], &now), [""; 0]);
    // A timeout that the last release has is armed for its tasks; older ones were told of when it was written.
    let timely = now.timeout("approve", "end", true);
    let released = timely.with_graph(|graph| Release::of(graph, 2).to_string());
    let released = released.split_once('\n').unwrap().1;
    assert_eq!(found(&[APPROVE, released], &timely), [""; 0]);
    assert_eq!(found(&[APPROVE], &timely).len(), 1);
}

#[test]
fn what_nobody_waits_in_may_go_and_new_nodes_may_come() {
    let now = Draft::new()
        .node("start", Kind::Start, &["check"])
        .node("check", Kind::If, &["approve", "done"])
        .node("approve", Kind::View, &["sign"])
        .node("sign", Kind::View, &["done"])
        .node("done", Kind::End, &[]);
    assert_eq!(found(&[APPROVE], &now), [""; 0]);
}

#[test]
fn a_node_more_in_an_open_branch_and_a_branch_more_in_the_split_are_free() {
    let more = review("more").node("more", Kind::View, &["j"]).node("end", Kind::End, &[]);
    assert_eq!(found(&[REVIEW], &more), [""; 0]);
    let third = Draft::new()
        .node("start", Kind::Start, &["s"])
        .node("s", Kind::Split, &["a", "b", "third"])
        .node("third", Kind::View, &["j"])
        .node("a", Kind::View, &["j"])
        .node("b", Kind::View, &["j"])
        .node("j", Kind::Join, &["c"])
        .node("c", Kind::View, &["end"])
        .node("end", Kind::End, &[]);
    assert_eq!(found(&[REVIEW], &third), [""; 0]);
}

#[test]
fn branches_of_an_open_split_that_meet_elsewhere_now_are_refused() {
    // The new flow is right by itself: `a` and `b` one after the other; `j` is kept for who waits there.
    let now = Draft::new()
        .node("start", Kind::Start, &["a"])
        .node("a", Kind::View, &["b"])
        .node("b", Kind::View, &["j"])
        .node("j", Kind::Join, &["c"])
        .node("c", Kind::View, &["end"])
        .node("end", Kind::End, &[]);
    let text = "runs_twice_in_flight: `b` runs once for each branch of `s` that an older release has opened";
    assert_eq!(found(&[REVIEW], &now), [text]);
    let two = Draft::new()
        .node("start", Kind::Start, &["which"])
        .node("which", Kind::If, &["a", "s"])
        .node("s", Kind::Split, &["b", "d"])
        .node("a", Kind::View, &["j"])
        .node("b", Kind::View, &["j2"])
        .node("d", Kind::View, &["j2"])
        .node("j", Kind::Join, &["c"])
        .node("j2", Kind::Join, &["c"])
        .node("c", Kind::View, &["end"])
        .node("end", Kind::End, &[]);
    let found = found(&[REVIEW], &two);
    assert_eq!(found, ["stuck_in_flight: branches of `s` that release 1 opened come to two joins, and wait for ever"]);
}

#[test]
fn a_join_that_is_gone_is_refused_and_one_that_lets_everybody_pass_is_not() {
    let now = Draft::new()
        .node("start", Kind::Start, &["a"])
        .node("a", Kind::View, &["c"])
        .node("b", Kind::View, &["c"])
        .node("c", Kind::View, &["end"])
        .node("end", Kind::End, &[]);
    assert_eq!(found(&[REVIEW], &now), ["node_removed: processes of release 1 can wait in `j`, which is gone"]);
    let passes = "node start Start -> next a\nnode a View -> next j\nnode j Join -> next end\nnode end End";
    let direct =
        Draft::new().node("start", Kind::Start, &["a"]).node("a", Kind::View, &["end"]).node("end", Kind::End, &[]);
    assert_eq!(found(&[passes], &direct), [""; 0]);
}

#[test]
fn timeouts_that_come_are_told_and_those_that_go_are_refused() {
    let plain = || {
        Draft::new().node("start", Kind::Start, &["approve"]).node("approve", Kind::View, &["end"]).node(
            "end",
            Kind::End,
            &[],
        )
    };
    let with = plain().timeout("approve", "end", true);
    let text = "timeout_not_armed: tasks of `approve` that are open already do not get this timeout";
    assert_eq!(found(&[APPROVE], &with), [text]);
    let old = with.with_graph(|graph| Release::of(graph, 1).to_string());
    let old = old.split_once('\n').unwrap().1;
    let lost = "timeout_lost: open tasks of `approve` have a timeout to `end`, which is gone: it never fires";
    assert_eq!(found(&[old], &plain()), [lost]);
    assert_eq!(found(&[old], &with), [""; 0]);
}

#[test]
fn what_a_release_kept_for_an_older_one_must_be_kept_as_well() {
    // Release 2 has `approve` for processes of release 1 alone: no process of its own comes there.
    let two = "node start Start -> next sign\nnode approve View -> next end\nnode sign View -> next end\nnode end End";
    let now = Draft::new().node("start", Kind::Start, &["sign"]).node("sign", Kind::View, &["end"]).node(
        "end",
        Kind::End,
        &[],
    );
    let text = "node_removed: processes of releases 1 and 2 can wait in `approve`, which is gone";
    assert_eq!(found(&[APPROVE, two], &now), [text]);
    assert_eq!(found(&[two], &now), [""; 0]);
}

#[test]
fn a_branch_that_an_older_release_has_ended_is_not_waited_for() {
    let release = |a: &str, b: &str| {
        format!(
            "node start Start -> next s\nnode s Split -> next a, next* b\nnode a View -> next {a}\nnode b View -> next \
             {b}\nnode j Join -> next end\nnode end End"
        )
    };
    let now = Draft::new()
        .node("start", Kind::Start, &["s"])
        .node("s", Kind::Split, &["a", "*b"])
        .node("a", Kind::View, &["j"])
        .node("b", Kind::View, &["j"])
        .node("j", Kind::Join, &["end"])
        .node("end", Kind::End, &[]);
    let (one, two) = (release("end", "end"), release("j", "end"));
    let text = "branch_lost_in_flight: the branch of `s` that begins with `a` ends, and the others go on without it";
    assert_eq!(found(&[&one, &two], &now), [text]);
}

#[test]
fn mistakes_in_the_text_name_their_line() {
    let error = |text: &str| Lock::parse(text).unwrap_err();
    for (text, line, kind) in [
        ("", 1, LockErrorKind::NoVersion),
        ("# x\n[f 1]", 2, LockErrorKind::NoVersion),
        ("version = 2", 1, LockErrorKind::UnknownVersion("2".to_owned())),
        ("version = 1\nnode a End", 2, LockErrorKind::NoRelease),
        ("version = 1\n[f 1]\n<<<<<<< HEAD", 3, LockErrorKind::MergeConflict),
        ("version = 1\n[f 1]\n[f 1]", 3, LockErrorKind::ReleaseTwice { flow: "f".to_owned(), number: 1, first: 2 }),
        ("version = 1\n[f 1]\nnode a Veiw", 3, LockErrorKind::UnknownKind("Veiw".to_owned())),
        ("version = 1\n[f 1]\nnode a View -> next b", 3, LockErrorKind::UnknownNode("b".to_owned())),
        ("version = 1\n[f 1]\ntask a x text", 3, LockErrorKind::UnknownNode("a".to_owned())),
        ("version = 1\n[f 1]\nnode a End\nnode a End", 4, LockErrorKind::Twice("node `a`".to_owned())),
        ("version = 1\n[f 0]", 2, LockErrorKind::Expected("the number of a release")),
        (
            "version = 1\n[f 1]\nnode a View -> nxt a",
            3,
            LockErrorKind::Expected("`next`, `then`, `else`, `case` or `default`"),
        ),
    ] {
        let found = error(text);
        assert_eq!((found.line, &found.kind), (line, &kind), "{text}");
        assert!(found.to_string().starts_with(&format!("line {line}: ")));
    }
}

#[test]
fn sections_in_any_order_are_one_lock() {
    let text = "version = 1\n[f 2]\nnode end End\n\n[a 1]\nnode end End\n[f 1]\nnode end End\n";
    let lock = Lock::parse(text).unwrap();
    let names: Vec<_> = lock.releases().iter().map(|release| (release.flow.as_str(), release.number)).collect();
    assert_eq!(names, [("a", 1), ("f", 1), ("f", 2)]);
}

fn retired(to: &'static str) -> Draft {
    let now = Draft::new().node("start", Kind::Start, &["sign"]).node("sign", Kind::View, &["end"]);
    now.node("approve", Kind::Obsolete, &[to]).node("end", Kind::End, &[])
}

#[test]
fn an_obsolete_node_keeps_the_tasks_of_every_kind_that_waits() {
    assert_eq!(found(&[APPROVE], &retired("sign")), [""; 0]);
    for kind in ["Handle", "Job", "Timer", "Subprocess"] {
        let old = APPROVE.replace("View", kind);
        assert_eq!(found(&[&old], &retired("sign")), [""; 0], "{kind}");
    }
    // It stays obsolete, and goes when nobody can be there.
    let now = retired("sign").with_graph(|graph| Release::of(graph, 2).to_string());
    let now = now.split_once('\n').unwrap().1;
    assert_eq!(found(&[APPROVE, now], &retired("end")), [""; 0]);
    let back = Draft::new().node("start", Kind::Start, &["sign"]).node("sign", Kind::View, &["approve"]);
    let back = back.node("approve", Kind::View, &["end"]);
    let text = "kind_changed: processes of releases 1 and 2 can wait in `approve` as an Obsolete, and it is a View now";
    assert_eq!(found(&[APPROVE, now], &back.node("end", Kind::End, &[])), [text]);
    let gone = Draft::new().node("start", Kind::Start, &["sign"]).node("sign", Kind::View, &["end"]);
    let text = "node_removed: processes of releases 1 and 2 can wait in `approve`, which is gone";
    assert_eq!(found(&[APPROVE, now], &gone.node("end", Kind::End, &[])), [text]);
}

#[test]
fn where_an_obsolete_node_moves_its_tasks_is_proved_as_an_edge() {
    // `a` of an open split is moved behind the join that the other branch waits in.
    let now = Draft::new()
        .node("start", Kind::Start, &["s"])
        .node("s", Kind::Split, &["d", "b"])
        .node("d", Kind::View, &["j"])
        .node("b", Kind::View, &["j"])
        .node("j", Kind::Join, &["c"])
        .node("c", Kind::View, &["end"])
        .node("a", Kind::Obsolete, &["c"])
        .node("end", Kind::End, &[]);
    let text = "runs_twice_in_flight: `c` runs once for each branch of `s` that an older release has opened";
    assert_eq!(found(&[REVIEW], &now), [text]);
}

#[test]
fn a_join_cannot_become_obsolete() {
    let now = Draft::new()
        .node("start", Kind::Start, &["a"])
        .node("a", Kind::View, &["c"])
        .node("b", Kind::View, &["c"])
        .node("j", Kind::Obsolete, &["c"])
        .node("c", Kind::View, &["end"])
        .node("end", Kind::End, &[]);
    let now = now.with_graph(|graph| {
        let found = check_releases(graph, &lock(&[REVIEW]).releases_of(graph));
        found.iter().map(|finding| finding.headline.clone()).collect::<Vec<_>>()
    });
    assert_eq!(now, ["processes of release 1 can wait in `j` as a Join, and it is an Obsolete now"]);
}

#[test]
fn what_takes_failures_leads_to_where_processes_wait() {
    const RELEASED: &str = "node start Start -> next work
node work Job -> next end
node work__error__repair ErrorBoundary interrupts work -> next repair
node repair View -> next end
node end End";
    let now = Draft::new().node("start", Kind::Start, &["work"]).node("work", Kind::Job, &["end"]);
    let now = now.node("end", Kind::End, &[]);
    let gone = "node_removed: processes of release 1 can wait in `repair`, which is gone";
    assert_eq!(found(&[RELEASED], &now), [gone]);
}

#[test]
fn a_function_that_was_changed_is_the_same_work_in_another_branch() {
    // `tell` has run in a branch of release 1; now a failure of `wait` in the other branch leads to it as well.
    const ONE: &str = "node start Start -> next s
node s Split -> next tell, next wait
node tell Function -> next j
node wait Handle -> next j
node j Join -> next end
node end End";
    let now = Draft::new()
        .node("start", Kind::Start, &["tell"])
        .node("tell", Kind::Function, &["stop"])
        .node("wait", Kind::Handle, &["tell"])
        .node("j", Kind::Join, &["end"])
        .node("stop", Kind::End, &[])
        .node("end", Kind::End, &[]);
    let twice = "runs_twice_in_flight: `tell` runs once for each branch of `s` that an older release has opened";
    assert_eq!(found(&[ONE], &now), [twice]);
}

#[test]
fn what_ends_the_process_beside_a_cycle_does_not_end_those_of_an_older_release() {
    const TWO_BRANCHES: &str = "node start Start -> next s
node s Split -> next work, next j
node work Job -> next more
node more If -> then work, else j
node j Join -> next end
node end End";
    let stuck = "stuck_in_flight: processes of release 1 can be at `work`, from where they never end";
    let now = Draft::new()
        .node("start", Kind::Start, &["s"])
        .node("s", Kind::Split, &["work", "stop"])
        .node("work", Kind::Job, &["work"])
        .node("stop", Kind::TerminateEnd, &[])
        .node("j", Kind::Join, &["end"])
        .node("end", Kind::End, &[]);
    assert_eq!(found(&[TWO_BRANCHES], &now), [stuck]);
    // Where the older one had that branch as well, nobody gets stuck.
    const STOPS: &str = "node start Start -> next s
node s Split -> next look, next stop
node look View -> next work
node work Job -> next work
node stop TerminateEnd";
    assert_eq!(found(&[STOPS], &now.node("look", Kind::View, &["work"])), [""; 0]);
}

#[test]
fn a_reminder_that_ends_does_not_hide_a_branch_that_has_ended() {
    // Copies of `ask` ended one by one; now the others meet in `j`, and go on without those.
    const ENDS: &str = "node start Start -> next s
node s Split -> next look, next* ask
node look View -> next end
node ask View -> next end
node timeout TimerBoundary reminds ask -> next end
node end End";
    let now = Draft::new()
        .node("start", Kind::Start, &["s"])
        .node("s", Kind::Split, &["look", "*ask"])
        .node("look", Kind::View, &["end"])
        .node("ask", Kind::View, &["j"])
        .node("j", Kind::Join, &["end"])
        .node("end", Kind::End, &[])
        .timeout("ask", "end", false);
    let lost = "branch_lost_in_flight: the branch of `s` that begins with `ask` ends, and the others go on without it";
    assert!(found(&[ENDS], &now).contains(&lost.to_owned()), "{:?}", found(&[ENDS], &now));
}

#[test]
fn a_timeout_of_an_obsolete_node_is_not_missed() {
    let with = Draft::new().node("start", Kind::Start, &["approve"]).node("approve", Kind::View, &["end"]);
    let with = with.node("end", Kind::End, &[]).timeout("approve", "end", true);
    let old = with.with_graph(|graph| Release::of(graph, 1).to_string());
    assert_eq!(found(&[old.split_once('\n').unwrap().1], &retired("sign")), [""; 0]);
}

#[test]
fn what_a_branch_of_an_older_release_does_behind_a_newer_join_is_not_missed() {
    // Release 1 has no join: `a` goes on with `which` inside of its branch. Release 2 lets it meet the others first.
    let one = "node start StartHandle -> next s\nnode s Split -> next a, next end\nnode a View -> next which\nnode which \
               If -> then a, else last\nnode last If -> then a, else end\nnode end End";
    let two = one.replace("node a View -> next which", "node a View -> next j\nnode j Join -> next which");
    let now = Draft::new()
        .node("start", Kind::StartHandle, &["s"])
        .node("s", Kind::Split, &["f", "end"])
        .node("f", Kind::Function, &["a"])
        .node("a", Kind::View, &["j"])
        .node("j", Kind::Join, &["which"])
        .node("which", Kind::If, &["a", "last"])
        .node("last", Kind::If, &["a", "end"])
        .node("end", Kind::End, &[]);
    let found = found(&[one, &two], &now);
    assert!(found.iter().any(|text| text.starts_with("runs_twice_in_flight: `which` runs once")), "{found:?}");
}

#[test]
fn a_handler_that_compensations_may_wait_for_is_kept() {
    let release = "node start Start -> next pay
node pay View -> next back
node pay__compensation__refund CompensationBoundary reminds pay -> next refund
node back CompensateThrow -> next end
node refund Job
node end End";
    let leading = |handler: &'static str, kind: Kind, next: &'static str| {
        Draft::new()
            .node("start", Kind::Start, &["pay"])
            .node("pay", Kind::View, &[next])
            .node("back", Kind::CompensateThrow, &["end"])
            .node(handler, kind, &[])
            .node("end", Kind::End, &[])
            .compensate("pay", handler)
    };
    let draft = |handler: &'static str, kind: Kind| leading(handler, kind, "back");
    assert!(found(&[release], &draft("refund", Kind::Job)).is_empty());
    let gone = "node_removed: compensations of release 1 can wait in `refund`, which is gone";
    assert_eq!(found(&[release], &draft("give_back", Kind::Job)), [gone]);
    let changed = "kind_changed: compensations of release 1 can wait in `refund`, which is a Function now";
    assert_eq!(found(&[release], &draft("refund", Kind::Function)), [changed]);
    // What nothing throws has no tasks.
    let never = release.replace("next back", "next end");
    assert!(found(&[&never], &leading("give_back", Kind::Job, "end")).is_empty());
}

#[test]
fn a_race_that_tasks_may_be_in_is_kept_with_its_racers() {
    const RACE: &str = "node start Start -> next race
node race SplitFirst -> next a, next b
node a View -> next end
node b Timer -> next end
node end End";
    let flow = |race: Kind, to: &[&'static str]| {
        let flow = Draft::new().node("start", Kind::Start, &["race"]).node("race", race, to);
        flow.node("a", Kind::View, &["end"]).node("b", Kind::Timer, &["end"]).node("end", Kind::End, &[])
    };
    assert!(found(&[RACE], &flow(Kind::SplitFirst, &["a", "b"])).is_empty());
    assert_eq!(
        found(&[RACE], &flow(Kind::Split, &["a", "b"])),
        ["kind_changed: processes of release 1 can wait in `race` as a SplitFirst, and it is a Split now"]
    );
    let left = flow(Kind::SplitFirst, &["b", "c"]).node("c", Kind::View, &["a"]);
    assert_eq!(
        found(&[RACE], &left),
        [
            "runs_twice_in_flight: in processes of release 1 `a` can be in the race of `race`, which does not lead to it now"
        ]
    );
    let gone = Draft::new().node("start", Kind::Start, &["a"]).node("a", Kind::View, &["b"]);
    let gone = gone.node("b", Kind::Timer, &["end"]).node("end", Kind::End, &[]);
    let lock = lock(&[RACE]);
    gone.with_graph(|graph| {
        let found = check_releases(graph, &lock.releases_of(graph));
        assert_eq!(found[0].headline, "processes of release 1 can wait in `race`, which is gone");
        assert_eq!(
            found[0].help[0],
            "keep it for those processes: `#[node(next = this.a, next = this.b, allow(unreachable_nodes, reason = \
             \"processes of release 1 wait here\"))] race: SplitFirst,`"
        );
    });
}
