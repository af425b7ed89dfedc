use crate::analysis::Analysis;
use crate::{Finding, NodeId, Place, walk};

/// A cycle that never waits: one transition would go round in it until it meets the step limit.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    let cycles = walk::cycles(graph, |id| graph.node(id).is_some_and(|node| !node.kind.waits()));
    // A cycle without a way out is `never_ends`.
    for cycle in cycles.iter().filter(|cycle| cycle.iter().any(|id| analysis.can_end(*id))) {
        let Some(first) = cycle.first() else { continue };
        let name = |id: &NodeId| graph.node(*id).map_or("?", |node| node.name);
        let path: Vec<String> = cycle.iter().chain([first]).map(|id| format!("`{}`", name(id))).collect();
        found.push(
            Finding::at(Place::Node(*first), "this cycle never waits")
                .note(format!("it goes {}", path.join(" -> ")))
                .help("put a task that waits into it, or repeat inside one `Function`")
                .help(format!(
                    "if a step in it makes it end soon: `allow(instant_loops, reason = \"..\")` on `{}`",
                    name(first)
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{Edge, Graph, Kind, Node, Role, check};

    #[test]
    fn a_circle_is_named_once_and_one_that_waits_is_none() {
        let next = |to| [Edge::new(Role::Next, to)];
        let (start, work, end) = (next(1), next(2), next(3));
        let arms = [Edge::new(Role::Then, 1), Edge::new(Role::Else, 3)];
        let _ = end;
        for (kind, cycles) in [(Kind::Function, 1), (Kind::View, 0)] {
            let nodes = [
                Node { edges: &start, ..Node::new("start", Kind::Start) },
                Node { edges: &work, ..Node::new("work", kind) },
                Node { edges: &arms, ..Node::new("again", Kind::If) },
                Node::new("end", Kind::End),
            ];
            let found = check(&Graph { name: "f", title: "F", description: "", nodes: &nodes });
            assert_eq!(found.len(), cycles, "{found:?}");
            assert!(found.iter().all(|found| found.notes == ["it goes `work` -> `again` -> `work`"]));
        }
    }
}
