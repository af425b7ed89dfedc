//! Random flows of a few nodes: drawn in blocks, so that most are nearly right, then rewired here and there.

use flow_core::graph::{Early, Edge, Exits, Graph, Kind, Node, NodeId, Role, Times};

/// A sequence of numbers that a seed determines.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678_9ABC_DEF1)
    }

    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }

    pub fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }
}

/// A node in the making.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub kind: Kind,
    pub edges: Vec<Edge>,
    pub boundaries: Vec<NodeId>,
    pub interrupting: bool,
    pub early: Early,
}

/// A flow in the making.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    pub nodes: Vec<Drawn>,
}

const NAMES: [&str; 32] = [
    "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11", "n12", "n13", "n14", "n15", "n16", "n17",
    "n18", "n19", "n20", "n21", "n22", "n23", "n24", "n25", "n26", "n27", "n28", "n29", "n30", "n31",
];

/// Nodes that a flow has at most; its timeouts are counted too.
const MOST: usize = 12;

impl Flow {
    /// A flow with a start and an end, of at most so many nodes.
    pub fn random(dice: &mut Dice) -> Flow {
        let mut flow = Flow::default();
        let end = flow.add(Kind::End, vec![]);
        let mut left = 2 + dice.roll(MOST - 3);
        let first = flow.block(dice, end, end, &mut left, 0);
        flow.add(Kind::StartHandle, vec![Edge::new(Role::Next, first)]);
        if dice.one_in(6) {
            // A second start, into the middle.
            let to = dice.roll(flow.nodes.len() - 1);
            if !flow.nodes[to].kind.is_boundary() {
                flow.add(Kind::StartHandle, vec![Edge::new(Role::Next, id(to))]);
            }
        }
        for _ in 0..[0, 0, 1, 1, 1, 2][dice.roll(6)] {
            flow.rewire(dice);
        }
        flow.compensate();
        flow.tidy()
    }

    fn add(&mut self, kind: Kind, edges: Vec<Edge>) -> NodeId {
        self.nodes.push(Drawn { kind, edges, boundaries: vec![], interrupting: false, early: Early::Never });
        id(self.nodes.len() - 1)
    }

    /// A block that leads to `next`; gives where it begins.
    fn block(&mut self, dice: &mut Dice, next: NodeId, end: NodeId, left: &mut usize, depth: usize) -> NodeId {
        if *left == 0 {
            return next;
        }
        *left -= 1;
        match dice.roll(if depth > 4 { 3 } else { 11 }) {
            0..=2 => self.task(dice, next, end, left),
            3 | 4 => {
                let then = self.block(dice, next, end, left, depth + 1);
                self.block(dice, then, end, left, depth + 1)
            }
            5 => {
                let then = self.block(dice, next, end, left, depth + 1);
                let otherwise = match dice.roll(8) {
                    0 | 1 => end,
                    2 => self.stop(),
                    _ => self.block(dice, next, end, left, depth + 1),
                };
                self.choice(dice, then, otherwise)
            }
            6 => {
                let again = self.choice(dice, next, next);
                let wait = self.add(Kind::View, vec![Edge::new(Role::Next, again)]);
                *left = left.saturating_sub(1);
                let first = self.block(dice, wait, end, left, depth + 1);
                self.nodes[usize::from(again)].edges[0].to = first;
                first
            }
            7 => self.race(dice, next, end, left, depth),
            _ => self.fork(dice, next, end, left, depth),
        }
    }

    fn choice(&mut self, dice: &mut Dice, a: NodeId, b: NodeId) -> NodeId {
        if dice.one_in(5) {
            return self.add(Kind::Switch, vec![Edge::new(Role::Case, a), Edge::new(Role::Default, b)]);
        }
        self.add(Kind::If, vec![Edge::new(Role::Then, a), Edge::new(Role::Else, b)])
    }

