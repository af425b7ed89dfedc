//! A flow as lines of text, for where nothing can be drawn: a doc comment, a terminal.

use crate::{Edge, Graph, Kind, Node, NodeId, Role, Times};

/// The flow as text: a line for each node that leads somewhere.
///
/// ```
/// # use flow_graph::{Edge, Graph, Kind, Node, Role};
/// # let nodes = [
/// #     Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new("start", Kind::Start) },
/// #     Node { edges: &[Edge::new(Role::Then, 2), Edge::new(Role::Else, 3)], ..Node::new("check", Kind::If) },
/// #     Node { edges: &[Edge::new(Role::Next, 3)], ..Node::new("send", Kind::Job) },
/// #     Node::new("end", Kind::End),
/// # ];
/// # let graph = Graph { nodes: &nodes, ..Graph::new("hello") };
/// let text = flow_graph::diagram::text(&graph);
/// assert_eq!(text, "start -> check\ncheck -> send (then), end (else)\nsend  -> end\n");
/// ```
#[must_use]
pub fn text(graph: &Graph<'_>) -> String {
    let name = |id: NodeId| graph.node(id).map_or("?", |node| node.name);
    let fields = || graph.ids().zip(graph.nodes).filter(|(_, node)| !node.kind.is_boundary());
    let leads = |node: &Node<'_>| !node.edges.is_empty() || !node.boundaries.is_empty();
    let width = fields().filter(|(_, node)| leads(node)).map(|(id, _)| name(id).len()).max().unwrap_or(0);
    let mut text = String::new();
    for (id, node) in fields().filter(|(_, node)| leads(node)) {
        let own = node.edges.iter().map(|edge| format!("{}{}", name(edge.to), when(node, edge)));
        let timeouts = node.boundaries.iter().filter_map(|id| graph.node(*id)).flat_map(|boundary| {
            let word = match (boundary.kind, boundary.interrupting) {
                (Kind::CompensationBoundary, _) => "compensation",
                (Kind::ErrorBoundary, _) => "error",
                (Kind::EscalationBoundary, _) => "escalation",
                (_, true) => "timeout",
                (_, false) => "reminder",
            };
            boundary.edges.iter().map(move |edge| format!("{} ({word})", name(edge.to)))
        });
        let ways = own.chain(timeouts).collect::<Vec<_>>().join(", ");
        text.push_str(&format!("{:width$} -> {ways}\n", name(id)));
    }
    text
}

/// When the edge is taken, where that is not always.
fn when(node: &Node<'_>, edge: &Edge) -> &'static str {
    match (edge.role, edge.times) {
        (Role::Then, _) => " (then)",
        (Role::Else, _) => " (else)",
        (Role::Default, _) => " (default)",
        (_, Times::Maybe) => " (maybe)",
        (_, Times::Each) if node.kind.splits() => " (each)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::Kind;
    use crate::draw::Draft;

    #[test]
    fn branches_and_timeouts_say_when_they_are_taken() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["*a", "?b", "j"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[])
            .timeout("a", "end", true)
            .timeout("b", "end", false);
        let expected = "start -> s\ns     -> a (each), b (maybe), j\na     -> j, end (timeout)\n\
                        b     -> j, end (reminder)\nj     -> end\n";
        draft.with_graph(|graph| assert_eq!(text(graph), expected));
    }
}
