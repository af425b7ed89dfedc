//! The heights, so that edges are straight where they can be: each layer in turn goes as near as its order allows to
//! what it is connected with.

use std::collections::BTreeSet;

use super::layers::{Layers, What};
use super::order::{Neighbours, hops, neighbours};

/// Around the picture.
pub(super) const MARGIN: i32 = 20;

pub(super) fn place(layers: &mut Layers<'_>) {
    let neighbours = neighbours(layers, &hops(layers));
    for layer in 0..layers.count {
        let groups = layers.order[layer].clone();
        let mut y = 0;
        for (at, group) in groups.iter().enumerate() {
            y += if at == 0 { 0 } else { distance(layers, groups[at - 1], *group) };
            set(layers, *group, y);
        }
    }
    let all = [true, true];
    for (before, after) in [([true, false], [false, true]), (all, all), ([true, false], all), (all, all)] {
        for layer in 0..layers.count {
            settle(layers, layer, &neighbours, before);
        }
        for layer in (0..layers.count).rev() {
            settle(layers, layer, &neighbours, after);
        }
    }
    for _ in 0..2 {
        for layer in (0..layers.count).chain((0..layers.count).rev()) {
            snap(layers, layer, &neighbours);
        }
    }
    straighten(layers, &neighbours);
    // What has moved makes room for others.
    for _ in 0..3 {
        pull(layers, &neighbours);
        straighten(layers, &neighbours);
    }
    let top = layers.groups.iter().map(|group| layers.seats[group.seats[0]].y - group.up).min().unwrap_or(0);
    for seat in &mut layers.seats {
        seat.y += MARGIN - top;
    }
}

fn set(layers: &mut Layers<'_>, group: usize, y: i32) {
    for seat in &layers.groups[group].seats {
        let seat = &mut layers.seats[*seat];
        seat.y = y + seat.below;
    }
}

/// From one group to the next below it, at least.
fn distance(layers: &Layers<'_>, above: usize, below: usize) -> i32 {
    let (above, below) = (&layers.groups[above], &layers.groups[below]);
    let gap = match (above.node, below.node) {
        (Some(_), Some(_)) => 24,
        (None, None) => 4,
        _ => 12,
    };
    above.down + gap + below.up
}

/// Where a group would like to be, and how much.
type Wish = (i32, i32);

/// Groups that touch each other.
struct Block {
    groups: usize,
    /// Sorted.
    wishes: Vec<Wish>,
}

impl Block {
    /// Where the wishes are met best: their median, by weight.
    fn y(&self) -> i32 {
        let all: i32 = self.wishes.iter().map(|wish| wish.1).sum();
        let mut up_to = 0;
        for (y, weight) in &self.wishes {
            up_to += weight;
            if up_to * 2 >= all {
                return *y;
            }
        }
        0
    }
}

/// Moves the groups of a layer to where they are as near as possible to their neighbours: isotonic regression, by pooling
/// groups that would otherwise overlap.
fn settle(layers: &mut Layers<'_>, layer: usize, neighbours: &Neighbours, sides: [bool; 2]) {
    let groups = layers.order[layer].clone();
    let (mut offset, mut offsets) = (0, Vec::with_capacity(groups.len()));
    let mut blocks: Vec<Block> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        offset += if at == 0 { 0 } else { distance(layers, groups[at - 1], *group) };
        offsets.push(offset);
        let mut block = Block { groups: 1, wishes: wishes(layers, *group, neighbours, sides, offset) };
        while let Some(above) = blocks.pop_if(|above| above.y() > block.y()) {
            block = Block { groups: above.groups + block.groups, wishes: merge(above.wishes, block.wishes) };
        }
        blocks.push(block);
    }
    let mut next = 0;
    for block in blocks {
        let y = block.y();
        for _ in 0..block.groups {
            set(layers, groups[next], y + offsets[next]);
            next += 1;
        }
    }
}

/// Where there is room, a group goes to the height at which most of its edges are straight.
fn snap(layers: &mut Layers<'_>, layer: usize, neighbours: &Neighbours) {
    let groups = layers.order[layer].clone();
    for (at, group) in groups.iter().enumerate() {
        let y = |group: usize| layers.seats[layers.groups[group].seats[0]].y;
        let lowest =
            at.checked_sub(1).map_or(i32::MIN, |above| y(groups[above]) + distance(layers, groups[above], *group));
        let highest = groups.get(at + 1).map_or(i32::MAX, |below| y(*below) - distance(layers, *group, *below));
        let wishes = wishes(layers, *group, neighbours, [true, true], 0);
        let value = |y: i32| {
            let met: i32 = wishes.iter().filter(|wish| wish.0 == y).map(|wish| wish.1).sum();
            let away: i32 = wishes.iter().map(|wish| (wish.0 - y).abs().min(10_000)).sum();
            (met, -away)
        };
        let heights = wishes.iter().map(|wish| wish.0).chain([y(*group)]);
        let best = heights.filter(|y| (lowest..=highest).contains(y)).max_by_key(|y| value(*y));
        if let Some(y) = best {
            set(layers, *group, y);
        }
    }
}

/// The largest step between two seats that is worth moving others for.
const STEP: i32 = 40;

