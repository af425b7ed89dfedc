//! Flows for the tests of the checks, drawn by names.

use crate::code::{Asks, Callback, Code, NodeCode, Of, Read, Says};
use crate::{Early, Edge, Exits, Graph, Kind, Node, NodeId, Role, Times, check, check_with};

/// Where a node leads, and how often.
type Ways = Vec<(&'static str, Times)>;

/// A flow in the making.
pub(crate) struct Draft {
    nodes: Vec<(&'static str, Kind, Ways)>,
    timeouts: Vec<(&'static str, &'static str, bool)>,
    /// Which of the timeouts are no timeouts, but `on_error`s and `on_escalation`s.
    takers: Vec<(usize, Kind)>,
    /// Joins that may continue early.
    early: Vec<(&'static str, Early)>,
    code: Vec<(&'static str, NodeCode)>,
}

impl Draft {
    pub(crate) fn new() -> Self {
        Draft { nodes: Vec::new(), timeouts: Vec::new(), takers: Vec::new(), early: Vec::new(), code: Vec::new() }
    }

    /// A node, and where it leads. In front of a branch `?` means maybe, `*` once for each item of a list.
    pub(crate) fn node(mut self, name: &'static str, kind: Kind, to: &[&'static str]) -> Self {
        let edge = |to: &&'static str| match (to.strip_prefix('?'), to.strip_prefix('*')) {
            (Some(to), _) => (to, Times::Maybe),
            (_, Some(to)) => (to, Times::Each),
            _ => (*to, Times::Once),
        };
        self.nodes.push((name, kind, to.iter().map(edge).collect()));
        self
    }

    /// A join, and whether it may continue before all branches have arrived.
    pub(crate) fn join(mut self, name: &'static str, early: Early, to: &[&'static str]) -> Self {
        self.early.push((name, early));
        self.node(name, Kind::Join, to)
    }

    /// A timeout of a node.
    pub(crate) fn timeout(mut self, host: &'static str, to: &'static str, interrupting: bool) -> Self {
        self.timeouts.push((host, to, interrupting));
        self
    }

    /// What takes the failures of a node.
    pub(crate) fn error(mut self, host: &'static str, to: &'static str, interrupting: bool) -> Self {
        self.takers.push((self.timeouts.len(), Kind::ErrorBoundary));
        self.timeout(host, to, interrupting)
    }

    /// The compensation handler of a node.
    pub(crate) fn compensate(mut self, host: &'static str, handler: &'static str) -> Self {
        self.takers.push((self.timeouts.len(), Kind::CompensationBoundary));
        self.timeout(host, handler, false)
    }

    /// Something about a node's code.
    pub(crate) fn code(mut self, node: &'static str, change: impl FnOnce(&mut NodeCode)) -> Self {
        match self.code.iter_mut().find(|known| known.0 == node) {
            Some((_, code)) => change(code),
            None => {
                let mut code = NodeCode::default();
                change(&mut code);
                self.code.push((node, code));
            }
        }
        self
    }

    /// The fields of a node's form.
    pub(crate) fn form(self, node: &'static str, fields: &[&str]) -> Self {
        self.code(node, |code| code.form = fields.iter().map(ToString::to_string).collect())
    }

    /// The fields that a node's callback reads; of the task where they begin with `task.`.
    pub(crate) fn reads(self, node: &'static str, asks: Asks, fields: &[&str]) -> Self {
        let read = |field: &&str| match field.strip_prefix("task.") {
            Some(field) => Read { of: Of::Task, ..Read::of_process(field) },
            None => Read::of_process(field),
        };
        let reads = fields.iter().map(read).collect();
        let text = Some(fields.join(" "));
        self.code(node, |code| code.callbacks.push(Callback { reads, text, ..seen(asks) }))
    }

    /// The fields that a node's code sets.
    pub(crate) fn sets(self, node: &'static str, fields: &[&str]) -> Self {
        let writes = Some(fields.iter().map(ToString::to_string).collect());
        self.code(node, |code| code.callbacks.push(Callback { writes, ..seen(Asks::Act) }))
    }

    /// A node's callback has a word in it that says something.
    pub(crate) fn says(self, node: &'static str, asks: Asks, says: Says) -> Self {
        self.code(node, |code| code.callbacks.push(Callback { words: vec![says], ..seen(asks) }))
    }

    /// The node whose owner has a node's tasks.
    pub(crate) fn owner(self, node: &'static str, of: &'static str) -> Self {
        let owner_of = Some(self.id(of));
        self.code(node, |code| code.owner_of = owner_of)
    }

    /// The node's number.
    pub(crate) fn id(&self, name: &str) -> NodeId {
        NodeId::try_from(self.nodes.iter().position(|node| node.0 == name).unwrap()).unwrap()
    }

    fn all_code(&self) -> Code {
        let code = |name: &str| self.code.iter().find(|code| code.0 == name).map(|code| code.1.clone());
        let all = self.nodes.iter().map(|node| NodeCode { has_people: true, ..code(node.0).unwrap_or_default() });
        // The timeouts stand behind all nodes.
        let timeouts = (0..self.timeouts.len()).map(|at| code(TIMEOUTS[at]).unwrap_or_default());
        Code { nodes: all.chain(timeouts).collect(), shows: Vec::new() }
    }

    pub(crate) fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let find = |name: &str| self.id(name);
        let edges: Vec<Vec<Edge>> = self
            .nodes
            .iter()
            .map(|(_, kind, to)| {
                let role = |at: usize| match kind.exits() {
                    Exits::ThenElse => [Role::Then, Role::Else][at],
                    Exits::Cases if at + 1 == to.len() => Role::Default,
                    Exits::Cases => Role::Case,
                    _ => Role::Next,
                };
                let each = to.iter().enumerate();
                each.map(|(at, (to, times))| Edge { role: role(at), ..Edge::branch(find(to), *times) }).collect()
            })
            .collect();
        let first = self.nodes.len();
        let ways: Vec<[Edge; 1]> = self.timeouts.iter().map(|(_, to, _)| [Edge::new(Role::Next, find(to))]).collect();
        let boundaries: Vec<Vec<NodeId>> = self
            .nodes
            .iter()
            .map(|(name, ..)| {
                let own = self.timeouts.iter().enumerate().filter(|(_, (host, ..))| host == name);
                own.map(|(at, _)| NodeId::try_from(first + at).unwrap()).collect()
            })
            .collect();
        let fields = self.nodes.iter().zip(edges.iter().zip(&boundaries));
        let mut nodes: Vec<Node<'_>> = fields
            .map(|((name, kind, _), (edges, boundaries))| {
                let early = self.early.iter().find(|join| join.0 == *name).map_or(Early::Never, |join| join.1);
                Node { edges, boundaries, early, ..Node::new(name, *kind) }
            })
            .collect();
        nodes.extend(self.timeouts.iter().zip(&ways).enumerate().map(|(at, ((_, _, interrupting), edges))| {
            let kind = self.takers.iter().find(|taker| taker.0 == at).map_or(Kind::TimerBoundary, |taker| taker.1);
            Node { edges, interrupting: *interrupting, ..Node::new("timeout", kind) }
        }));
        f(&Graph { nodes: &nodes, ..Graph::new("f") })
    }
}

