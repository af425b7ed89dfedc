use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// A branch of a `SplitFirst` that does not begin with a task that waits.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::SplitFirst) {
        for (at, edge) in node.edges.iter().enumerate() {
            let Some(first) = analysis.node(edge.to).filter(|first| !first.kind.waits()) else { continue };
            found.push(
                Finding::at(
                    Place::Edge(id, at),
                    format!("this branch of `{}` wins at once: `{}` does not wait", node.name, first.name),
                )
                .note("the other branches never get a chance")
                .help("start the branch with a task, a timer or an event, and lead that on"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn each_branch_begins_with_what_waits() {
        let draft = |kind| {
            Draft::new()
                .node("start", Kind::Start, &["race"])
                .node("race", Kind::SplitFirst, &["answer", "late"])
                .node("answer", kind, &["end"])
                .node("late", Kind::Timer, &["end"])
                .node("end", Kind::End, &[])
        };
        let text = "this branch of `race` wins at once: `answer` does not wait";
        assert_eq!(found(&draft(Kind::Function), "race_won_at_once"), [text]);
        draft(Kind::View).with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
