use std::collections::HashSet;

use crate::analysis::{Analysis, endless};
use crate::{Finding, NodeId, Place};

/// A cycle in which a split starts a branch that ends, and goes round with another: there is always one more.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let nesting: HashSet<NodeId> = analysis.positions.again.iter().map(|(_, split, _)| *split).collect();
    for cycle in endless::cycles(analysis) {
        // A branch that comes back before the others have met is `unbounded_nesting`.
        let nests = cycle.nodes.iter().any(|id| nesting.contains(id));
        let Some((split, edge)) = cycle.beside.filter(|_| !nests) else { continue };
        let headline = format!("one branch of {} can never end", analysis.name(split));
        let finding = Finding::at(Place::Edge(split, edge), headline)
            .note(format!("it goes {}", endless::round(analysis, &cycle.nodes)));
        found.push(endless::help(analysis, &cycle.nodes, finding));
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn the_branch_that_goes_round_is_named() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["w", "end"])
            .node("w", Kind::View, &["j"])
            .node("j", Kind::Join, &["s"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "only_a_side_branch_ends"), ["one branch of `s` can never end"]);
        assert!(found(&draft, "never_ends").is_empty());
    }
}
