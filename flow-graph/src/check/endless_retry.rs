use super::Subject;
use crate::walk::circles;
use crate::{Finding, Kind, Place};

/// A job that is tried again and again, with nothing in between that waits, or could count.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let graph = subject.graph;
    let tries = |id| match subject.kind(id) {
        Some(Kind::Job) => subject.node(id).is_some_and(|node| node.boundaries.is_empty()),
        Some(Kind::If | Kind::Switch | Kind::Split | Kind::Join) => true,
        _ => false,
    };
    for circle in circles(graph, tries) {
        // One that never waits at all is `instant_loops`.
        let Some(job) = circle.iter().copied().find(|id| subject.kind(*id) == Some(Kind::Job)) else { continue };
        let name = subject.name(job);
        found.push(
            Finding::at(Place::Node(job), format!("{name} is tried again for ever"))
                .note(format!("it goes {} -> {}", super::data::arrows(subject, &circle), subject.name(circle[0])))
                .help("put a `Timer` into the circle, a `Function` that counts, or a task for somebody to look at it"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_job_that_only_a_condition_leads_back_to_is_told() {
        let flow = |back| {
            Draft::new()
                .node("start", Kind::StartHandle, &["call"])
                .node("call", Kind::Job, &["ok"])
                .node("ok", Kind::If, &["end", back])
                .node("wait", Kind::Timer, &["call"])
                .node("end", Kind::End, &[])
        };
        assert_eq!(found(&flow("call"), "endless_retry"), ["`call` is tried again for ever"]);
        assert!(found(&flow("wait"), "endless_retry").is_empty());
    }
}
