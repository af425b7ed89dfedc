//! What branches of splits do to one another, as facts under names: so that what the releases do together can be
//! compared with what each does alone.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::analysis::Analysis;
use crate::position::{Group, Level, PathId, PositionId, ROOT};
use crate::{Kind, NodeId};

/// Positions of one node that are compared with one another.
const COMPARED: usize = 64;

/// A node, by its name, and what makes it one of two: the split or the timeout.
type Fact<'a> = (&'a str, &'a str);

/// The facts of a graph.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    /// Nodes that run once for each of several branches, and the split.
    pub(super) twice: BTreeSet<Fact<'a>>,
    /// First nodes of branches that can end while another branch of the split goes to a join, and the split.
    pub(super) lost: BTreeSet<Fact<'a>>,
}

impl<'a> Facts<'a> {
    /// Of all releases together, what a branch has ended in any of them counts.
    pub(super) fn together(analysis: &Analysis<'a>) -> Self {
        Facts::of(analysis, |_| true)
    }

    /// Of one release by itself: a branch ends with a split in it only if all branches of that can end.
    pub(super) fn alone(analysis: &Analysis<'a>) -> Self {
        Facts::of(analysis, |split| analysis.outcomes().get(split).ends())
    }

    /// `ends`: whether all branches of the split that was opened here can end.
    fn of(analysis: &Analysis<'a>, ends: impl Fn(PositionId) -> bool) -> Self {
        let mut facts = Facts::default();
        let named = Named::of(analysis);
        let name = |id: NodeId| analysis.node(id).map_or("", |node| node.name);
        for (node, here) in named.all() {
            for (at, a) in here.iter().take(COMPARED).enumerate() {
                for b in here.iter().take(COMPARED).skip(at + 1) {
                    if !analysis.positions.part(*a, *b) {
                        continue;
                    }
                    let (_, over, other) = analysis.positions.paths.part(a.0, b.0);
                    facts.twice.extend([over, other].into_iter().flatten().filter_map(|path| {
                        let of = match analysis.positions.paths.level(path)? {
                            Level::Branch { split, .. } => split,
                            Level::Beside { boundary } => boundary,
                        };
                        Some((node, name(of)))
                    }));
                }
            }
        }
        facts.beyond(analysis, &named);
        for (id, _) in analysis.graph.ids().zip(analysis.graph.nodes).filter(|(_, node)| is_plain_end(node.kind)) {
            facts.ends(analysis, id, &ends);
        }
        facts
    }

    /// Nodes that a branch comes to inside of its split, and that are also there outside of it, where the process goes on
    /// when the others have met: they run once for the branch and once more. What a branch does there that came past its
    /// join in an older release is not known, so each such node counts.
    fn beyond(&mut self, analysis: &Analysis<'a>, named: &Named<'a>) {
        let paths = &analysis.positions.paths;
        let groups: HashMap<(PathId, NodeId), &Group> =
            analysis.groups().iter().map(|group| ((group.outside, group.split), group)).collect();
        if groups.is_empty() {
            return;
        }
        let mut behind: HashMap<(PathId, NodeId), HashSet<PositionId>> = HashMap::new();
        for (node, here) in named.all() {
            for (path, _) in here {
                for opened in paths.stack(*path).filter_map(|branch| paths.split(branch)) {
                    let Some(group) = groups.get(&opened) else { continue };
                    let mut there = here.iter().filter(|(path, _)| *path == opened.0).peekable();
                    if there.peek().is_none() {
                        continue;
                    }
                    let behind = behind.entry(opened).or_insert_with(|| after_joins(analysis, group));
                    if there.any(|(_, at)| behind.contains(at)) {
                        self.twice.extend(analysis.node(opened.1).map(|split| (node, split.name)));
                    }
                }
            }
        }
    }

    /// Branches that end here while another one of their split can come to a join.
    fn ends(&mut self, analysis: &Analysis<'a>, end: NodeId, ends: &impl Fn(PositionId) -> bool) {
        let (positions, paths) = (&analysis.positions, &analysis.positions.paths);
        for (path, _) in positions.of_node(end) {
            // What a timeout started beside a task ends by itself: the branch of the task goes on.
            let branches = paths.stack(*path).map_while(|branch| Some((branch, paths.split(branch)?)));
            let mut inner = None;
            for (branch, (outside, split)) in branches {
                if inner.is_some_and(|inner| !ends(inner)) {
                    break;
                }
                inner = positions.find(split, outside);
                let of = |group: &&Group| group.outside == outside && group.split == split;
                let Some(group) = analysis.groups().iter().find(of) else { continue };
                let beside = |other: PathId| paths.scope(other).is_some_and(|scope| scope != branch);
                let copies = branch != ROOT && paths.has_copies(branch, outside);
                if !copies && !group.arrivals.iter().any(|arrival| beside(arrival.branch)) {
                    continue;
                }
                let Some(Level::Branch { edge, .. }) = paths.level(branch) else { continue };
                let split = analysis.node(split);
                let first = split.and_then(|split| split.edges.get(edge)).and_then(|edge| analysis.node(edge.to));
                self.lost.extend(first.zip(split).map(|(first, split)| (first.name, split.name)));
            }
        }
    }
}

/// The positions of plain nodes by name: what runs without a rest and was changed is a node of each release, and yet
/// the same work.
struct Named<'a> {
    /// By name: the positions of the nodes that have it, those of one node together.
    positions: Vec<(&'a str, Vec<(PathId, PositionId)>)>,
}

impl<'a> Named<'a> {
    fn of(analysis: &Analysis<'a>) -> Self {
        let nodes = analysis.graph.ids().zip(analysis.graph.nodes);
        let mut nodes: Vec<(&str, NodeId)> =
            nodes.filter(|(_, node)| is_plain(node.kind)).map(|(id, node)| (node.name, id)).collect();
        nodes.sort_unstable();
        let mut positions: Vec<(&str, Vec<(PathId, PositionId)>)> = Vec::new();
        for (name, id) in nodes {
            let here = analysis.positions.of_node(id);
            match positions.last_mut() {
                Some((known, all)) if *known == name => all.extend_from_slice(here),
                _ => positions.push((name, here.to_vec())),
            }
        }
        positions.retain(|(_, here)| here.len() > 1);
        Named { positions }
    }

    /// Those of more than one position.
    fn all(&self) -> impl Iterator<Item = (&'a str, &[(PathId, PositionId)])> {
        self.positions.iter().map(|(name, here)| (*name, here.as_slice()))
    }
}

fn is_plain(kind: Kind) -> bool {
    kind != Kind::Join && !kind.is_boundary() && !kind.ends()
}

fn is_plain_end(kind: Kind) -> bool {
    kind.ends() && !kind.terminates()
}

/// Where a process can come to from the joins of a split, as long as it stays in what the split is in.
fn after_joins(analysis: &Analysis<'_>, group: &Group) -> HashSet<PositionId> {
    let (positions, base) = (&analysis.positions, group.outside);
    let is_on = |at: PositionId| base == ROOT || positions.paths.stack(positions.get(at).path).any(|id| id == base);
    let mut seen = HashSet::new();
    let mut work: Vec<PositionId> =
        group.arrivals.iter().flat_map(|arrival| positions.next(arrival.at)).copied().collect();
    while let Some(at) = work.pop() {
        if seen.insert(at) {
            work.extend(positions.next(at).iter().copied().filter(|next| is_on(*next)));
        }
    }
    seen
}
