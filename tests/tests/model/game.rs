//! The reference: a game of tokens over the graph of a flow. It knows nothing of rows, versions, due work or locks.

use flow_core::TaskStatus::{Assigned, Canceled, Done, Error, New, Revived, Scheduled, Started};
use flow_core::graph::{Graph, Kind, NodeId, Role};
use flow_core::{ProcessStatus, TaskStatus};

use crate::flows::{FAILS, holds, number_behind};

/// What a person does to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Assign,
    Unassign,
    Execute,
    Cancel,
    EndBranch,
    Revive,
    Retry,
    Undo,
}

/// A task: one visit of a node.
#[derive(Clone, Debug)]
pub struct Visit {
    pub node: NodeId,
    pub status: TaskStatus,
    pub resting: bool,
    /// The instance of a split that it is inside of.
    scope: Option<usize>,
    /// What led to it.
    before: Option<usize>,
    /// Of a timeout: the task that it is of, and when it fires.
    host: Option<usize>,
    pub due: u64,
}

/// An instance of a split: its branches that have not ended, and those of them that wait in its join.
#[derive(Clone, Debug)]
struct Scope {
    outside: Option<usize>,
    alive: u32,
    arrived: u32,
    /// The join that waits.
    join: Option<usize>,
}

/// A process.
#[derive(Clone, Debug)]
pub struct Game {
    pub flow: usize,
    pub bits: u8,
    pub status: ProcessStatus,
    pub suspended: bool,
    pub visits: Vec<Visit>,
    scopes: Vec<Scope>,
    /// Branches outside of every split.
    alive: u32,
}

const DELAYS: &[(&str, u64)] =
    &[("wait", 3), ("d", 2), ("ask__timeout__note", 5), ("ask__timeout__late", 9), ("b__timeout__b_late", 4)];

pub fn is_open(status: TaskStatus) -> bool {
    matches!(status, New | Assigned | Scheduled | Started | Error)
}

impl Game {
    pub fn start(flow: usize, graph: &Graph<'_>, bits: u8, now: u64) -> Game {
        let mut game = Game {
            flow,
            bits,
            status: ProcessStatus::New,
            suspended: false,
            visits: Vec::new(),
            scopes: Vec::new(),
            alive: 1,
        };
        let start = game.visit(0, Done, None, None);
        game.leave(graph, start, Role::Next, now);
        game
    }

    fn visit(&mut self, node: NodeId, status: TaskStatus, scope: Option<usize>, before: Option<usize>) -> usize {
        self.visits.push(Visit { node, status, resting: false, scope, before, host: None, due: 0 });
        self.visits.len() - 1
    }

    /// A branch comes to a node.
    fn come(&mut self, graph: &Graph<'_>, node: NodeId, scope: Option<usize>, before: Option<usize>, now: u64) {
        let of = &graph.nodes[usize::from(node)];
        match of.kind {
            Kind::Join => {
                let inside = scope.unwrap();
                self.scopes[inside].arrived += 1;
                if self.scopes[inside].join.is_none() {
                    let outside = self.scopes[inside].outside;
                    let join = self.visit(node, Started, outside, before);
                    self.scopes[inside].join = Some(join);
                }
            }
            Kind::End => {
                self.visit(node, Done, scope, before);
                self.end(scope);
            }
            Kind::View => {
                let at = self.visit(node, New, scope, before);
                for boundary in of.boundaries {
                    let timeout = self.visit(*boundary, Scheduled, scope, Some(at));
                    self.visits[timeout].host = Some(at);
                    self.visits[timeout].due = now + delay(graph, *boundary);
                }
            }
            Kind::Job => {
                self.visit(node, Scheduled, scope, before);
            }
            Kind::Timer => {
                let at = self.visit(node, Scheduled, scope, before);
                self.visits[at].due = now + delay(graph, node);
            }
            Kind::Function => {
                let at = self.visit(node, Done, scope, before);
                self.leave(graph, at, Role::Next, now);
            }
            Kind::If => {
                let at = self.visit(node, Done, scope, before);
                let role = if holds(of.name, "", self.bits) { Role::Then } else { Role::Else };
                self.leave(graph, at, role, now);
            }
            Kind::Split => {
                let at = self.visit(node, Done, scope, before);
                let taken: Vec<NodeId> = of
                    .edges
                    .iter()
                    .map(|edge| edge.to)
                    .filter(|to| holds(of.name, graph.nodes[usize::from(*to)].name, self.bits))
                    .collect();
                let alive = u32::try_from(taken.len()).unwrap();
                self.scopes.push(Scope { outside: scope, alive, arrived: 0, join: None });
                let inside = self.scopes.len() - 1;
                for to in taken {
                    self.come(graph, to, Some(inside), Some(at), now);
                }
            }
            kind => panic!("{kind:?} is in no flow of this test"),
        }
    }

