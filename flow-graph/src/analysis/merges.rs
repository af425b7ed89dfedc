//! Plain nodes that two branches come to: they and all that follows run once for each.

use std::collections::HashSet;

use super::Analysis;
use super::handlers::Handlers;
use crate::position::{Level, PathId, PositionId, ROOT};
use crate::{Kind, NodeId};

/// A node that two branches of one split come to, or a branch and what a timeout started beside it.
pub(crate) struct Merge {
    pub(crate) node: NodeId,
    /// The nodes they come from.
    pub(crate) from: [NodeId; 2],
    pub(crate) of: Of,
}

/// What the two are branches of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Split(NodeId),
    /// A timeout that does not interrupt, and the way of its task.
    Reminder(NodeId),
}

impl Of {
    fn is_split(self) -> bool {
        matches!(self, Of::Split(_))
    }
}

/// Positions of one node that are compared with one another: so many that were come to first, and last.
const COMPARED: usize = 32;

/// Of those the ones inside of one split, and beside one timeout's work.
const KEPT: usize = 16;

/// The nodes where branches come together without a join; not those that merely follow one of these.
pub(crate) fn nodes(analysis: &Analysis<'_>) -> Vec<Merge> {
    let positions = &analysis.positions;
    let plain = |id: &NodeId| {
        let kind = analysis.kind(*id);
        positions.len_of(*id) > 1 && kind.is_some_and(|kind| !kind.is_boundary() && kind != Kind::Join && !kind.ends())
    };
    let mut nodes: Vec<NodeId> = analysis.graph.ids().filter(plain).collect();
    // Where branches are taken for one from there on, they are not seen to come together any more. That both are timeouts
    // was written down for each.
    let timeouts = |from: &[NodeId; 2]| from.iter().all(|from| analysis.kind(*from).is_some_and(Kind::is_boundary));
    let merged = positions.merged.iter().filter(|(_, from)| !timeouts(from));
    let mut all: Vec<Merge> =
        merged.map(|((split, node), from)| Merge { node: *node, from: *from, of: Of::Split(*split) }).collect();
    if nodes.is_empty() {
        return all;
    }
    // The one to which a second branch comes first is first: those behind it mostly follow it.
    nodes.sort_by_cached_key(|id| {
        let mut all: Vec<PositionId> = positions.of_node(*id).iter().map(|(_, at)| *at).collect();
        all.sort_unstable();
        all.get(1).copied()
    });
    let handlers = Handlers::of(positions);
    let with_reminders = analysis
        .graph
        .nodes
        .iter()
        .any(|node| node.kind.is_boundary() && node.kind != Kind::CompensationBoundary && !node.interrupting);
    for apart in [true, false] {
        // What follows another that runs twice is reported only if there is no other.
        let wanted = |split: bool| apart || all.iter().all(|known| known.of.is_split() != split);
        let (splits, reminders) = (wanted(true), wanted(false));
        let mut reminded: HashSet<NodeId> = HashSet::new();
        for id in &nodes {
            let meetings = Meetings::of(analysis, *id, with_reminders);
            if splits {
                all.extend(meetings.split(analysis, &handlers, apart));
            }
            if reminders {
                all.extend(meetings.reminder(analysis, apart, &mut reminded));
            }
            if !apart && !all.is_empty() {
                break;
            }
        }
    }
    all.sort_by_key(|merge| merge.node);
    all
}

/// The positions of one node, by where their stacks part.
struct Meetings {
    node: NodeId,
    /// By the opening of a split: some of the positions in its branches, with the branch.
    branches: Vec<(NodeId, Vec<(PathId, PositionId)>)>,
    /// By a timeout that does not interrupt, on the stack of its task: the stack, and a position in its work.
    reminders: Vec<(PathId, NodeId, (PathId, PositionId))>,
    /// By stack: some of the positions on top of it that are in no timeout's work there.
    main: Vec<(PathId, (PathId, PositionId))>,
}