/// What the code of each timeout is called, in their order.
pub(crate) const TIMEOUTS: [&str; 2] = ["timeout 1", "timeout 2"];

/// A closure that nothing is seen in, so that it looks at nothing and does nothing.
fn seen(asks: Asks) -> Callback {
    Callback { reads_anything: false, elsewhere: false, writes: Some(Vec::new()), ..Callback::unseen(asks) }
}

/// The headlines of one check's findings.
pub(crate) fn found(draft: &Draft, name: &str) -> Vec<String> {
    assert!(crate::CHECKS.iter().any(|check| check.name == name), "unknown check {name}");
    let of = |finding: crate::Finding| (finding.check == name).then_some(finding.headline);
    draft.with_graph(|graph| check(graph).into_iter().chain(crate::hints(graph)).filter_map(of).collect())
}

/// The headlines of one check's findings, where the flow's code is known.
pub(crate) fn coded(draft: &Draft, name: &str) -> Vec<String> {
    assert!(crate::CHECKS.iter().any(|check| check.name == name), "unknown check {name}");
    let of = |finding: crate::Finding| (finding.check == name).then_some(finding.headline);
    let code = draft.all_code();
    draft.with_graph(|graph| {
        let reported = check_with(graph, &code).into_iter().chain(crate::hints_of_code(graph, &code));
        reported.filter_map(of).collect()
    })
}
