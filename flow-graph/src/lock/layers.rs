//! All releases of a flow as one graph: what processes of each of them, and of the flow of now, can do.
//!
//! A process rests at a task that waits, at a timeout that is armed, or in a join. From there any release that runs may
//! go on with it, each on its own ways; so a node where processes rest is one node, whatever release it is of, with the
//! edges of those that run. What runs without a rest (a condition, a function, a split) runs in one transition, by one
//! release: it is a node of its own in each release that has changed it. The branches of a split are those of the
//! release that opened it, for as long as they are open.

use std::collections::{HashMap, HashSet};

use super::{LockedEdge, LockedNode, Release};
use crate::{Edge, Graph, Kind, Node, NodeId};

/// A node of one or more releases.
pub(super) struct Part<'a> {
    /// Its stored name of now; of a node that is gone, the one it had.
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

/// The releases, the oldest first and the flow of now last, and their nodes.
pub(super) struct Layers<'a> {
    pub(super) releases: Vec<&'a Release>,
    pub(super) parts: Vec<Part<'a>>,
    /// By release and place of the node in it: the part.
    of: Vec<Vec<usize>>,
    /// By release and place of the node in it: where its edges lead, as places.
    targets: Vec<Vec<Vec<usize>>>,
    /// By part: the edges of what runs without a rest, which are those of its release for ever.
    fixed: Vec<Vec<Edge>>,
    names: HashMap<&'a str, &'a str>,
    /// The nodes that are obsolete in one of the releases.
    retired: HashSet<&'a str>,
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
        // A name of now is before an older one.
        names.extend(graph.nodes.iter().map(|node| (node.name, node.name)));
        let releases: Vec<&Release> = releases.iter().copied().chain([now]).collect();
        let (parts, of, targets, fixed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut layers = Layers { releases, parts, of, targets, fixed, names, retired: HashSet::new() };
        let nodes = layers.releases.iter().flat_map(|release| &release.nodes);
        let retired = nodes.filter(|node| node.kind == Kind::Obsolete).map(|node| layers.name(&node.name));
        layers.retired = retired.collect();
        let mut rest: HashMap<(&str, Kind, bool), usize> = HashMap::new();
        for at in 0..layers.releases.len() {
            layers.add(at, &mut rest);
        }
        layers
    }

    /// The stored name of now.
    pub(super) fn name(&self, name: &'a str) -> &'a str {
        self.names.get(name).copied().unwrap_or(name)
    }

    /// The name is known to the flow of now.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    fn add(&mut self, at: usize, rest: &mut HashMap<(&'a str, Kind, bool), usize>) {
        let release = self.releases[at];
        let place = |name: &str| release.nodes.binary_search_by(|node| node.name.as_str().cmp(name));
        let targets = |node: &LockedNode| node.edges.iter().filter_map(|edge| place(&edge.to).ok()).collect();
        let targets: Vec<Vec<usize>> = release.nodes.iter().map(targets).collect();
        let shared = if at == 0 { vec![None; release.nodes.len()] } else { self.shared(at, &targets) };
        let mut of = Vec::with_capacity(release.nodes.len());
        for (node, shared) in release.nodes.iter().zip(shared) {
            let name = self.name(&node.name);
            // An obsolete node keeps the tasks of every kind: it is one node with those that it was.
            let retired = node.kind.can_retire() && self.retired.contains(name);
            let kind = if retired { Kind::Obsolete } else { node.kind };
            let part = Part { name, kind, interrupting: node.interrupting };
            let fresh = self.parts.len();
            let known = if part.rests() {
                *rest.entry((part.name, part.kind, part.interrupting)).or_insert(fresh)
            } else {
                shared.unwrap_or(fresh)
            };
            if known == fresh {
                self.parts.push(part);
            }
            of.push(known);
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
    }

    /// The nodes that run without a rest and are as in the release before, with all that they lead to until the next
    /// rest: the part that each is.
    fn shared(&self, at: usize, targets: &[Vec<usize>]) -> Vec<Option<usize>> {
        let (release, before) = (self.releases[at], self.releases[at - 1]);
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, node) in before.nodes.iter().enumerate() {
            places.insert(self.name(&node.name), place);
        }
        let same = |a: &LockedNode, b: &LockedNode| {
            (a.kind, a.interrupting) == (b.kind, b.interrupting) && self.name(&a.name) == self.name(&b.name)
        };
        let mut shared: Vec<Option<usize>> = Vec::with_capacity(release.nodes.len());
        for node in &release.nodes {
            let place = places.get(self.name(&node.name)).copied();
            shared.push(place.filter(|place| {
                let old = &before.nodes[*place];
                !rests(node.kind)
                    && same(node, old)
                    && node.edges.len() == old.edges.len()
                    && node
                        .edges
                        .iter()
                        .zip(&old.edges)
                        .all(|(a, b)| (a.role, a.times) == (b.role, b.times) && self.name(&a.to) == self.name(&b.to))
            }));
        }
        loop {
            let lost: Vec<usize> = (0..shared.len())
                .filter(|at| {
                    let Some(old) = shared[*at] else { return false };
                    !targets[*at].iter().zip(&self.targets[at_before(&self.of)][old]).all(|(to, old_to)| {
                        let (a, b) = (&release.nodes[*to], &before.nodes[*old_to]);
                        same(a, b) && (rests(a.kind) || shared[*to].is_some())
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

    /// The releases that have a part, by number, without the flow of now.
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
                if !rests(node.kind) {
                    continue;
                }
                for (edge, to) in node.edges.iter().zip(&self.targets[*at][place]) {
                    let to = id(of[*to]);
                    if ways.edges[part].iter().all(|known| known.to != to) {
                        ways.edges[part].push(Edge::new(edge.role, to));
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

/// The place of the last release that was added.
fn at_before(of: &[Vec<usize>]) -> usize {
    of.len().saturating_sub(1)
}

pub(super) fn release_place(release: &Release, name: &str) -> Option<usize> {
    release.nodes.binary_search_by(|node| node.name.as_str().cmp(name)).ok()
}

/// By part: where it leads, and the timeouts that can be armed with it.
pub(super) struct Ways {
    edges: Vec<Vec<Edge>>,
    timeouts: Vec<Vec<NodeId>>,
}
