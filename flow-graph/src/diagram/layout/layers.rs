//! What is to be placed: each node and each part of an edge has a seat in a layer.

use std::collections::HashMap;

use super::super::label::{self, Lines};
use super::super::words::{self, EdgeWords};
use crate::{Graph, NodeId, Shape};

/// Where a node's title stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Title {
    Inside,
    Above,
    Below,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) title: Title,
}

/// What sits in a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A node. Edges leave it at its right side.
    Node,
    /// An edge that leaves the node above it at the bottom: of a boundary, or the second of a decision.
    Row,
    /// An edge on its way to a node of another layer.
    Pass { back: bool },
}

/// A place in a layer.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) layer: usize,
    pub(super) what: What,
    /// Its distance from the first seat of its group.
    pub(super) below: i32,
    pub(super) y: i32,
}

/// Seats that stay together: a node with the rows beneath it, or a single pass.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The node; none of a pass.
    pub(super) node: Option<usize>,
    /// The node or the pass first.
    pub(super) seats: Vec<usize>,
    /// What leaves over these seats, as it may be exchanged: of a decision its edges, of a task its boundaries.
    pub(super) exits: Vec<Exit>,
    pub(super) up: i32,
    pub(super) down: i32,
}

/// What leaves over one seat.
#[derive(Clone, Debug)]
pub(super) struct Exit {
    pub(super) node: usize,
    /// Of a decision: which edge. Of a boundary: all of its edges.
    pub(super) edge: Option<usize>,
}

/// An edge.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) from: usize,
    pub(super) edge: usize,
    pub(super) to: usize,
    /// It leads back to an earlier layer, or to its own.
    pub(super) back: bool,
    pub(super) label: Option<String>,
    /// Its seats between the two nodes.
    pub(super) passes: Vec<usize>,
}

/// A part of an edge between two seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Hop {
    /// Between which layers: the channel left of layer 0 has number 0.
    pub(super) channel: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

#[derive(Debug)]
pub(super) struct Layers<'g> {
    graph: &'g Graph<'g>,
    pub(super) count: usize,
    pub(super) sizes: Vec<Size>,
    pub(super) labels: Vec<Lines>,
    /// Of each node itself, of a boundary the node that it is on.
    pub(super) hosts: Vec<usize>,
    /// The seat of each node that is no boundary.
    pub(super) core: Vec<usize>,
    /// How far right of its layer's middle a node is: a boundary on the border of its host.
    pub(super) shift: Vec<i32>,
    pub(super) seats: Vec<Seat>,
    pub(super) groups: Vec<Group>,
    /// The group of each seat.
    pub(super) group_of: Vec<usize>,
    /// The groups of each layer, from top to bottom.
    pub(super) order: Vec<Vec<usize>>,
    pub(super) ways: Vec<Way>,
    /// Where those of each node are among them.
    first_way: Vec<usize>,
    /// The seat over which each edge of each node leaves.
    pub(super) exits: Vec<Vec<usize>>,
    /// The middle of each layer, and how much room it takes at each side.
    pub(super) x: Vec<i32>,
    pub(super) left: Vec<i32>,
    pub(super) right: Vec<i32>,
    /// The vertical parts of edges: the x of the one over which a hop goes.
    pub(super) lanes: HashMap<Hop, Vec<(i32, i32)>>,
}

const TASK: Size = Size { width: 120, height: 72, title: Title::Inside };
const EVENT: Size = Size { width: 36, height: 36, title: Title::Below };
const GATEWAY: Size = Size { width: 44, height: 44, title: Title::Above };
const BOUNDARY: Size = Size { width: 28, height: 28, title: Title::Below };
/// Between two boundaries of a task.
const BOUNDARY_STEP: i32 = 34;
const ROW_STEP: i32 = 22;

