//! How long the checks take on a flow of 500 nodes, with its code: one of many small splits, one of splits inside one
//! another, and one that is as wrong as can be.
//!
//! As the macro runs them, unoptimised: `cargo run -p flow-core-graph --example checks`. It is 500 nodes by default, others
//! by an argument.

#![allow(clippy::unwrap_used, missing_docs, reason = "a measurement stops where it goes wrong")]

use std::time::Instant;

use flow_graph::code::{Asks, Callback, Code, NodeCode, Read};
use flow_graph::{Edge, Graph, Kind, Node, NodeId, Role, check_with, hints_of_code, position::Positions};

/// A node in the making: its kind, where it leads, and its timeout.
type Drawn = (Kind, Vec<Edge>, Vec<NodeId>);

fn id(at: usize) -> NodeId {
    NodeId::try_from(at).unwrap()
}

fn to(at: usize) -> Edge {
    Edge::new(Role::Next, id(at))
}

/// One split, join and decision after another.
fn wide(size: usize) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 8 < size {
        let at = nodes.len();
        nodes.push((Kind::Split, vec![to(at + 1), to(at + 2), to(at + 3)], vec![]));
        nodes.extend((0..3).map(|_| (Kind::View, vec![to(at + 4)], vec![])));
        nodes.push((Kind::Join, vec![to(at + 5)], vec![]));
        // Once more, or on.
        nodes.push((Kind::If, vec![Edge::new(Role::Then, id(at)), Edge::new(Role::Else, id(at + 6))], vec![]));
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// Splits inside one another, ten deep, one such tower after another.
fn deep(size: usize) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 45 < size {
        let first = nodes.len();
        let depth = 10;
        for level in 0..depth {
            // A split, and a task beside the next level: both meet in the join of this one.
            let at = nodes.len();
            let join = first + 2 * depth + 1 + (depth - 1 - level);
            nodes.push((Kind::Split, vec![to(at + 1), to(at + 2)], vec![]));
            nodes.push((Kind::View, vec![to(join)], vec![]));
        }
        nodes.push((Kind::View, vec![to(first + 2 * depth + 1)], vec![]));
        nodes.extend((0..depth).map(|at| (Kind::Join, vec![to(first + 2 * depth + 2 + at)], vec![])));
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// Branches that lead anywhere, and reminders that do: more positions than are told apart.
fn tangled(size: usize) -> Vec<Drawn> {
    let mut state = 7_u64;
    let mut anywhere = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        id(1 + usize::try_from(state >> 33).unwrap() % (size - 1))
    };
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 1 < size {
        let at = nodes.len();
        let mut leads = |role| Edge::new(role, anywhere());
        nodes.push(match at % 5 {
            0 => (Kind::Split, vec![leads(Role::Next), leads(Role::Next), to(at + 1)], vec![]),
            1 => (Kind::View, vec![to(at + 2)], vec![id(at + 1)]),
            2 => (Kind::TimerBoundary, vec![leads(Role::Next)], vec![]),
            3 => (Kind::If, vec![Edge::new(Role::Then, id(at + 1)), leads(Role::Else)], vec![]),
            _ => (Kind::Join, vec![to(at + 1)], vec![]),
        });
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// Each task sets a field, of twenty, and each decision reads the one that a task in front of it has set.
fn code(drawn: &[Drawn]) -> Code {
    let field = |at: usize| format!("field_{}", at % 20);
    let node = |(at, (kind, ..)): (usize, &Drawn)| {
        let mut code = NodeCode { has_people: true, ..NodeCode::default() };
        match kind {
            Kind::View => code.form = vec![field(at)],
            Kind::If => code.callbacks.push(Callback {
                text: Some(at.to_string()),
                reads: vec![Read::of_process(&field(at - 2))],
                reads_anything: false,
                elsewhere: false,
                writes: Some(Vec::new()),
                ..Callback::unseen(Asks::Way)
            }),
            _ => {}
        }
        code
    };
    Code { nodes: drawn.iter().enumerate().map(node).collect(), shows: Vec::new() }
}

fn main() {
    let size = std::env::args().nth(1).map_or(500, |size| size.parse().unwrap());
    println!("| flow | nodes | positions | findings | shortest of 11, ms | median, ms |");
    println!("|---|---|---|---|---|---|");
    for (name, drawn) in [("one after another", wide(size)), ("ten deep", deep(size)), ("tangled", tangled(size))] {
        let names: Vec<String> = (0..drawn.len()).map(|at| format!("node_{at}")).collect();
        let nodes: Vec<Node<'_>> = drawn
            .iter()
            .zip(&names)
            .map(|((kind, edges, boundaries), name)| Node { edges, boundaries, ..Node::new(name, *kind) })
            .collect();
        let graph = Graph { nodes: &nodes, ..Graph::new("f") };
        let code = code(&drawn);
        let mut times: Vec<f64> = Vec::new();
        let mut findings = 0;
        for _ in 0..11 {
            let begun = Instant::now();
            findings = check_with(&graph, &code).len() + hints_of_code(&graph, &code).len();
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let (positions, shortest) = (Positions::of(&graph).len(), times[0]);
        println!("| {name} | {} | {positions} | {findings} | {shortest:.2} | {:.2} |", nodes.len(), times[5]);
    }
}
