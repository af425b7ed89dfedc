use crate::analysis::Analysis;
use crate::walk::cycles;
use crate::{Finding, Kind, Place};

/// A job that is tried again and again, with nothing in between that waits, or could count.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    let tries = |id| match analysis.kind(id) {
        Some(Kind::Job) => analysis.node(id).is_some_and(|node| {
            node.boundaries.iter().all(|id| analysis.kind(*id) == Some(Kind::CompensationBoundary))
        }),
        Some(Kind::If | Kind::Switch | Kind::Split | Kind::SplitFirst | Kind::Join) => true,
        _ => false,
    };
    for cycle in cycles(graph, tries) {
        // One that never waits at all is `instant_loops`.
        let Some(job) = cycle.iter().copied().find(|id| analysis.kind(*id) == Some(Kind::Job)) else { continue };
        let name = analysis.name(job);
        found.push(
            Finding::at(Place::Node(job), format!("{name} can be retried forever"))
                .note(format!(
                    "it goes {} -> {}",
                    crate::analysis::wording::arrows(analysis, &cycle),
                    analysis.name(cycle[0])
                ))
                .help("add to the cycle a `Timer`, a `Function` that counts attempts, or a task for a person"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_job_that_only_a_condition_leads_back_to_is_reported() {
        let flow = |back| {
            Draft::new()
                .node("start", Kind::StartHandle, &["call"])
                .node("call", Kind::Job, &["ok"])
                .node("ok", Kind::If, &["end", back])
                .node("wait", Kind::Timer, &["call"])
                .node("end", Kind::End, &[])
        };
        assert_eq!(found(&flow("call"), "endless_retry"), ["`call` can be retried forever"]);
        assert!(found(&flow("wait"), "endless_retry").is_empty());
    }
}