    fn task(&mut self, dice: &mut Dice, next: NodeId, end: NodeId, left: &mut usize) -> NodeId {
        let kinds = [
            Kind::View,
            Kind::View,
            Kind::Job,
            Kind::Function,
            Kind::Timer,
            Kind::Subprocess,
            Kind::NSubprocess,
            Kind::MessageCatch,
            Kind::ConditionalCatch,
            Kind::SignalThrow,
            Kind::CompensateThrow,
            Kind::EscalationThrow,
        ];
        let kind = kinds[dice.roll(kinds.len())];
        let task = self.add(kind, vec![Edge::new(Role::Next, next)]);
        if kind.key("on_timeout").is_some() && *left > 0 && dice.one_in(4) {
            *left -= 1;
            let interrupting = dice.one_in(2);
            let to = if dice.one_in(if interrupting { 4 } else { 2 }) { end } else { next };
            let boundary = self.add(Kind::TimerBoundary, vec![Edge::new(Role::Next, to)]);
            self.nodes[usize::from(boundary)].interrupting = interrupting;
            self.nodes[usize::from(task)].boundaries.push(boundary);
        }
        if !matches!(kind, Kind::Timer | Kind::CompensateThrow) && *left > 0 && dice.one_in(6) {
            *left -= 1;
            let to = if dice.one_in(3) { next } else { end };
            let boundary = self.add(Kind::ErrorBoundary, vec![Edge::new(Role::Next, to)]);
            self.nodes[usize::from(boundary)].interrupting = true;
            self.nodes[usize::from(task)].boundaries.push(boundary);
        }
        if kind.runs_child() && *left > 0 && dice.one_in(3) {
            *left -= 1;
            let interrupting = dice.one_in(2);
            let to = if dice.one_in(3) { next } else { end };
            let boundary = self.add(Kind::EscalationBoundary, vec![Edge::new(Role::Next, to)]);
            self.nodes[usize::from(boundary)].interrupting = interrupting;
            self.nodes[usize::from(task)].boundaries.push(boundary);
        }
        task
    }

    /// The end of the whole process: there is one.
    fn stop(&mut self) -> NodeId {
        match self.nodes.iter().position(|node| node.kind == Kind::TerminateEnd) {
            Some(at) => id(at),
            None => self.add(Kind::TerminateEnd, vec![]),
        }
    }

    /// Whether a process may end as a whole.
    pub fn terminates(&self) -> bool {
        self.nodes.iter().any(|node| node.kind.terminates())
    }

    fn fork(&mut self, dice: &mut Dice, next: NodeId, end: NodeId, left: &mut usize, depth: usize) -> NodeId {
        let meet = match dice.roll(5) {
            0 => end,
            1 if dice.one_in(2) => next,
            _ => {
                *left = left.saturating_sub(1);
                let join = self.add(Kind::Join, vec![Edge::new(Role::Next, next)]);
                self.nodes[usize::from(join)].early = match dice.roll(12) {
                    0 => Early::Cancels,
                    1 => Early::Keeps,
                    _ => Early::Never,
                };
                join
            }
        };
        let mut edges = Vec::new();
        for _ in 0..2 + dice.roll(4) / 3 {
            let to = self.block(dice, meet, end, left, depth + 1);
            let times = [Times::Once, Times::Once, Times::Once, Times::Maybe, Times::Each][dice.roll(5)];
            edges.push(Edge::branch(to, times));
        }
        self.add(Kind::Split, edges)
    }

    /// Where something is thrown there is something to take back: else a throw is no throw.
    fn compensate(&mut self) {
        if self.nodes.iter().all(|node| node.kind != Kind::CompensateThrow) {
            return;
        }
        let Some(host) = self.nodes.iter().position(|node| node.kind.key("compensate").is_some()) else {
            let throws = self.nodes.iter_mut().filter(|node| node.kind == Kind::CompensateThrow);
            throws.for_each(|node| node.kind = Kind::SignalThrow);
            return;
        };
        let handler = self.add(Kind::Job, vec![]);
        let boundary = self.add(Kind::CompensationBoundary, vec![Edge::new(Role::Next, handler)]);
        self.nodes[host].boundaries.push(boundary);
    }

