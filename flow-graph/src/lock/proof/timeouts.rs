//! Timeouts of open tasks: those that the flow of now does not have, and those that the last release did not have.

use std::collections::BTreeSet;

use super::Proof;
use crate::lock::Release;
use crate::lock::layers::release_place;
use crate::{Finding, Graph, Kind, NodeId, Place};

/// A release of the same nodes knows all that its own release knew; only the older names of timeouts are not listed.
pub(super) fn knows_all(graph: &Graph<'_>, releases: &[&Release]) -> bool {
    let timeouts = releases.iter().flat_map(|release| &release.nodes).filter(|node| node.kind.is_boundary());
    timeouts.into_iter().all(|timeout| graph.find(&timeout.name).is_some())
}

impl Proof<'_> {
    /// A timeout that is armed, and that nothing of now knows: it never fires. Where its task is gone too, that is what
    /// is reported.
    pub(super) fn timeout_lost(&self, part: NodeId) -> Option<Finding> {
        let name = self.analysis.plain(part);
        let locked = self.layers.releases.iter().rev().find_map(|release| {
            let node = &release.nodes[release_place(release, name)?];
            Some((release.number, node))
        });
        let (number, timeout) = locked?;
        let host = self.layers.name(timeout.host.as_deref()?);
        let id = self.of_now.graph.ids().find(|id| self.of_now.plain(*id) == host)?;
        // Its tasks wait for being moved on, and for nothing else.
        if self.of_now.kind(id) == Some(Kind::Obsolete) {
            return None;
        }
        let to = timeout.edges.first().map_or("?", |edge| edge.to.as_str());
        let word = if timeout.interrupting { "timeout" } else { "reminder" };
        Some(
            Finding {
                check: "timeout_lost",
                ..Finding::at(
                    Place::Node(id),
                    format!("open tasks of `{host}` have a {word} to `{to}`, which is gone: it never fires"),
                )
            }
            .note(format!("it is in release {number} under the name `{name}`"))
            .help(format!(
                "if another one has taken its place, say so there: `on_timeout(.., was = [\"{}\"])`",
                name.strip_prefix(&format!("{host}__")).unwrap_or(name)
            ))
            .allow("if those tasks can do without it", "timeout_lost", id, &format!("`{host}`")),
        )
    }

    /// Timeouts that the last release did not have, on nodes where its processes can be.
    pub(super) fn not_armed(&self, found: &mut Vec<Finding>) {
        if self.of_now.graph.nodes.iter().all(|node| node.boundaries.is_empty()) {
            return;
        }
        let released = self.layers.releases.len() - 2;
        let last = self.layers.releases[released];
        let known: BTreeSet<&str> = last.nodes.iter().map(|node| self.layers.name(&node.name)).collect();
        for (host, node) in self.of_now.graph.ids().zip(self.of_now.graph.nodes) {
            // What takes failures is armed with no task: it takes those of open tasks, too.
            let armed = |id: &&NodeId| self.of_now.kind(**id) == Some(Kind::TimerBoundary);
            for timeout in node.boundaries.iter().filter(armed) {
                let is_new = !known.contains(self.of_now.plain(*timeout));
                let parts = self.layers.parts_of(released).iter();
                let old = parts.filter(|part| {
                    let part = &self.layers.parts[**part];
                    part.name == node.name && part.kind == node.kind
                });
                let waits = |part: &usize| {
                    let part = NodeId::try_from(*part).unwrap_or(NodeId::MAX);
                    !self.analysis.positions.of_node(part).is_empty()
                };
                if !is_new || !old.copied().any(|part| waits(&part)) {
                    continue;
                }
                let name = self.of_now.name(host);
                found.push(
                    Finding {
                        check: "timeout_not_armed",
                        ..Finding::at(
                            Place::Edge(*timeout, 0),
                            format!("tasks of {name} that are open already do not get this timeout"),
                        )
                    }
                    .note(format!(
                        "release {} does not have it, and a timeout is armed when its task is created",
                        last.number
                    ))
                    .allow("if that is fine", "timeout_not_armed", host, &name),
                );
            }
        }
    }
}
