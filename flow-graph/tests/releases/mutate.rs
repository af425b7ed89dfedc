//! A flow in its next release: a few random changes.

use std::collections::HashMap;

use flow_graph::lock::Release;
use flow_graph::{Early, Edge, Graph, Kind, Node, NodeId, Role, Times};

use crate::support::{Dice, Drawn, Flow, id};

/// Kinds that one task has in one release, and another one in the next.
const TASKS: &[Kind] = &[
    Kind::View,
    Kind::View,
    Kind::Job,
    Kind::Function,
    Kind::Handle,
    Kind::SignalCatch,
    Kind::ConditionalCatch,
    Kind::ManualTask,
];

/// A flow in one release.
#[derive(Clone)]
pub struct Version {
    pub flow: Flow,
    /// By name of now: the older ones.
    pub was: HashMap<String, Vec<String>>,
    /// Names that were given so far.
    pub given: usize,
}

impl Version {
    pub fn first(flow: Flow) -> Self {
        Version { given: flow.nodes.len(), flow, was: HashMap::new() }
    }

    pub fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let older = |node: &Drawn| -> Vec<&str> {
            self.was.get(&node.name).into_iter().flatten().map(String::as_str).collect()
        };
        let was: Vec<Vec<&str>> = self.flow.nodes.iter().map(older).collect();
        let node = |(node, was): (_, _)| {
            let (drawn, was): (&Drawn, &Vec<&str>) = (node, was);
            Node {
                was,
                edges: &drawn.edges,
                boundaries: &drawn.boundaries,
                interrupting: drawn.interrupting,
                early: drawn.early,
                ..Node::new(&drawn.name, drawn.kind)
            }
        };
        let nodes: Vec<Node<'_>> = self.flow.nodes.iter().zip(&was).map(node).collect();
        f(&Graph { nodes: &nodes, ..Graph::new("f") })
    }

    pub fn release(&self, number: u32) -> Release {
        self.with_graph(|graph| Release::of(graph, number))
    }

    pub fn show(&self) -> String {
        format!("{}\nwas: {:?}", self.flow.show(), self.was)
    }

    /// It is right by itself; nodes that nothing leads to are there for older processes.
    pub fn is_sound(&self) -> bool {
        self.with_graph(|graph| {
            let found = flow_graph::check(graph);
            found.iter().all(|finding| {
                !crate::support::is_error(finding) || ["unreachable_nodes", "branch_leaves"].contains(&finding.check)
            })
        })
    }

    fn fresh(&mut self) -> String {
        self.given += 1;
        format!("n{}", self.given)
    }

    /// The same with some changes.
    pub fn next(&self, dice: &mut Dice) -> Version {
        let mut next = self.clone();
        for _ in 0..=dice.roll(3) {
            next.change(dice);
        }
        next
    }

    fn change(&mut self, dice: &mut Dice) {
        let count = self.flow.nodes.len();
        let at = dice.roll(count);
        match dice.roll(17) {
            0 => self.rename(at, dice),
            1 | 2 => self.lead(at, dice),
            3 | 4 => self.insert(at, dice),
            5 => self.bypass(at),
            6 => self.branch(at, dice),
            7 => self.kind(at, dice),
            8 => self.times(at, dice),
            9 => self.timeout(at, dice),
            10 | 11 => self.retire(at, dice),
            12 => self.early(at, dice),
            13 | 14 => self.on_error(at, dice),
            15 => self.stop(at, dice),
            _ => self.move_join(at, dice),
        }
    }

    fn rename(&mut self, at: usize, dice: &mut Dice) {
        let (old, new) = (self.flow.nodes[at].name.clone(), self.fresh());
        if !dice.one_in(3) {
            let mut was = self.was.remove(&old).unwrap_or_default();
            was.push(old);
            self.was.insert(new.clone(), was);
        }
        self.flow.nodes[at].name = new;
    }

    fn may_lead_to(&self, to: usize) -> bool {
        !self.flow.nodes[to].kind.begins() && !self.flow.nodes[to].kind.is_boundary()
    }

    fn lead(&mut self, at: usize, dice: &mut Dice) {
        let (to, edges) = (dice.roll(self.flow.nodes.len()), self.flow.nodes[at].edges.len());
        if edges > 0 && self.may_lead_to(to) {
            self.flow.nodes[at].edges[dice.roll(edges)].to = id(to);
        }
    }

    fn insert(&mut self, at: usize, dice: &mut Dice) {
        let edges = self.flow.nodes[at].edges.len();
        if edges == 0 {
            return;
        }
        let edge = dice.roll(edges);
        let to = self.flow.nodes[at].edges[edge].to;
        let kind = [Kind::View, Kind::Job, Kind::Function, Kind::Join][dice.roll(4)];
        let name = self.fresh();
        let edges = vec![Edge::new(Role::Next, to)];
        self.flow.nodes.push(Drawn::new(name, kind, edges));
        self.flow.nodes[at].edges[edge].to = id(self.flow.nodes.len() - 1);
    }

    /// Nothing leads to it any more, and mostly it is gone.
    fn bypass(&mut self, at: usize) {
        let Some(next) = self.flow.nodes[at].edges.first().map(|edge| edge.to) else { return };
        if self.flow.nodes[at].kind.begins() || self.flow.nodes[at].kind.is_boundary() || usize::from(next) == at {
            return;
        }
        for node in &mut self.flow.nodes {
            for edge in node.edges.iter_mut().filter(|edge| edge.to == id(at)) {
                edge.to = next;
            }
        }
        if !self.given.is_multiple_of(3) {
            self.remove(at);
        }
    }

    /// Nothing leads to it any more, and who waits there is moved on; now and then it is in use again.
    fn retire(&mut self, at: usize, dice: &mut Dice) {
        let node = &self.flow.nodes[at];
        if node.kind == Kind::Obsolete {
            self.flow.nodes[at].kind = [Kind::View, Kind::Job][dice.roll(2)];
            return;
        }
        let Some(next) = node.edges.first().map(|edge| edge.to) else { return };
        let waits = node.kind.waits() && !node.kind.is_boundary() && node.boundaries.is_empty();
        if !waits || usize::from(next) == at {
            return;
        }
        for node in &mut self.flow.nodes {
            for edge in node.edges.iter_mut().filter(|edge| edge.to == id(at)) {
                edge.to = next;
            }
        }
        self.flow.nodes[at].kind = Kind::Obsolete;
        if dice.one_in(2) {
            self.lead(at, dice);
        }
    }

    fn remove(&mut self, at: usize) {
        if !self.flow.nodes[at].boundaries.is_empty() {
            return;
        }
        self.flow.nodes.remove(at);
        let down = |to: &mut u16| {
            if *to > id(at) {
                *to -= 1;
            }
        };
        for node in &mut self.flow.nodes {
            node.edges.iter_mut().for_each(|edge| down(&mut edge.to));
            node.boundaries.iter_mut().for_each(down);
        }
    }

    fn branch(&mut self, at: usize, dice: &mut Dice) {
        if self.flow.nodes[at].kind != Kind::Split {
            return;
        }
        let edges = self.flow.nodes[at].edges.len();
        if edges > 2 && dice.one_in(3) {
            self.flow.nodes[at].edges.remove(dice.roll(edges));
            return;
        }
        let Some(join) = self.flow.nodes.iter().position(|node| node.kind == Kind::Join) else { return };
        let name = self.fresh();
        let edges = vec![Edge::new(Role::Next, id(join))];
        self.flow.nodes.push(Drawn::new(name, Kind::View, edges));
        let new = id(self.flow.nodes.len() - 1);
        self.flow.nodes[at].edges.push(Edge::branch(new, Times::Once));
    }

    fn kind(&mut self, at: usize, dice: &mut Dice) {
        let kind = TASKS[dice.roll(TASKS.len())];
        if TASKS.contains(&self.flow.nodes[at].kind) && (kind.waits() || self.flow.nodes[at].boundaries.is_empty()) {
            self.flow.nodes[at].kind = kind;
        }
    }

    fn times(&mut self, at: usize, dice: &mut Dice) {
        if self.flow.nodes[at].kind == Kind::Split {
            let edge = dice.roll(self.flow.nodes[at].edges.len());
            let times = [Times::Once, Times::Maybe, Times::Each][dice.roll(3)];
            self.flow.nodes[at].edges[edge].times = times;
        }
    }

    fn timeout(&mut self, at: usize, dice: &mut Dice) {
        let kind = self.flow.nodes[at].kind;
        if let Some(timeout) = self.flow.nodes[at].boundaries.first().copied() {
            if dice.one_in(2) && kind.waits() {
                let interrupting = &mut self.flow.nodes[usize::from(timeout)].interrupting;
                *interrupting = !*interrupting;
                return;
            }
            self.flow.nodes[at].boundaries.remove(0);
            self.remove(usize::from(timeout));
            return;
        }
        let to = dice.roll(self.flow.nodes.len());
        let waits = kind.waits() && !kind.is_boundary() && kind != Kind::Obsolete;
        if !waits || !self.may_lead_to(to) {
            return;
        }
        let interrupting = dice.one_in(2);
        self.attach(at, Kind::TimerBoundary, to, interrupting);
    }

    fn attach(&mut self, at: usize, kind: Kind, to: usize, interrupting: bool) {
        let name = self.fresh();
        let edges = vec![Edge::new(Role::Next, id(to))];
        self.flow.nodes.push(Drawn { interrupting, ..Drawn::new(name, kind, edges) });
        let new = id(self.flow.nodes.len() - 1);
        self.flow.nodes[at].boundaries.push(new);
    }

    /// Something takes the failures of a task, or does so no more.
    fn on_error(&mut self, at: usize, dice: &mut Dice) {
        let boundaries = &self.flow.nodes[at].boundaries;
        let is_error = |id: &NodeId| self.flow.nodes[usize::from(*id)].kind == Kind::ErrorBoundary;
        if let Some(place) = boundaries.iter().position(is_error) {
            let taker = self.flow.nodes[at].boundaries.remove(place);
            self.remove(usize::from(taker));
            return;
        }
        let (kind, to) = (self.flow.nodes[at].kind, dice.roll(self.flow.nodes.len()));
        if kind.key("on_error").is_some() && self.may_lead_to(to) {
            // A function that fails beside what takes it rests in ERROR: of that nothing is proved.
            let interrupting = !kind.waits() || !dice.one_in(4);
            self.attach(at, Kind::ErrorBoundary, to, interrupting);
        }
    }

    /// A join that waits for all continues early, or the other way round.
    fn early(&mut self, at: usize, dice: &mut Dice) {
        if self.flow.nodes[at].kind == Kind::Join {
            self.flow.nodes[at].early = [Early::Never, Early::Cancels, Early::Keeps][dice.roll(3)];
        }
    }

    /// An edge leads to the end of the whole process.
    fn stop(&mut self, at: usize, dice: &mut Dice) {
        let edges = self.flow.nodes[at].edges.len();
        if edges > 0 {
            let (name, kind) = (self.fresh(), [Kind::TerminateEnd, Kind::ErrorEnd][dice.roll(2)]);
            self.flow.nodes.push(Drawn::new(name, kind, Vec::new()));
            let edge = dice.roll(edges);
            self.flow.nodes[at].edges[edge].to = id(self.flow.nodes.len() - 1);
        }
    }

    /// Nodes of other kinds that do the same in a graph, joins that continue early, and what takes failures.
    pub fn varied(mut self, dice: &mut Dice) -> Self {
        for at in 0..self.flow.nodes.len() {
            let alike: &[Kind] = match self.flow.nodes[at].kind {
                Kind::View => &[Kind::View, Kind::View, Kind::ManualTask],
                Kind::Function => &[Kind::Function, Kind::SendHandle, Kind::BusinessRule],
                Kind::MessageCatch => &[Kind::MessageCatch, Kind::SignalCatch, Kind::ConditionalCatch],
                Kind::StartHandle => &[Kind::StartHandle, Kind::Start, Kind::StartTimer],
                _ => &[],
            };
            if !alike.is_empty() {
                self.flow.nodes[at].kind = alike[dice.roll(alike.len())];
            }
            if dice.one_in(4) {
                self.early(at, dice);
            }
            if dice.one_in(10) {
                self.on_error(at, dice);
            }
            if self.flow.nodes[at].kind == Kind::If && dice.one_in(10) {
                self.stop(at, dice);
            }
        }
        self
    }

    /// All that leads to a join leads to a new one; the old one stays for who waits in it, or is gone.
    fn move_join(&mut self, at: usize, dice: &mut Dice) {
        if self.flow.nodes[at].kind != Kind::Join {
            return;
        }
        let name = self.fresh();
        let edges = self.flow.nodes[at].edges.clone();
        self.flow.nodes.push(Drawn::new(name, Kind::Join, edges));
        let new = id(self.flow.nodes.len() - 1);
        let all = dice.one_in(2);
        let last = usize::from(new);
        for node in &mut self.flow.nodes[..last] {
            for edge in node.edges.iter_mut().filter(|edge| edge.to == id(at)) {
                if all || dice.one_in(2) {
                    edge.to = new;
                }
            }
        }
    }
}
