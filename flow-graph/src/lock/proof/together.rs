//! Positions that are right in each release by itself, and wrong where processes of several releases go on together.

use std::collections::BTreeSet;

use super::Proof;
use crate::analysis::Analysis;
use crate::code::Code;
use crate::lock::compare::Facts;
use crate::lock::layers::release_place;
use crate::lock::places;
use crate::{Finding, NodeId, Place};

impl Proof<'_> {
    /// Combinations that were right in each release, and from which a process cannot come to its end.
    pub(super) fn stuck(&self, found: &mut Vec<Finding>) {
        let positions = &self.analysis.positions;
        let stuck = |place, headline: String| Finding { check: "stuck_in_flight", ..Finding::at(place, headline) };
        let now = self.layers.releases.len() - 1;
        for id in self.of_now.graph.ids() {
            let place = release_place(self.layers.releases[now], self.of_now.plain(id));
            let part = place.map(|place| self.layers.parts_of(now)[place]);
            let Some(part) = part.and_then(|part| NodeId::try_from(part).ok()) else { continue };
            if positions.of_node(part).is_empty() {
                continue;
            }
            // Beside a branch that always ends the whole process nobody has to come to an end.
            let is_ended = || self.analysis.is_terminated(part) && !self.ended_before(id);
            if !self.of_now.can_end(id) && !is_ended() {
                let name = self.of_now.name(id);
                let text = format!("processes of {} can be at {name}, from where they never end", self.releases(part));
                found.push(stuck(Place::Node(id), text).note(self.comes(part)));
            }
        }
        if let Some((_, split, _)) = positions.again.first() {
            let text =
                format!("{} can start again before branches of an older release have met", self.analysis.name(*split));
            found.push(stuck(self.place(*split), text));
        }
        // A split that was changed is one of each release: it is reported once.
        let mut reported: BTreeSet<&str> = BTreeSet::new();
        for mixed in self.analysis.mixed() {
            if reported.insert(self.analysis.plain(mixed.outer)) {
                let (outer, inner) = (self.analysis.name(mixed.outer), self.analysis.name(mixed.inner));
                let join = self.analysis.name(mixed.join);
                let text = format!("branches of {outer} and of {inner} inside of it come to {join}");
                let note = format!("{inner} was opened by {}", self.releases(mixed.inner));
                found.push(stuck(self.place(mixed.join), text).note(note));
            }
        }
        for group in self.analysis.groups() {
            let is_new = |_: &_| reported.insert(self.analysis.plain(group.split));
            let Some((a, b)) = group.two_joins(positions).filter(is_new) else { continue };
            let split = self.analysis.name(group.split);
            let text = format!(
                "branches of {split} that {} opened come to two joins, and wait for ever",
                self.releases(group.split)
            );
            // The join that is there since longer first.
            let (a, b) = if self.layers.numbers(usize::from(b.join)).is_empty() { (a, b) } else { (b, a) };
            found.push(
                stuck(self.place(b.join), text)
                    .story(&[self.waits(a.join), self.waits(b.join)])
                    .help("let open branches meet where they met before; give a new join to a new split"),
            );
        }
    }

    /// An older release has led from a node to an end that now leads to none: perhaps it had no branch beside it that ends
    /// the whole process.
    fn ended_before(&self, id: NodeId) -> bool {
        let name = self.of_now.plain(id);
        let is_alike = |part: &usize| self.layers.parts[*part].name == name;
        (0..self.layers.releases.len() - 1).any(|release| {
            let Some(part) = self.layers.parts_of(release).iter().copied().find(is_alike) else { return false };
            let ways = self.layers.ways(&[release]);
            let nodes = self.layers.nodes(&ways);
            let (graph, code) = (places::graph(&nodes), Code::default());
            let alone = Analysis::from(&graph, &code, places::alone(self.layers, &graph, release));
            NodeId::try_from(part).is_ok_and(|part| !alone.positions.of_node(part).is_empty() && alone.can_end(part))
        })
    }

    /// What runs twice, or goes on without a branch, in no release by itself and in all of them together.
    pub(super) fn twice(&self, found: &mut Vec<Finding>) {
        let together = Facts::of(&self.analysis);
        if together.twice.is_empty() && together.lost.is_empty() {
            return;
        }
        let code = Code::default();
        let (mut twice, mut lost) = (BTreeSet::new(), BTreeSet::new());
        let owned = |set: &BTreeSet<(&str, &str)>| -> Vec<(String, String)> {
            set.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        let new = |known: &BTreeSet<(String, String)>, fact: &(&str, &str)| {
            !known.contains(&(fact.0.to_owned(), fact.1.to_owned()))
        };
        // Mostly the flow of now does it all by itself.
        for release in (0..self.layers.releases.len()).rev() {
            if !together.twice.iter().any(|fact| new(&twice, fact))
                && !together.lost.iter().any(|fact| new(&lost, fact))
            {
                break;
            }
            let ways = self.layers.ways(&[release]);
            let nodes = self.layers.nodes(&ways);
            let graph = places::graph(&nodes);
            let positions = places::alone(self.layers, &graph, release);
            let facts = Analysis::from(&graph, &code, positions);
            let facts = Facts::of(&facts);
            twice.extend(owned(&facts.twice));
            lost.extend(owned(&facts.lost));
        }
        let place = |name: &str| self.of_now.graph.ids().find(|id| self.of_now.plain(*id) == name);
        for (node, of) in together.twice.iter().filter(|fact| new(&twice, fact)) {
            let text = format!("`{node}` runs once for each branch of `{of}` that an older release has opened");
            let finding = Finding {
                check: "runs_twice_in_flight",
                ..Finding::at(place(node).map_or(Place::Flow, Place::Node), text)
            }
            .note("its branches met before they came there, and in this flow they do not");
            found.push(match place(node) {
                Some(id) => {
                    finding.allow("if once for each is right", "runs_twice_in_flight", id, &format!("`{node}`"))
                }
                None => finding,
            });
        }
        if !found.is_empty() {
            return;
        }
        for (first, split) in together.lost.iter().filter(|fact| new(&lost, fact)) {
            let at = place(first).or_else(|| place(split));
            let text =
                format!("the branch of `{split}` that begins with `{first}` ends, and the others go on without it");
            let finding =
                Finding { check: "branch_lost_in_flight", ..Finding::at(at.map_or(Place::Flow, Place::Node), text) }
                    .note(format!("`{split}` was opened by an older release, in which it came to a join"));
            found.push(match at {
                Some(id) => {
                    finding.allow("if they can go on without it", "branch_lost_in_flight", id, &self.of_now.name(id))
                }
                None => finding,
            });
        }
    }
}
