//! The engine alone, without rows; and the accessors of a proxy.

use std::hint::black_box;
use std::time::Instant;

use flow_core::ProcessStatus;
use flow_core::engine::{Answer, Ask, Run};
use flow_core::graph::{Edge, Graph, Kind, Node, Role, Slot};
use flow_core::prelude::*;

use crate::options::Options;
use crate::report::Report;
use crate::sample::{Spread, number, real};

/// Nodes of the chain, and branches of the split.
const MANY: u16 = 1_000;

/// Of each in turns, and how often in a round.
const TIMES: i64 = 200;

pub(crate) fn run(options: &Options, report: &mut Report) {
    let functions = chain(|_| false);
    let mixed = chain(|place| place % 2 == 1);
    let split = split();
    let runs: [(&str, &[Node<'_>]); 3] = [
        ("a chain of 1,000 functions", &functions),
        ("a chain of 1,000: If, Function, If, Function, ..", &mixed),
        ("a split of 1,000 functions, and its join", &split),
    ];
    let mut nanoseconds = vec![Vec::new(); runs.len()];
    for _ in 0..=options.rounds {
        for ((_, nodes), times) in runs.iter().zip(&mut nanoseconds) {
            let begun = Instant::now();
            let tasks: usize = (0..TIMES).map(|_| drive(nodes)).sum();
            times.push(begun.elapsed().as_secs_f64() * 1e9 / real(i64::try_from(tasks).unwrap()));
        }
    }
    let rows: Vec<_> = runs
        .iter()
        .zip(nanoseconds)
        .map(|((name, nodes), times)| {
            let mut tasks = 0;
            let seen = allocation_counter::measure(|| tasks = drive(nodes));
            let each = |count: u64| number(real(i64::try_from(count).unwrap()) / real(i64::try_from(tasks).unwrap()));
            let spread = Spread::of(times[1..].iter().copied());
            vec![(*name).to_owned(), spread.to_string(), each(seen.count_total), each(seen.bytes_total)]
        })
        .collect();
    report.title("The engine's step alone: release, nothing parsed, no rows");
    report.plain(&["", "ns a node, median (least..most)", "allocations a node", "bytes a node"], &rows);
    accessors(options, report);
}

/// A start, so many nodes that run at once, an end. Where it is an If, it goes on or ends.
fn chain(is_if: fn(u16) -> bool) -> Vec<Node<'static>> {
    let end = MANY + 1;
    let leak = |edges: Vec<Edge>| -> &'static [Edge] { edges.leak() };
    let mut nodes = vec![Node { edges: leak(vec![Edge::new(Role::Next, 1)]), ..Node::new("start", Kind::StartHandle) }];
    for place in 1..=MANY {
        nodes.push(if is_if(place) {
            let edges = vec![Edge::new(Role::Then, place + 1), Edge::new(Role::Else, end)];
            Node { edges: leak(edges), ..Node::new("check", Kind::If) }
        } else {
            Node { edges: leak(vec![Edge::new(Role::Next, place + 1)]), ..Node::new("work", Kind::Function) }
        });
    }
    nodes.push(Node::new("end", Kind::End));
    nodes
}

/// One edge that is taken so often.
fn split() -> Vec<Node<'static>> {
    const TO_SPLIT: &[Edge] = &[Edge::new(Role::Next, 1)];
    const TO_WORK: &[Edge] = &[Edge { asks: true, ..Edge::new(Role::Next, 2) }];
    const TO_JOIN: &[Edge] = &[Edge::new(Role::Next, 3)];
    const TO_END: &[Edge] = &[Edge::new(Role::Next, 4)];
    vec![
        Node { edges: TO_SPLIT, ..Node::new("start", Kind::StartHandle) },
        Node { edges: TO_WORK, ..Node::new("split", Kind::Split) },
        Node { edges: TO_JOIN, ..Node::new("work", Kind::Function) },
        Node { edges: TO_END, ..Node::new("join", Kind::Join) },
        Node::new("end", Kind::End),
    ]
}

/// From the start to the end, as a transition drives it: how many tasks there were.
fn drive(nodes: &[Node<'_>]) -> usize {
    let graph = Graph { nodes, ..Graph::new("f") };
    let mut run = Run::start(&graph, 0);
    while let Some(ask) = run.next().unwrap() {
        black_box(run.take_changed());
        let answer = match ask {
            Ask::Rows(_) => Answer::Rows(Vec::new()),
            Ask::Call { slot: Slot::Condition, .. } => Answer::Holds(true),
            Ask::Call { slot: Slot::Branches(_), .. } => Answer::Times(usize::from(MANY)),
            Ask::Call { .. } => Answer::Done,
        };
        run.answer(answer).unwrap();
    }
    assert_eq!(run.process().status, ProcessStatus::Done);
    black_box(run.take_changed());
    run.tasks().len()
}

#[derive(ProcessProxy, Debug)]
struct FieldsProcess {
    process: Process,
    text: String,
    #[json(default)]
    amount: i64,
    #[json(default)]
    approved: bool,
}

#[flow(process = FieldsProcess, name = "fields")]
#[allow(dead_code, reason = "a flow brings queries that are not asked here")]
struct FieldsFlow {
    #[node(permission(anyone), next = this.end)]
    start: StartHandle,
    end: End,
}

const READS: u32 = 1_000_000;

fn accessors(options: &Options, report: &mut Report) {
    let mut conn = flow_core::sqlite::open(":memory:").unwrap();
    flows![FieldsFlow].migrate(&mut conn).unwrap();
    let data = FieldsProcessData { text: "Hello, world!".to_owned(), amount: 7, approved: true };
    let process = FieldsFlow.start.run(&mut conn, &crate::w1::USER, data).unwrap();
    let reads: [(&str, &dyn Fn()); 3] = [
        ("bool", &|| {
            _ = black_box(black_box(&process).approved());
        }),
        ("i64", &|| {
            _ = black_box(black_box(&process).amount());
        }),
        ("&str", &|| {
            _ = black_box(black_box(&process).text());
        }),
    ];
    let rows: Vec<_> = reads
        .iter()
        .map(|(name, read)| {
            let times = (0..=options.rounds).map(|_| {
                let begun = Instant::now();
                (0..READS).for_each(|_| read());
                begun.elapsed().as_secs_f64() * 1e9 / f64::from(READS)
            });
            let spread = Spread::of(times.skip(1));
            let seen = allocation_counter::measure(read).count_total;
            vec![(*name).to_owned(), spread.to_string(), seen.to_string()]
        })
        .collect();
    report.title("An accessor of a proxy, called through a function pointer");
    report.plain(&["", "ns a call, median (least..most)", "allocations"], &rows);
}
