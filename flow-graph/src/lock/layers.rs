//! All releases of a flow as one graph: what processes of each of them, and of the current flow, can do.
//!
//! A process rests at a task that waits, at a timeout that is armed, or in a join. From there any release that runs may
//! go on with it, each on its own ways; so a node where processes rest is one node, whatever release it is of, with the
//! edges of those that run. What runs without a rest (a condition, a function, a split) runs in one transition, by one
//! release: it is a node of its own in each release that has changed it. The branches of a split are those of the
//! release that opened it, for as long as they are open.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::{LockedEdge, Release};
use crate::{Edge, Graph, Kind, Node, NodeId};

/// A node of one or more releases.
pub(super) struct Part<'a> {
    /// Its current stored name; of a node that is gone, the one it had.
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    pub(super) interrupting: bool,
}

impl Part<'_> {
    /// A process may rest here.
    pub(super) fn rests(&self) -> bool {
        rests(self.kind)
    }
}

fn rests(kind: Kind) -> bool {
    kind.waits() || kind == Kind::Join
}

/// The releases, the oldest first and the current flow last, and their nodes.
pub(super) struct Layers<'a> {
    pub(super) releases: Vec<&'a Release>,
    pub(super) parts: Vec<Part<'a>>,
    /// By release and place of the node in it: the part.
    of: Vec<Vec<usize>>,
    /// By release and place of the node in it: where its edges lead, as places.
    targets: Vec<Vec<Vec<usize>>>,
    /// By part: the edges of what runs without a rest, which are those of its release for ever.
    fixed: Vec<Vec<Edge>>,
    /// The current stored names, by each name that a node has or had.
    names: HashMap<&'a str, &'a str>,
    /// The nodes that are obsolete in one of the releases.
    retired: HashSet<&'a str>,
    /// By release and place of the node in it: the number of its current name.
    numbers: Vec<Vec<usize>>,
}

/// What is known while the releases are added.
#[derive(Default)]
struct Known<'a> {
    /// The numbers of current names.
    numbers: HashMap<&'a str, usize>,
    /// By number: the name.
    names: Vec<&'a str>,
    /// By number: the parts in which processes rest.
    rest: Vec<Vec<(Kind, bool, usize)>>,
}

