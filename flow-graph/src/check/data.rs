//! Which fields are set for certain when a process comes to a node, and by whom.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::Subject;
use crate::code::{Asks, Callback, Of, Read};
use crate::position::{Level, PathId, Position, PositionId, Rounds};
use crate::{Kind, NodeId, Times};

/// Something that can be the case from some node on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact<'a> {
    /// This field was set.
    Set(&'a str),
    /// This node was done, so that somebody has done it.
    Done(NodeId),
}

/// As many facts as can be told apart at once; flows of more are not looked at.
const MOST: usize = 64;

/// What is the case at each position, however a process came there.
#[derive(Debug)]
pub(crate) struct Data<'a> {
    facts: BTreeMap<Fact<'a>, u32>,
    /// By node: what holds when it is done.
    adds: Vec<u64>,
    /// By position.
    holds: Vec<u64>,
    /// Where the branch of a stack can end or come to a join.
    leaves: BTreeMap<PathId, Vec<PositionId>>,
    /// All that some node makes the case.
    made: u64,
    /// Found when a check asks for a way back.
    rounds: OnceCell<Rounds>,
}

impl<'a> Data<'a> {
    /// Nothing, if the code is not known.
    pub(crate) fn of(subject: &Subject<'a>) -> Option<Self> {
        if subject.graph.ids().any(|id| subject.code(id).is_none() && !subject.kind(id).is_some_and(Kind::is_boundary))
        {
            return None;
        }
        let mut facts = BTreeMap::new();
        for code in subject.graph.ids().filter_map(|id| subject.code(id)) {
            let read =
                code.callbacks.iter().flat_map(|callback| callback.reads.iter().map(move |read| (callback, read)));
            let asked = read.filter(|(callback, read)| read.of == Of::Process && is_asked(callback, read));
            let fields = asked.map(|(_, read)| Fact::Set(&read.field));
            for fact in fields.chain(code.owner_of.map(Fact::Done)) {
                let next = u32::try_from(facts.len()).unwrap_or(0);
                facts.entry(fact).or_insert(next);
            }
        }
        if facts.is_empty() || facts.len() > MOST {
            return None;
        }
        let adds: Vec<u64> = subject.graph.ids().map(|id| adds(subject, &facts, id)).collect();
        let made = adds.iter().fold(0, |all, adds| all | adds);
        let positions = &subject.positions;
        let mut leaves: BTreeMap<PathId, Vec<PositionId>> = BTreeMap::new();
        for (at, position) in (0..).zip(&positions.list) {
            if subject.node(position.node).is_some_and(|node| node.kind.ends() || node.kind == Kind::Join) {
                leaves.entry(position.path).or_default().push(at);
            }
        }
        let mut data = Data { facts, adds, holds: Vec::new(), leaves, made, rounds: OnceCell::new() };
        let starts = (0..).zip(&positions.list).filter(|(_, position)| position.from.is_none());
        let all: Vec<PositionId> = (0..).take(positions.list.len()).collect();
        data.holds = data.solve(subject, starts.map(|(at, _)| at), &all);
        Some(data)
    }

    fn bit(&self, fact: Fact<'_>) -> u64 {
        // A look-up by a shorter life than the key's.
        let found = self.facts.iter().find(|(known, _)| **known == fact);
        found.map_or(0, |(_, at)| 1 << at)
    }

    fn adds(&self, node: NodeId) -> u64 {
        self.adds.get(usize::from(node)).copied().unwrap_or(u64::MAX)
    }

    /// The fact is the case once this node is done.
    pub(crate) fn makes(&self, node: NodeId, fact: Fact<'_>) -> bool {
        self.adds(node) & self.bit(fact) != 0
    }

    /// Some node makes it the case.
    pub(crate) fn is_made(&self, fact: Fact<'_>) -> bool {
        self.made & self.bit(fact) != 0
    }

    /// A position of the node to which a process can come without it.
    pub(crate) fn missing(&self, subject: &Subject<'_>, node: NodeId, fact: Fact<'_>) -> Option<PositionId> {
        let bit = self.bit(fact);
        let here = subject.positions.of_node(node).iter().map(|(_, at)| *at);
        here.filter(|at| self.holds[*at as usize] & bit == 0).min()
    }

