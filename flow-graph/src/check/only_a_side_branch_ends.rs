use super::{Subject, again, ending};
use crate::{Finding, Place};

/// A circle in which a split starts a branch that ends, and goes round with another: there is always one more.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for circle in ending::circles(subject) {
        // A branch that comes back before the others have met is `unbounded_nesting`.
        let nests = again::splits(subject).iter().any(|again| circle.nodes.contains(&again.split));
        let Some((split, edge)) = circle.beside.filter(|_| !nests) else { continue };
        found.push(
            Finding::at(Place::Edge(split, edge), format!("one branch of {} can never end", subject.name(split)))
                .note(format!("it goes {}", ending::round(subject, &circle.nodes)))
                .help(ending::help(subject, &circle.nodes)),
        );
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
