use crate::analysis::Analysis;
use crate::analysis::assignment::Fact;
use crate::{Finding, Place};

/// A task for whoever did another one, which on some way nobody has done.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let Some(data) = analysis.assignment() else { return };
    for (id, other) in analysis.graph.ids().filter_map(|id| Some((id, analysis.code(id)?.owner_of?))) {
        let fact = Fact::Done(other);
        let Some(at) = data.missing(analysis, id, fact) else { continue };
        let (node, name) = (analysis.name(id), analysis.name(other));
        let way = data.way_without(analysis, at, fact);
        found.push(
            Finding::at(Place::Node(id), format!("{name} may not have been done when {node} is assigned"))
                .note(format!("on the path {} nobody has done it, so the task has no owner", crate::analysis::wording::arrows(analysis, &way)))
                .help(format!("lead this path through {name} too, or decide who gets it: `assign = this.` with a method"))
                .help(format!("if anyone with the permission may claim it in that case: `allow(owner_may_be_missing, reason = \"..\")` on {node}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_way_around_the_task_is_reported() {
        let flow = |around| {
            Draft::new()
                .node("start", Kind::Start, &["big"])
                .node("big", Kind::If, &["review", around])
                .node("review", Kind::View, &["sign"])
                .node("sign", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .owner("sign", "review")
        };
        let found = coded(&flow("sign"), "owner_may_be_missing");
        assert_eq!(found, ["`review` may not have been done when `sign` is assigned"]);
        assert!(coded(&flow("end"), "owner_may_be_missing").is_empty());
    }
}
