//! The order in each layer, with few crossings: each group goes to the middle of what it is connected with, layer after
//! layer, there and back, and the best order is kept.

use super::layers::{Hop, Layers};

const SWEEPS: usize = 10;

pub(super) fn order(layers: &mut Layers<'_>) {
    let mut best = (usize::MAX, Vec::new(), Vec::new());
    let mut parts = hops(layers);
    for sweep in 0..SWEEPS {
        let mut places = places(layers);
        let neighbours = neighbours(layers, &parts);
        let forward = sweep % 2 == 0;
        for step in 0..layers.count {
            let layer = if forward { step } else { layers.count - 1 - step };
            sort(layers, layer, forward, &neighbours, &mut places);
        }
        sort_exits(layers, &places);
        parts = hops(layers);
        let crossings = crossings(layers, &parts, &places);
        if crossings < best.0 {
            let exits = layers.groups.iter().map(|group| group.exits.clone()).collect();
            best = (crossings, layers.order.clone(), exits);
        }
        if crossings == 0 {
            break;
        }
    }
    let (_, order, exits) = best;
    if !order.is_empty() {
        layers.order = order;
        for (group, exits) in layers.groups.iter_mut().zip(exits) {
            group.exits = exits;
        }
    }
    for group in 0..layers.groups.len() {
        layers.arrange(group);
    }
}

/// The parts of all edges, each once.
pub(super) fn hops(layers: &Layers<'_>) -> Vec<Hop> {
    let mut hops: Vec<Hop> = layers.ways.iter().flat_map(|way| layers.hops(way)).collect();
    hops.sort_unstable();
    hops.dedup();
    hops
}

/// What each seat is connected with: in the layer before, in its own, in the next.
pub(super) type Neighbours = Vec<[Vec<usize>; 3]>;

pub(super) fn neighbours(layers: &Layers<'_>, hops: &[Hop]) -> Neighbours {
    let mut all: Neighbours = vec![Default::default(); layers.seats.len()];
    for hop in hops {
        for (seat, other) in [(hop.from, hop.to), (hop.to, hop.from)] {
            let (own, its) = (layers.seats[seat].layer, layers.seats[other].layer);
            let side = if its < own { 0 } else { 1 + usize::from(its > own) };
            all[seat][side].push(other);
        }
    }
    all
}

/// The place of each seat in its layer.
fn places(layers: &Layers<'_>) -> Vec<usize> {
    let mut places = vec![0; layers.seats.len()];
    for layer in 0..layers.count {
        place_layer(layers, layer, &mut places);
    }
    places
}

fn place_layer(layers: &Layers<'_>, layer: usize, places: &mut [usize]) {
    let seats = layers.order[layer].iter().flat_map(|group| &layers.groups[*group].seats);
    for (place, seat) in seats.enumerate() {
        places[*seat] = place;
    }
}

fn sort(layers: &mut Layers<'_>, layer: usize, forward: bool, neighbours: &Neighbours, places: &mut [usize]) {
    let key = |group: &usize| {
        let seats = &layers.groups[*group].seats;
        let (mut sum, mut count) = (0_usize, 0);
        for seat in seats {
            let [before, beside, after] = &neighbours[*seat];
            for other in if forward { before } else { after } {
                sum += places[*other] * 64;
                count += 1;
            }
            // An edge that turns around stays below what it leaves.
            for other in beside.iter().filter(|_| layers.groups[*group].node.is_none()) {
                sum += places[*other] * 64 + 32;
                count += 1;
            }
        }
        sum.checked_div(count).unwrap_or(places[seats[0]] * 64)
    };
    let mut keyed: Vec<(usize, usize)> = layers.order[layer].iter().map(|group| (key(group), *group)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    layers.order[layer] = keyed.into_iter().map(|(_, group)| group).collect();
    place_layer(layers, layer, places);
}

/// The uppermost edge leaves first, so that edges of one node do not cross.
fn sort_exits(layers: &mut Layers<'_>, places: &[usize]) {
    for group in 0..layers.groups.len() {
        let exits = &layers.groups[group].exits;
        if exits.is_empty() {
            continue;
        }
        let core = layers.groups[group].seats[0];
        let key = |exit: &super::layers::Exit| {
            let ways = layers.ways_of(exit.node).iter();
            let mut ways = ways.filter(|way| exit.edge.is_none_or(|edge| way.edge == edge));
            let Some(way) = ways.next() else { return (2, 0) };
            let next = way.passes.first().copied().unwrap_or(layers.core[way.to]);
            match way.back {
                true if places[next] < places[core] => (0, 0),
                true => (2, 0),
                false => (1, places[next]),
            }
        };
        let mut exits = exits.clone();
        exits.sort_by_key(key);
        layers.groups[group].exits = exits;
        layers.arrange(group);
    }
}

fn crossings(layers: &Layers<'_>, hops: &[Hop], places: &[usize]) -> usize {
    let mut between: Vec<Vec<(usize, usize)>> = vec![Vec::new(); layers.count + 1];
    for hop in hops {
        let (from, to) = (&layers.seats[hop.from], &layers.seats[hop.to]);
        if from.layer < to.layer {
            between[hop.channel].push((places[hop.from], places[hop.to]));
        } else if from.layer > to.layer {
            between[hop.channel].push((places[hop.to], places[hop.from]));
        }
    }
    between.into_iter().map(inversions).sum()
}

/// How many pairs cross.
fn inversions(mut pairs: Vec<(usize, usize)>) -> usize {
    pairs.sort_unstable();
    let size = pairs.iter().map(|pair| pair.1).max().map_or(0, |last| last + 1);
    // A Fenwick tree: how many ends there are up to each place.
    let mut tree = vec![0; size + 1];
    let mut count = 0;
    for (seen, (_, end)) in pairs.iter().enumerate() {
        let (mut at, mut up_to) = (end + 1, 0);
        while at > 0 {
            up_to += tree[at];
            at &= at - 1;
        }
        count += seen - up_to;
        let mut at = end + 1;
        while at <= size {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::inversions;

    #[test]
    fn crossings_are_counted() {
        assert_eq!(inversions(vec![(0, 0), (1, 1)]), 0);
        assert_eq!(inversions(vec![(0, 1), (1, 0)]), 1);
        assert_eq!(inversions(vec![(0, 2), (1, 1), (2, 0)]), 3);
        assert_eq!(inversions(vec![(0, 0), (0, 1), (1, 1)]), 0);
    }
}
