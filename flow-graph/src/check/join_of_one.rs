use crate::analysis::Analysis;
use crate::{Finding, Kind, Place, Role};

/// A join of a split's branches that one branch alone comes to, once: there is nothing to wait for.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    for (id, node) in analysis.of_kind(Kind::Join) {
        let before = analysis.before(id);
        let [only] = before.as_slice() else { continue };
        let mut groups =
            analysis.groups().iter().filter(|group| group.arrivals.iter().any(|arrival| arrival.join == id)).peekable();
        let waits = |group: &crate::position::Group| {
            let here = || group.arrivals.iter().filter(|arrival| arrival.join == id);
            here().any(|a| here().any(|b| group.differ(&analysis.positions, a.branch, b.branch)))
        };
        if groups.peek().is_none() || groups.any(waits) {
            continue;
        }
        let mut finding =
            Finding::at(Place::Node(id), format!("only {} leads to `{}`", analysis.name(*only), node.name))
                .note("one branch has nobody to wait for");
        if let Some(next) = node.target(Role::Next) {
            let lead = crate::analysis::wording::lead(analysis, &before, id, analysis.plain(next));
            finding = finding.help(format!("lead the other branches to it too, or leave it out: {lead}"));
        }
        found.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    fn draft(branch: &'static str) -> Draft {
        Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &[branch, "b"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["end"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[])
    }

    #[test]
    fn one_branch_has_nobody_to_wait_for_but_the_copies_of_one_have() {
        assert_eq!(found(&draft("a"), "join_of_one"), ["only `a` leads to `j`"]);
        assert!(found(&draft("*a"), "join_of_one").is_empty());
    }
}
