//! The checks on splits and joins against the rules as they are written down, done in the plainest way: each stack of
//! open splits as a list, each pair of places compared. Written apart from the crate's own analysis, which it uses
//! nothing of. More flows: `FLOW_ORACLE=100000 cargo test --release -p flow-core-graph --test oracle`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "tests"
)]

mod support;

use std::collections::{BTreeSet, VecDeque};

use flow_graph::{Kind, NodeId, Times};
use support::{Dice, Flow, id};

/// The splits that are open, the outermost first, and the branch of each.
type Stack = Vec<(NodeId, usize)>;

/// More places than this and a flow is left to others.
const MOST: usize = 3_000;

struct Oracle<'f> {
    flow: &'f Flow,
    places: BTreeSet<(NodeId, Stack)>,
    /// A split was come to inside of itself.
    nests: bool,
}

impl<'f> Oracle<'f> {
    fn of(flow: &'f Flow) -> Option<Self> {
        let mut oracle = Oracle { flow, places: BTreeSet::new(), nests: false };
        let starts = (0..flow.nodes.len()).filter(|at| flow.nodes[*at].kind.begins());
        let mut work: VecDeque<(NodeId, Stack)> = starts.map(|at| (id(at), Vec::new())).collect();
        while let Some((node, stack)) = work.pop_front() {
            if oracle.places.len() > MOST {
                return None;
            }
            if oracle.places.insert((node, stack.clone())) {
                work.extend(oracle.next(node, &stack));
            }
        }
        Some(oracle)
    }

    fn kind(&self, node: NodeId) -> Kind {
        self.flow.nodes[usize::from(node)].kind
    }

    fn next(&mut self, node: NodeId, stack: &Stack) -> Vec<(NodeId, Stack)> {
        let drawn = &self.flow.nodes[usize::from(node)];
        match drawn.kind {
            Kind::Split if stack.iter().any(|(split, _)| *split == node) => {
                self.nests = true;
                Vec::new()
            }
            Kind::Split => {
                let push = |(at, to): (usize, NodeId)| {
                    let mut stack = stack.clone();
                    stack.push((node, at));
                    (to, stack)
                };
                drawn.edges.iter().map(|edge| edge.to).enumerate().map(push).collect()
            }
            Kind::Join => {
                let outside = stack[..stack.len().saturating_sub(1)].to_vec();
                drawn.edges.iter().map(|edge| (edge.to, outside.clone())).collect()
            }
            _ => drawn.edges.iter().map(|edge| (edge.to, stack.clone())).collect(),
        }
    }

    /// Some place from which a branch cannot come to its end.
    fn never_ends(&self) -> bool {
        let nodes = &self.flow.nodes;
        let mut ends: Vec<bool> = nodes.iter().map(|node| node.kind.ends()).collect();
        loop {
            let more: Vec<usize> = (0..nodes.len())
                .filter(|at| {
                    let can = |to: NodeId| ends[usize::from(to)];
                    let mut always = nodes[*at].edges.iter().filter(|edge| edge.times == Times::Once).peekable();
                    let all = nodes[*at].kind == Kind::Split && always.peek().is_some();
                    let mut edges = nodes[*at].edges.iter();
                    !ends[*at] && if all { always.all(|edge| can(edge.to)) } else { edges.any(|edge| can(edge.to)) }
                })
                .collect();
            if more.is_empty() {
                return self.places.iter().any(|(node, _)| !ends[usize::from(*node)]);
            }
            more.into_iter().for_each(|at| ends[at] = true);
        }
    }

    fn is_list(&self, (split, edge): (NodeId, usize)) -> bool {
        self.flow.nodes[usize::from(split)].edges[edge].times == Times::Each
    }

    fn places_of(&self, kind: Kind) -> Vec<&(NodeId, Stack)> {
        self.places.iter().filter(|(node, _)| self.kind(*node) == kind).collect()
    }

    /// A join collects branches of a split and of another one inside of it.
    fn mixed(&self) -> bool {
        let joins = self.places_of(Kind::Join);
        joins.iter().any(|(join, out)| {
            joins.iter().any(|(other, deep)| {
                let inside = !out.is_empty() && deep.len() > out.len() && deep[..out.len() - 1] == out[..out.len() - 1];
                // In one opening of that split: as two of its branches, or as copies of one.
                let own = inside.then(|| (out[out.len() - 1], deep[out.len() - 1]));
                join == other && own.is_some_and(|(a, b)| a.0 == b.0 && (a.1 != b.1 || self.is_list(a)))
            })
        })
    }

