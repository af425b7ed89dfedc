use std::collections::HashSet;

use crate::analysis::Analysis;
use crate::{Finding, Kind, Place, Times};

/// A split that starts two tasks of one node.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::Split).chain(analysis.of_kind(Kind::SplitFirst)) {
        let mut known = HashSet::new();
        for (at, edge) in node.edges.iter().enumerate() {
            // Branches that are asked for may well be two reasons for one task.
            if edge.times == Times::Once && !known.insert(edge.to) {
                found.push(
                    Finding::at(
                        Place::Edge(id, at),
                        format!("`{}` leads to {} twice", node.name, analysis.name(edge.to)),
                    )
                    .note("two tasks of it would be created")
                    .help("for several tasks of one node use a list: `task_data_source` or `task_seed_source`"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_found_at_the_second_edge_and_is_no_second_run() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "a"])
            .node("a", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "repeated_branch"), ["`s` leads to `a` twice"]);
        assert!(found(&draft, "runs_twice").is_empty());
    }
}
