//! Between the layers: each edge that changes its height has a lane there, and the layers stand so far apart.
//!
//! All that leaves one seat goes over one vertical line, a net. Two nets never share a line: where a horizontal part of
//! one would lie on a horizontal part of another, the one comes first, and where each would have to, one of them takes
//! a second lane.

use std::collections::{BTreeMap, HashMap};

use super::Point;
use super::layers::{Hop, Layers, Way, What};
use super::order::hops;
use super::rows::MARGIN;

const LANE: i32 = 10;
/// In front of the first lane, and behind the last one, where the arrows are.
const BEFORE: i32 = 14;
const BEHIND: i32 = 22;

/// Where a net meets a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pin {
    y: i32,
    /// In the layer at the right.
    right: bool,
    /// None where a net goes over to its second lane.
    seat: Option<usize>,
}

/// What goes over one vertical line.
#[derive(Clone, Debug)]
struct Net {
    source: usize,
    pins: Vec<Pin>,
    lane: usize,
}

impl Net {
    fn top(&self) -> i32 {
        self.pins.iter().map(|pin| pin.y).min().unwrap_or(0)
    }

    fn bottom(&self) -> i32 {
        self.pins.iter().map(|pin| pin.y).max().unwrap_or(0)
    }

    fn spans(&self, y: i32) -> bool {
        self.top() < y && y < self.bottom()
    }

    /// Its horizontal parts at the left would lie on those of the other at the right.
    fn comes_before(&self, other: &Net) -> bool {
        let left = self.pins.iter().filter(|pin| !pin.right);
        left.into_iter().any(|pin| other.pins.iter().any(|its| its.right && its.y == pin.y))
    }

    /// How often it crosses the other if it is the left one.
    fn crossings(&self, other: &Net) -> i32 {
        let theirs = other.pins.iter().filter(|pin| !pin.right && self.spans(pin.y)).count();
        let own = self.pins.iter().filter(|pin| pin.right && other.spans(pin.y)).count();
        i32::try_from(theirs + own).unwrap_or(i32::MAX)
    }
}

/// Gives everything its x. The width and the height of the picture.
pub(super) fn place(layers: &mut Layers<'_>) -> (i32, i32) {
    layers.measure();
    let mut by_channel: Vec<Vec<Hop>> = vec![Vec::new(); layers.count + 1];
    for hop in hops(layers) {
        by_channel[hop.channel].push(hop);
    }
    let bottom = layers.groups.iter().map(|group| layers.seats[group.seats[0]].y + group.down).max().unwrap_or(0);
    let mut lanes = HashMap::new();
    let mut x = MARGIN;
    for (channel, hops) in by_channel.iter().enumerate() {
        let nets = route(nets(layers, channel, hops), MARGIN..bottom);
        let count = nets.iter().map(|net| net.lane + 1).max().unwrap_or(0);
        for hop in hops {
            lanes.insert(*hop, way_through(layers, &nets, hop, x + BEFORE));
        }
        let count = i32::try_from(count).unwrap_or(0);
        let is_between = channel > 0 && channel < layers.count;
        x += match count {
            0 if is_between => BEFORE + BEHIND,
            0 => 0,
            count => BEFORE + (count - 1) * LANE + BEHIND,
        };
        if channel < layers.count {
            layers.x.push(x + layers.left[channel]);
            x += layers.left[channel] + layers.right[channel];
        }
    }
    layers.lanes = lanes;
    (x + MARGIN, bottom + MARGIN)
}

/// The nets of a channel that change their height.
fn nets(layers: &Layers<'_>, channel: usize, hops: &[Hop]) -> Vec<Net> {
    let pin = |seat: usize| {
        let at = &layers.seats[seat];
        Pin { y: at.y, right: at.layer == channel, seat: Some(seat) }
    };
    let mut nets: BTreeMap<usize, Vec<Pin>> = BTreeMap::new();
    for hop in hops {
        nets.entry(hop.from).or_insert_with(|| vec![pin(hop.from)]).push(pin(hop.to));
    }
    let nets = nets.into_iter().map(|(source, pins)| Net { source, pins, lane: 0 });
    nets.filter(|net| net.top() < net.bottom()).collect()
}

