//! The layout of random flows: what must hold for every picture.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use flow_graph::diagram::{self, Layout, PlacedEdge, Point, Rect, layout};
use flow_graph::{Edge, Graph, Kind, Node, Role, Shape};
use support::{Dice, Flow, id};

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// A part of an edge, as a rectangle without an inside.
fn part(a: Point, b: Point) -> Rect {
    Rect { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
}

fn touches(part: &Rect, other: &Rect) -> bool {
    part.x < other.right()
        && other.x < part.right().max(part.x + 1)
        && part.y < other.bottom()
        && other.y < part.bottom().max(part.y + 1)
}

/// The right corner or side, or the bottom, of a node's shape.
fn is_exit(at: &Rect, point: Point) -> bool {
    let middle = at.center();
    point == Point { x: at.right(), y: middle.y } || point == Point { x: middle.x, y: at.bottom() }
}

fn parts(edge: &PlacedEdge) -> impl Iterator<Item = Rect> + '_ {
    edge.points.windows(2).map(|two| part(two[0], two[1]))
}

/// What is wrong with a layout.
fn faults(graph: &Graph<'_>, layout: &Layout) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(text);
    let host = |at: usize| graph.nodes.iter().position(|node| node.boundaries.contains(&id(at)));
    let paper = Rect { x: 0, y: 0, width: layout.width, height: layout.height };
    let inside = |at: &Rect| at.x >= 0 && at.y >= 0 && at.right() <= paper.right() && at.bottom() <= paper.bottom();

    for (a, node) in layout.nodes.iter().enumerate() {
        if !inside(&node.at) || node.label.as_ref().is_some_and(|label| !inside(&label.at)) {
            fault(format!("node {a} is outside"));
        }
        for (b, other) in layout.nodes.iter().enumerate().skip(a + 1) {
            if overlap(&node.at, &other.at) && host(a) != Some(b) && host(b) != Some(a) {
                fault(format!("nodes {a} and {b} overlap"));
            }
        }
    }
    // Each label against each box and each other label.
    let in_task = |at: usize| matches!(graph.nodes[at].shape(), Shape::Task | Shape::Call);
    let of_nodes = layout.nodes.iter().enumerate().filter_map(|(at, node)| Some((at, &node.label.as_ref()?.at)));
    let of_edges = layout.edges.iter().filter_map(|edge| Some((usize::MAX, &edge.label.as_ref()?.at)));
    let labels: Vec<(usize, &Rect)> = of_nodes.chain(of_edges).collect();
    for (at, (node, label)) in labels.iter().enumerate() {
        for (other, placed) in layout.nodes.iter().enumerate() {
            let own = *node == other && in_task(other);
            if !own && overlap(label, &placed.at) {
                fault(format!("a label of {node} lies on node {other}"));
            }
        }
        for (other, its) in &labels[at + 1..] {
            if overlap(label, its) {
                fault(format!("labels of {node} and {other} overlap"));
            }
        }
        if !inside(label) {
            fault(format!("a label of {node} is outside"));
        }
    }
    for edge in &layout.edges {
        let name = format!("edge {}.{}", edge.from, edge.edge);
        let (from, to) = (usize::from(edge.from), usize::from(edge.to));
        if edge.points.len() < 2 || !is_exit(&layout.nodes[from].at, edge.points[0]) {
            fault(format!("{name} does not begin at its node"));
        }
        let end = Point { x: layout.nodes[to].at.x, y: layout.nodes[to].at.center().y };
        if edge.points.last() != Some(&end) {
            fault(format!("{name} does not end at its node"));
        }
        for part in parts(edge) {
            if part.width > 0 && part.height > 0 {
                fault(format!("{name} is oblique"));
            }
            if !inside(&part) {
                fault(format!("{name} is outside"));
            }
            for (other, placed) in layout.nodes.iter().enumerate() {
                if touches(&part, &placed.at) {
                    let own_host = host(from) == Some(other);
                    let word = if other == from || other == to || own_host { "its own" } else { "a foreign" };
                    fault(format!("{name} passes through {word} node, {other}"));
                }
            }
            for (node, label) in &labels {
                if touches(&part, label) && !(*node < layout.nodes.len() && in_task(*node)) {
                    fault(format!("{name} passes through a label of {node}"));
                }
            }
        }
    }
    for (a, edge) in layout.edges.iter().enumerate() {
        for other in &layout.edges[a + 1..] {
            if edge.from == other.from || edge.to == other.to {
                continue;
            }
            let along = |a: &Rect, b: &Rect| {
                let same = |x: i32, y: i32, xs: i32, ys: i32| x == y && xs == 0 && ys == 0;
                let meet = |a: (i32, i32), b: (i32, i32)| a.0 < b.1 && b.0 < a.1;
                (same(a.y, b.y, a.height, b.height) && meet((a.x, a.right()), (b.x, b.right())))
                    || (same(a.x, b.x, a.width, b.width) && meet((a.y, a.bottom()), (b.y, b.bottom())))
            };
            if parts(edge).any(|part| parts(other).any(|its| along(&part, &its))) {
                fault(format!("edges {}.{} and {}.{} share a line", edge.from, edge.edge, other.from, other.edge));
            }
        }
    }
    faults
}