impl<'g> Layers<'g> {
    pub(super) fn new(graph: &'g Graph<'g>, words: &EdgeWords<'_>) -> Self {
        let count = graph.nodes.len();
        let mut hosts: Vec<usize> = (0..count).collect();
        let is_boundary = |at: usize| graph.nodes.get(at).is_some_and(|node| node.kind.is_boundary());
        for (host, node) in graph.nodes.iter().enumerate().filter(|(host, _)| !is_boundary(*host)) {
            for boundary in node.boundaries.iter().map(|id| usize::from(*id)).filter(|id| is_boundary(*id)) {
                hosts[boundary] = host;
            }
        }
        let size = |at: usize| {
            let node = &graph.nodes[at];
            if hosts[at] != at {
                return BOUNDARY;
            }
            let boundaries = i32::try_from(node.boundaries.len()).unwrap_or(0);
            match node.shape() {
                Shape::Task | Shape::Call => Size { width: TASK.width.max(40 + boundaries * BOUNDARY_STEP), ..TASK },
                Shape::Gateway => GATEWAY,
                Shape::Start | Shape::Event | Shape::End => EVENT,
            }
        };
        let sizes: Vec<Size> = (0..count).map(size).collect();
        let label = |at: usize| {
            let title = words::title(&graph.nodes[at]);
            match sizes[at].title {
                _ if hosts[at] != at => Lines::default(),
                Title::Inside => label::wrap(title, sizes[at].width - 12, 3),
                Title::Above | Title::Below => label::wrap(title, 104, 3),
            }
        };
        let labels = (0..count).map(label).collect();
        let mut layers = Layers {
            graph,
            count: 0,
            sizes,
            labels,
            hosts,
            core: vec![usize::MAX; count],
            shift: vec![0; count],
            seats: Vec::new(),
            groups: Vec::new(),
            group_of: Vec::new(),
            order: Vec::new(),
            ways: Vec::new(),
            first_way: Vec::new(),
            exits: graph.nodes.iter().map(|node| vec![usize::MAX; node.edges.len()]).collect(),
            x: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            lanes: HashMap::new(),
        };
        layers.find_ways(words);
        let (layer, first_seen) = layers.assign();
        layers.count = layer.iter().max().map_or(0, |last| last + 1);
        layers.order = vec![Vec::new(); layers.count];
        for node in first_seen {
            layers.seat_node(node, layer[node]);
        }
        layers.seat_passes();
        layers
    }

    pub(super) fn id(&self, node: usize) -> NodeId {
        NodeId::try_from(node).unwrap_or(NodeId::MAX)
    }

    pub(super) fn exit(&self, way: &Way) -> usize {
        self.exits[way.from][way.edge]
    }

    /// The parts of an edge.
    pub(super) fn hops(&self, way: &Way) -> Vec<Hop> {
        let seats: Vec<usize> =
            std::iter::once(self.exit(way)).chain(way.passes.iter().copied()).chain([self.core[way.to]]).collect();
        let hop = |at: usize| {
            let (from, to) = (seats[at], seats[at + 1]);
            // Going back, an edge first turns around at the right of its layer, and at last at the left of the other.
            let layer = self.seats[from].layer;
            let channel = if way.back && at > 0 { layer } else { layer + 1 };
            Hop { channel, from, to }
        };
        (0..seats.len() - 1).map(hop).collect()
    }

    /// The edges of a node.
    pub(super) fn ways_of(&self, node: usize) -> &[Way] {
        let end = self.first_way.get(node + 1).copied().unwrap_or(self.ways.len());
        &self.ways[self.first_way[node]..end]
    }

    fn find_ways(&mut self, words: &EdgeWords<'_>) {
        for (from, node) in self.graph.nodes.iter().enumerate() {
            self.first_way.push(self.ways.len());
            for (edge, leads) in node.edges.iter().enumerate() {
                let to = usize::from(leads.to);
                // To a boundary nothing can lead; a graph from elsewhere is drawn without that edge.
                if to >= self.hosts.len() || self.hosts[to] != to {
                    continue;
                }
                let speaks = node.kind.is_boundary() || node.shape() == Shape::Gateway;
                let label = words::edge(node, edge, words)
                    .filter(|_| speaks)
                    .map(|text| label::wrap(&text, 104, 1).lines.concat());
                let label = label.filter(|text| !text.is_empty());
                self.ways.push(Way { from, edge, to, back: false, label, passes: Vec::new() });
            }
        }
    }