/// Gives each net its lane. Some are in two parts afterwards.
fn route(mut nets: Vec<Net>, heights: std::ops::Range<i32>) -> Vec<Net> {
    let mut open: Vec<usize> = (0..nets.len()).collect();
    let mut done: Vec<usize> = Vec::with_capacity(nets.len());
    let mut wins: Vec<i32> = nets.iter().map(|net| open.iter().map(|other| gain(net, &nets[*other])).sum()).collect();
    let mut waits_for: Vec<usize> = open.iter().map(|net| blockers(&nets, *net, &open)).collect();
    while !open.is_empty() {
        let ready = open.iter().copied().filter(|net| waits_for[*net] == 0).min_by_key(|net| (wins[*net], *net));
        let net = ready.unwrap_or_else(|| {
            let least = |net: &usize| (waits_for[*net], wins[*net], *net);
            // Only what has a pin at the left holds others up.
            let holds = |net: &usize| nets[*net].pins.iter().any(|pin| !pin.right && pin.seat.is_some());
            let net = open.iter().copied().filter(holds).min_by_key(least).unwrap_or(open[0]);
            let late = divide(&mut nets, net, &open, heights.clone());
            wins[net] = open.iter().map(|other| gain(&nets[net], &nets[*other])).sum();
            wins.push(open.iter().map(|other| gain(&nets[late], &nets[*other])).sum());
            waits_for.push(blockers(&nets, late, &open));
            // Who waited for the whole now waits for its first part alone.
            open.push(late);
            net
        });
        open.retain(|other| *other != net);
        nets[net].lane = lane(&nets, &done, net);
        for other in &open {
            wins[*other] -= gain(&nets[*other], &nets[net]);
            waits_for[*other] -= usize::from(nets[net].comes_before(&nets[*other])).min(waits_for[*other]);
        }
        done.push(net);
    }
    nets
}

/// How many crossings more there are if the first comes before the second, than the other way round.
fn gain(first: &Net, second: &Net) -> i32 {
    first.crossings(second) - second.crossings(first)
}

fn blockers(nets: &[Net], net: usize, open: &[usize]) -> usize {
    open.iter().filter(|other| **other != net && nets[**other].comes_before(&nets[net])).count()
}

fn lane(nets: &[Net], done: &[usize], net: usize) -> usize {
    let net = &nets[net];
    let behind = |other: &&usize| {
        let other = &nets[**other];
        let touches = net.top() - 6 < other.bottom() && other.top() - 6 < net.bottom();
        touches || other.comes_before(net) || gain(net, other) > 0
    };
    done.iter().filter(behind).map(|other| nets[*other].lane + 1).max().unwrap_or(0)
}

/// Takes the pins of a net that have to wait for others to a lane of their own, which a new height leads to.
fn divide(nets: &mut Vec<Net>, net: usize, open: &[usize], heights: std::ops::Range<i32>) -> usize {
    let others: Vec<usize> = open.iter().copied().filter(|other| *other != net).collect();
    let waits = |pin: &Pin| {
        let lies_on = |other: &usize| nets[*other].pins.iter().any(|its| !its.right && its.y == pin.y);
        pin.right && others.iter().any(lies_on)
    };
    let (late, early): (Vec<Pin>, Vec<Pin>) = nets[net].pins.iter().partition(|pin| waits(pin));
    let taken: Vec<i32> = nets.iter().flat_map(|net| net.pins.iter().map(|pin| pin.y)).collect();
    let near = late.first().map_or(heights.start, |pin| pin.y);
    let is_free = |y: &i32| heights.contains(y) && taken.iter().all(|pin| (pin - y).abs() >= 4);
    let tries = (1..).map(|step| near + if step % 2 == 0 { step * 2 } else { -step * 2 - 2 });
    let y = tries.take(20_000).find(is_free).unwrap_or(near);
    let source = nets[net].source;
    nets[net].pins = early;
    nets[net].pins.push(Pin { y, right: true, seat: None });
    let mut pins = late;
    pins.push(Pin { y, right: false, seat: None });
    nets.push(Net { source, pins, lane: 0 });
    nets.len() - 1
}

