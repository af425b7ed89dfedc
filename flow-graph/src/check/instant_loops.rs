use crate::analysis::Analysis;
use crate::walk::{Components, Lists, has_cycle, shortest_back};
use crate::{Finding, Kind, NodeId, Place};

/// A cycle that never waits: one transition would go round in it until it meets the step limit.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let positions = &analysis.positions;
    let instant = |id| analysis.kind(id).is_some_and(|kind| !has_to_wait(kind) || fails_at_once(kind));
    // Behind a split its joins are behind its branches, so a cycle over them is one of the graph, too.
    if !has_cycle(analysis.graph, instant) {
        return;
    }
    let at_once = at_once(analysis);
    let groups = Components::of(&at_once);
    let mut known = vec![false; groups.count()];
    let mut reported = vec![false; analysis.graph.nodes.len()];
    let mut cycles: Vec<Vec<NodeId>> = Vec::new();
    for at in positions.ids() {
        let group = groups.group(at);
        if !groups.is_cycle(&at_once, at) || std::mem::replace(&mut known[group as usize], true) {
            continue;
        }
        let round = shortest_back(&at_once, at, |to| groups.group(to) == group);
        let nodes: Vec<NodeId> = round.iter().map(|at| positions.get(*at).node).collect();
        // Inside of several branches it is one cycle all the same.
        let is_new = nodes.iter().all(|id| !std::mem::replace(&mut reported[usize::from(*id)], true));
        // A cycle without a way out is `never_ends`.
        if is_new && nodes.iter().any(|id| analysis.can_end(*id)) {
            cycles.push(nodes);
        }
    }
    for nodes in cycles {
        let Some(least) = (0..nodes.len()).min_by_key(|at| nodes[*at]) else { continue };
        let nodes: Vec<NodeId> = nodes[least..].iter().chain(&nodes[..least]).copied().collect();
        let first = nodes[0];
        found.push(
            Finding::at(Place::Node(first), "this cycle never waits")
                .note(format!("it goes {}", crate::analysis::endless::round(analysis, &nodes)))
                .help("add a node that waits to the cycle, or loop inside one `Function`")
                .allow("if a step in the cycle makes it end soon", "instant_loops", first, &analysis.name(first)),
        );
    }
}

/// It waits, whatever the process holds.
fn has_to_wait(kind: Kind) -> bool {
    kind.waits() && !kind.may_pass()
}

/// It waits, and its child may throw an escalation, or end with an error, in the step that starts it.
fn fails_at_once(kind: Kind) -> bool {
    kind.runs_child()
}

/// Where a process can come to from each position within one transition. Behind a split it does so if no branch that
/// meets the others has to wait.
fn at_once(analysis: &Analysis<'_>) -> Lists {
    let positions = &analysis.positions;
    let any_split = !analysis.groups().is_empty();
    let mut lists = Lists::default();
    for at in positions.ids() {
        let position = positions.get(at);
        let kind = analysis.kind(position.node);
        let waits = kind.is_none_or(has_to_wait);
        let meets = kind == Some(Kind::Join) && positions.paths.scope(position.path).is_some();
        let next = if meets { &[][..] } else { positions.next(at) };
        let fails = kind.is_some_and(fails_at_once);
        let is_taken = |next: &&u32| analysis.kind(positions.get(**next).node).is_some_and(Kind::is_taker);
        let next = next.iter().filter(|next| !waits || fails && is_taken(next));
        let opens = kind == Some(Kind::Split) && any_split;
        let behind = if opens { analysis.outcomes().behind_at_once(positions, at) } else { Vec::new() };
        lists.push(next.copied().chain(behind));
    }
    lists
}

#[cfg(test)]
mod tests {
    use crate::{Edge, Graph, Kind, Node, Role, check};

    #[test]
    fn a_cycle_is_named_once_and_one_that_waits_is_none() {
        let next = |to| [Edge::new(Role::Next, to)];
        let (start, work, end) = (next(1), next(2), next(3));
        let arms = [Edge::new(Role::Then, 1), Edge::new(Role::Else, 3)];
        let _ = end;
        for (kind, cycles) in [(Kind::Function, 1), (Kind::View, 0)] {
            let nodes = [
                Node { edges: &start, ..Node::new("start", Kind::Start) },
                Node { edges: &work, ..Node::new("work", kind) },
                Node { edges: &arms, ..Node::new("again", Kind::If) },
                Node::new("end", Kind::End),
            ];
            let found = check(&Graph { nodes: &nodes, ..Graph::new("f") });
            assert_eq!(found.len(), cycles, "{found:?}");
            assert!(found.iter().all(|found| found.notes == ["it goes `work` -> `again` -> `work`"]));
        }
    }

    #[test]
    fn a_child_that_fails_at_once_is_started_again_and_again() {
        use crate::draw::{Draft, found};
        let draft = |kind, repair| {
            Draft::new()
                .node("start", Kind::Start, &["pay"])
                .node("pay", kind, &["end"])
                .node("repair", repair, &["pay"])
                .node("end", Kind::End, &[])
                .error("pay", "repair", true)
        };
        assert_eq!(found(&draft(Kind::Subprocess, Kind::Function), "instant_loops"), ["this cycle never waits"]);
        assert!(found(&draft(Kind::Subprocess, Kind::View), "instant_loops").is_empty());
        assert!(found(&draft(Kind::Job, Kind::Function), "instant_loops").is_empty());
        assert_eq!(found(&draft(Kind::Function, Kind::Function), "instant_loops"), ["this cycle never waits"]);
    }

    #[test]
    fn one_that_waits_in_another_branch_is_none_unless_that_is_conditional() {
        use crate::draw::{Draft, found};
        let draft = |branch: &'static str| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", Kind::Split, &[branch, "note"])
                .node("a", Kind::View, &["j"])
                .node("note", Kind::Function, &["j"])
                .node("j", Kind::Join, &["x"])
                .node("x", Kind::If, &["s", "end"])
                .node("end", Kind::End, &[])
        };
        assert!(found(&draft("a"), "instant_loops").is_empty());
        assert_eq!(found(&draft("?a"), "instant_loops"), ["this cycle never waits"]);
    }

    #[test]
    fn a_join_that_may_continue_with_the_first_branch_waits_for_no_other() {
        use crate::Early;
        use crate::draw::{Draft, found};
        let draft = |early| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", Kind::Split, &["a", "note"])
                .node("a", Kind::View, &["j"])
                .node("note", Kind::Function, &["j"])
                .join("j", early, &["x"])
                .node("x", Kind::If, &["s", "end"])
                .node("end", Kind::End, &[])
        };
        assert!(found(&draft(Early::Never), "instant_loops").is_empty());
        assert_eq!(found(&draft(Early::Cancels), "instant_loops"), ["this cycle never waits"]);
        assert_eq!(found(&draft(Early::Keeps), "instant_loops"), ["this cycle never waits"]);
    }
}
