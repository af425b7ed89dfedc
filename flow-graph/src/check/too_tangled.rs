use crate::analysis::Analysis;
use crate::{Finding, Place, Severity};

/// So many ways lead into branches of branches that not all of them were looked at, and none of those that were is an
/// error: what is not known must not pass for right.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let Some(node) = analysis.positions.gave_up() else { return };
    if found.iter().any(|finding| finding.severity == Severity::Error) {
        return;
    }
    let name = analysis.name(node);
    found.push(
        Finding::at(Place::Node(node), format!("too many ways lead to {name} to look at all of them"))
            .note(format!(
                "it is inside of splits in more than {} combinations, and what follows was not looked at in each",
                analysis.positions.len_of(node).saturating_sub(1)
            ))
            .help("let branches meet in joins, or run a part of the flow as a `Subprocess`")
            .allow("if it is right all the same", "too_tangled", node, &name),
    );
}

#[cfg(test)]
mod tests {
    use crate::{Edge, Graph, Kind, Node, NodeId, Role};

    /// So many splits, one after the other, whose branches never meet.
    fn row(splits: usize) -> Vec<&'static str> {
        let to = |at: usize| Edge::new(Role::Next, NodeId::try_from(at).unwrap());
        let mut drawn: Vec<(Kind, Vec<Edge>)> = vec![(Kind::Start, vec![to(1)])];
        for _ in 0..splits {
            let at = drawn.len();
            drawn.push((Kind::Split, vec![to(at + 1), to(at + 2)]));
            drawn.extend([(Kind::View, vec![to(at + 3)]), (Kind::View, vec![to(at + 3)])]);
        }
        drawn.push((Kind::View, vec![to(drawn.len() + 1)]));
        drawn.push((Kind::End, Vec::new()));
        let names: Vec<String> = (0..drawn.len()).map(|at| format!("n{at}")).collect();
        let each = drawn.iter().zip(&names);
        let nodes: Vec<Node<'_>> = each.map(|((kind, edges), name)| Node { edges, ..Node::new(name, *kind) }).collect();
        let found = crate::check(&Graph { nodes: &nodes, ..Graph::new("f") });
        found.into_iter().map(|finding| finding.check).collect()
    }

    #[test]
    fn what_was_found_before_the_walk_ended_stays_found() {
        assert_eq!(row(5), ["runs_twice"; 5]);
        let found = row(14);
        assert!(found.iter().filter(|name| **name == "runs_twice").count() > 8, "{found:?}");
        assert!(found.contains(&"too_tangled"));
    }
}