    /// Opens the loops, and gives each node its layer: behind all that lead to it. Also the order in which the nodes
    /// are come to.
    fn assign(&mut self) -> (Vec<usize>, Vec<usize>) {
        let count = self.hosts.len();
        let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (at, way) in self.ways.iter().enumerate() {
            leaving[self.hosts[way.from]].push(at);
        }
        let starts = (0..count).filter(|node| self.graph.nodes[*node].kind.begins());
        let others = (0..count).filter(|node| !self.graph.nodes[*node].kind.begins());
        let roots: Vec<usize> = starts.chain(others).filter(|node| self.hosts[*node] == *node).collect();
        let (mut seen, mut open) = (vec![false; count], vec![false; count]);
        // Each node behind all that are behind it.
        let mut done = Vec::with_capacity(count);
        let mut first_seen = Vec::with_capacity(count);
        for root in roots {
            if seen[root] {
                continue;
            }
            let mut path = vec![(root, 0)];
            (seen[root], open[root]) = (true, true);
            first_seen.push(root);
            while let Some((node, next)) = path.last_mut() {
                let Some(at) = leaving[*node].get(*next).copied() else {
                    open[*node] = false;
                    done.push(*node);
                    path.pop();
                    continue;
                };
                *next += 1;
                let to = self.ways[at].to;
                if open[to] {
                    self.ways[at].back = true;
                } else if !seen[to] {
                    (seen[to], open[to]) = (true, true);
                    first_seen.push(to);
                    path.push((to, 0));
                }
            }
        }
        let mut layer = vec![0_usize; count];
        let forward = |at: &&usize| !self.ways[**at].back;
        for node in done.iter().rev() {
            for at in leaving[*node].iter().filter(forward) {
                let to = self.ways[*at].to;
                layer[to] = layer[to].max(layer[*node] + 1);
            }
        }
        // A start stands right before the node it leads to.
        let mut entered = vec![false; count];
        for way in &self.ways {
            entered[way.to] = true;
        }
        for node in (0..count).filter(|node| !entered[*node]) {
            let nearest = leaving[node].iter().filter(forward).map(|at| layer[self.ways[*at].to]).min();
            layer[node] = nearest.map_or(layer[node], |nearest| nearest.saturating_sub(1));
        }
        (layer, first_seen)
    }

    fn add_seat(&mut self, layer: usize, what: What, group: usize) -> usize {
        self.seats.push(Seat { layer, what, below: 0, y: 0 });
        self.group_of.push(group);
        self.seats.len() - 1
    }

    fn seat_node(&mut self, node: usize, layer: usize) {
        let group = self.groups.len();
        let core = self.add_seat(layer, What::Node, group);
        self.core[node] = core;
        let mut seats = vec![core];
        let mut exits = Vec::new();
        let written = &self.graph.nodes[node];
        let count = self.hosts.len();
        let boundaries = written.boundaries.iter().map(|id| usize::from(*id));
        let boundaries: Vec<usize> = boundaries.filter(|id| *id < count && self.hosts[*id] == node).collect();
        let labelled = self.ways_of(node).iter().any(|way| way.label.is_some());
        if labelled && boundaries.is_empty() {
            let edges: Vec<usize> = self.ways_of(node).iter().map(|way| way.edge).collect();
            exits.extend(edges.into_iter().map(|edge| Exit { node, edge: Some(edge) }));
            let rows = exits.len().saturating_sub(1);
            seats.extend((0..rows).map(|_| self.add_seat(layer, What::Row, group)));
        } else {
            self.exits[node].fill(core);
            exits.extend(boundaries.iter().map(|boundary| Exit { node: *boundary, edge: None }));
            seats.extend(boundaries.iter().map(|_| self.add_seat(layer, What::Row, group)));
        }
        self.groups.push(Group { node: Some(node), seats, exits, up: 0, down: 0 });
        self.order[layer].push(group);
        self.arrange(group);
    }

