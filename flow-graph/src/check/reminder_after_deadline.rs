use crate::analysis::Analysis;
use crate::{Finding, NodeId, Place};

/// A timeout that never comes: another one, which ends the task, comes before it.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (host, node) in analysis.nodes(&analysis.index.hosts) {
        let delay = |id: NodeId| analysis.code(id).and_then(|code| code.delay);
        let ends = |id: NodeId| analysis.node(id).is_some_and(|boundary| boundary.interrupting);
        let first = node.boundaries.iter().copied().filter(|id| ends(*id));
        let Some((seconds, deadline)) = first.filter_map(|id| Some((delay(id)?, id))).min() else { continue };
        for late in node.boundaries.iter().copied().filter(|id| delay(*id).is_some_and(|delay| delay > seconds)) {
            let what = if ends(late) { "timeout" } else { "reminder" };
            let name = analysis.name(host);
            found.push(
                Finding::at(Place::Delay(late), format!("this {what} never fires: {name} has timed out before it"))
                    .also(Place::Delay(deadline), format!("{name} ends here at the latest"))
                    .help("use a shorter delay, or remove it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, TIMEOUTS, coded};

    #[test]
    fn what_comes_after_the_end_of_its_task_is_reported_and_what_comes_before_is_not() {
        let flow = |reminder, deadline, interrupting| {
            Draft::new()
                .node("start", Kind::StartHandle, &["work"])
                .node("work", Kind::View, &["end"])
                .node("late", Kind::End, &[])
                .node("end", Kind::End, &[])
                .timeout("work", "late", interrupting)
                .timeout("work", "end", true)
                .code(TIMEOUTS[0], |code| code.delay = reminder)
                .code(TIMEOUTS[1], |code| code.delay = deadline)
        };
        let reported = |flow: Draft| coded(&flow, "reminder_after_deadline");
        assert_eq!(
            reported(flow(Some(5), Some(3), false)),
            ["this reminder never fires: `work` has timed out before it"]
        );
        assert_eq!(
            reported(flow(Some(5), Some(3), true)),
            ["this timeout never fires: `work` has timed out before it"]
        );
        assert!(reported(flow(Some(3), Some(5), false)).is_empty());
        assert!(reported(flow(Some(3), Some(3), false)).is_empty(), "which of the two is first is not reported");
        assert!(reported(flow(Some(3), None, false)).is_empty());
    }
}
