use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// A job of another branch may be running when the whole process ends: what it did so far stays done.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes).filter(|(_, node)| node.kind.terminates()) {
        let jobs = analysis.index.of_kind(Kind::Job).iter().copied();
        let jobs: Vec<_> = jobs.filter(|job| analysis.positions.at_once(id, *job)).collect();
        let Some(first) = jobs.first() else { continue };
        let mut finding =
            Finding::at(Place::Node(id), format!("`{}` can cancel {} half-way", node.name, analysis.names(&jobs)));
        for job in &jobs {
            finding = finding.also(Place::Node(*job), format!("{} may be running then", analysis.name(*job)));
        }
        let help = format!(
            "let the branch of {} meet this one in a `Join` before the process ends, or look at `job.is_canceled()` in its body",
            analysis.name(*first)
        );
        let name = format!("`{}`", node.name);
        found.push(finding.help(help).allow("if that is fine", "terminate_kills_work", id, &name));
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_job_beside_the_end_of_the_process_is_named() {
        let draft = |kind| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", Kind::Split, &["a", "b"])
                .node("a", Kind::View, &["stop"])
                .node("b", kind, &["end"])
                .node("stop", Kind::TerminateEnd, &[])
                .node("end", Kind::End, &[])
        };
        assert_eq!(found(&draft(Kind::Job), "terminate_kills_work"), ["`stop` can cancel `b` half-way"]);
        assert!(found(&draft(Kind::View), "terminate_kills_work").is_empty());
    }
}