/// The lanes of a part of an edge: of each its x, and the height at which it is left.
fn way_through(layers: &Layers<'_>, nets: &[Net], hop: &Hop, first: i32) -> Vec<(i32, i32)> {
    let (from, to) = (layers.seats[hop.from].y, layers.seats[hop.to].y);
    let side = |seat: usize| {
        nets.iter().find(|net| net.source == hop.from && net.pins.iter().any(|pin| pin.seat == Some(seat)))
    };
    let x = |net: &Net| first + i32::try_from(net.lane).unwrap_or(0) * LANE;
    match (side(hop.from), side(hop.to)) {
        (Some(a), Some(b)) if a.lane == b.lane => vec![(x(a), to)],
        (Some(a), Some(b)) => {
            // A net has at most one second lane.
            let over = a.pins.iter().find(|pin| pin.seat.is_none()).map_or(from, |pin| pin.y);
            vec![(x(a), over), (x(b), to)]
        }
        _ => Vec::new(),
    }
}

/// The corners of an edge.
pub(super) fn points(layers: &Layers<'_>, way: &Way) -> Vec<Point> {
    let host = layers.hosts[way.from];
    let seat = &layers.seats[layers.exit(way)];
    let core = &layers.seats[layers.core[host]];
    let x = layers.x[core.layer] + layers.shift[way.from];
    let mut points = match seat.what {
        What::Row => {
            let half = layers.sizes[host].height / 2;
            let out = if host == way.from { 0 } else { layers.sizes[way.from].height / 2 };
            vec![Point { x, y: core.y + half + out }, Point { x, y: seat.y }]
        }
        What::Node | What::Pass { .. } => vec![Point { x: x + layers.sizes[host].width / 2, y: seat.y }],
    };
    let mut y = seat.y;
    for hop in layers.hops(way) {
        for (x, left_at) in layers.lanes.get(&hop).into_iter().flatten() {
            points.push(Point { x: *x, y });
            points.push(Point { x: *x, y: *left_at });
            y = *left_at;
        }
    }
    let to = &layers.seats[layers.core[way.to]];
    points.push(Point { x: layers.x[to.layer] - layers.sizes[way.to].width / 2, y: to.y });
    without_jogs(straighten(points))
}

/// A step of an edge that is no longer than this comes from rounding, and looks like a mistake.
const JOG: i32 = 1;

/// Without steps of a pixel between two horizontal parts: one of them moves to the height of the other. Where the
/// edge leaves a node and where it ends stay.
fn without_jogs(mut points: Vec<Point>) -> Vec<Point> {
    let mut at = 1;
    while at + 2 < points.len() {
        let [before, from, to, behind] = [points[at - 1], points[at], points[at + 1], points[at + 2]];
        let is_jog = from.x == to.x && (from.y - to.y).abs() <= JOG && before.y == from.y && behind.y == to.y;
        match is_jog {
            true if at > 1 => (points[at - 1].y, points[at].y) = (to.y, to.y),
            true if at + 3 < points.len() => (points[at + 1].y, points[at + 2].y) = (from.y, from.y),
            _ => {}
        }
        at += 1;
    }
    straighten(points)
}

/// Without the points that are no corners.
fn straighten(points: Vec<Point>) -> Vec<Point> {
    let mut corners: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        while let [.., before, last] = corners.as_slice() {
            let along_x = before.y == last.y && last.y == point.y;
            let along_y = before.x == last.x && last.x == point.x;
            if !(along_x || along_y) {
                break;
            }
            corners.pop();
        }
        if corners.last() != Some(&point) {
            corners.push(point);
        }
    }
    corners
}
