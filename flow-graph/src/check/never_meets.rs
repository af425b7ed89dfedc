use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// A split whose branches each end by themselves: fine, and worth a second look.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    for (id, node) in analysis.of_kind(Kind::Split) {
        let reached = !analysis.positions.of_node(id).is_empty();
        let meets = analysis.group_of(id).is_some();
        if reached && !meets && node.edges.len() > 1 {
            found.push(
                Finding::at(Place::Node(id), format!("the branches of `{}` never meet", node.name))
                    .note("the process ends when the last branch has ended"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_a_hint_and_no_finding() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["end"])
            .node("b", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "never_meets"), ["the branches of `s` never meet"]);
        draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
