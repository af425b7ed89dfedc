use crate::analysis::Analysis;
use crate::position::Level;
use crate::{Finding, NodeId, Place, Times};

/// A form on a list branch that sets a field of the process: each copy overwrites what the others wrote.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for writer in analysis.access().writers.iter().filter(|writer| writer.by_form) {
        let Some((split, edge)) = list(analysis, writer.node) else { continue };
        let (node, field) = (analysis.name(writer.node), writer.field);
        found.push(
            Finding::at(writer.place, format!("each copy of {node} overwrites `{field}`"))
                .also(Place::Edge(split, edge), format!("there is one {node} for each item of this list"))
                .help("store it on the task, in a field of its `TaskProxy`, and combine the values after the join"),
        );
    }
}

/// The edge of a split that starts copies of the branch that a node is on.
fn list(analysis: &Analysis<'_>, node: NodeId) -> Option<(NodeId, usize)> {
    let positions = &analysis.positions;
    let copies = positions.of_node(node).iter().filter(|(path, _)| positions.paths.is_many(*path));
    copies.flat_map(|(path, _)| positions.paths.levels(*path)).find_map(|level| match level {
        Level::Branch { split, edge } => {
            let times = analysis.node(split)?.edges.get(edge)?.times;
            (times == Times::Each).then_some((split, edge))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_form_on_a_list_branch_is_reported() {
        let flow = |branch| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", Kind::Split, &[branch, "j"])
                .node("vote", Kind::View, &["j"])
                .node("j", Kind::Join, &["end"])
                .node("end", Kind::End, &[])
                .form("vote", &["decision"])
        };
        assert_eq!(coded(&flow("*vote"), "lost_in_copies"), ["each copy of `vote` overwrites `decision`"]);
        assert!(coded(&flow("?vote"), "lost_in_copies").is_empty());
    }
}
