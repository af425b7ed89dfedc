//! Nodes in which tasks wait and that the flow of now does not have, or has as another kind.

use std::collections::BTreeSet;

use super::Proof;
use crate::lock::layers::Part;
use crate::position::{PositionId, ROOT};
use crate::{Finding, Kind, NodeId, Place};

impl Proof<'_> {
    /// Tasks that wait where nothing of now knows them.
    pub(super) fn gone(&self, found: &mut Vec<Finding>) {
        for (part, id) in self.layers.parts.iter().zip(0..) {
            if !part.rests() || self.now(id).is_some() {
                continue;
            }
            let waits = |at: &&(u32, PositionId)| part.kind != Kind::Join || at.0 != ROOT;
            if !self.analysis.positions.of_node(id).iter().any(|at| waits(&at)) {
                continue;
            }
            let now = self.of_now.graph.find(part.name).and_then(|id| self.of_now.node(id));
            found.extend(match now {
                Some(now) if part.kind.is_boundary() && now.kind.is_boundary() => None,
                Some(now) => Some(self.kind_changed(id, now.kind)),
                None if part.kind.is_boundary() => self.timeout_lost(id),
                None => Some(self.removed(id)),
            });
        }
    }

    /// Compensation handlers whose tasks may be open, and that nothing of now knows. They are in no position: their throw
    /// is.
    pub(super) fn handlers_gone(&self, found: &mut Vec<Finding>) {
        let is_thrown = |part: &Part<'_>, id: NodeId| {
            part.kind == Kind::CompensateThrow && !self.analysis.positions.of_node(id).is_empty()
        };
        if !self.layers.parts.iter().zip(0..).any(|(part, id)| is_thrown(part, id)) {
            return;
        }
        let boundaries = self.analysis.graph.nodes.iter().filter(|node| node.kind == Kind::CompensationBoundary);
        let handlers: BTreeSet<NodeId> = boundaries.flat_map(|node| node.edges.iter().map(|edge| edge.to)).collect();
        for part in handlers.into_iter().filter(|part| self.now(*part).is_none()) {
            let (name, releases) = (self.analysis.plain(part), self.releases(part));
            let Some(kind) = self.layers.parts.get(usize::from(part)).map(|part| part.kind) else { continue };
            let now = self.of_now.graph.find(name).and_then(|id| self.of_now.node(id));
            let (check, became) = match now {
                Some(now) => ("kind_changed", format!("is {} now", with_article(now.kind))),
                None => ("node_removed", "is gone".to_owned()),
            };
            let headline = format!("compensations of {releases} can wait in `{name}`, which {became}");
            let keep = format!(
                "keep it for them under this name: `#[node(next = this.{}, allow(unreachable_nodes, reason = \"compensations \
                 of {releases} wait here\"))] {name}: {},`",
                self.of_now.end_name(),
                kind.name()
            );
            let finding = Finding { check, ..Finding::at(self.place(part), headline) };
            found.push(finding.note("a `CompensateThrow` waits for it").help(keep));
        }
    }

    /// Races that tasks may be in and that nothing of now runs on: whoever goes on would not cancel the others.
    pub(super) fn races_changed(&self, found: &mut Vec<Finding>) {
        for (part, id) in self.layers.parts.iter().zip(0..) {
            if part.kind != Kind::SplitFirst || self.analysis.positions.of_node(id).is_empty() {
                continue;
            }
            let Some(now) = self.now(id) else {
                let other = self.of_now.graph.find(part.name).and_then(|id| self.of_now.node(id));
                found.push(other.map_or_else(|| self.removed(id), |other| self.kind_changed(id, other.kind)));
                continue;
            };
            let edges = self.of_now.node(now).map_or(&[][..], |node| node.edges);
            let races = |name: &str| edges.iter().any(|edge| self.of_now.plain(edge.to) == name);
            for racer in self.next_names(id).into_iter().filter(|name| !races(name)) {
                let (name, releases) = (self.analysis.plain(id), self.releases(id));
                let headline = format!(
                    "in processes of {releases} `{racer}` can be in the race of `{name}`, which does not lead to it now"
                );
                let finding = Finding { check: "runs_twice_in_flight", ..Finding::at(Place::Node(now), headline) }
                    .note("the one that goes on would not cancel the others")
                    .help(format!(
                        "keep `next = this.{racer}` on `{name}`, or give the new race another name and keep this one"
                    ))
                    .allow("if both may go on", "runs_twice_in_flight", now, &format!("`{name}`"));
                found.push(finding);
            }
        }
    }

    fn kind_changed(&self, part: NodeId, now: Kind) -> Finding {
        let (name, releases) = (self.analysis.plain(part), self.releases(part));
        let kind = self.layers.parts[usize::from(part)].kind;
        let (was, now) = (with_article(kind), with_article(now));
        let headline = format!("processes of {releases} can wait in `{name}` as {was}, and it is {now} now");
        let keep = with_article_in(kind, "`");
        let finding = Finding { check: "kind_changed", ..Finding::at(self.place(part), headline) }
            .note(self.comes(part))
            .help(format!("give the new node another name, and keep `{name}` as {keep} for those processes"));
        match self.retirement(part) {
            Some(retired) => finding.help(retired),
            None => finding,
        }
    }

    /// How a node is kept as an obsolete one, if its tasks can be moved to where it led.
    fn retirement(&self, part: NodeId) -> Option<String> {
        let kind = self.layers.parts[usize::from(part)].kind;
        let names = self.next_names(part);
        let [next] = names.as_slice() else { return None };
        let (name, next) = (self.analysis.plain(part), *next);
        let text = format!("or move those processes on: `#[node(retired(to = this.{next}))] {name}: Obsolete,`");
        (kind.can_retire() && kind != Kind::Obsolete && next != name).then_some(text)
    }

    fn removed(&self, part: NodeId) -> Finding {
        let (name, releases) = (self.analysis.plain(part), self.releases(part));
        let kind = self.layers.parts[usize::from(part)].kind;
        let finding = Finding {
            check: "node_removed",
            ..Finding::at(
                self.renamed_to(part).map_or(Place::Flow, Place::Node),
                format!("processes of {releases} can wait in `{name}`, which is gone"),
            )
        }
        .note(self.comes(part));
        let finding = match self.renamed_to(part) {
            Some(now) => finding.help(format!(
                "if it is `{}` now, say so: `was = [\"{name}\"]` on `{}`",
                self.of_now.plain(now),
                self.of_now.plain(now)
            )),
            None => finding,
        };
        let next = self.next_names(part);
        let keep = match (kind.exits(), next.as_slice()) {
            (crate::Exits::Next, [next]) => format!("next = this.{next}, "),
            (crate::Exits::Branches, names) => names.iter().map(|name| format!("next = this.{name}, ")).collect(),
            _ => String::new(),
        };
        let finding = match kind {
            Kind::Obsolete => finding.help(format!("keep it until `{name}` has no tasks: `FLOWS.move_retired` moves them on")),
            kind => finding.help(format!(
                "keep it for those processes: `#[node({keep}allow(unreachable_nodes, reason = \"processes of {releases} \
                 wait here\"))] {name}: {},`",
                kind.name()
            )),
        };
        match self.retirement(part) {
            Some(retired) => finding.help(retired),
            None => finding,
        }
    }

    /// Where a part led, by the names of now that are still there.
    fn next_names(&self, part: NodeId) -> Vec<&str> {
        let edges = self.analysis.node(part).map_or(&[][..], |node| node.edges);
        let names = edges.iter().map(|edge| self.analysis.plain(edge.to));
        names.filter(|name| self.layers.is_known(name)).collect()
    }

    /// A node that is new, of the same kind, and leads to or comes from where the one that is gone did.
    fn renamed_to(&self, part: NodeId) -> Option<NodeId> {
        let (kind, next) = (self.layers.parts[usize::from(part)].kind, self.next_names(part));
        let released = self.layers.released_names();
        let is_new = |id: &NodeId| !released.contains(self.of_now.plain(*id));
        let mut fresh = self.of_now.graph.ids().filter(|id| self.of_now.kind(*id) == Some(kind)).filter(is_new);
        let alike = |id: &NodeId| {
            let edges = self.of_now.node(*id).map_or(&[][..], |node| node.edges);
            edges.iter().any(|edge| next.contains(&self.of_now.plain(edge.to)))
        };
        let all: Vec<NodeId> = fresh.by_ref().collect();
        let like: Vec<NodeId> = all.iter().copied().filter(alike).collect();
        match (like.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => Some(*one),
            _ => None,
        }
    }
}

/// "a View", "an Obsolete"
fn with_article(kind: Kind) -> String {
    with_article_in(kind, "")
}

fn with_article_in(kind: Kind, quote: &str) -> String {
    let article = if kind.name().starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {quote}{}{quote}", kind.name())
}
