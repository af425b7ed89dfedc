//! The checks on splits and joins say of a flow what an exhaustive look at it shows: random flows, on the
//! engine's own steps, every answer and every order. More of them: `FLOW_AGREEMENT=100000 cargo test --release
//! -p flow-tests --test agreement`; others: `FLOW_SEED=7`.
#![allow(
    clippy::result_large_err,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "tests"
)]

mod draw;
mod explore;
mod history;

use std::collections::BTreeSet;

use draw::{Dice, Flow};
use explore::{Outcome, explore};
use flow_core::graph::position::Positions;
use flow_core::graph::{Finding, Graph, NodeId, Place};
use history::Facts;

/// What stands in the way of a process that comes to its end.
const STUCK: &[&str] =
    &["never_ends", "only_a_side_branch_ends", "unbounded_nesting", "back_before_split", "split_with_two_joins"];

#[derive(Default, Debug)]
struct Count {
    looked_at: usize,
    too_much: usize,
    never_rest: usize,
    stuck: usize,
    nested: usize,
    mixed: usize,
    leaves: usize,
    twice: usize,
    jumped: usize,
    reminded: usize,
    terminates: usize,
    clean: usize,
}

#[test]
fn the_checks_know_the_limit_of_nesting_that_the_engine_has() {
    assert_eq!(flow_core::graph::NESTING_LIMIT, flow_core::engine::NESTING_LIMIT);
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[test]
fn the_checks_say_what_an_exhaustive_look_shows() {
    let (flows, seed) = (number("FLOW_AGREEMENT", 1_000), number("FLOW_SEED", 1));
    let mut count = Count::default();
    for at in 0..flows {
        let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(at));
        let flow = Flow::random(&mut dice);
        let said = flow.with_graph(|graph| agree(graph, &flow, &mut count));
        if let Err(text) = said {
            panic!("FLOW_SEED={seed}, flow {at}: {text}\n{}", flow.show());
        }
    }
    println!("FLOW_SEED={seed}, {flows} flows: {count:?}");
    assert!(count.looked_at * 10 > usize::try_from(flows).unwrap() * 6, "too few could be looked at: {count:?}");
    let few = usize::try_from(flows / 1_000).unwrap();
    for found in [
        count.stuck,
        count.nested,
        count.mixed,
        count.leaves,
        count.twice,
        count.reminded,
        count.terminates,
        count.clean,
    ] {
        assert!(found > few, "some kind of mistake hardly occurs: {count:?}");
    }
}

fn agree(graph: &Graph<'_>, flow: &Flow, count: &mut Count) -> Result<(), String> {
    let findings = flow_core::graph::check(graph);
    let has = |name: &str| findings.iter().any(|finding| finding.check == name);
    // The engine refuses it, and there is nothing to look at.
    if has("race_won_at_once") {
        return Ok(());
    }
    let stuck_said = STUCK.iter().any(|name| has(name));
    let (facts, stuck, nested) = match explore(graph) {
        Outcome::NeverRests => {
            count.never_rest += 1;
            let said = has("instant_loops") || stuck_said;
            return said.then_some(()).ok_or_else(|| "a transition never rests, and nothing is said of it".to_owned());
        }
        Outcome::TooMuch => {
            count.too_much += 1;
            return Ok(());
        }
        Outcome::All { facts, stuck, nested } => (facts, stuck, nested),
    };
    count.looked_at += 1;
    count.nested += usize::from(nested);
    count.stuck += usize::from(stuck);
    let differs = |what: &str| Err(format!("{what}\n{facts:?}\n{findings:#?}"));
    if nested || stuck {
        return match (
            stuck_said || has("mixed_levels"),
            nested == (has("unbounded_nesting") || has("back_before_split")),
        ) {
            (true, true) => Ok(()),
            // A split that is stuck is seen to nest only on paper.
            (true, false) if stuck => Ok(()),
            (said, _) => differs(&format!("stuck: {stuck}, nested: {nested}, said: {said}")),
        };
    }
    let positions = Positions::of(graph);
    let paper: BTreeSet<NodeId> = graph.ids().filter(|id| positions.at(*id).next().is_some()).collect();
    // The end of the whole process may come before what the paper leads to: then the paper may say more.
    let may_say_more = flow.terminates();
    let is_cut_off = may_say_more && facts.visited.is_subset(&paper) && facts.visited != paper;
    let nesting = |name: &str| matches!(name, "unbounded_nesting" | "back_before_split");
    // Only a branch that leads back can be cut off so: that a process cannot end has to be true.
    if is_cut_off && stuck_said && STUCK.iter().filter(|name| has(name)).all(|name| nesting(name)) {
        return Ok(());
    }
    if stuck_said || has("too_deep") || has("too_tangled") {
        return differs("nothing is stuck, and yet something is said");
    }
    if has("instant_loops") {
        return differs("each transition rests, and yet an instant loop is said");
    }
    if paper != facts.visited && !(may_say_more && facts.visited.is_subset(&paper)) {
        return differs("other nodes are come to");
    }
    if may_say_more {
        return more_is_said(graph, flow, &findings, &facts, count).or_else(differs);
    }
    // What only follows from another one is not reported.
    let mixed = nodes(&findings, "mixed_levels");
    if !mixed.is_subset(&facts.mixed) || mixed.is_empty() != facts.mixed.is_empty() {
        return differs("mixed_levels");
    }
    compare(graph, flow, &findings, &facts, count).or_else(differs)
}

