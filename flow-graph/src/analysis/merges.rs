//! Plain nodes that two branches come to: they and all that follows run once for each.

use std::collections::HashMap;

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

/// Positions of one node that are compared with one another inside of one split, and with what one timeout started.
const COMPARED: usize = 16;

/// The nodes where branches come together without a join; not those that merely follow one of these.
pub(crate) fn nodes(analysis: &Analysis<'_>) -> Vec<Merge> {
    let handlers = Handlers::of(&analysis.positions);
    let mut all: Vec<Merge> = Vec::new();
    // Where each comes from what another has run twice already, the one that is come to first.
    let mut rest: Vec<(PositionId, Merge)> = Vec::new();
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes) {
        let plain = !node.kind.is_boundary() && node.kind != Kind::Join && !node.kind.ends();
        if !plain || analysis.positions.of_node(id).len() < 2 {
            continue;
        }
        let mut meetings = Meetings::of(analysis, id);
        for (apart, first, merge) in
            [meetings.split(analysis, &handlers), meetings.reminder(analysis)].into_iter().flatten()
        {
            if apart { all.push(merge) } else { rest.push((first, merge)) }
        }
    }
    rest.sort_by_key(|(at, _)| *at);
    for (_, merge) in rest {
        if all.iter().all(|known| known.of.is_split() != merge.of.is_split()) {
            all.push(merge);
        }
    }
    all
}

/// Whether the two were apart until here, when a process comes to the later of them, and the merge.
type Found = (bool, PositionId, Merge);

/// The positions of one node, by where their stacks part.
struct Meetings {
    node: NodeId,
    /// By the opening of a split: some of the positions in its branches, with the branch.
    branches: Vec<(NodeId, Vec<(PathId, PositionId)>)>,
    /// By a timeout that does not interrupt, on the stack of its task: the stack, and a position in its work.
    reminders: Vec<(PathId, NodeId, (PathId, PositionId))>,
    /// By stack: some of the positions on top of it that are in no timeout's work there.
    main: HashMap<PathId, Vec<(PathId, PositionId)>>,
}

impl Meetings {
    fn of(analysis: &Analysis<'_>, node: NodeId) -> Self {
        let paths = &analysis.positions.paths;
        let mut meetings = Meetings { node, branches: Vec::new(), reminders: Vec::new(), main: HashMap::new() };
        let mut opened: HashMap<(PathId, NodeId), usize> = HashMap::new();
        let mut reminded: HashMap<(PathId, NodeId), ()> = HashMap::new();
        for (path, at) in analysis.positions.of_node(node) {
            let mut is_main = true;
            for here in paths.stack(*path).chain([ROOT]) {
                if is_main {
                    let main = meetings.main.entry(here).or_default();
                    if main.len() < COMPARED {
                        main.push((*path, *at));
                    }
                }
                match paths.level(here) {
                    Some(Level::Branch { split, .. }) => {
                        let place = *opened.entry((paths.parent(here), split)).or_insert_with(|| {
                            meetings.branches.push((split, Vec::new()));
                            meetings.branches.len() - 1
                        });
                        keep(&mut meetings.branches[place].1, here, *at);
                    }
                    Some(Level::Beside { boundary }) => {
                        is_main = false;
                        if reminded.insert((paths.parent(here), boundary), ()).is_none() {
                            meetings.reminders.push((paths.parent(here), boundary, (*path, *at)));
                        }
                    }
                    None => {}
                }
            }
        }
        meetings
    }

    /// Two branches of one split that come here, and not in work of timeouts that was meant for both.
    fn split(&self, analysis: &Analysis<'_>, handlers: &Handlers) -> Option<Found> {
        let mut best: Option<Found> = None;
        for (split, here) in &self.branches {
            for (place, (branch, a)) in here.iter().enumerate() {
                for (other, b) in &here[place + 1..] {
                    if branch == other || handlers.share(*a, *b) {
                        continue;
                    }
                    let Some((from, apart)) = come_from(analysis, *a, *b, true) else { continue };
                    let merge = Merge { node: self.node, from, of: Of::Split(*split) };
                    better(&mut best, (apart, *a.max(b), merge));
                }
            }
        }
        best
    }

    /// What a timeout started comes here, and so does the way of its task, on which no timeout's work is.
    fn reminder(&mut self, analysis: &Analysis<'_>) -> Option<Found> {
        let mut best: Option<Found> = None;
        for (host, boundary, reminded) in &self.reminders {
            for main in self.main.get(host).into_iter().flatten() {
                let Some((from, apart)) = come_from(analysis, reminded.1, main.1, false) else { continue };
                if !analysis.positions.part(*reminded, *main) {
                    continue;
                }
                let merge = Merge { node: self.node, from, of: Of::Reminder(*boundary) };
                better(&mut best, (apart, reminded.1.max(main.1), merge));
            }
        }
        best
    }
}

/// Of those of one branch two are enough: another branch then differs from one of them in where it comes from.
fn keep(known: &mut Vec<(PathId, PositionId)>, branch: PathId, at: PositionId) {
    let same = known.iter().filter(|(known, _)| *known == branch).count();
    if same < 3 && known.len() < COMPARED {
        known.push((branch, at));
    }
}

fn better(best: &mut Option<Found>, found: Found) {
    let rank = |found: &Found| (!found.0, found.1);
    if best.as_ref().is_none_or(|best| rank(&found) < rank(best)) {
        *best = Some(found);
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
