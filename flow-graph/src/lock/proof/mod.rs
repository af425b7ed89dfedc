//! The proof: from every position that a process of a listed release can be in, the flow of now goes on and comes to
//! its end.

mod gone;
mod timeouts;
mod together;

use super::layers::Layers;
use super::{Release, places};
use crate::analysis::Analysis;
use crate::code::Code;
use crate::{CHECKS, Finding, Graph, Node, NodeId, Place};

/// What stands in the way of processes of these releases, the oldest first, in the flow of now; sorted by place.
///
/// Nothing is found of a graph that is wrong by itself in a way that [`check`](crate::check()) calls an error: call
/// that first.
#[must_use]
pub fn check_releases(graph: &Graph<'_>, releases: &[&Release]) -> Vec<Finding> {
    let now = Release::of(graph, 0);
    let Some((last, earlier)) = releases.split_last() else { return Vec::new() };
    // The flow of now is the last release: what was proved when that was written is proved again, since a merge may have
    // put other releases in front of it.
    let is_released = last.has_same_nodes(&now) && timeouts::knows_all(graph, releases);
    let releases = if is_released { earlier } else { releases };
    if releases.is_empty() {
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
    if !is_released {
        proof.not_armed(&mut found);
    }
    named(found)
}

fn not_proved() -> Finding {
    let headline = "too many branches can be open in older releases to look at all of them";
    Finding { check: "too_tangled", ..Finding::at(Place::Node(0), headline) }
        .note("a process of one of them may get stuck in this flow, which is not checked")
        .help("remove releases of which no process is open from `flow.lock`")
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
}
