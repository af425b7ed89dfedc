//! Which fields are set for certain when a process comes to a node, and by whom.

use std::cell::OnceCell;

use super::Analysis;
use super::access::Field;
use super::assignment_solver::Solver;
use crate::position::{PositionId, Rounds};
use crate::{Kind, NodeId};

/// Something that can be the case from some node on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// This field was set.
    Set(Field),
    /// This node was done, so that somebody has done it.
    Done(NodeId),
}

/// As many facts as can be distinguished at once; flows of more are not looked at.
const MOST: u32 = u64::BITS;

/// What is the case at each position, however a process came there.
#[derive(Debug)]
pub(crate) struct Assignment {
    bits: Bits,
    solver: Solver,
    /// By position.
    holds: Vec<u64>,
    /// All that some node makes the case.
    made: u64,
    /// Found when a check asks for a way back.
    rounds: OnceCell<Rounds>,
}

/// The bit of each fact that somebody asks for.
#[derive(Debug)]
struct Bits {
    /// By field.
    set: Vec<u64>,
    done: Vec<(NodeId, u64)>,
}

impl Bits {
    /// Nothing, if there are none or too many.
    fn of(analysis: &Analysis<'_>) -> Option<Self> {
        let uses = analysis.access();
        let mut bits = Bits { set: vec![0; uses.count()], done: Vec::new() };
        let mut count = 0;
        let mut next = || {
            count += 1;
            (count <= MOST).then(|| 1 << (count - 1))
        };
        for field in &uses.asked {
            if bits.set[*field] == 0 {
                bits.set[*field] = next()?;
            }
        }
        for owner in analysis.codes().iter().filter_map(|code| code.owner_of) {
            if bits.get(Fact::Done(owner)) == 0 {
                bits.done.push((owner, next()?));
            }
        }
        (count > 0).then_some(bits)
    }

    fn get(&self, fact: Fact) -> u64 {
        match fact {
            Fact::Set(field) => self.set.get(field).copied().unwrap_or(0),
            Fact::Done(node) => self.done.iter().find(|(known, _)| *known == node).map_or(0, |(_, bit)| *bit),
        }
    }

    /// By node: what holds when it is done.
    fn made_by_nodes(&self, analysis: &Analysis<'_>) -> Vec<u64> {
        let mut adds = vec![0; analysis.graph.nodes.len()];
        for (node, field) in &analysis.access().sets {
            adds[usize::from(*node)] |= self.set[*field];
        }
        for (node, bit) in &self.done {
            if let Some(adds) = adds.get_mut(usize::from(*node)) {
                *adds |= bit;
            }
        }
        let all = self.set.iter().fold(0, |all, bit| all | bit);
        for (adds, code) in adds.iter_mut().zip(analysis.codes()) {
            if code.writes_anything || code.callbacks.iter().any(|callback| callback.writes.is_none()) {
                *adds |= all;
            }
        }
        adds
    }
}

impl Assignment {
    /// Nothing, if the code is not known.
    pub(crate) fn of(analysis: &Analysis<'_>) -> Option<Self> {
        let unknown = analysis.graph.nodes.get(analysis.codes().len()..).unwrap_or_default();
        if unknown.iter().any(|node| !node.kind.is_boundary()) {
            return None;
        }
        let bits = Bits::of(analysis)?;
        let adds = bits.made_by_nodes(analysis);
        let made = adds.iter().fold(0, |all, adds| all | adds);
        let solver = Solver::of(&analysis.positions, &adds);
        let positions = &analysis.positions;
        let starts = (0..).zip(&positions.list).filter(|(_, position)| position.from.is_none());
        let starts: Vec<PositionId> = starts.map(|(at, _)| at).collect();
        let all: Vec<PositionId> = (0..).take(positions.list.len()).collect();
        let holds = solver.solve(positions, &starts, &all);
        Some(Assignment { bits, solver, holds, made, rounds: OnceCell::new() })
    }

    /// Some node makes it the case.
    pub(crate) fn is_made(&self, fact: Fact) -> bool {
        self.made & self.bits.get(fact) != 0
    }

    /// A position of the node to which a process can come without it.
    pub(crate) fn missing(&self, analysis: &Analysis<'_>, node: NodeId, fact: Fact) -> Option<PositionId> {
        let bit = self.bits.get(fact);
        let here = analysis.positions.of_node(node).iter().map(|(_, at)| *at);
        here.filter(|at| self.holds[*at as usize] & bit == 0).min()
    }

