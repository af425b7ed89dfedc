//! What holds for random flows: the checks return, a pad of plain tasks changes no verdict, and each help is right. More
//! flows: `FLOW_HELPS=10000 FLOW_PADS=20000 FLOW_LOOPS=200 cargo test --release -p flow-core-graph --test properties`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "tests"
)]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use flow_graph::{Edit, Finding, Graph, check};
use support::{Dice, Flow, brief, is_error, repaired};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[test]
fn the_checks_come_back_from_flows_of_many_loops() {
    for at in 0..number("FLOW_LOOPS", 30) {
        let flow = Flow::random(&mut Dice::new(at), 200, 25);
        let begun = Instant::now();
        let found = flow.check().len() + flow.hints().len();
        assert!(begun.elapsed() < Duration::from_secs(10), "flow {at}: {found} findings in {:?}", begun.elapsed());
    }
}

#[test]
fn a_pad_of_plain_tasks_changes_no_verdict() {
    let mut wrong = 0;
    for at in 0..number("FLOW_PADS", 500) {
        let mut dice = Dice::new(1_000_000 + at);
        let (size, rewired) = (4 + dice.roll(36), dice.roll(4));
        let flow = Flow::random(&mut dice, size, rewired);
        let before = flow.found();
        wrong += usize::from(!before.is_empty());
        let pad = [1, 7, 400][dice.roll(3)];
        assert_eq!(flow.padded(pad).found(), before, "flow {at}, {pad} tasks in front\n{}", flow.show());
    }
    assert!(wrong > 50, "hardly any flow is wrong");
}

/// The names of the nodes that a help adds or changes, as messages have them.
fn pasted(graph: &Graph<'_>, edits: &[Edit]) -> BTreeSet<String> {
    let name = |id: u16| graph.node(id).map(|node| format!("`{}`", node.name));
    let of = |edit: &Edit| match edit {
        Edit::Add(node) => Some(format!("`{}`", node.name)),
        Edit::Lead { node, .. } | Edit::Edges { node, .. } | Edit::Interrupt(node) => {
            let host = graph.ids().find(|host| graph.node(*host).unwrap().boundaries.contains(node));
            name(host.unwrap_or(*node))
        }
        _ => None,
    };
    edits.iter().filter_map(of).collect()
}

/// All that a finding says, with the nodes it points at.
fn words(graph: &Graph<'_>, finding: &Finding) -> String {
    let places = finding.also.iter().map(|also| also.0).chain([finding.place]);
    let names = places.filter_map(|place| graph.node(place.node()?)).map(|node| format!("`{}`", node.name));
    let said = finding.also.iter().map(|also| also.1.clone()).chain(finding.notes.iter().cloned());
    [finding.headline.clone()].into_iter().chain(names).chain(said).collect::<Vec<_>>().join("\n")
}

/// What makes it the same finding in another graph.
fn same(graph: &Graph<'_>, finding: &Finding) -> String {
    let also = finding.also.iter().filter_map(|(place, _)| graph.node(place.node()?)).map(|node| node.name);
    format!("{} {} {}", finding.check, finding.headline, also.collect::<Vec<_>>().join(" "))
}

#[test]
fn each_help_removes_its_finding_and_brings_no_error_that_uses_it() {
    let (mut flows, mut helps, mut at) = (0, 0, 0);
    let mut of_check: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let mut without: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    while flows < number("FLOW_HELPS", 300) {
        at += 1;
        let mut dice = Dice::new(9_000_000 + at);
        let (size, rewired) = (4 + dice.roll(14), dice.roll(3));
        let flow = Flow::random(&mut dice, size, rewired);
        let found = flow.check();
        flows += u64::from(!found.is_empty());
        let before: BTreeSet<String> = flow.with_graph(|graph| found.iter().map(|known| same(graph, known)).collect());
        for finding in &found {
            let is_code = |edits: &&Vec<Edit>| !edits.is_empty() && !matches!(edits[..], [Edit::Allow(..)]);
            if finding.edits.iter().filter(is_code).count() == 0 {
                *without.entry(finding.check).or_default() += 1;
            }
            for (help, edits) in finding.edits.iter().enumerate().filter(|(_, edits)| is_code(edits)) {
                helps += 1;
                *of_check.entry(finding.check).or_default() += 1;
                let pasted = flow.with_graph(|graph| pasted(graph, edits));
                let gone = flow.with_graph(|graph| same(graph, finding));
                repaired(&flow, finding, help).with_graph(|now| {
                    let context = || format!("flow {at}: {gone}\n{}\n{}", finding.help[help], flow.show());
                    for left in check(now) {
                        let is = same(now, &left);
                        assert_ne!(is, gone, "still there: {}", context());
                        let new = is_error(&left) && !before.contains(&is);
                        let uses = pasted.iter().find(|name| words(now, &left).contains(*name));
                        assert!(!new || uses.is_none(), "{} uses {uses:?}: {}", brief(now, &left), context());
                    }
                });
            }
        }
    }
    println!("{flows} flows, {helps} helps: {of_check:?}; no code for {without:?}");
    assert!(helps > usize::try_from(flows / 2).unwrap(), "{helps} helps of {flows} flows: {of_check:?}");
}