    /// A task is done, and its branch goes on.
    fn leave(&mut self, graph: &Graph<'_>, at: usize, role: Role, now: u64) {
        let (node, scope) = (self.visits[at].node, self.visits[at].scope);
        self.visits[at].status = Done;
        self.disarm(at);
        let edge = graph.nodes[usize::from(node)].edges.iter().find(|edge| edge.role == role).unwrap();
        self.come(graph, edge.to, scope, Some(at), now);
    }

    /// The timeouts of a task end with it.
    fn disarm(&mut self, host: usize) {
        for visit in self.visits.iter_mut().filter(|visit| visit.host == Some(host) && visit.status == Scheduled) {
            visit.status = Canceled;
        }
    }

    /// A branch has ended.
    fn end(&mut self, scope: Option<usize>) {
        match scope {
            None => self.alive -= 1,
            Some(inside) => self.scopes[inside].alive -= 1,
        }
    }

    /// When nothing instant is left: joins that have all of their branches go on, splits without branches have ended.
    fn settle(&mut self, graph: &Graph<'_>, now: u64) {
        loop {
            let full = |scope: &Scope| scope.alive == scope.arrived && scope.alive != u32::MAX;
            let Some(inside) = self.scopes.iter().position(full) else { break };
            let Scope { outside, join, .. } = self.scopes[inside].clone();
            self.scopes[inside].alive = u32::MAX;
            match join {
                Some(join) => self.leave(graph, join, Role::Next, now),
                None => self.end(outside),
            }
        }
        if self.alive == 0 {
            self.status = ProcessStatus::Done;
        }
    }

    /// Takes a step, if the rules allow it; else nothing has changed, and it is refused.
    pub fn act(&mut self, graph: &Graph<'_>, at: usize, act: Act, now: u64) -> bool {
        if self.status != ProcessStatus::New || self.suspended {
            return false;
        }
        let visit = self.visits[at].clone();
        let kind = graph.nodes[usize::from(visit.node)].kind;
        let view = kind == Kind::View;
        let holds_token = visit.resting || is_open(visit.status);
        match act {
            Act::Assign if view && visit.status == New => self.visits[at].status = Assigned,
            Act::Unassign if view && visit.status == Assigned => self.visits[at].status = New,
            Act::Execute if view && visit.status == Assigned => self.leave(graph, at, Role::Next, now),
            Act::Cancel if is_open(visit.status) => {
                self.visits[at].status = Canceled;
                self.visits[at].resting = kind != Kind::TimerBoundary;
                self.disarm(at);
            }
            Act::EndBranch if holds_token && kind != Kind::TimerBoundary => {
                if self.tokens() == 1 {
                    return false;
                }
                self.visits[at].status = Canceled;
                self.visits[at].resting = false;
                self.disarm(at);
                self.end(visit.scope);
            }
            Act::Revive if visit.resting || visit.status == Error => {
                self.visits[at].status = Revived;
                self.visits[at].resting = false;
                self.disarm(at);
                self.come(graph, visit.node, visit.scope, Some(at), now);
            }
            Act::Retry if visit.status == Error => self.visits[at].status = Scheduled,
            Act::Undo if visit.status == Done => {
                let after: Vec<usize> = self.after(at).collect();
                if !after.iter().all(|next| matches!(self.visits[*next].status, Canceled | Revived)) {
                    return false;
                }
                // Where the branch was ended, no token comes back.
                self.visits[at].resting = after.iter().any(|next| self.visits[*next].resting);
                self.visits[at].status = Canceled;
                after.iter().for_each(|next| self.visits[*next].resting = false);
            }
            _ => return false,
        }
        self.settle(graph, now);
        true
    }