impl<'a> Layers<'a> {
    /// `now`: the graph as the last of the releases.
    pub(super) fn of(graph: &Graph<'a>, releases: &[&'a Release], now: &'a Release) -> Self {
        let mut names: HashMap<&str, &str> = HashMap::new();
        for node in graph.nodes {
            for was in node.was {
                names.entry(was).or_insert(node.name);
            }
        }
        // A current name is before an older one.
        names.extend(graph.nodes.iter().map(|node| (node.name, node.name)));
        let mut layers = Layers {
            releases: releases.iter().copied().chain([now]).collect(),
            parts: Vec::new(),
            of: Vec::new(),
            targets: Vec::new(),
            fixed: Vec::new(),
            names,
            retired: HashSet::new(),
            numbers: Vec::new(),
        };
        let nodes = layers.releases.iter().flat_map(|release| &release.nodes);
        let retired = nodes.filter(|node| node.kind == Kind::Obsolete).map(|node| layers.name(&node.name));
        layers.retired = retired.collect();
        let mut known = Known::default();
        for at in 0..layers.releases.len() {
            layers.add(at, &mut known);
        }
        layers
    }

    /// The current stored name.
    pub(super) fn name(&self, name: &'a str) -> &'a str {
        self.names.get(name).copied().unwrap_or(name)
    }

    /// The name is known to the current flow.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// By place of the nodes: the place of the node of the same name in the release before. Both are sorted.
    fn same_names(&self, at: usize) -> Vec<Option<usize>> {
        let release = self.releases[at];
        let Some(before) = at.checked_sub(1).map(|before| self.releases[before]) else {
            return vec![None; release.nodes.len()];
        };
        let mut old = 0;
        let mut same = Vec::with_capacity(release.nodes.len());
        for node in &release.nodes {
            let mut found = None;
            while let Some(other) = before.nodes.get(old) {
                match other.name.cmp(&node.name) {
                    Ordering::Less => old += 1,
                    Ordering::Greater => break,
                    Ordering::Equal => {
                        found = Some(old);
                        old += 1;
                        break;
                    }
                }
            }
            same.push(found);
        }
        same
    }

    /// Where the edges of each node lead, as places. Mostly that is where they led in the release before.
    fn targets_of(&self, at: usize, same: &[Option<usize>]) -> Vec<Vec<usize>> {
        let release = self.releases[at];
        let before = at.checked_sub(1).map(|before| (self.releases[before], &self.targets[before]));
        let mut moved: Vec<Option<usize>> = vec![None; before.map_or(0, |(before, _)| before.nodes.len())];
        for (place, old) in same.iter().enumerate() {
            if let Some(old) = old {
                moved[*old] = Some(place);
            }
        }
        let mut targets = Vec::with_capacity(release.nodes.len());
        for (node, old) in release.nodes.iter().zip(same) {
            let known = before.zip(*old).map(|((before, targets), old)| (&before.nodes[old].edges, &targets[old]));
            let known = known.filter(|(edges, targets)| edges.len() == targets.len());
            let mut of_node = Vec::with_capacity(node.edges.len());
            for (at, edge) in node.edges.iter().enumerate() {
                let as_before = match known {
                    Some((edges, targets)) if edges.get(at).is_some_and(|old| old.to == edge.to) => moved[targets[at]],
                    _ => None,
                };
                of_node.extend(as_before.or_else(|| release_place(release, &edge.to)));
            }
            targets.push(of_node);
        }
        targets
    }

    fn add(&mut self, at: usize, known: &mut Known<'a>) {
        let release = self.releases[at];
        let same = self.same_names(at);
        let targets = self.targets_of(at, &same);
        let mut numbers = Vec::with_capacity(release.nodes.len());
        for (node, old) in release.nodes.iter().zip(&same) {
            numbers.push(match old {
                Some(old) => self.numbers[at - 1][*old],
                None => {
                    let name = self.name(&node.name);
                    let fresh = known.names.len();
                    let number = *known.numbers.entry(name).or_insert(fresh);
                    if number == fresh {
                        known.names.push(name);
                        known.rest.push(Vec::new());
                    }
                    number
                }
            });
        }
        let shared = match at {
            0 => vec![None; release.nodes.len()],
            _ => self.shared(at, &targets, &numbers, known.names.len()),
        };
        let mut of = Vec::with_capacity(release.nodes.len());
        for ((node, shared), number) in release.nodes.iter().zip(shared).zip(&numbers) {
            let name = known.names[*number];
            // An obsolete node keeps the tasks of every kind: it is one node with those that it was.
            let retired = node.kind.can_retire() && !self.retired.is_empty() && self.retired.contains(name);
            let kind = if retired { Kind::Obsolete } else { node.kind };
            let part = Part { name, kind, interrupting: node.interrupting };
            let fresh = self.parts.len();
            let part_of_now = if part.rests() {
                let rest = &mut known.rest[*number];
                let alike = |known: &&(Kind, bool, usize)| known.0 == kind && known.1 == node.interrupting;
                match rest.iter().find(alike) {
                    Some((_, _, known)) => *known,
                    None => {
                        rest.push((kind, node.interrupting, fresh));
                        fresh
                    }
                }
            } else {
                shared.unwrap_or(fresh)
            };
            if part_of_now == fresh {
                self.parts.push(part);
            }
            of.push(part_of_now);
        }
        self.fixed.resize(self.parts.len(), Vec::new());
        for (place, part) in of.iter().enumerate() {
            if !rests(release.nodes[place].kind) && self.fixed[*part].is_empty() {
                let edges = release.nodes[place].edges.iter().zip(&targets[place]);
                let edge = |(edge, to): (&LockedEdge, &usize)| Edge {
                    role: edge.role,
                    ..Edge::branch(id(of[*to]), edge.times)
                };
                self.fixed[*part] = edges.map(edge).collect();
            }
        }
        self.of.push(of);
        self.targets.push(targets);
        self.numbers.push(numbers);
    }

    /// The nodes that run without a rest and are as in the release before, with all that they lead to until the next
    /// rest: the part that each is. `numbers` are those of the names of this release, `names` how many there are.
    fn shared(&self, at: usize, targets: &[Vec<usize>], numbers: &[usize], names: usize) -> Vec<Option<usize>> {
        let (release, before) = (self.releases[at], self.releases[at - 1]);
        let (old_targets, old_numbers) = (&self.targets[at - 1], &self.numbers[at - 1]);
        let mut places: Vec<Option<usize>> = vec![None; names];
        for (place, number) in old_numbers.iter().enumerate() {
            places[*number] = Some(place);
        }
        let same = |place: usize, old: usize| {
            let (a, b) = (&release.nodes[place], &before.nodes[old]);
            numbers[place] == old_numbers[old] && a.kind == b.kind && a.interrupting == b.interrupting
        };
        let mut shared: Vec<Option<usize>> = Vec::with_capacity(release.nodes.len());
        for (place, node) in release.nodes.iter().enumerate() {
            let old = places[numbers[place]].filter(|old| !rests(node.kind) && same(place, *old));
            shared.push(old.filter(|old| {
                let (new_edges, old_edges) = (&node.edges, &before.nodes[*old].edges);
                let alike = |(a, b): (&LockedEdge, &LockedEdge)| (a.role, a.times) == (b.role, b.times);
                let leads = |(a, b): (&usize, &usize)| numbers[*a] == old_numbers[*b];
                new_edges.len() == old_edges.len()
                    && new_edges.iter().zip(old_edges).all(alike)
                    && targets[place].len() == old_targets[*old].len()
                    && targets[place].iter().zip(&old_targets[*old]).all(leads)
            }));
        }
        loop {
            let lost: Vec<usize> = (0..shared.len())
                .filter(|at| {
                    let Some(old) = shared[*at] else { return false };
                    !targets[*at].iter().zip(&old_targets[old]).all(|(to, old_to)| {
                        same(*to, *old_to) && (rests(release.nodes[*to].kind) || shared[*to].is_some())
                    })
                })
                .collect();
            if lost.is_empty() {
                break;
            }
            lost.into_iter().for_each(|at| shared[at] = None);
        }
        shared.into_iter().map(|old| old.map(|old| self.of[at - 1][old])).collect()
    }

    /// The part of each node of a release.
    pub(super) fn parts_of(&self, release: usize) -> &[usize] {
        &self.of[release]
    }

    /// The current names of all nodes that a release has.
    pub(super) fn released_names(&self) -> HashSet<&'a str> {
        let released = self.releases.iter().take(self.releases.len() - 1);
        released.flat_map(|release| &release.nodes).map(|node| self.name(&node.name)).collect()
    }

    /// The releases that have a part, by number, without the current flow.
    pub(super) fn numbers(&self, part: usize) -> Vec<u32> {
        let released = self.releases.iter().zip(&self.of).take(self.releases.len() - 1);
        released.filter(|(_, of)| of.contains(&part)).map(|(release, _)| release.number).collect()
    }

    /// The starts of these releases.
    pub(super) fn starts(&self, running: &[usize]) -> Vec<NodeId> {
        let of = running.iter().flat_map(|release| &self.of[*release]);
        let mut starts: Vec<NodeId> = of
            .filter(|part| self.parts[**part].kind.begins())
            .filter_map(|part| NodeId::try_from(*part).ok())
            .collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// The edges and the timeouts of each part while these releases run.
    pub(super) fn ways(&self, running: &[usize]) -> Ways {
        let mut ways = Ways { edges: vec![Vec::new(); self.parts.len()], timeouts: vec![Vec::new(); self.parts.len()] };
        for at in running {
            let (release, of) = (self.releases[*at], &self.of[*at]);
            for (place, node) in release.nodes.iter().enumerate() {
                let part = of[place];
                if rests(node.kind) {
                    for (edge, to) in node.edges.iter().zip(&self.targets[*at][place]) {
                        let to = id(of[*to]);
                        if ways.edges[part].iter().all(|known| known.to != to) {
                            ways.edges[part].push(Edge::new(edge.role, to));
                        }
                    }
                }
                let Some(host) = node.host.as_deref().and_then(|host| release_place(release, host)) else { continue };
                let timeouts = &mut ways.timeouts[of[host]];
                if !timeouts.contains(&id(part)) {
                    timeouts.push(id(part));
                }
            }
        }
        ways
    }

    /// All parts as one graph.
    pub(super) fn nodes<'w>(&'w self, ways: &'w Ways) -> Vec<Node<'w>> {
        let each = self.parts.iter().zip(&self.fixed).zip(ways.edges.iter().zip(&ways.timeouts));
        each.map(|((part, fixed), (edges, boundaries))| Node {
            edges: if part.rests() { edges } else { fixed },
            boundaries,
            interrupting: part.interrupting,
            ..Node::new(part.name, part.kind)
        })
        .collect()
    }
}

fn id(part: usize) -> NodeId {
    NodeId::try_from(part).unwrap_or(NodeId::MAX)
}

pub(super) fn release_place(release: &Release, name: &str) -> Option<usize> {
    release.nodes.binary_search_by(|node| node.name.as_str().cmp(name)).ok()
}

/// By part: where it leads, and the timeouts that can be armed with it.
pub(super) struct Ways {
    edges: Vec<Vec<Edge>>,
    timeouts: Vec<Vec<NodeId>>,
}

impl Ways {
    /// The parts that lead further than in other ones.
    pub(super) fn beyond(&self, before: &Ways) -> Vec<NodeId> {
        let further = |part: &usize| {
            let leads = |edge: &Edge| before.edges[*part].iter().all(|known| known.to != edge.to);
            self.edges[*part].iter().any(leads)
                || self.timeouts[*part].iter().any(|timeout| !before.timeouts[*part].contains(timeout))
        };
        (0..self.edges.len()).filter(further).map(id).collect()
    }
}