/// Of a flow whose process may end as a whole: each mistake that was seen is reported.
fn more_is_said(
    graph: &Graph<'_>,
    flow: &Flow,
    findings: &[Finding],
    facts: &Facts,
    count: &mut Count,
) -> Result<(), &'static str> {
    count.terminates += 1;
    let has = |name: &str| findings.iter().any(|finding| finding.check == name);
    if !facts.mixed.is_empty() && !has("mixed_levels") {
        return Err("mixed_levels");
    }
    if !facts.leaves().is_empty() && !has("branch_leaves") && !has("mixed_levels") {
        return Err("branch_leaves");
    }
    if !facts.twice.is_empty() && !has("runs_twice") && !flow.repeats_a_branch() {
        return Err("runs_twice");
    }
    if !facts.reminded.is_empty() && !has("reminder_rejoins") {
        return Err("reminder_rejoins");
    }
    let joins = graph.ids().filter(|id| graph.node(*id).unwrap().kind.name() == "Join");
    let waits = joins.filter(|id| facts.waits.contains(id)).collect::<BTreeSet<NodeId>>();
    if nodes(findings, "join_never_waits").intersection(&waits).next().is_some() {
        return Err("join_never_waits");
    }
    Ok(())
}

fn compare(
    graph: &Graph<'_>,
    flow: &Flow,
    findings: &[Finding],
    facts: &Facts,
    count: &mut Count,
) -> Result<(), &'static str> {
    count.mixed += usize::from(!facts.mixed.is_empty());
    count.leaves += usize::from(!facts.leaves().is_empty());
    count.twice += usize::from(!facts.twice.is_empty());
    count.reminded += usize::from(!facts.reminded.is_empty());
    let of = |name: &'static str| findings.iter().filter(move |finding| finding.check == name);
    let leaves: BTreeSet<NodeId> = of("branch_leaves").map(|finding| split_of(graph, finding)).collect();
    // Where two splits share a join, that alone is told of the outer one.
    if !leaves.is_subset(&facts.leaves()) || (facts.mixed.is_empty() && leaves != facts.leaves()) {
        return Err("branch_leaves");
    }
    let joins = graph.ids().filter(|id| graph.node(*id).unwrap().kind.name() == "Join");
    let passes: BTreeSet<NodeId> = joins.filter(|id| facts.visited.contains(id) && !facts.waits.contains(id)).collect();
    if nodes(findings, "join_never_waits") != passes {
        return Err("join_never_waits");
    }
    let reminded: BTreeSet<NodeId> = of("reminder_rejoins").filter_map(also).collect();
    if !reminded.is_subset(&facts.reminded) || reminded.is_empty() != facts.reminded.is_empty() {
        return Err("reminder_rejoins");
    }
    let jumps = |finding: &&Finding| finding.check == "runs_twice" && finding.headline.contains("again after");
    let jumped: Vec<Finding> = findings.iter().filter(jumps).cloned().collect();
    if !nodes(&jumped, "runs_twice").is_subset(&facts.jumped) {
        return Err("runs_twice, behind a join");
    }
    count.jumped += usize::from(!jumped.is_empty());
    let twice: Vec<Finding> = findings.iter().filter(|finding| !jumps(finding)).cloned().collect();
    let twice = nodes(&twice, "runs_twice");
    if !twice.is_subset(&facts.twice) || (!flow.repeats_a_branch() && twice.is_empty() != facts.twice.is_empty()) {
        return Err("runs_twice");
    }
    let clean = findings.iter().all(|finding| finding.check == "unreachable_nodes");
    count.clean += usize::from(clean);
    Ok(())
}

fn nodes(findings: &[Finding], name: &str) -> BTreeSet<NodeId> {
    let of = findings.iter().filter(|finding| finding.check == name);
    of.filter_map(|finding| if let Place::Node(id) = finding.place { Some(id) } else { None }).collect()
}

fn also(finding: &Finding) -> Option<NodeId> {
    finding.also.iter().find_map(|(place, _)| if let Place::Node(id) = place { Some(*id) } else { None })
}

/// The split that a finding names first.
fn split_of(graph: &Graph<'_>, finding: &Finding) -> NodeId {
    graph.find(finding.headline.split('`').nth(1).unwrap()).unwrap()
}
