use crate::analysis::Analysis;
use crate::{Finding, Place};

/// A branch that has no way to the join where the others meet: the join goes on when it has ended.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    let positions = &analysis.positions;
    let mut last = None;
    for group in analysis.groups() {
        // Wherever the split is opened its branches are the same.
        if last.replace(group.split) == Some(group.split) {
            continue;
        }
        let Some(split) = positions.find(group.split, group.outside) else { continue };
        let Some(join) = group.arrivals.first().map(|arrival| analysis.name(arrival.join)) else { continue };
        let comes: std::collections::HashSet<_> =
            group.arrivals.iter().filter_map(|arrival| positions.paths.scope(arrival.branch)).collect();
        for (edge, first) in positions.next(split).iter().enumerate() {
            let path = positions.get(*first).path;
            let ways = analysis.outcomes().get(*first);
            if ways.joins() || !ways.ends_late() || comes.contains(&path) {
                continue;
            }
            let split = analysis.name(group.split);
            found.push(
                Finding::at(Place::Edge(group.split, edge), format!("this branch of {split} never reaches {join}"))
                    .note(format!("{join} continues when the others have arrived and this one has ended")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_a_hint_at_the_edge_of_the_branch() {
        let draft = |note: &'static str| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", Kind::Split, &["a", "b", "note"])
                .node("a", Kind::View, &["j"])
                .node("b", Kind::View, &["j"])
                .node("note", Kind::View, &[note])
                .node("j", Kind::Join, &["end"])
                .node("end", Kind::End, &[])
        };
        assert_eq!(found(&draft("end"), "side_branch"), ["this branch of `s` never reaches `j`"]);
        draft("end").with_graph(|graph| assert_eq!(crate::check(graph), []));
        assert!(found(&draft("j"), "side_branch").is_empty());
    }
}
