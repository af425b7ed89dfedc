use crate::analysis::Analysis;
use crate::finding::Edit;
use crate::position::Group;
use crate::{Finding, Kind, NodeId, Place, Role};

/// A join of a split's branches that one branch alone comes to, once: there is nothing to wait for.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    let mut at: Vec<Vec<&Group>> = vec![Vec::new(); analysis.graph.nodes.len()];
    for group in analysis.groups() {
        for join in group.joins() {
            at[usize::from(join)].push(group);
        }
    }
    for (id, node) in analysis.of_kind(Kind::Join) {
        let before = analysis.before(id);
        let [only] = before.as_slice() else { continue };
        let groups = &at[usize::from(id)];
        if groups.is_empty() || groups.iter().any(|group| waits(analysis, group, id)) {
            continue;
        }
        let mut finding =
            Finding::at(Place::Node(id), format!("only {} leads to `{}`", analysis.name(*only), node.name))
                .note("a single branch has nothing to wait for");
        if let Some(next) = node.target(Role::Next) {
            let lead = crate::analysis::wording::lead(analysis, &before, id, next, analysis.plain(next));
            let edits = lead.edits.into_iter().chain([Edit::Remove(id)]).collect();
            finding = finding.paste(format!("lead the other branches to it too, or remove it: {}", lead.text), edits);
        }
        found.push(finding);
    }
}

/// Two branches come to the join, or one comes to it, and waits for another one to end.
fn waits(analysis: &Analysis<'_>, group: &Group, join: NodeId) -> bool {
    let positions = &analysis.positions;
    let here = || group.arrivals.iter().filter(|arrival| arrival.join == join);
    let Some(first) = here().next() else { return false };
    let split = positions.find(group.split, group.outside);
    let firsts = split.map_or(&[][..], |split| positions.next(split)).iter();
    let own = positions.paths.scope(first.branch);
    let ends_late =
        |first: &u32| Some(positions.get(*first).path) != own && analysis.outcomes().get(*first).ends_late();
    here().any(|other| group.differ(positions, first.branch, other.branch)) || firsts.clone().any(ends_late)
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
            .node("b", Kind::Function, &["end"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[])
    }

    #[test]
    fn one_branch_has_nobody_to_wait_for_but_the_copies_of_one_have() {
        assert_eq!(found(&draft("a"), "join_of_one"), ["only `a` leads to `j`"]);
        assert!(found(&draft("*a"), "join_of_one").is_empty());
    }
}
