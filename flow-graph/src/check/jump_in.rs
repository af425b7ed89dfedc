use crate::analysis::Analysis;
use crate::{Finding, Kind};

/// A way into the middle of a branch, from outside of its split: fine, since the join lets a single one pass.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let positions = &analysis.positions;
    let mut told = Vec::new();
    for group in analysis.groups() {
        for arrival in &group.arrivals {
            // The same node outside of this split, come to from a node that is outside of it alone.
            let (branch, outside) = (arrival.branch, group.outside);
            let way = positions.list.iter().filter(|position| position.path == branch);
            for inside in way.filter(|inside| analysis.kind(inside.node) != Some(Kind::Join)) {
                let jump = positions.find(inside.node, outside).and_then(|at| positions.get(at).from);
                let Some(from) = jump.map(|from| positions.get(from)) else { continue };
                let alone = positions.find(from.node, branch).is_none();
                if alone && analysis.kind(from.node) != Some(Kind::Join) && !told.contains(&inside.node) {
                    told.push(inside.node);
                    let text = format!("this leads into a branch of {} from outside", analysis.name(group.split));
                    found.push(Finding::at(analysis.edge(from.node, inside.node), text));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_a_hint_at_the_edge_that_leads_in() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("late", Kind::StartHandle, &["a"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "jump_in"), ["this leads into a branch of `s` from outside"]);
        draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
