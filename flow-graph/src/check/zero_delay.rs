use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// A timer or a timeout of no time at all.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes) {
        if analysis.code(id).and_then(|code| code.delay) != Some(0) {
            continue;
        }
        found.push(if node.kind == Kind::StartTimer {
            Finding::at(Place::Delay(id), "this timer would start processes without a pause")
                .help("set how often: `every = hours(1)`")
        } else if node.kind == Kind::TimerBoundary {
            Finding::at(Place::Delay(id), "this timeout fires immediately")
                .help("set how long the task may take: `days(3)`, `hours(1)`")
        } else {
            Finding::at(Place::Delay(id), "this timer does not wait")
                .help(format!("set how long: `delay = hours(1)`, or remove `{}`", node.name))
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, TIMEOUTS, coded};

    #[test]
    fn timers_and_timeouts_of_no_time_are_reported() {
        let draft = |seconds| {
            Draft::new()
                .node("start", Kind::StartHandle, &["wait"])
                .node("wait", Kind::Timer, &["work"])
                .node("work", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .timeout("work", "end", true)
                .code("wait", |code| code.delay = Some(seconds))
                .code(TIMEOUTS[0], |code| code.delay = Some(seconds))
        };
        assert_eq!(coded(&draft(0), "zero_delay"), ["this timer does not wait", "this timeout fires immediately"]);
        assert!(coded(&draft(1), "zero_delay").is_empty());
    }
}
