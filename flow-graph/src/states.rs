//! The states of a row and the transitions between them, and what can be wrong with that.
//!
//! The functions are `const`: the constants that the macros write are checked while rustc compiles them.

/// Most states that one state machine can have.
pub const MOST_STATES: usize = 256;

/// A state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateDef {
    /// The name of its variant: `Approved`.
    pub name: &'static str,
    /// What is stored: `approved`.
    pub value: &'static str,
    /// What people read: `Approved`.
    pub label: &'static str,
    /// Nothing need follow it.
    pub end: bool,
}

/// A transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    /// Its name: `approve`.
    pub name: &'static str,
    /// What people read: `Approve`.
    pub label: &'static str,
    /// From which states, by their places; `None`: from any.
    pub from: Option<&'static [u16]>,
    /// To which state; `None`: the state stays.
    pub to: Option<u16>,
}

impl Arc {
    /// Whether it can be taken from this state.
    #[must_use]
    pub const fn leaves(&self, state: u16) -> bool {
        let Some(from) = self.from else { return true };
        let mut at = 0;
        while at < from.len() {
            if from[at] == state {
                return true;
            }
            at += 1;
        }
        false
    }
}

/// A state machine as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateGraph {
    /// Its stored name: `review`.
    pub name: &'static str,
    /// Its states, in the order of declaration.
    pub states: &'static [StateDef],
    /// The place of the state that a new row is in.
    pub initial: u16,
    /// Its transitions, in the order of declaration.
    pub arcs: &'static [Arc],
}

/// States by their places, as bits: rustc interprets what is done with them, step by step.
#[derive(Clone, Copy)]
struct Set([u64; MOST_STATES / 64]);

impl Set {
    const EMPTY: Set = Set([0; MOST_STATES / 64]);

    const fn has(&self, state: u16) -> bool {
        let word = state as usize / 64;
        word < self.0.len() && self.0[word] >> (state % 64) & 1 == 1
    }

    const fn add(&mut self, state: u16) {
        let word = state as usize / 64;
        if word < self.0.len() {
            self.0[word] |= 1 << (state % 64);
        }
    }

    const fn add_all(&mut self, other: &Set) {
        let mut word = 0;
        while word < self.0.len() {
            self.0[word] |= other.0[word];
            word += 1;
        }
    }

    const fn meets(&self, other: &Set) -> bool {
        let mut word = 0;
        while word < self.0.len() {
            if self.0[word] & other.0[word] != 0 {
                return true;
            }
            word += 1;
        }
        false
    }

    const fn is(&self, other: &Set) -> bool {
        let mut word = 0;
        while word < self.0.len() {
            if self.0[word] != other.0[word] {
                return false;
            }
            word += 1;
        }
        true
    }
}

