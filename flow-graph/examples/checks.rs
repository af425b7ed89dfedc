//! How long the checks take, with the code of a flow: by its shape.
//!
//! As the macro runs them, unoptimised, on 500 nodes: `cargo run -p flow-core-graph --example checks`. On 10,000:
//! `cargo run --release -p flow-core-graph --example checks -- 10000`. A second argument chooses shapes by their names.

#![allow(clippy::unwrap_used, missing_docs, reason = "a measurement stops where it goes wrong")]

use std::time::Instant;

use flow_graph::code::{Asks, Callback, Code, NodeCode, Read};
use flow_graph::{Edge, Graph, Kind, Node, NodeId, Role, check_with, hints, hints_of_code, position::Positions};

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

/// Tasks one after another.
fn chain(size: usize) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 1 < size {
        nodes.push((Kind::View, vec![to(nodes.len() + 1)], vec![]));
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// One cycle of all tasks, with a way out, or with none but into another cycle without one.
fn cycle(size: usize, ends: bool) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 4 < size {
        nodes.push((Kind::View, vec![to(nodes.len() + 1)], vec![]));
    }
    let at = nodes.len();
    let out = if ends { at + 2 } else { at + 1 };
    nodes.push((Kind::If, vec![Edge::new(Role::Then, id(1)), Edge::new(Role::Else, id(out))], vec![]));
    nodes.push((Kind::View, vec![to(at + 1)], vec![]));
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// One split of all tasks, which meet, or come to one task one by one.
fn wide_split(size: usize, meet: Kind) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    nodes.push((Kind::Split, (2..size - 2).map(to).collect(), vec![]));
    while nodes.len() + 2 < size {
        nodes.push((Kind::View, vec![to(size - 2)], vec![]));
    }
    nodes.push((meet, vec![to(size - 1)], vec![]));
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// Each task with a reminder that ends, or that comes back to the next task.
fn reminders(size: usize, back: bool) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 2 < size {
        let at = nodes.len();
        nodes.push((Kind::View, vec![to(at + 2)], vec![id(at + 1)]));
        nodes.push((Kind::TimerBoundary, vec![to(if back { at + 2 } else { size - 1 })], vec![]));
    }
    while nodes.len() + 1 < size {
        nodes.push((Kind::View, vec![to(nodes.len() + 1)], vec![]));
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// Each decision has an end of its own; or nothing leads to the half of the tasks.
fn ends(size: usize, reached: bool) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 4 < size {
        let at = nodes.len();
        nodes.push((Kind::View, vec![to(at + 1)], vec![]));
        let own = if reached { at + 2 } else { size - 1 };
        nodes.push((Kind::If, vec![Edge::new(Role::Then, id(own)), Edge::new(Role::Else, id(at + 3))], vec![]));
        nodes.push(if reached { (Kind::End, vec![], vec![]) } else { (Kind::View, vec![to(size - 1)], vec![]) });
    }
    while nodes.len() + 1 < size {
        nodes.push((Kind::View, vec![to(nodes.len() + 1)], vec![]));
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// Splits one after another whose branches come to the next one by one.
fn unmet(size: usize) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 4 < size {
        let at = nodes.len();
        nodes.push((Kind::Split, vec![to(at + 1), to(at + 2)], vec![]));
        nodes.extend((0..2).map(|_| (Kind::View, vec![to(at + 3)], vec![])));
    }
    while nodes.len() + 1 < size {
        nodes.push((Kind::View, vec![to(nodes.len() + 1)], vec![]));
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

/// One split inside another, and in none of them do the branches meet.
fn tower(size: usize) -> Vec<Drawn> {
    let mut nodes: Vec<Drawn> = vec![(Kind::Start, vec![to(1)], vec![])];
    while nodes.len() + 1 < size {
        nodes.push((Kind::Split, vec![to(nodes.len() + 1), to(size - 1)], vec![]));
    }
    nodes.push((Kind::End, vec![], vec![]));
    nodes
}

type Shape = (&'static str, fn(usize) -> Vec<Drawn>);

const SHAPES: &[Shape] = &[
    ("chain", chain),
    ("cycle", |size| cycle(size, true)),
    ("cycle into a dead end", |size| cycle(size, false)),
    ("wide split", |size| wide_split(size, Kind::Join)),
    ("wide split without a join", |size| wide_split(size, Kind::View)),
    ("small splits", wide),
    ("nested splits", deep),
    ("tower of splits", tower),
    ("reminders", |size| reminders(size, false)),
    ("reminders that come back", |size| reminders(size, true)),
    ("ends", |size| ends(size, true)),
    ("unreachable tasks", |size| ends(size, false)),
    ("splits that never meet", unmet),
    ("everything wrong", tangled),
];

/// Each task sets a field, of twenty, and each decision reads the one that a task in front of it has set.
fn code(drawn: &[Drawn]) -> Code {
    let field = |at: usize| format!("field_{}", at % 20);
    let node = |(at, (kind, ..)): (usize, &Drawn)| {
        let mut code = NodeCode { has_people: true, ..NodeCode::default() };
        match kind {
            Kind::View => code.form = vec![field(at)],
            Kind::If => code.callbacks.push(Callback {
                text: Some(at.to_string()),
                reads: vec![Read::of_process(&field(at.saturating_sub(2)))],
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
    println!("| flow | nodes | positions | findings | check, ms | hints, ms |");
    println!("|---|---|---|---|---|---|");
    let wanted = std::env::args().nth(2).unwrap_or_default();
    for (name, shape) in SHAPES.iter().filter(|(name, _)| name.contains(&wanted)) {
        let drawn = shape(size);
        let names: Vec<String> = (0..drawn.len()).map(|at| format!("node_{at}")).collect();
        let nodes: Vec<Node<'_>> = drawn
            .iter()
            .zip(&names)
            .map(|((kind, edges, boundaries), name)| Node { edges, boundaries, ..Node::new(name, *kind) })
            .collect();
        let graph = Graph { nodes: &nodes, ..Graph::new("f") };
        let code = code(&drawn);
        let mut findings = 0;
        let check = shortest(|| findings = check_with(&graph, &code).len());
        let hinted = shortest(|| findings += hints(&graph).len() + hints_of_code(&graph, &code).len());
        let positions = Positions::of(&graph).len();
        println!("| {name} | {} | {positions} | {findings} | {check:.2} | {hinted:.2} |", nodes.len());
    }
}

/// The shortest of a few runs, in milliseconds: what else the machine does only makes them longer.
fn shortest(mut run: impl FnMut()) -> f64 {
    let times = (0..5).map(|_| {
        let begun = Instant::now();
        run();
        begun.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}
