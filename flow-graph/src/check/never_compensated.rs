use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// A compensation handler in a flow without a `CompensateThrow`: nothing ever runs it.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.index.of_kind(Kind::CompensateThrow).is_empty() {
        return;
    }
    for (id, node) in analysis.of_kind(Kind::CompensationBoundary) {
        let (Some(edge), Some(host)) = (node.edges.first(), analysis.positions.host_of(id)) else { continue };
        let handler = analysis.name(edge.to);
        found.push(
            Finding::at(Place::Edge(id, 0), format!("nothing ever runs {handler}"))
                .note(format!("it takes back what {} did, and this flow has no `CompensateThrow`", analysis.name(host)))
                .help(format!(
                    "add `#[node(next = this.{})] take_back: CompensateThrow,` and lead to it where the process has failed",
                    analysis.end_name()
                ))
                .allow("if it comes later", "never_compensated", host, &analysis.name(host)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn each_handler_without_a_throw_is_named() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["pay"])
            .node("pay", Kind::View, &["end"])
            .node("refund", Kind::Job, &[])
            .node("end", Kind::End, &[])
            .compensate("pay", "refund");
        assert_eq!(found(&draft, "never_compensated"), ["nothing ever runs `refund`"]);
    }
}
