use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// A `TerminateEnd` that nothing can be open beside: it ends what ends by itself.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    for (id, node) in analysis.of_kind(Kind::TerminateEnd) {
        let beside = |other| analysis.positions.at_once(id, other);
        if analysis.positions.len_of(id) == 0 || analysis.graph.ids().any(beside) {
            continue;
        }
        found.push(
            Finding::at(
                Place::Node(id),
                format!("no other branch can be open when a process comes to `{}`", node.name),
            )
            .help(format!("an `End` is enough: `pub {}: End`", node.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_found_where_no_branch_is_beside_it() {
        let plain = Draft::new().node("start", Kind::Start, &["a"]).node("a", Kind::View, &["stop"]).node(
            "stop",
            Kind::TerminateEnd,
            &[],
        );
        let text = "no other branch can be open when a process comes to `stop`";
        assert_eq!(found(&plain, "superfluous_terminate"), [text]);
        let beside = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["stop"])
            .node("b", Kind::View, &["end"])
            .node("stop", Kind::TerminateEnd, &[])
            .node("end", Kind::End, &[]);
        assert!(found(&beside, "superfluous_terminate").is_empty());
    }
}
