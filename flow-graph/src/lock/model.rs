//! What a lock holds.

use crate::{Graph, Kind, Node, Role, Times};

/// All that `flow.lock` lists: the releases of the flows, sorted by flow and number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    pub(super) releases: Vec<Release>,
}

/// A flow as it was released: its graph and the fields of its documents, without texts and code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The stored name of the flow, then.
    pub flow: String,
    /// Its number: 1 for the first. A process keeps the number of the release that it was started under.
    pub number: u32,
    /// Its nodes, and the timeouts of its nodes, sorted by name.
    pub nodes: Vec<LockedNode>,
    /// The fields of its processes and tasks, sorted by task and path.
    pub fields: Vec<LockedField>,
}

/// A node of a [`Release`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedNode {
    /// The stored name.
    pub name: String,
    /// Names that older rows may still have; of a timeout none, since they follow from those of its node.
    pub was: Vec<String>,
    /// What it is.
    pub kind: Kind,
    /// Of a timeout: the stored name of the node it belongs to.
    pub host: Option<String>,
    /// Of a timeout: it cancels its task when it fires.
    pub interrupting: bool,
    /// Where it leads, in the order of declaration.
    pub edges: Vec<LockedEdge>,
}

/// An edge of a [`LockedNode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedEdge {
    /// When it is taken.
    pub role: Role,
    /// The stored name of the node it leads to.
    pub to: String,
    /// Of a split: how often it is taken.
    pub times: Times,
}

/// A field of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedField {
    /// The node whose tasks have it; `None`: the process has it.
    pub task: Option<String>,
    /// Where it is kept in the document.
    pub path: Vec<String>,
    /// How its value is kept: `text`, `integer(0..255)`.
    pub ty: String,
    /// It must be there: it has no default and is no `Option`.
    pub required: bool,
}

impl Lock {
    /// All releases, sorted by flow and number.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The releases of a flow, under its current name and its older ones, the oldest first.
    #[must_use]
    pub fn releases_of(&self, graph: &Graph<'_>) -> Vec<&Release> {
        let mut of_flow: Vec<&Release> = self.releases.iter().filter(|release| graph.is_named(&release.flow)).collect();
        of_flow.sort_by_key(|release| release.number);
        of_flow
    }

    /// Adds a release; one of the same flow and number is replaced.
    pub fn add(&mut self, release: Release) {
        let key = |release: &Release| (release.flow.clone(), release.number);
        match self.releases.binary_search_by_key(&key(&release), key) {
            Ok(at) => self.releases[at] = release,
            Err(at) => self.releases.insert(at, release),
        }
    }

    /// Removes a release. False if there is none of this flow and number.
    pub fn remove(&mut self, flow: &str, number: u32) -> bool {
        let before = self.releases.len();
        self.releases.retain(|release| release.flow != flow || release.number != number);
        self.releases.len() < before
    }
}

impl Release {
    /// A graph as a release of this number, without fields.
    #[must_use]
    pub fn of(graph: &Graph<'_>, number: u32) -> Self {
        let mut hosts: Vec<Option<&str>> = vec![None; graph.nodes.len()];
        for node in graph.nodes {
            for boundary in node.boundaries {
                if let Some(host) = hosts.get_mut(usize::from(*boundary)) {
                    *host = Some(node.name);
                }
            }
        }
        let name_of = |id| graph.node(id).map_or_else(String::new, |node: &Node<'_>| node.name.to_owned());
        let locked = |(node, host): (&Node<'_>, Option<&str>)| LockedNode {
            name: node.name.to_owned(),
            was: if node.kind.is_boundary() { Vec::new() } else { sorted(node.was) },
            kind: node.kind,
            host: host.map(str::to_owned),
            interrupting: node.interrupting,
            edges: node
                .edges
                .iter()
                .map(|edge| LockedEdge { role: edge.role, to: name_of(edge.to), times: edge.times })
                .collect(),
        };
        let mut nodes: Vec<LockedNode> = graph.nodes.iter().zip(hosts).map(locked).collect();
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        Release { flow: graph.name.to_owned(), number, nodes, fields: Vec::new() }
    }

    /// The same with fields.
    #[must_use]
    pub fn with_fields(mut self, mut fields: Vec<LockedField>) -> Self {
        fields.sort();
        self.fields = fields;
        self
    }

    /// The node of this stored name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&LockedNode> {
        self.nodes.binary_search_by(|node| node.name.as_str().cmp(name)).ok().map(|at| &self.nodes[at])
    }

    /// Whether the two differ in nothing but their number.
    #[must_use]
    pub fn is_same(&self, other: &Release) -> bool {
        self.flow == other.flow && self.nodes == other.nodes && self.fields == other.fields
    }

    /// Whether the graphs are the same, whatever the fields.
    #[must_use]
    pub fn has_same_nodes(&self, other: &Release) -> bool {
        self.flow == other.flow && self.nodes == other.nodes
    }
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.sort();
    names
}
