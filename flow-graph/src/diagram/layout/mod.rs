//! Where the nodes, edges and labels of a flow are drawn: from left to right, in layers.
//!
//! 1. [`layers`]: loops are opened, each node gets its layer, and an edge over several layers a place in each of them.
//! 2. [`order`]: the order of the places in each layer, with few crossings.
//! 3. [`rows`]: their heights, so that edges are straight where they can be.
//! 4. [`channels`]: the vertical parts of edges, between the layers.
//!
//! In a layer each place has a strip of its own, and between the layers there are no nodes: so no edge can meet a node
//! that is not its own, and no label either.

mod channels;
mod layers;
mod order;
mod rows;

use super::label;
use super::words::EdgeWords;
use crate::{Graph, NodeId};
use layers::{Layers, What};

/// A point, in pixels; `y` grows downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
}

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    /// Its left side.
    pub x: i32,
    /// Its top.
    pub y: i32,
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
}

impl Rect {
    pub(super) fn around(x: i32, y: i32, width: i32, height: i32) -> Self {
        Rect { x: x - width / 2, y: y - height / 2, width, height }
    }

    /// The x of its right side.
    #[must_use]
    pub const fn right(&self) -> i32 {
        self.x + self.width
    }

    /// The y of its bottom.
    #[must_use]
    pub const fn bottom(&self) -> i32 {
        self.y + self.height
    }

    /// Its middle.
    #[must_use]
    pub const fn center(&self) -> Point {
        Point { x: self.x + self.width / 2, y: self.y + self.height / 2 }
    }
}

/// A text, in lines, and the room it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where it stands.
    pub at: Rect,
    /// Its lines. A long text ends with an ellipsis.
    pub lines: Vec<String>,
}

/// Where a node is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedNode {
    /// Its shape. A boundary's is on the border of its host.
    pub at: Rect,
    /// Its title: inside of a task, beside an event or a gateway.
    pub label: Option<Label>,
}

/// Where an edge is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedEdge {
    /// The node that it leaves: of a timeout the boundary.
    pub from: NodeId,
    /// Which of that node's edges it is.
    pub edge: usize,
    /// The node that it leads to.
    pub to: NodeId,
    /// Its corners: each part is horizontal or vertical, the first point is on the border of `from`, the last on that
    /// of `to`.
    pub points: Vec<Point>,
    /// When it is taken, where that is not always.
    pub label: Option<Label>,
}

/// Where everything of a flow is drawn. The same graph always has the same layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The width of the picture.
    pub width: i32,
    /// The height of the picture.
    pub height: i32,
    /// The nodes, by number.
    pub nodes: Vec<PlacedNode>,
    /// The edges, in the order of the nodes that they leave.
    pub edges: Vec<PlacedEdge>,
}

/// Lays a flow out. Edges to nodes that do not exist are left out.
///
/// ```
/// # use flow_graph::{Edge, Graph, Kind, Node, Role};
/// # let nodes = [
/// #     Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new("start", Kind::Start) },
/// #     Node::new("end", Kind::End),
/// # ];
/// # let graph = Graph { nodes: &nodes, ..Graph::new("hello") };
/// let layout = flow_graph::diagram::layout(&graph);
/// assert!(layout.nodes[0].at.right() < layout.nodes[1].at.x);
/// assert_eq!(layout.edges.len(), 1);
/// ```
#[must_use]
pub fn layout(graph: &Graph<'_>) -> Layout {
    layout_with(graph, &EdgeWords::ENGLISH)
}

/// The same with other words beside the edges.
pub(super) fn layout_with(graph: &Graph<'_>, words: &EdgeWords<'_>) -> Layout {
    let mut layers = Layers::new(graph, words);
    order::order(&mut layers);
    rows::place(&mut layers);
    let (width, height) = channels::place(&mut layers);
    finish(graph, &layers, width, height)
}

fn finish(graph: &Graph<'_>, layers: &Layers<'_>, width: i32, height: i32) -> Layout {
    let nodes = (0..graph.nodes.len()).map(|node| placed_node(layers, node)).collect();
    let edges = layers.ways.iter().map(|way| {
        let points = channels::points(layers, way);
        let label = way.label.as_ref().map(|text| {
            // Above the first horizontal part, which no other edge has.
            let room = label::width(text);
            let seat = &layers.seats[layers.exit(way)];
            let x = exit_x(layers, way) + if seat.what == What::Row { 6 } else { 26 };
            let at = Rect { x, y: seat.y - 2 - label::LINE, width: room, height: label::LINE };
            Label { at, lines: vec![text.clone()] }
        });
        PlacedEdge { from: layers.id(way.from), edge: way.edge, to: layers.id(way.to), points, label }
    });
    Layout { width, height, nodes, edges: edges.collect() }
}

/// The x of the middle of what the edge leaves.
fn exit_x(layers: &Layers<'_>, way: &layers::Way) -> i32 {
    let host = layers.hosts[way.from];
    layers.x[layers.seats[layers.core[host]].layer] + layers.shift[way.from]
}

fn placed_node(layers: &Layers<'_>, node: usize) -> PlacedNode {
    let host = layers.hosts[node];
    let size = layers.sizes[node];
    let seat = &layers.seats[layers.core[host]];
    let (x, y) = (layers.x[seat.layer] + layers.shift[node], seat.y);
    if host != node {
        return PlacedNode {
            at: Rect::around(x, y + layers.sizes[host].height / 2, size.width, size.height),
            label: None,
        };
    }
    let at = Rect::around(x, y, size.width, size.height);
    let lines = &layers.labels[node];
    let rows = i32::try_from(lines.lines.len()).unwrap_or(0);
    let height = rows * label::LINE;
    let room = |y| Rect { x: x - lines.width / 2, y, width: lines.width, height };
    let label = match size.title {
        layers::Title::Inside if rows > 2 => room(at.y + 22),
        layers::Title::Inside => room(y - height / 2),
        layers::Title::Above => room(at.y - 4 - height),
        layers::Title::Below => room(at.bottom() + 4),
    };
    let label = (rows > 0).then(|| Label { at: label, lines: lines.lines.clone() });
    PlacedNode { at, label }
}