    /// Two branches of one split come to two joins.
    fn two_joins(&self) -> bool {
        let joins = self.places_of(Kind::Join);
        joins.iter().any(|(join, a)| {
            joins.iter().any(|(other, b)| {
                let siblings = !a.is_empty() && a.len() == b.len() && a[..a.len() - 1] == b[..b.len() - 1];
                let of_one = siblings && a[a.len() - 1].0 == b[b.len() - 1].0;
                join != other && of_one && (a != b || self.is_list(a[a.len() - 1]))
            })
        })
    }

    /// Two branches, not copies of one, come to one plain node.
    fn runs_twice(&self) -> bool {
        let plain = |node: NodeId| self.kind(node) != Kind::Join && !self.kind(node).ends();
        self.places.iter().filter(|(node, _)| plain(*node)).any(|(node, a)| {
            self.places.iter().filter(|(other, _)| other == node).any(|(_, b)| {
                let shared = a.iter().zip(b).take_while(|(a, b)| a == b).count();
                matches!((a.get(shared), b.get(shared)), (Some((a, _)), Some((b, _))) if a == b)
            })
        })
    }
}

#[test]
fn the_checks_say_what_the_rules_say() {
    let flows = std::env::var("FLOW_ORACLE").map_or(500, |text| text.parse().unwrap());
    let mut seen = [0; 6];
    for at in 0..flows {
        let mut dice = Dice::new(70_000_000 + at);
        let (size, rewired) = (4 + dice.roll(36), dice.roll(4));
        let mut flow = Flow::random(&mut dice, size, rewired);
        // Timeouts have rules of their own.
        flow.nodes.iter_mut().for_each(|node| node.boundaries.clear());
        let Some(oracle) = Oracle::of(&flow) else { continue };
        let found = flow.check();
        let says = |names: &[&str]| found.iter().any(|finding| names.contains(&finding.check));
        let context = |what: &str| format!("flow {at}: {what}\n{found:#?}\n{}", flow.show());
        assert!(!says(&["too_tangled", "too_deep"]), "{}", context("too many"));
        assert_eq!(says(&["unbounded_nesting", "back_before_split"]), oracle.nests, "{}", context("nests"));
        seen[0] += usize::from(oracle.nests);
        if oracle.nests {
            continue;
        }
        let endless = oracle.never_ends();
        assert_eq!(says(&["never_ends", "only_a_side_branch_ends"]), endless, "{}", context("never ends"));
        let (mixed, two) = (oracle.mixed(), oracle.two_joins());
        assert_eq!(says(&["mixed_levels"]), mixed, "{}", context("mixed"));
        assert!(says(&["mixed_levels", "split_with_two_joins"]) || !two, "{}", context("two joins"));
        assert!(!says(&["split_with_two_joins"]) || two, "{}", context("no two joins"));
        let twice = oracle.runs_twice();
        let repeats = says(&["repeated_branch"]) || flow.nodes.iter().any(|node| repeats(node.kind, &node.edges));
        if !mixed && !repeats {
            let said = found.iter().any(|finding| finding.check == "runs_twice" && !finding.headline.contains("again"));
            assert_eq!(said, twice, "{}", context("runs twice"));
        }
        let clean = !(endless || mixed || two || twice);
        for (count, is) in seen[1..].iter_mut().zip([endless, mixed, two, twice, clean]) {
            *count += usize::from(is);
        }
    }
    println!("{flows} flows: nests, never ends, mixed, two joins, twice, clean: {seen:?}");
    assert!(seen.iter().all(|count| *count > usize::try_from(flows / 200).unwrap()), "{seen:?}");
}

/// A split leads to one node by several edges.
fn repeats(kind: Kind, edges: &[flow_graph::Edge]) -> bool {
    let to: BTreeSet<NodeId> = edges.iter().map(|edge| edge.to).collect();
    kind == Kind::Split && to.len() < edges.len()
}
