use crate::analysis::Analysis;
use crate::{Finding, Place};

/// A flow that never waits: a process of it runs within one call.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let begins = analysis.graph.nodes.iter().any(|node| node.kind.begins());
    if begins && !analysis.graph.nodes.iter().any(|node| node.kind.waits()) {
        found.push(
            Finding::at(Place::Flow, "this process never waits")
                .note("all of it runs inside the call that starts it; a plain Rust function would do the same"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_a_hint() {
        let draft = Draft::new().node("start", Kind::Start, &["end"]).node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "no_waiting_node"), ["this process never waits"]);
    }
}
