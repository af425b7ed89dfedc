use crate::analysis::Analysis;
use crate::{Finding, Place};

/// A flow that always runs itself before it can end. Of flows that run one another, each in its own crate perhaps,
/// rustc tells: see the macro.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes) {
        if analysis.code(id).is_some_and(|code| code.runs_itself) && analysis.always_passes(id) {
            found.push(
                Finding::at(Place::Node(id), format!("this flow runs itself in `{}`, on every path", node.name))
                    .note("each process waits for a new process of the same flow, and none ever ends")
                    .help(format!("add an `If` before it that can bypass `{}`", node.name)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_way_around_it_is_enough() {
        let flow = |first, split| {
            Draft::new()
                .node("start", Kind::StartHandle, &["first"])
                .node("first", first, &["again", split])
                .node("again", Kind::Subprocess, &["end"])
                .node("other", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .code("again", |code| code.runs_itself = true)
        };
        let reported = |flow: Draft| coded(&flow, "subprocess_recursion");
        assert_eq!(reported(flow(Kind::Split, "other")), ["this flow runs itself in `again`, on every path"]);
        assert!(reported(flow(Kind::If, "other")).is_empty());
        assert_eq!(reported(flow(Kind::If, "again")).len(), 1);
    }

    #[test]
    fn a_start_that_does_not_come_there_is_enough() {
        let flow = Draft::new()
            .node("start", Kind::Start, &["again"])
            .node("as_subprocess", Kind::StartHandle, &["end"])
            .node("again", Kind::Subprocess, &["end"])
            .node("end", Kind::End, &[])
            .code("again", |code| code.runs_itself = true);
        assert!(coded(&flow, "subprocess_recursion").is_empty());
    }
}
