use crate::analysis::Analysis;
use crate::{Finding, Place, Role};

/// A default in front of cases: it is taken last all the same, and reads as if they were dead.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.nodes(&analysis.index.forks) {
        let Some(at) = node.edges.iter().position(|edge| edge.role == Role::Default) else { continue };
        if node.edges[at..].iter().any(|edge| edge.role == Role::Case) {
            found.push(
                Finding::at(Place::Edge(id, at), format!("the default of `{}` is not last", node.name))
                    .note("the cases after it are still evaluated first")
                    .help("move it after the cases"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Edge, Graph, Kind, Node, Role, check};

    #[test]
    fn is_found_where_a_case_follows() {
        let start = [Edge::new(Role::Next, 1)];
        let ways = [Edge::new(Role::Default, 2), Edge::new(Role::Case, 2)];
        let nodes = [
            Node { edges: &start, ..Node::new("start", Kind::Start) },
            Node { edges: &ways, ..Node::new("which", Kind::Switch) },
            Node::new("end", Kind::End),
        ];
        let found = check(&Graph { nodes: &nodes, ..Graph::new("f") });
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].check, "default_not_last");
    }
}