impl Meetings {
    fn of(analysis: &Analysis<'_>, node: NodeId, with_reminders: bool) -> Self {
        let paths = &analysis.positions.paths;
        let mut meetings = Meetings { node, branches: Vec::new(), reminders: Vec::new(), main: Vec::new() };
        // What opened the branch, the branch, and the position in it.
        let mut opened: Vec<((PathId, NodeId), PathId, PositionId)> = Vec::new();
        let all = analysis.positions.of_node(node);
        let last = all.get(all.len().saturating_sub(COMPARED).max(COMPARED)..).unwrap_or_default();
        for (path, at) in all.iter().take(COMPARED).chain(last) {
            let mut is_main = with_reminders;
            for here in paths.stack(*path) {
                if is_main {
                    meetings.main.push((here, (*path, *at)));
                }
                match paths.level(here) {
                    Some(Level::Branch { split, .. }) => opened.push(((paths.parent(here), split), here, *at)),
                    Some(Level::Beside { boundary }) => {
                        is_main = false;
                        meetings.reminders.push((paths.parent(here), boundary, (*path, *at)));
                    }
                    None => {}
                }
            }
            if is_main {
                meetings.main.push((ROOT, (*path, *at)));
            }
        }
        opened.sort_unstable();
        for of_split in opened.chunk_by(|a, b| a.0 == b.0) {
            let mut here = Vec::new();
            for (_, branch, at) in of_split {
                keep(&mut here, *branch, *at);
            }
            if of_split.first().map(|first| first.1) != of_split.last().map(|last| last.1) {
                meetings.branches.push((of_split[0].0.1, here));
            }
        }
        meetings.reminders.sort_unstable();
        meetings.reminders.dedup_by_key(|reminder| (reminder.0, reminder.1));
        meetings.main.sort_unstable();
        meetings
    }

    /// Those on top of a stack that are in no timeout's work there.
    fn main_of(&self, path: PathId) -> impl Iterator<Item = (PathId, PositionId)> + '_ {
        let first = self.main.partition_point(|(known, _)| *known < path);
        self.main[first..].iter().take_while(move |(known, _)| *known == path).map(|(_, at)| *at).take(KEPT)
    }

    /// Two branches of one split that come here, and not in work of timeouts that was meant for both. They were apart
    /// until here, or not.
    fn split(&self, analysis: &Analysis<'_>, handlers: &Handlers, apart: bool) -> Option<Merge> {
        let mut best: Option<(PositionId, Merge)> = None;
        for (split, here) in &self.branches {
            for (place, (branch, a)) in here.iter().enumerate() {
                for (other, b) in &here[place + 1..] {
                    let first = best.as_ref().is_none_or(|(first, _)| *a.max(b) < *first);
                    if branch == other || !first || handlers.share(*a, *b) {
                        continue;
                    }
                    if let Some((from, _)) = come_from(analysis, *a, *b, true).filter(|(_, were)| *were == apart) {
                        best = Some((*a.max(b), Merge { node: self.node, from, of: Of::Split(*split) }));
                    }
                }
            }
        }
        best.map(|(_, merge)| merge)
    }

    /// What a timeout started comes here, and so does the way of its task, on which no timeout's work is. Each timeout
    /// once.
    fn reminder(&self, analysis: &Analysis<'_>, apart: bool, reminded: &mut HashSet<NodeId>) -> Vec<Merge> {
        let mut found = Vec::new();
        for (host, boundary, work) in &self.reminders {
            for main in self.main_of(*host) {
                if reminded.contains(boundary) {
                    break;
                }
                let from = come_from(analysis, work.1, main.1, false).filter(|(_, were)| *were == apart);
                if let Some((from, _)) = from.filter(|_| analysis.positions.part(*work, main)) {
                    reminded.insert(*boundary);
                    found.push(Merge { node: self.node, from, of: Of::Reminder(*boundary) });
                }
            }
        }
        found
    }
}

/// Of those of one branch two are enough: another branch then differs from one of them in where it comes from.
fn keep(known: &mut Vec<(PathId, PositionId)>, branch: PathId, at: PositionId) {
    let same = known.iter().filter(|(known, _)| *known == branch).count();
    if same < 3 && known.len() < KEPT {
        known.push((branch, at));
    }
}

/// The two nodes that the ways come from, and whether they were apart until here.
fn come_from(analysis: &Analysis<'_>, a: PositionId, b: PositionId, branches: bool) -> Option<([NodeId; 2], bool)> {
    let positions = &analysis.positions;
    let from = |at: PositionId| positions.get(at).from.map(|from| positions.get(from));
    let (a, b) = (from(a)?, from(b)?);
    let apart = match analysis.kind(a.node) {
        _ if a.node != b.node => true,
        Some(Kind::Split) => a.path == b.path,
        // Branches of two splits have met in one join, each for itself; where nothing is split it lets both pass.
        Some(Kind::Join) => {
            let split = |path| positions.paths.around(path).map(|(_, split)| split);
            !branches || split(a.path) != split(b.path)
        }
        _ => false,
    };
    Some(([a.node, b.node], apart))
}