    /// What holds on every way from these positions, where nothing does yet: the greatest solution. Only what
    /// comes from one of the places in `region` is followed.
    fn solve(&self, subject: &Subject<'_>, from: impl Iterator<Item = PositionId>, region: &[PositionId]) -> Vec<u64> {
        let positions = &subject.positions;
        // Zeroes cost nothing to make; what is outside is never asked for.
        let mut holds = vec![0; positions.list.len()];
        region.iter().for_each(|at| holds[*at as usize] = u64::MAX);
        from.for_each(|at| holds[at as usize] = 0);
        let mut changed = true;
        while changed {
            changed = false;
            for at in region.iter().copied() {
                let Position { node, path, .. } = positions.get(at);
                let done = match positions.paths.scope(path) {
                    Some(scope) if subject.kind(node) == Some(Kind::Join) => self.met(subject, &holds, scope),
                    _ => holds[at as usize] | self.adds(node),
                };
                for next in positions.next(at) {
                    let is_timeout = subject.kind(positions.get(*next).node).is_some_and(Kind::is_boundary);
                    // A timeout comes while the task is not done.
                    let out = if is_timeout { holds[at as usize] } else { done };
                    let there = &mut holds[*next as usize];
                    changed |= *there & out != *there;
                    *there &= out;
                }
            }
        }
        holds
    }

    /// What holds when the branches of a split have met: what held before, and what each branch that is always
    /// started does on all of its ways.
    fn met(&self, subject: &Subject<'_>, holds: &[u64], scope: PathId) -> u64 {
        let positions = &subject.positions;
        let Some((outside, split)) = positions.paths.split(scope) else { return 0 };
        let Some(at) = positions.find(split, outside) else { return 0 };
        let edges = subject.node(split).map_or(&[][..], |node| node.edges);
        let mut all = holds[at as usize];
        for first in positions.next(at) {
            let branch = positions.get(*first).path;
            let once = match positions.paths.level(branch) {
                Some(Level::Branch { edge: Some(edge), .. }) => {
                    edges.get(edge).is_some_and(|edge| edge.times == Times::Once)
                }
                _ => false,
            };
            if once {
                let ways = self.leaves.get(&branch).map_or(&[][..], Vec::as_slice);
                all |= ways.iter().map(|at| holds[*at as usize]).fold(u64::MAX, |all, way| all & way);
            }
        }
        all
    }

    /// The shortest way to a position on which no node makes it the case.
    pub(crate) fn way_without(&self, subject: &Subject<'_>, to: PositionId, fact: Fact<'_>) -> Vec<NodeId> {
        let positions = &subject.positions;
        let starts = (0..).zip(&positions.list).filter(|(_, position)| position.from.is_none());
        self.walk(subject, starts.map(|(at, _)| at).collect(), self.bit(fact), to, |_| true)
    }

    /// The shortest way from a position back to it on which none of these is the case anew.
    pub(crate) fn round_without(&self, subject: &Subject<'_>, at: PositionId, facts: &[Fact<'_>]) -> Vec<NodeId> {
        let rounds = self.rounds.get_or_init(|| Rounds::of(&subject.positions));
        let first: Vec<PositionId> =
            subject.positions.next(at).iter().copied().filter(|next| rounds.together(*next, at)).collect();
        if first.is_empty() {
            return Vec::new();
        }
        let bits = facts.iter().fold(0, |bits, fact| bits | self.bit(*fact));
        let round = self.walk(subject, first, bits, at, |next| rounds.together(next, at));
        if round.is_empty() {
            return round;
        }
        // A way that meets others in a join comes back with what those have set.
        let joins = round.iter().any(|id| subject.kind(*id) == Some(Kind::Join));
        let next = subject.positions.next(at).iter().copied();
        let set = || self.solve(subject, next, rounds.region(at))[at as usize] & bits != 0;
        if joins && set() { Vec::new() } else { round }
    }

    fn walk(
        &self,
        subject: &Subject<'_>,
        from: Vec<PositionId>,
        bits: u64,
        to: PositionId,
        within: impl Fn(PositionId) -> bool,
    ) -> Vec<NodeId> {
        const START: PositionId = PositionId::MAX;
        let positions = &subject.positions;
        // By position the one before it, plus one; 0: not met.
        let mut before: Vec<PositionId> = vec![0; positions.list.len()];
        let mut work = std::collections::VecDeque::new();
        for start in from {
            before[start as usize] = START;
            work.push_back(start);
        }
        while let Some(at) = work.pop_front() {
            if at == to {
                let mut way = vec![positions.get(at).node];
                let mut next = before[at as usize];
                while next != START && next != 0 {
                    way.push(positions.get(next - 1).node);
                    next = before[next as usize - 1];
                }
                way.reverse();
                return way;
            }
            let makes = self.adds(positions.get(at).node) & bits != 0;
            for next in positions.next(at) {
                let is_timeout = subject.kind(positions.get(*next).node).is_some_and(Kind::is_boundary);
                if (!makes || is_timeout) && before[*next as usize] == 0 && within(*next) {
                    before[*next as usize] = at + 1;
                    work.push_back(*next);
                }
            }
        }
        Vec::new()
    }
}

/// The references of a row to others: they have no default.
pub(super) const REFERENCES: &[&str] = &["seed", "artifact"];