    /// The fact is the case once this node is done.
    pub(crate) fn makes(&self, analysis: &Analysis<'_>, node: NodeId, fact: Fact) -> bool {
        let bit = self.bits.get(fact);
        analysis.positions.of_node(node).iter().any(|(_, at)| self.solver.adds(*at) & bit != 0)
    }

    /// The shortest way to a position on which no node makes it the case.
    pub(crate) fn way_without(&self, analysis: &Analysis<'_>, to: PositionId, fact: Fact) -> Vec<NodeId> {
        let positions = &analysis.positions;
        let starts = (0..).zip(&positions.list).filter(|(_, position)| position.from.is_none());
        self.solver.walk(positions, starts.map(|(at, _)| at).collect(), self.bits.get(fact), to, |_| true)
    }

    /// The shortest way from a position back to it on which none of these fields is set anew.
    pub(crate) fn round_without(&self, analysis: &Analysis<'_>, at: PositionId, fields: &[Field]) -> Vec<NodeId> {
        let positions = &analysis.positions;
        let rounds = self.rounds.get_or_init(|| Rounds::of(positions));
        let next = positions.next(at);
        let first: Vec<PositionId> = next.iter().copied().filter(|next| rounds.together(*next, at)).collect();
        if first.is_empty() {
            return Vec::new();
        }
        let bits = fields.iter().fold(0, |bits, field| bits | self.bits.get(Fact::Set(*field)));
        let round = self.solver.walk(positions, first, bits, at, |next| rounds.together(next, at));
        if round.is_empty() {
            return round;
        }
        // A way that meets others in a join comes back with what those have set.
        let joins = round.iter().any(|id| analysis.kind(*id) == Some(Kind::Join));
        let set = || self.solver.solve(positions, next, rounds.region(at))[at as usize] & bits != 0;
        if joins && set() { Vec::new() } else { round }
    }
}

#[cfg(test)]
mod tests {
    use crate::code::{Asks, Callback, Code, NodeCode, Read};
    use crate::position::Positions;
    use crate::{Edge, Graph, Kind, Node, NodeId, Role, check_with};

    /// A split whose two branches set a field each, and a decision by one of them: so often, one after the other.
    fn chain(times: usize) -> (Vec<(Kind, Vec<Edge>)>, Code) {
        let to = |at: usize| Edge::new(Role::Next, NodeId::try_from(at).unwrap());
        let mut nodes = vec![(Kind::Start, vec![to(1)])];
        let mut code = vec![NodeCode::default()];
        for _ in 0..times {
            let at = nodes.len();
            nodes.extend([
                (Kind::Split, vec![to(at + 1), to(at + 2)]),
                (Kind::View, vec![to(at + 3)]),
                (Kind::View, vec![to(at + 3)]),
                (Kind::Join, vec![to(at + 4)]),
                (Kind::If, vec![Edge::new(Role::Then, to(at + 5).to), Edge::new(Role::Else, to(at + 5).to)]),
            ]);
            let form = |field: &str| NodeCode { form: vec![field.to_owned()], has_people: true, ..NodeCode::default() };
            let reads = vec![Read::of_process("a")];
            let asks = Callback { reads, reads_anything: false, elsewhere: false, ..Callback::unseen(Asks::Way) };
            let decides = NodeCode { callbacks: vec![asks], ..NodeCode::default() };
            code.extend([NodeCode::default(), form("a"), form("b"), NodeCode::default(), decides]);
        }
        nodes.push((Kind::End, Vec::new()));
        code.push(NodeCode::default());
        (nodes, Code { nodes: code, shows: Vec::new() })
    }

    #[test]
    fn a_long_way_of_branches_is_known_to_its_end() {
        for times in [10, 1000] {
            let (drawn, code) = chain(times);
            let names: Vec<String> = (0..drawn.len()).map(|at| format!("node_{at}")).collect();
            let each = drawn.iter().zip(&names);
            let nodes: Vec<Node<'_>> =
                each.map(|((kind, edges), name)| Node { edges, ..Node::new(name, *kind) }).collect();
            let graph = Graph { nodes: &nodes, ..Graph::new("f") };
            assert!(Positions::of(&graph).is_complete());
            let found = check_with(&graph, &code);
            let data: Vec<&str> =
                found.iter().map(|finding| finding.check).filter(|name| *name != "same_arms").collect();
            assert_eq!(data, Vec::<&str>::new(), "{times}");
        }
    }
}