#[allow(clippy::cast_possible_truncation, reason = "there are at most 256 states")]
impl StateGraph {
    /// The first state that a row can never be in.
    ///
    /// ```
    /// use flow_graph::states::{Arc, StateDef, StateGraph};
    ///
    /// const fn state(name: &'static str) -> StateDef { StateDef { name, value: name, label: name, end: false } }
    /// const STATES: &[StateDef] = &[state("New"), state("Approved"), state("Lost")];
    /// const ARCS: &[Arc] = &[Arc { name: "approve", label: "Approve", from: Some(&[0]), to: Some(1) }];
    /// const GRAPH: StateGraph = StateGraph { name: "review", states: STATES, initial: 0, arcs: ARCS };
    /// assert_eq!(GRAPH.unreachable(), Some("Lost"));
    /// ```
    #[must_use]
    pub const fn unreachable(&self) -> Option<&'static str> {
        let mut reached = Set::EMPTY;
        reached.add(self.initial);
        let mut backward = false;
        loop {
            let before = reached;
            let mut at = 0;
            while at < self.arcs.len() {
                let arc = &self.arcs[if backward { self.arcs.len() - 1 - at } else { at }];
                if let Some(to) = arc.to
                    && !reached.has(to)
                    && self.sources(arc).meets(&reached)
                {
                    reached.add(to);
                }
                at += 1;
            }
            if reached.is(&before) {
                return self.first_without(&reached);
            }
            backward = !backward;
        }
    }

    /// Where ends are declared, the first state from which none of them can be reached.
    #[must_use]
    pub const fn stuck(&self) -> Option<&'static str> {
        let mut ends = Set::EMPTY;
        let mut at = 0;
        while at < self.states.len() && at < MOST_STATES {
            if self.states[at].end {
                ends.add(at as u16);
            }
            at += 1;
        }
        if ends.is(&Set::EMPTY) {
            return None;
        }
        // Transitions are mostly written in the order in which they are taken, so the last one first.
        let mut backward = true;
        loop {
            let before = ends;
            let mut at = 0;
            while at < self.arcs.len() {
                let arc = &self.arcs[if backward { self.arcs.len() - 1 - at } else { at }];
                if let Some(to) = arc.to
                    && ends.has(to)
                {
                    ends.add_all(&self.sources(arc));
                }
                at += 1;
            }
            if ends.is(&before) {
                return self.first_without(&ends);
            }
            backward = !backward;
        }
    }

    /// The states that a transition leads from.
    const fn sources(&self, arc: &Arc) -> Set {
        let mut sources = Set::EMPTY;
        match arc.from {
            None => {
                let mut at = 0;
                while at < self.states.len() && at < MOST_STATES {
                    sources.add(at as u16);
                    at += 1;
                }
            }
            Some(from) => {
                let mut at = 0;
                while at < from.len() {
                    sources.add(from[at]);
                    at += 1;
                }
            }
        }
        sources
    }

    const fn first_without(&self, states: &Set) -> Option<&'static str> {
        let mut at = 0;
        while at < self.states.len() && at < MOST_STATES {
            if !states.has(at as u16) {
                return Some(self.states[at].name);
            }
            at += 1;
        }
        None
    }

    /// What a diagram shows: each way from a state to another, sorted by the names of both and of the transition. A
    /// transition from any state leads from every state but its own target.
    #[must_use]
    pub fn edges(&self) -> Vec<(u16, u16, &Arc)> {
        let mut edges = Vec::new();
        for arc in self.arcs {
            for state in 0..self.states.len().min(MOST_STATES) as u16 {
                let to = arc.to.unwrap_or(state);
                if arc.leaves(state) && (arc.from.is_some() || arc.to != Some(state)) {
                    edges.push((state, to, arc));
                }
            }
        }
        let name = |state: u16| self.states.get(usize::from(state)).map_or("", |state| state.name);
        edges.sort_by_key(|(from, to, arc)| (name(*from), name(*to), arc.name));
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn state(name: &'static str, end: bool) -> StateDef {
        StateDef { name, value: name, label: name, end }
    }

    const fn arc(name: &'static str, from: Option<&'static [u16]>, to: Option<u16>) -> Arc {
        Arc { name, label: name, from, to }
    }

    fn graph(states: &'static [StateDef], arcs: Vec<Arc>) -> StateGraph {
        StateGraph { name: "test", states, initial: 0, arcs: arcs.leak() }
    }

    const STATES: &[StateDef] = &[state("New", false), state("Done", true), state("Odd", false)];

    #[test]
    fn a_state_is_reached_over_others_and_from_any() {
        let to = |arcs| graph(STATES, arcs).unreachable();
        assert_eq!(to(vec![arc("a", Some(&[0]), Some(1)), arc("b", Some(&[1]), Some(2))]), None);
        assert_eq!(to(vec![arc("a", Some(&[2]), Some(1)), arc("b", Some(&[1]), Some(2))]), Some("Done"));
        assert_eq!(to(vec![arc("a", None, Some(1)), arc("b", None, Some(2))]), None);
        assert_eq!(to(vec![arc("a", None, None)]), Some("Done"), "no target leads nowhere");
    }

    #[test]
    fn a_state_without_a_way_to_an_end_is_stuck_where_there_are_ends() {
        let from = |arcs| graph(STATES, arcs).stuck();
        assert_eq!(from(vec![arc("a", Some(&[0]), Some(1))]), Some("Odd"));
        assert_eq!(from(vec![arc("a", Some(&[0]), Some(2)), arc("b", Some(&[2]), Some(1))]), None);
        assert_eq!(from(vec![arc("a", None, Some(1))]), None);
        const MANY: &[StateDef] = &[state("s", false); MOST_STATES];
        let last = |at: u16| -> &'static [u16] { vec![at].leak() };
        let chain = |end: u16| (0..end).map(|at| arc("a", Some(last(at)), Some(at + 1))).collect::<Vec<_>>();
        assert_eq!(graph(MANY, chain(255)).unreachable(), None);
        assert_eq!(graph(MANY, chain(254)).unreachable(), Some("s"));
        const ENDLESS: &[StateDef] = &[state("New", false)];
        assert_eq!(graph(ENDLESS, vec![]).stuck(), None);
    }

    #[test]
    fn edges_are_sorted_by_their_states_whatever_the_order_of_declaration() {
        const ABC: &[StateDef] = &[state("C", false), state("A", false), state("B", false), state("Z", false)];
        let graph = graph(ABC, vec![arc("go", Some(&[0, 2, 1]), Some(3)), arc("again", None, Some(0))]);
        let edges: Vec<_> =
            graph.edges().iter().map(|(from, _, arc)| (ABC[usize::from(*from)].name, arc.name)).collect();
        assert_eq!(edges, [("A", "again"), ("A", "go"), ("B", "again"), ("B", "go"), ("C", "go"), ("Z", "again")]);
    }
}
