use crate::analysis::Analysis;
use crate::{Finding, NESTING_LIMIT, Place};

/// More splits inside one another than the engine opens: each process that comes there fails.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let Some(at) = analysis.positions.too_deep else { return };
    let split = analysis.positions.get(at).node;
    found.push(
        Finding::at(
            Place::Node(split),
            format!("{} is nested inside {NESTING_LIMIT} other splits", analysis.name(split)),
        )
        .note(format!("at most {NESTING_LIMIT} nested splits can be open, so a process that gets here fails"))
        .help("join branches before the next split, or run a part of the flow as a `Subprocess`"),
    );
}

#[cfg(test)]
mod tests {
    use crate::{Edge, Graph, Kind, NESTING_LIMIT, Node, NodeId, Role};

    fn tower(splits: usize) -> Vec<&'static str> {
        let to = |at: usize| Edge::new(Role::Next, NodeId::try_from(at).unwrap());
        let mut edges: Vec<(Kind, Vec<Edge>)> = vec![(Kind::Start, vec![to(1)])];
        let end = splits + 1;
        edges.extend((0..splits).map(|at| (Kind::Split, vec![to(at + 2), to(end)])));
        edges.push((Kind::End, Vec::new()));
        let names: Vec<String> = (0..edges.len()).map(|at| format!("n{at}")).collect();
        let each = edges.iter().zip(&names);
        let nodes: Vec<Node<'_>> = each.map(|((kind, edges), name)| Node { edges, ..Node::new(name, *kind) }).collect();
        let found = crate::check(&Graph { nodes: &nodes, ..Graph::new("f") });
        found.into_iter().map(|finding| finding.check).filter(|name| *name != "repeated_branch").collect()
    }

    #[test]
    fn one_split_more_than_the_engine_opens_is_found() {
        let limit = usize::try_from(NESTING_LIMIT).unwrap();
        assert_eq!(tower(limit), Vec::<&str>::new());
        assert_eq!(tower(limit + 1), ["too_deep"]);
    }
}