    /// Edges to one node share their seats in the layers between.
    fn seat_passes(&mut self) {
        let mut taken: HashMap<(usize, usize, bool), usize> = HashMap::new();
        for at in 0..self.ways.len() {
            let way = &self.ways[at];
            let (to, back) = (way.to, way.back);
            let (first, last) = (self.seats[self.core[self.hosts[way.from]]].layer, self.seats[self.core[to]].layer);
            let between: Vec<usize> = if back { (last..=first).rev().collect() } else { (first + 1..last).collect() };
            let mut passes = Vec::with_capacity(between.len());
            for layer in between {
                let seat = match taken.get(&(to, layer, back)) {
                    Some(seat) => *seat,
                    None => {
                        let group = self.groups.len();
                        let seat = self.add_seat(layer, What::Pass { back }, group);
                        let seats = vec![seat];
                        self.groups.push(Group { node: None, seats, exits: Vec::new(), up: 5, down: 5 });
                        self.order[layer].push(group);
                        taken.insert((to, layer, back), seat);
                        seat
                    }
                };
                passes.push(seat);
            }
            self.ways[at].passes = passes;
        }
    }

    /// Gives the exits of a group their seats, in the order that they have now, and the group its height.
    pub(super) fn arrange(&mut self, group: usize) {
        let Group { node: Some(node), seats, exits, .. } = self.groups[group].clone() else { return };
        let size = self.sizes[node];
        let lines = i32::try_from(self.labels[node].lines.len()).unwrap_or(0);
        let title = if lines > 0 { lines * label::LINE + 4 } else { 0 };
        let (mut up, mut down) = (size.height / 2, size.height / 2);
        match size.title {
            Title::Above => up += title,
            Title::Below => down += title,
            Title::Inside => {}
        }
        let of_boundaries = exits.iter().any(|exit| exit.edge.is_none());
        let free = if of_boundaries { &seats[1..] } else { &seats[..] };
        let mut below = size.height / 2 + if of_boundaries { 14 + 18 } else { 30 };
        for (at, (exit, seat)) in exits.iter().zip(free).enumerate() {
            match exit.edge {
                Some(edge) => self.exits[exit.node][edge] = *seat,
                None => {
                    self.exits[exit.node].fill(*seat);
                    // The right one leaves nearest, so that they do not cross.
                    let step = i32::try_from(at).unwrap_or(0) * BOUNDARY_STEP;
                    self.shift[exit.node] = size.width / 2 - 26 - step;
                }
            }
            if *seat != seats[0] {
                self.seats[*seat].below = below;
                down = below + 6;
                below += ROW_STEP;
            }
        }
        (self.groups[group].up, self.groups[group].down) = (up, down);
    }

    /// How much room each layer takes at the left and at the right of its middle.
    pub(super) fn measure(&mut self) {
        (self.left, self.right) = (vec![0; self.count], vec![0; self.count]);
        for node in (0..self.hosts.len()).filter(|node| self.hosts[*node] == *node) {
            let layer = self.seats[self.core[node]].layer;
            let half = self.sizes[node].width.max(self.labels[node].width) / 2 + 1;
            self.left[layer] = self.left[layer].max(half);
            self.right[layer] = self.right[layer].max(half);
        }
        for way in &self.ways {
            let Some(text) = &way.label else { continue };
            let seat = &self.seats[self.exits[way.from][way.edge]];
            let start = self.shift[way.from] + if seat.what == What::Row { 6 } else { 26 };
            self.right[seat.layer] = self.right[seat.layer].max(start + label::width(text) + 4);
        }
    }
}
