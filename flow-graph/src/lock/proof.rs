//! The proof: from every position that a process of a listed release can be in, the flow of now goes on and comes to
//! its end.

use std::collections::BTreeSet;

use super::compare::Facts;
use super::layers::{Layers, Part, release_place};
use super::{Release, places};
use crate::analysis::Analysis;
use crate::code::Code;
use crate::position::{PositionId, ROOT};
use crate::{CHECKS, Finding, Graph, Kind, Node, NodeId, Place};

/// What stands in the way of processes of these releases, the oldest first, in the flow of now; sorted by place.
///
/// Nothing is found of a graph that is wrong by itself in a way that [`check`](crate::check()) calls an error: call
/// that first.
#[must_use]
pub fn check_releases(graph: &Graph<'_>, releases: &[&Release]) -> Vec<Finding> {
    let now = Release::of(graph, 0);
    let Some(last) = releases.last() else { return Vec::new() };
    if last.has_same_nodes(&now) && knows_all_timeouts(graph, releases) {
        return Vec::new();
    }
    let layers = Layers::of(graph, releases, &now);
    let mut found = Vec::new();
    if layers.parts.len() >= usize::from(NodeId::MAX) {
        found.push(not_proved());
        return named(found);
    }
    let ways = places::ways(&layers);
    let nodes: Vec<Vec<Node<'_>>> = ways.iter().map(|ways| layers.nodes(ways)).collect();
    let graphs: Vec<Graph<'_>> = nodes.iter().map(|nodes| places::graph(nodes)).collect();
    let positions = places::positions(&layers, &ways, &graphs);
    let combined = positions.graph;
    if !positions.is_complete() || !positions.is_exact() {
        found.push(not_proved());
        return named(found);
    }
    let code = Code::default();
    let of_now = Analysis::new(graph, &code);
    let proof = Proof { analysis: Analysis::from(combined, &code, positions), layers: &layers, of_now: &of_now };
    proof.gone(&mut found);
    proof.handlers_gone(&mut found);
    proof.races_changed(&mut found);
    if found.is_empty() {
        proof.stuck(&mut found);
    }
    if found.is_empty() {
        proof.twice(&mut found);
    }
    proof.not_armed(&mut found);
    named(found)
}

/// A release of the same nodes knows all that its own release knew; only the older names of timeouts are not listed.
fn knows_all_timeouts(graph: &Graph<'_>, releases: &[&Release]) -> bool {
    let timeouts = releases.iter().flat_map(|release| &release.nodes).filter(|node| node.kind.is_boundary());
    timeouts.into_iter().all(|timeout| graph.find(&timeout.name).is_some())
}

fn not_proved() -> Finding {
    let headline = "too many branches can be open in older releases to look at all of them";
    Finding { check: "too_tangled", ..Finding::at(Place::Node(0), headline) }
        .note("a process of one of them may get stuck in this flow, which is not checked")
        .help("remove releases of which no process is open from `flow.lock`")
}

/// "a View", "an Obsolete"
fn with_article(kind: Kind) -> String {
    with_article_in(kind, "")
}

fn with_article_in(kind: Kind, quote: &str) -> String {
    let article = if kind.name().starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {quote}{}{quote}", kind.name())
}

/// With the severities of the checks, sorted by place.
fn named(mut found: Vec<Finding>) -> Vec<Finding> {
    for finding in &mut found {
        let check = CHECKS.iter().find(|check| check.name == finding.check);
        finding.severity = check.map_or(finding.severity, |check| check.severity);
    }
    found.sort_by_key(|finding| finding.place);
    found
}

struct Proof<'p> {
    /// All releases together, while the last one and the flow of now run.
    analysis: Analysis<'p>,
    layers: &'p Layers<'p>,
    of_now: &'p Analysis<'p>,
}

impl Proof<'_> {
    /// The node of now that a part is.
    fn now(&self, part: NodeId) -> Option<NodeId> {
        let part = self.layers.parts.get(usize::from(part))?;
        let id = self.of_now.graph.find(part.name)?;
        let node = self.of_now.node(id)?;
        (node.name == part.name && node.kind == part.kind).then_some(id)
    }

    /// Where a finding about a part stands: at the node of its name, if there still is one.
    fn place(&self, part: NodeId) -> Place {
        let name = self.analysis.plain(part);
        let found = self.of_now.graph.ids().find(|id| self.of_now.plain(*id) == name);
        found.map_or(Place::Flow, |id| {
            // A timeout is reported at its task.
            let host = self.of_now.positions.host_of(id);
            Place::Node(host.unwrap_or(id))
        })
    }

    /// "release 1 and 2"
    fn releases(&self, part: NodeId) -> String {
        let numbers = self.layers.numbers(usize::from(part));
        let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        match texts.split_last() {
            Some((last, [])) => format!("release {last}"),
            Some((last, rest)) => format!("releases {} and {last}", rest.join(", ")),
            None => "this flow".to_owned(),
        }
    }

    /// How a process came to a node in the last release that has it, from its start on.
    fn way(&self, part: NodeId) -> Vec<&str> {
        let has = |release: &usize| self.layers.parts_of(*release).contains(&usize::from(part));
        for release in (0..self.layers.releases.len() - 1).rev().filter(has) {
            let ways = self.layers.ways(&[release]);
            let nodes = self.layers.nodes(&ways);
            let graph = places::graph(&nodes);
            let positions = places::alone(self.layers, &graph, release);
            // A release may have it for those before it alone.
            if let Some((_, at)) = positions.of_node(part).first() {
                return positions.way(*at).into_iter().map(|id| self.analysis.plain(id)).collect();
            }
        }
        Vec::new()
    }

    /// "a process comes there by `start` -> `split` -> `legal`"
    fn comes(&self, part: NodeId) -> String {
        let way: Vec<String> = self.way(part).iter().map(|name| format!("`{name}`")).collect();
        format!("a process gets there by {}", way.join(" -> "))
    }

    /// "a branch comes to `meet` from `legal`, and waits for the others"
    fn waits(&self, join: NodeId) -> String {
        let (name, way) = (self.analysis.name(join), self.way(join));
        let from = match way.as_slice() {
            [.., from, _] => format!(" from `{from}`"),
            _ => String::new(),
        };
        format!("a branch comes to {name}{from}, and waits for the others")
    }

    /// Tasks that wait where nothing of now knows them.
    fn gone(&self, found: &mut Vec<Finding>) {
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
    fn handlers_gone(&self, found: &mut Vec<Finding>) {
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
    fn races_changed(&self, found: &mut Vec<Finding>) {
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

    /// A timeout that is armed, and that nothing of now knows: it never fires. Where its task is gone too, that is what
    /// is reported.
    fn timeout_lost(&self, part: NodeId) -> Option<Finding> {
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

    /// Combinations that were right in each release, and from which a process cannot come to its end.
    fn stuck(&self, found: &mut Vec<Finding>) {
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
    fn twice(&self, found: &mut Vec<Finding>) {
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

    /// Timeouts that the last release did not have, on nodes where its processes can be.
    fn not_armed(&self, found: &mut Vec<Finding>) {
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