    /// Tasks that wait, of which the first wins.
    fn race(&mut self, dice: &mut Dice, next: NodeId, end: NodeId, left: &mut usize, depth: usize) -> NodeId {
        let mut edges = Vec::new();
        for _ in 0..2 {
            let to = if dice.one_in(4) { end } else { next };
            let behind = self.block(dice, to, end, left, depth + 1);
            *left = left.saturating_sub(1);
            let kind = [Kind::View, Kind::Timer, Kind::MessageCatch][dice.roll(3)];
            let racer = self.add(kind, vec![Edge::new(Role::Next, behind)]);
            edges.push(Edge::new(Role::Next, racer));
        }
        self.add(Kind::SplitFirst, edges)
    }

    /// One edge leads somewhere else.
    fn rewire(&mut self, dice: &mut Dice) {
        let from = dice.roll(self.nodes.len());
        let edges = self.nodes[from].edges.len();
        let to = dice.roll(self.nodes.len());
        if edges > 0 && !self.nodes[to].kind.begins() && !self.nodes[to].kind.is_boundary() {
            self.nodes[from].edges[dice.roll(edges)].to = id(to);
        }
    }

    /// The timeouts stand behind their tasks, and the starts in front, as the macro has it.
    fn tidy(self) -> Flow {
        let mut order: Vec<usize> = Vec::new();
        let starts = (0..self.nodes.len()).filter(|at| self.nodes[*at].kind.begins());
        let others = (0..self.nodes.len()).rev().filter(|at| !self.nodes[*at].kind.begins());
        for at in starts.chain(others).filter(|at| !self.nodes[*at].kind.is_boundary()) {
            order.push(at);
            order.extend(self.nodes[at].boundaries.iter().map(|boundary| usize::from(*boundary)));
        }
        let now = |old: NodeId| id(order.iter().position(|at| *at == usize::from(old)).unwrap());
        let nodes = order.iter().map(|at| {
            let mut node = self.nodes[*at].clone();
            node.edges.iter_mut().for_each(|edge| edge.to = now(edge.to));
            node.boundaries.iter_mut().for_each(|boundary| *boundary = now(*boundary));
            node
        });
        Flow { nodes: nodes.collect() }
    }

    pub fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let nodes: Vec<Node<'_>> = self
            .nodes
            .iter()
            .zip(NAMES)
            .map(|(drawn, name)| Node {
                edges: &drawn.edges,
                boundaries: &drawn.boundaries,
                interrupting: drawn.interrupting,
                early: drawn.early,
                ..Node::new(name, drawn.kind)
            })
            .collect();
        assert_eq!(nodes.len(), self.nodes.len());
        f(&Graph { nodes: &nodes, ..Graph::new("f") })
    }

    /// How it reads, for a message about it.
    pub fn show(&self) -> String {
        let each = self.nodes.iter().zip(NAMES).map(|(node, name)| {
            let to = node.edges.iter().map(|edge| {
                let sign = match edge.times {
                    Times::Maybe => "?",
                    Times::Each => "*",
                    _ => "",
                };
                format!("{sign}n{}", edge.to)
            });
            let to: Vec<String> = to.collect();
            let timeouts: Vec<String> = node.boundaries.iter().map(|boundary| format!("n{boundary}")).collect();
            let kind = if node.kind.is_boundary() && !node.interrupting { "reminder" } else { node.kind.name() };
            let kind = if node.early == Early::Never { kind.to_owned() } else { format!("{kind} ({:?})", node.early) };
            format!("    {name}: {kind} -> {} [{}]", to.join(", "), timeouts.join(", "))
        });
        each.collect::<Vec<_>>().join("\n")
    }

    /// A split leads nowhere twice, which would be told for that.
    pub fn repeats_a_branch(&self) -> bool {
        self.nodes.iter().any(|node| {
            let to: Vec<NodeId> = node.edges.iter().map(|edge| edge.to).collect();
            node.kind.exits() == Exits::Branches && to.iter().enumerate().any(|(at, to_)| to[..at].contains(to_))
        })
    }
}

pub fn id(at: usize) -> NodeId {
    NodeId::try_from(at).unwrap()
}
