//! Flows for tests: written in a few words, or drawn at random.
#![allow(dead_code, reason = "each test uses a part of it")]

use flow_graph::{Early, Edge, Finding, Graph, Kind, Node, NodeId, Repaired, Role, Severity, Times, check, hints};

/// A node of a flow that owns its parts.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub name: String,
    pub kind: Kind,
    pub edges: Vec<Edge>,
    pub boundaries: Vec<NodeId>,
    pub interrupting: bool,
    pub early: Early,
}

impl Drawn {
    pub fn new(name: String, kind: Kind, edges: Vec<Edge>) -> Self {
        Drawn { name, kind, edges, boundaries: Vec::new(), interrupting: false, early: Early::Never }
    }
}

/// A flow that owns its nodes.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    pub nodes: Vec<Drawn>,
}

pub fn id(at: usize) -> NodeId {
    NodeId::try_from(at).unwrap()
}

impl Flow {
    /// A flow out of lines like `s: Split -> a, ?b, *c` (`?`: maybe, `*`: for each item of a list) and
    /// `a: View -> j; deadline late; reminder mail`.
    pub fn of(text: &str) -> Flow {
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let names: Vec<String> = lines.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
        let count = names.len();
        let find = |names: &[String], name: &str| {
            id(names.iter().position(|known| known == name).unwrap_or_else(|| panic!("no node {name}")))
        };
        let mut nodes = Vec::new();
        let mut timeouts: Vec<Drawn> = Vec::new();
        for line in &lines {
            let mut parts = line.split(';');
            let (name, rest) = parts.next().unwrap().split_once(':').unwrap();
            let (kind, to) = rest.split_once("->").unwrap_or((rest, ""));
            let kind = Kind::from_name(kind.trim()).unwrap_or_else(|| panic!("no kind {kind}"));
            let to: Vec<&str> = to.split(',').map(str::trim).filter(|to| !to.is_empty()).collect();
            let edges = to.iter().enumerate().map(|(at, word)| {
                let (times, target) = match word.as_bytes()[0] {
                    b'?' => (Times::Maybe, &word[1..]),
                    b'*' => (Times::Each, &word[1..]),
                    _ => (Times::Once, *word),
                };
                let role = match kind {
                    Kind::If => [Role::Then, Role::Else][at],
                    Kind::Switch if at + 1 == to.len() => Role::Default,
                    Kind::Switch => Role::Case,
                    _ => Role::Next,
                };
                Edge { role, ..Edge::branch(find(&names, target), times) }
            });
            let edges: Vec<Edge> = edges.collect();
            let mut boundaries = Vec::new();
            for timeout in parts {
                let (word, to) = timeout.trim().split_once(' ').unwrap();
                assert!(["deadline", "reminder"].contains(&word), "{word}");
                boundaries.push(id(count + timeouts.len()));
                let edges = vec![Edge::new(Role::Next, find(&names, to.trim()))];
                timeouts.push(Drawn {
                    interrupting: word == "deadline",
                    ..Drawn::new(format!("{name}__{to}"), Kind::TimerBoundary, edges)
                });
            }
            nodes.push(Drawn { boundaries, ..Drawn::new(name.to_owned(), kind, edges) });
        }
        nodes.extend(timeouts);
        Flow { nodes }
    }

    pub fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let node = |drawn| {
            let Drawn { name, kind, edges, boundaries, interrupting, early }: &Drawn = drawn;
            Node { edges, boundaries, interrupting: *interrupting, early: *early, ..Node::new(name, *kind) }
        };
        let nodes: Vec<Node<'_>> = self.nodes.iter().map(node).collect();
        f(&Graph { nodes: &nodes, ..Graph::new("f") })
    }

    pub fn check(&self) -> Vec<Finding> {
        self.with_graph(check)
    }

    pub fn hints(&self) -> Vec<Finding> {
        self.with_graph(hints)
    }

    /// "`runs_twice` m": the check and the node of each finding of the compiler's, sorted.
    pub fn found(&self) -> Vec<String> {
        self.with_graph(|graph| {
            let mut found: Vec<String> = check(graph).iter().map(|finding| brief(graph, finding)).collect();
            found.sort();
            found
        })
    }

    /// How it reads, for a message about it.
    pub fn show(&self) -> String {
        let name = |id: NodeId| self.nodes[usize::from(id)].name.clone();
        let line = |node: &Drawn| {
            let to: Vec<String> = node
                .edges
                .iter()
                .map(|edge| {
                    let sign = match edge.times {
                        Times::Maybe => "?",
                        Times::Each => "*",
                        _ => "",
                    };
                    format!("{sign}{}", name(edge.to))
                })
                .collect();
            let timeouts: Vec<String> = node
                .boundaries
                .iter()
                .map(|at| {
                    let timeout = &self.nodes[usize::from(*at)];
                    let word = match (timeout.kind, timeout.interrupting) {
                        (Kind::ErrorBoundary, true) => "error",
                        (Kind::ErrorBoundary, false) => "error beside",
                        (_, true) => "deadline",
                        (_, false) => "reminder",
                    };
                    format!("; {word} {}", name(timeout.edges[0].to))
                })
                .collect();
            let early = if node.early == Early::Never { String::new() } else { format!(" ({:?})", node.early) };
            format!("{}: {}{early} -> {}{}", node.name, node.kind.name(), to.join(", "), timeouts.concat())
        };
        let all = self.nodes.iter().filter(|node| !node.kind.is_boundary()).map(line);
        all.collect::<Vec<_>>().join("\n")
    }
}

