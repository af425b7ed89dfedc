use crate::analysis::Analysis;
use crate::analysis::access::Call;
use crate::code::{Asks, Of};
use crate::{Finding, Kind, Place, Times};

/// Data for a task that runs at once and never looks at it. Of a task that waits an app shows the data to people.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for &Call { node: id, at, callback } in &analysis.access().calls {
        let Asks::Data(edge) = callback.asks else { continue };
        let edge = analysis.node(id).and_then(|node| node.edges.get(edge));
        // A list says how often, too.
        let Some(to) = edge.filter(|edge| edge.times != Times::Each).map(|edge| edge.to) else { continue };
        if is_read(analysis, to) {
            continue;
        }
        let node = analysis.name(to);
        found.push(
            Finding::at(Place::Callback(id, at), format!("{node} never reads this"))
                .also(Place::Node(to), format!("{node} runs immediately and only reads the process"))
                .help("remove `task_data`, or read it there: `a.task`")
                .help(format!(
                    "if it is read elsewhere: `allow(unused_task_data, reason = \"..\")` on {}",
                    analysis.name(id)
                )),
        );
    }
}

/// The node may read what its task is given; or somebody may.
fn is_read(analysis: &Analysis<'_>, id: crate::NodeId) -> bool {
    let instant =
        |kind: Kind| kind.is_function() || matches!(kind, Kind::If | Kind::Switch | Kind::Split | Kind::SplitFirst);
    let instant = analysis.kind(id).is_some_and(instant);
    let Some(code) = analysis.code(id).filter(|_| instant) else { return true };
    code.callbacks
        .iter()
        .any(|callback| callback.reads_anything || callback.reads.iter().any(|read| read.of == Of::Task))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn what_a_condition_never_looks_at_is_reported_and_what_a_person_sees_is_not() {
        let flow = |kind, reads| {
            Draft::new()
                .node("start", Kind::StartHandle, &["check"])
                .node("check", kind, &["end"])
                .node("end", Kind::End, &[])
                .reads("start", Asks::Data(0), &[])
                .reads("check", Asks::Way, &[reads])
        };
        let reported = |flow: Draft| coded(&flow, "unused_task_data");
        assert_eq!(reported(flow(Kind::Switch, "amount")), ["`check` never reads this"]);
        assert!(reported(flow(Kind::Switch, "task.amount")).is_empty());
        assert!(reported(flow(Kind::View, "amount")).is_empty());
    }
}