/// Whether it matters that the field is set where this callback reads it.
fn is_asked(callback: &Callback, read: &Read) -> bool {
    let decides = callback.asks.decides() && callback.comes_from().is_some();
    decides || matches!(callback.asks, Asks::Time | Asks::Person) || REFERENCES.contains(&&*read.field)
}

fn adds<'a>(subject: &Subject<'a>, facts: &BTreeMap<Fact<'a>, u32>, id: NodeId) -> u64 {
    let done = facts.get(&Fact::Done(id)).map_or(0, |at| 1 << at);
    let Some(code) = subject.code(id) else { return done };
    let any = code.writes_anything || code.callbacks.iter().any(|callback| callback.writes.is_none());
    let sets = |field: &str| {
        any || code.form.iter().any(|own| own == field)
            || code.callbacks.iter().filter_map(|callback| callback.writes.as_ref()).flatten().any(|own| own == field)
    };
    let fields = facts.iter().filter(|(fact, _)| matches!(fact, Fact::Set(field) if sets(field)));
    fields.fold(done, |bits, (_, at)| bits | 1 << at)
}

/// A field that is read to decide where a process goes.
pub(super) struct Decision<'a> {
    pub(super) node: NodeId,
    pub(super) callback: usize,
    pub(super) read: usize,
    pub(super) field: &'a str,
    /// Only whether there is a value is asked.
    pub(super) presence: bool,
    pub(super) asks: Asks,
}

/// All of them, each field once a callback.
pub(super) fn decisions<'a>(subject: &Subject<'a>) -> Vec<Decision<'a>> {
    let mut all = questions(subject);
    all.retain(|question| question.asks.decides());
    all
}

/// A field is asked for to go on at once: where to, until when, by whom.
pub(super) fn asks_fields(asks: Asks) -> bool {
    asks.decides() || matches!(asks, Asks::Time | Asks::Person)
}

/// The decisions, and the fields that say how long a node waits and for whom it is.
pub(super) fn questions<'a>(subject: &Subject<'a>) -> Vec<Decision<'a>> {
    let mut all = Vec::new();
    for (node, code) in subject.graph.ids().filter_map(|id| Some((id, subject.code(id)?))) {
        for (callback, found) in code.callbacks.iter().enumerate().filter(|(_, found)| asks_fields(found.asks)) {
            // What decides together with something that is not told is another question.
            let known = !found.asks.decides() || found.comes_from().is_some();
            let reads = if known { &*found.reads } else { &[] };
            let field = |read: &Read| read.of == Of::Process && !REFERENCES.contains(&&*read.field);
            for (read, found) in reads.iter().enumerate().filter(|(_, read)| field(read)) {
                if reads[..read].iter().all(|before| !before.is(&found.field)) {
                    let asks = code.callbacks[callback].asks;
                    all.push(Decision { node, callback, read, field: &found.field, presence: found.presence, asks });
                }
            }
        }
    }
    all
}

/// A node that sets a field, as it is written.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) node: NodeId,
    pub(super) field: &'a str,
    pub(super) place: crate::Place,
    /// By its form: whatever was there before is lost.
    pub(super) by_form: bool,
}

/// The nodes that set fields by forms and closures. One that reads the field it sets adds to it.
pub(super) fn writers<'a>(subject: &Subject<'a>) -> Vec<Writer<'a>> {
    let mut all = Vec::new();
    for (node, code) in subject.graph.ids().filter_map(|id| Some((id, subject.code(id)?))) {
        for (at, field) in code.form.iter().enumerate() {
            all.push(Writer { node, field, place: crate::Place::Form(node, at), by_form: true });
        }
        for (at, callback) in code.callbacks.iter().enumerate() {
            for field in callback.writes.iter().flatten() {
                let adds = callback.elsewhere || callback.reads.iter().any(|read| read.is(field));
                if !adds {
                    all.push(Writer { node, field, place: crate::Place::Callback(node, at), by_form: false });
                }
            }
        }
    }
    all
}

/// The nodes can be in two branches of one split, or one is in what a timeout of the other's branch started.
pub(super) fn side_by_side(subject: &Subject<'_>, a: NodeId, b: NodeId) -> bool {
    let (of_a, of_b) = (subject.positions.of_node(a), subject.positions.of_node(b));
    let mut pairs = of_a.iter().flat_map(|a| of_b.iter().map(move |b| (*a, *b))).take(10_000);
    pairs.any(|(a, b)| subject.positions.part(a, b))
}

/// "`start` -> `check`"
pub(super) fn arrows(subject: &Subject<'_>, way: &[NodeId]) -> String {
    way.iter().map(|id| subject.name(*id)).collect::<Vec<_>>().join(" -> ")
}