    /// How many branches there are, each of them at one place.
    fn tokens(&self) -> usize {
        let waits =
            |visit: &&Visit| visit.resting || is_open(visit.status) && visit.host.is_none() && !self.is_join(visit);
        let arrived: u32 = self.scopes.iter().filter(|scope| scope.alive != u32::MAX).map(|scope| scope.arrived).sum();
        self.visits.iter().filter(waits).count() + usize::try_from(arrived).unwrap()
    }

    fn is_join(&self, visit: &Visit) -> bool {
        visit.status == Started
    }

    /// The tasks that a task led to.
    fn after(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.visits.len()).filter(move |next| self.visits[*next].before == Some(at))
    }

    /// Whether this test knows what happens: undoing over splits, joins and fired timeouts has tests of its own, as have
    /// waiting joins.
    pub fn knows(&self, graph: &Graph<'_>, at: usize, act: Act) -> bool {
        let kind = |at: usize| graph.nodes[usize::from(self.visits[at].node)].kind;
        let after = || self.after(at);
        match act {
            Act::Undo if self.visits[at].status == Done => {
                let plain = |kind| matches!(kind, Kind::View | Kind::Job | Kind::Function | Kind::If | Kind::Timer);
                let revived = after().any(|next| self.visits[next].status == Revived);
                let of = |visit: &Visit| {
                    visit.host == Some(at) || visit.host.is_some_and(|host| after().any(|next| next == host))
                };
                let fired = self.visits.iter().any(|visit| of(visit) && visit.status == Done);
                plain(kind(at))
                    && !revived
                    && !fired
                    && after().all(|next| plain(kind(next)) || kind(next) == Kind::TimerBoundary)
                    && after().any(|next| plain(kind(next)))
            }
            Act::EndBranch | Act::Cancel | Act::Revive | Act::Retry => kind(at) != Kind::Join,
            _ => true,
        }
    }

    pub fn cancel(&mut self) -> bool {
        if self.status != ProcessStatus::New {
            return false;
        }
        for visit in &mut self.visits {
            if is_open(visit.status) {
                visit.status = Canceled;
            }
            visit.resting = false;
        }
        self.status = ProcessStatus::Canceled;
        true
    }

    pub fn suspend(&mut self, suspend: bool) -> bool {
        let may = self.status == ProcessStatus::New && self.suspended != suspend;
        self.suspended ^= may;
        may
    }

    /// What comes due up to now: timers in the order of their times, then jobs until none is left.
    pub fn run_due(&mut self, graph: &Graph<'_>, now: u64) {
        while self.status == ProcessStatus::New && !self.suspended {
            let kind = |visit: &Visit| graph.nodes[usize::from(visit.node)].kind;
            let waits = |visit: &Visit| visit.status == Scheduled && (kind(visit) == Kind::Job || visit.due <= now);
            let next = (0..self.visits.len()).filter(|at| waits(&self.visits[*at]));
            let Some(at) = next.min_by_key(|at| (kind(&self.visits[*at]) == Kind::Job, self.visits[*at].due)) else {
                break;
            };
            let visit = self.visits[at].clone();
            match kind(&visit) {
                Kind::Job if self.bits & FAILS != 0 => self.visits[at].status = Error,
                Kind::TimerBoundary => {
                    let of = &graph.nodes[usize::from(visit.node)];
                    if of.interrupting {
                        let host = visit.host.unwrap();
                        self.visits[host].status = Canceled;
                        self.visits[at].status = Done;
                        self.disarm(host);
                    } else {
                        match visit.scope {
                            None => self.alive += 1,
                            Some(inside) => self.scopes[inside].alive += 1,
                        }
                    }
                    self.leave(graph, at, Role::Next, now);
                }
                _ => self.leave(graph, at, Role::Next, now),
            }
            self.settle(graph, now);
        }
    }
}

fn delay(graph: &Graph<'_>, node: NodeId) -> u64 {
    let name = graph.nodes[usize::from(node)].name;
    let known = DELAYS.iter().find(|(known, _)| *known == name).map(|(_, hours)| *hours);
    known.or_else(|| number_behind(name, 'h')).unwrap_or_else(|| panic!("{name} has no delay"))
}