/// The check, and the name of the node that it is at.
pub fn brief(graph: &Graph<'_>, finding: &Finding) -> String {
    let node = finding.place.node().and_then(|id| graph.node(id)).map_or("", |node| node.name);
    format!("{} {node}", finding.check)
}

/// The flow with a help done.
pub fn repaired(flow: &Flow, finding: &Finding, help: usize) -> Repaired {
    flow.with_graph(|graph| Repaired::of(graph, &finding.edits[help]))
}

pub fn is_error(finding: &Finding) -> bool {
    finding.severity >= Severity::Denied
}

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

impl Flow {
    fn add(&mut self, kind: Kind, edges: Vec<Edge>) -> NodeId {
        let name = format!("n{}", self.nodes.len());
        self.nodes.push(Drawn::new(name, kind, edges));
        id(self.nodes.len() - 1)
    }

    /// A flow of about so many nodes, drawn in blocks, with so many edges led elsewhere.
    pub fn random(dice: &mut Dice, size: usize, rewired: usize) -> Flow {
        let mut flow = Flow::default();
        let end = flow.add(Kind::End, Vec::new());
        let mut first = end;
        let mut left = size;
        while left > 0 {
            first = flow.block(dice, first, end, &mut left, 0);
        }
        flow.add(Kind::StartHandle, vec![Edge::new(Role::Next, first)]);
        for _ in 0..rewired {
            let (from, to) = (dice.roll(flow.nodes.len()), dice.roll(flow.nodes.len()));
            let edges = flow.nodes[from].edges.len();
            if edges > 0 && !flow.nodes[to].kind.begins() && !flow.nodes[to].kind.is_boundary() {
                flow.nodes[from].edges[dice.roll(edges)].to = id(to);
            }
        }
        flow
    }

    fn block(&mut self, dice: &mut Dice, next: NodeId, end: NodeId, left: &mut usize, depth: usize) -> NodeId {
        if *left == 0 {
            return next;
        }
        *left -= 1;
        match dice.roll(if depth > 4 { 4 } else { 12 }) {
            0..=3 => self.task(dice, next, end, left),
            4 | 5 => {
                let then = self.block(dice, next, end, left, depth + 1);
                self.block(dice, then, end, left, depth + 1)
            }
            6 => {
                let then = self.block(dice, next, end, left, depth + 1);
                let other = if dice.one_in(4) { end } else { self.block(dice, next, end, left, depth + 1) };
                self.choice(dice, then, other)
            }
            7 | 8 => {
                let again = self.choice(dice, next, next);
                let first = self.block(dice, again, end, left, depth + 1);
                self.nodes[usize::from(again)].edges[0].to = first;
                first
            }
            _ => {
                let meet = match dice.roll(6) {
                    0 => next,
                    1 => end,
                    _ => self.add(Kind::Join, vec![Edge::new(Role::Next, next)]),
                };
                let branches = 2 + dice.roll(4) / 3;
                let edges = (0..branches).map(|_| {
                    let to = self.block(dice, meet, end, left, depth + 1);
                    Edge::branch(to, [Times::Once, Times::Once, Times::Once, Times::Maybe, Times::Each][dice.roll(5)])
                });
                let edges = edges.collect();
                self.add(Kind::Split, edges)
            }
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
            Kind::Handle,
            Kind::Subprocess,
            Kind::NSubprocess,
            Kind::MessageCatch,
            Kind::SignalThrow,
            Kind::EscalationThrow,
        ];
        let kind = kinds[dice.roll(kinds.len())];
        let task = self.add(kind, vec![Edge::new(Role::Next, next)]);
        if kind.waits() && dice.one_in(4) {
            *left = left.saturating_sub(1);
            let to = [end, next, id(dice.roll(self.nodes.len()))][dice.roll(3)];
            if !self.nodes[usize::from(to)].kind.is_boundary() {
                let boundary = self.add(Kind::TimerBoundary, vec![Edge::new(Role::Next, to)]);
                self.nodes[usize::from(boundary)].interrupting = dice.one_in(2);
                self.nodes[usize::from(task)].boundaries.push(boundary);
            }
        }
        task
    }

    /// Plain tasks in front of the node that the first start leads to.
    pub fn padded(&self, tasks: usize) -> Flow {
        let mut flow = self.clone();
        let start = flow.nodes.iter().position(|node| node.kind.begins()).unwrap();
        let first = flow.nodes[start].edges[0].to;
        let before = flow.nodes.len();
        for at in 0..tasks {
            let next = if at + 1 == tasks { first } else { id(before + at + 1) };
            flow.add(Kind::View, vec![Edge::new(Role::Next, next)]);
            flow.nodes.last_mut().unwrap().name = format!("pad{at}");
        }
        flow.nodes[start].edges[0].to = if tasks == 0 { first } else { id(before) };
        flow
    }

    /// Plain tasks in the middle of an edge.
    pub fn padded_at(&self, node: usize, edge: usize, tasks: usize) -> Flow {
        let mut flow = self.clone();
        let to = flow.nodes[node].edges[edge].to;
        let before = flow.nodes.len();
        for at in 0..tasks {
            let next = if at + 1 == tasks { to } else { id(before + at + 1) };
            flow.add(Kind::Function, vec![Edge::new(Role::Next, next)]);
            flow.nodes.last_mut().unwrap().name = format!("pad{at}");
        }
        flow.nodes[node].edges[edge].to = if tasks == 0 { to } else { id(before) };
        flow
    }
}
