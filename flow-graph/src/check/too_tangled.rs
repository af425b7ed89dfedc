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
        Finding::at(Place::Node(node), format!("too many paths lead to {name} to check all of them"))
            .note(format!(
                "it is nested inside splits in more than {} combinations, and not every combination was checked",
                analysis.positions.len_of(node).saturating_sub(1)
            ))
            .help("join branches earlier, or run a part of the flow as a `Subprocess`")
            .allow("if the flow is correct anyway", "too_tangled", node, &name),
    );
}

#[cfg(test)]
mod tests {
    use crate::{Edge, Graph, Kind, Node, NodeId, Role};

    type Nodes = Vec<(Kind, Vec<Edge>)>;

    fn to(at: usize) -> Edge {
        Edge::new(Role::Next, NodeId::try_from(at).unwrap())
    }

    fn found(drawn: &Nodes) -> Vec<&'static str> {
        let names: Vec<String> = (0..drawn.len()).map(|at| format!("n{at}")).collect();
        let each = drawn.iter().zip(&names);
        let nodes: Vec<Node<'_>> = each.map(|((kind, edges), name)| Node { edges, ..Node::new(name, *kind) }).collect();
        let found = crate::check(&Graph { nodes: &nodes, ..Graph::new("f") });
        found.into_iter().map(|finding| finding.check).collect()
    }

    /// So many splits, one after the other, whose branches never meet.
    fn row(splits: usize) -> Nodes {
        let mut drawn: Nodes = vec![(Kind::Start, vec![to(1)])];
        for _ in 0..splits {
            let at = drawn.len();
            drawn.push((Kind::Split, vec![to(at + 1), to(at + 2)]));
            drawn.extend([(Kind::View, vec![to(at + 3)]), (Kind::View, vec![to(at + 3)])]);
        }
        drawn.push((Kind::View, vec![to(drawn.len() + 1)]));
        drawn.push((Kind::End, Vec::new()));
        drawn
    }

    #[test]
    fn branches_that_never_meet_are_found_however_many_there_are() {
        for splits in [5, 9, 10, 14, 40] {
            assert_eq!(found(&row(splits)), vec!["runs_twice"; splits], "{splits}");
        }
        assert!(found(&row(70)).contains(&"too_deep"));
    }

    /// One of two splits, each in both branches of the next two, so deep, and in the last a cycle without a way out.
    fn alternatives(depth: usize, wrong: bool) -> Nodes {
        let way = |role, at| Edge::new(role, NodeId::try_from(at).unwrap());
        let mut drawn: Nodes = vec![(Kind::Start, vec![to(1)])];
        for _ in 0..depth {
            let at = drawn.len();
            drawn.push((Kind::If, vec![way(Role::Then, at + 1), way(Role::Else, at + 2)]));
            drawn.extend([(Kind::Split, vec![to(at + 4), to(at + 3)]), (Kind::Split, vec![to(at + 4), to(at + 3)])]);
            drawn.push((Kind::View, vec![to(4 * depth + 2)]));
        }
        let last = if wrong { drawn.len() } else { drawn.len() + 1 };
        drawn.push((Kind::View, vec![to(last)]));
        drawn.push((Kind::End, Vec::new()));
        drawn
    }

    #[test]
    fn what_is_not_known_does_not_pass_for_right_and_what_was_found_stays_found() {
        assert_eq!(found(&alternatives(5, false)), Vec::<&str>::new());
        assert_eq!(found(&alternatives(14, false)), ["too_tangled"]);
        assert!(found(&alternatives(14, true)).contains(&"never_ends"));
    }
}