/// Takes away small steps: what is on one straight line with one end of an edge moves together, where there is room.
fn straighten(layers: &mut Layers<'_>, neighbours: &Neighbours) {
    for seat in 0..layers.seats.len() {
        for at in 0..neighbours[seat][2].len() {
            let other = neighbours[seat][2][at];
            let step = layers.seats[other].y - layers.seats[seat].y;
            if step == 0 || step.abs() > STEP {
                continue;
            }
            for (start, end, step) in [(seat, other, step), (other, seat, -step)] {
                let own = BTreeSet::from([layers.group_of[start]]);
                if room(layers, &own, step > 0) < step.abs() {
                    continue;
                }
                let moved = line(layers, neighbours, start);
                if !moved.contains(&layers.group_of[end]) && room(layers, &moved, step > 0) >= step.abs() {
                    shift(layers, &moved, step);
                    break;
                }
            }
        }
    }
}

/// Moves whole lines to the middle of what they are connected with, as far as there is room.
fn pull(layers: &mut Layers<'_>, neighbours: &Neighbours) {
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    for group in 0..layers.groups.len() {
        if seen.contains(&group) {
            continue;
        }
        let moved = line(layers, neighbours, layers.groups[group].seats[0]);
        seen.extend(&moved);
        let seats = moved.iter().flat_map(|group| &layers.groups[*group].seats);
        let mut away: Vec<i32> = seats
            .flat_map(|seat| neighbours[*seat].iter().flatten().map(|other| (*seat, *other)))
            .filter(|(_, other)| !moved.contains(&layers.group_of[*other]))
            .map(|(seat, other)| layers.seats[other].y - layers.seats[seat].y)
            .collect();
        away.sort_unstable();
        let Some(wanted) = away.get(away.len() / 2).copied() else { continue };
        let step = wanted.clamp(-room(layers, &moved, false), room(layers, &moved, true));
        let cost = |step: i32| away.iter().map(|away| i64::from((away - step).abs())).sum::<i64>();
        if cost(step) < cost(0) {
            shift(layers, &moved, step);
        }
    }
}

/// How far groups can be moved together, down or up.
fn room(layers: &Layers<'_>, moved: &BTreeSet<usize>, down: bool) -> i32 {
    let y = |group: usize| layers.seats[layers.groups[group].seats[0]].y;
    let mut room = i32::MAX / 4;
    for layer in layers_of(layers, moved) {
        for two in layers.order[layer].windows(2) {
            let stops = if down { (two[0], two[1]) } else { (two[1], two[0]) };
            if moved.contains(&stops.0) && !moved.contains(&stops.1) {
                room = room.min(y(two[1]) - y(two[0]) - distance(layers, two[0], two[1]));
            }
        }
    }
    room.max(0)
}

fn shift(layers: &mut Layers<'_>, moved: &BTreeSet<usize>, step: i32) {
    for group in moved {
        let y = layers.seats[layers.groups[*group].seats[0]].y + step;
        set(layers, *group, y);
    }
}

fn layers_of(layers: &Layers<'_>, groups: &BTreeSet<usize>) -> BTreeSet<usize> {
    groups.iter().map(|group| layers.seats[layers.groups[*group].seats[0]].layer).collect()
}

/// The groups that straight edges hold at the height of a seat.
fn line(layers: &Layers<'_>, neighbours: &Neighbours, start: usize) -> BTreeSet<usize> {
    let mut groups = BTreeSet::from([layers.group_of[start]]);
    let mut open = vec![layers.group_of[start]];
    while let Some(group) = open.pop() {
        for seat in &layers.groups[group].seats {
            let [before, _, after] = &neighbours[*seat];
            for other in before.iter().chain(after).filter(|other| layers.seats[**other].y == layers.seats[*seat].y) {
                if groups.insert(layers.group_of[*other]) {
                    open.push(layers.group_of[*other]);
                }
            }
        }
    }
    groups
}

fn wishes(layers: &Layers<'_>, group: usize, neighbours: &Neighbours, sides: [bool; 2], offset: i32) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for seat in &layers.groups[group].seats {
        let below = layers.seats[*seat].below;
        let [before, beside, after] = &neighbours[*seat];
        // Where an edge turns around it stays near what it leaves or leads to.
        if layers.groups[group].node.is_none() {
            wishes.extend(beside.iter().map(|other| (layers.seats[*other].y - offset, 24)));
        }
        for (others, wanted) in [before, after].into_iter().zip(sides) {
            for other in others.iter().filter(|_| wanted) {
                // Long lines first, then what leads from node to node, then what branches off.
                let weight = match (&layers.seats[*seat].what, &layers.seats[*other].what) {
                    (What::Pass { .. }, What::Pass { .. }) => 128,
                    (What::Node, What::Node) => 52,
                    (What::Row, What::Node) | (What::Node, What::Row) => 24,
                    _ => 40,
                };
                wishes.push((layers.seats[*other].y - below - offset, weight));
            }
        }
    }
    if wishes.is_empty() {
        wishes.push((layers.seats[layers.groups[group].seats[0]].y - offset, 1));
    }
    wishes.sort_unstable();
    wishes
}

fn merge(a: Vec<Wish>, b: Vec<Wish>) -> Vec<Wish> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    while let Some(next) = match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if x <= y => a.next(),
        (Some(_), None) => a.next(),
        _ => b.next(),
    } {
        merged.push(next);
    }
    merged
}
