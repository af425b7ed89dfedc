use crate::analysis::{Analysis, endless};
use crate::{Finding, Place};

/// A cycle without a way out: a process that comes to it can never end.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for cycle in endless::cycles(analysis).into_iter().filter(|cycle| cycle.beside.is_none()) {
        let Some(first) = cycle.nodes.first() else { continue };
        let headline = format!("a process that reaches {} can never end", analysis.name(*first));
        let finding = Finding::at(Place::Node(*first), headline)
            .note(format!("it goes {}", endless::round(analysis, &cycle.nodes)));
        found.push(endless::help(analysis, &cycle.nodes, finding));
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_cycle_is_named_at_its_first_node_alone() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["a"])
            .node("a", Kind::View, &["b"])
            .node("b", Kind::View, &["c"])
            .node("c", Kind::View, &["b"])
            .node("end", Kind::End, &[]);
        let found = found(&draft, "never_ends");
        assert_eq!(found, ["a process that reaches `b` can never end"]);
    }
}