#[test]
fn nothing_overlaps_and_edges_meet_their_own_nodes_alone() {
    let flows = std::env::var("FLOW_LAYOUTS").map_or(400, |count| count.parse().unwrap());
    for seed in 0..flows {
        let mut dice = Dice::new(seed);
        let (size, rewired) = (dice.roll(60), dice.roll(12));
        let flow = Flow::random(&mut dice, size, rewired);
        flow.with_graph(|graph| {
            let placed = layout(graph);
            let edges: usize = graph.nodes.iter().map(|node| node.edges.len()).sum();
            assert_eq!((placed.nodes.len(), placed.edges.len()), (graph.nodes.len(), edges), "seed {seed}");
            let faults = faults(graph, &placed);
            assert!(faults.is_empty(), "seed {seed}: {faults:#?}\n{}", flow.show());
            assert_eq!(placed, layout(graph), "the same graph has the same layout");
        });
    }
}

/// Titles of any length, in any script, and flows that no check accepts.
#[test]
fn any_graph_is_drawn() {
    let titles = [
        "",
        "x",
        "A somewhat longer title of a step that goes on and on",
        "界界界界界界界界界界界界界界界",
        "W".repeat(300).leak(),
    ];
    for seed in 0..300 {
        let mut dice = Dice::new(seed);
        let count = 1 + dice.roll(14);
        let kinds: Vec<Kind> = (0..count).map(|_| Kind::FIELDS[dice.roll(Kind::FIELDS.len())]).collect();
        let edges: Vec<Vec<Edge>> = (0..count)
            .map(|_| {
                (0..dice.roll(4))
                    .map(|_| {
                        Edge::new([Role::Next, Role::Then, Role::Else, Role::Case][dice.roll(4)], id(dice.roll(count)))
                    })
                    .collect()
            })
            .collect();
        let nodes: Vec<Node<'_>> = kinds
            .iter()
            .zip(&edges)
            .map(|(kind, edges)| Node {
                edges,
                title: titles[dice.roll(titles.len())],
                ..Node::new("same_name", *kind)
            })
            .collect();
        let graph = Graph { nodes: &nodes, ..Graph::new("f") };
        let faults = faults(&graph, &layout(&graph));
        assert!(faults.is_empty(), "seed {seed}: {faults:#?}\n{nodes:#?}");
    }
}

#[test]
fn each_shape_and_each_edge_is_in_the_picture_and_in_the_bpmn() {
    for seed in 0..200 {
        let mut dice = Dice::new(seed);
        let flow = Flow::random(&mut dice, 30, 2);
        flow.with_graph(|graph| {
            let (svg, bpmn) = (diagram::svg(graph), diagram::bpmn(graph));
            let edges: usize = graph.nodes.iter().map(|node| node.edges.len()).sum();
            for (text, wanted) in [("<g class=\"node ", graph.nodes.len()), ("<g class=\"edge", edges)] {
                assert_eq!(svg.matches(text).count(), wanted, "{text} of seed {seed}");
            }
            let counts = [
                ("<bpmndi:BPMNShape ", graph.nodes.len()),
                ("<bpmndi:BPMNEdge ", edges),
                ("<bpmn:sequenceFlow ", edges),
            ];
            for (text, wanted) in counts {
                assert_eq!(bpmn.matches(text).count(), wanted, "{text} of seed {seed}");
            }
            let mut ids = BTreeSet::new();
            for part in bpmn.split(" id=\"").skip(1) {
                assert!(ids.insert(part.split('"').next().unwrap()), "an id twice, seed {seed}");
            }
        });
    }
}
