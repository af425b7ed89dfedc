//! The nodes in lists, so that a check goes over those it is about and no others; and what leads to each.

use crate::{Exits, Graph, Kind, Node, NodeId, Role, Times};

/// What one look at all nodes shows.
#[derive(Debug)]
pub(crate) struct Index {
    /// By kind.
    of_kind: Vec<Vec<NodeId>>,
    /// The nodes of which something about their edges is wrong already, so that where they lead is not known.
    pub(crate) holes: Vec<NodeId>,
    /// Those of two edges or more.
    pub(crate) forks: Vec<NodeId>,
    /// Those with timeouts.
    pub(crate) hosts: Vec<NodeId>,
    /// What leads to each node, by edges and by timeouts that interrupt, one node's after another's; and whether it
    /// always does.
    before: Vec<(NodeId, bool)>,
    /// By node: where its own end there.
    ends: Vec<usize>,
}

impl Index {
    pub(crate) fn of(graph: &Graph<'_>) -> Self {
        let mut shape = Index {
            of_kind: vec![Vec::new(); Kind::COUNT],
            holes: Vec::new(),
            forks: Vec::new(),
            hosts: Vec::new(),
            before: Vec::new(),
            ends: vec![0; graph.nodes.len()],
        };
        let handlers = graph.handlers();
        let mut steps: Vec<(NodeId, NodeId, bool)> = Vec::with_capacity(graph.nodes.len() * 2);
        for (id, node) in graph.ids().zip(graph.nodes) {
            shape.of_kind[node.kind as usize].push(id);
            if is_hole(graph, node, handlers.binary_search(&id).is_ok()) {
                shape.holes.push(id);
            }
            if node.edges.len() > 1 {
                shape.forks.push(id);
            }
            for edge in node.edges {
                steps.push((id, edge.to, edge.times == Times::Once));
            }
            if node.boundaries.is_empty() {
                continue;
            }
            shape.hosts.push(id);
            let interrupts = |id: &&NodeId| graph.node(**id).is_some_and(|node| node.interrupting);
            steps.extend(node.boundaries.iter().filter(interrupts).map(|to| (id, *to, false)));
        }
        shape.sort_steps(&steps);
        shape
    }

    /// The steps come by where they are from; they are wanted by where they lead.
    fn sort_steps(&mut self, steps: &[(NodeId, NodeId, bool)]) {
        for (_, to, _) in steps {
            if let Some(many) = self.ends.get_mut(usize::from(*to)) {
                *many += 1;
            }
        }
        let mut end = 0;
        for many in &mut self.ends {
            (*many, end) = (end, end + *many);
        }
        // Each begins where it stands now, and stands behind its last one when all are filled in.
        self.before = vec![(0, false); end];
        for (from, to, always) in steps {
            if let Some(at) = self.ends.get_mut(usize::from(*to)) {
                self.before[*at] = (*from, *always);
                *at += 1;
            }
        }
    }

    /// The nodes of a kind.
    pub(crate) fn of_kind(&self, kind: Kind) -> &[NodeId] {
        &self.of_kind[kind as usize]
    }

    /// The nodes that lead to this one by an edge, or by being timed out; one of several such edges several times. Of
    /// an edge also whether it is taken once, always.
    pub(crate) fn before(&self, id: NodeId) -> &[(NodeId, bool)] {
        let id = usize::from(id);
        let first = id.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(id).map_or(&[], |end| &self.before[first..*end])
    }
}

/// An edge of the node is missing, unknown, or goes to a node that nothing may lead to.
fn is_hole(graph: &Graph<'_>, node: &Node<'_>, is_handler: bool) -> bool {
    let missing = match node.kind.exits() {
        // A compensation handler leads nowhere.
        Exits::Next if is_handler => false,
        Exits::Next => !has(node, Role::Next),
        Exits::ThenElse => !has(node, Role::Then) || !has(node, Role::Else),
        Exits::None => false,
        Exits::Cases | Exits::Branches => node.edges.is_empty(),
    };
    if node.incomplete || missing {
        return true;
    }
    for edge in node.edges {
        if graph.nodes.get(usize::from(edge.to)).is_none_or(|target| !target.kind.can_be_led_to()) {
            return true;
        }
    }
    false
}

fn has(node: &Node<'_>, role: Role) -> bool {
    for edge in node.edges {
        if edge.role == role {
            return true;
        }
    }
    false
}
