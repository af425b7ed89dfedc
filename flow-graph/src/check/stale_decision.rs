use crate::analysis::Analysis;
use crate::analysis::access::{Call, Field};
use crate::analysis::assignment::Fact;
use crate::code::{Asks, Of};
use crate::{Finding, Kind, NodeId, Place};

/// A cycle that comes back to a decision without anything that could change the answer.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let Some(data) = analysis.assignment() else { return };
    let uses = analysis.access();
    let mut last = None;
    for &Call { node: id, at, callback } in &uses.calls {
        let Some(reads) = callback.comes_from().filter(|_| callback.asks == Asks::Way) else { continue };
        // A switch with conditions asks several questions; any of them may get another answer.
        if last.replace(id) == Some(id) {
            continue;
        }
        // The task is another one each time.
        if reads.iter().any(|read| read.of == Of::Task) {
            continue;
        }
        let fields: Vec<Field> = reads.iter().filter_map(|read| uses.number(&read.field)).collect();
        // What nothing sets anywhere is `never_written`.
        let Some(first) = reads.first().filter(|_| fields.iter().any(|field| data.is_made(Fact::Set(*field)))) else {
            continue;
        };
        let beside = || {
            let mut writers = fields.iter().flat_map(|field| uses.writers_of(*field)).map(|at| &uses.writers[*at]);
            writers.any(|writer| analysis.side_by_side(writer.node, id))
        };
        // What only starts set is a property of the process, and no answer that could be another one.
        let mut writers = fields.iter().flat_map(|field| uses.writers_of(*field)).map(|at| uses.writers[*at].node);
        if writers.all(|writer| analysis.kind(writer).is_some_and(Kind::begins)) {
            continue;
        }
        let rounds = analysis.positions.of_node(id).iter().map(|(_, at)| data.round_without(analysis, *at, &fields));
        let round = rounds.filter(|round| waits(analysis, round)).min_by_key(Vec::len);
        let Some(round) = round.filter(|round| !beside() && !is_left_elsewhere(analysis, id, round)) else { continue };
        let (node, field) = (analysis.name(id), &first.field);
        found.push(
            Finding::at(Place::Read(id, at, 0), format!("when the cycle repeats, {node} sees the old `{field}`"))
                .note(format!(
                    "it goes {node} -> {}, and nothing on this path sets it",
                    crate::analysis::wording::arrows(analysis, &round)
                ))
                .help(format!("set `{field}` again on the way back, or clear it"))
                .help(format!("if the old value is correct: `allow(stale_decision, reason = \"..\")` on {node}")),
        );
    }
}

/// Another decision on the cycle asks for something that is set on it: there it can be left.
fn is_left_elsewhere(analysis: &Analysis<'_>, decision: NodeId, round: &[NodeId]) -> bool {
    let uses = analysis.access();
    let set_on_it = |field: Field| uses.writers_of(field).iter().any(|at| round.contains(&uses.writers[*at].node));
    uses.calls.iter().any(|call| {
        let asks = call.callback.asks == Asks::Way && call.node != decision && round.contains(&call.node);
        asks && call.callback.reads.iter().filter_map(|read| uses.number(&read.field)).any(set_on_it)
    })
}

/// A cycle that never waits is `instant_loops`, and an empty one is none.
fn waits(analysis: &Analysis<'_>, round: &[NodeId]) -> bool {
    round.iter().any(|id| analysis.kind(*id).is_some_and(Kind::waits))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    fn flow(back: &'static str) -> Draft {
        Draft::new()
            .node("start", Kind::Start, &["approve"])
            .node("approve", Kind::View, &["check"])
            .node("check", Kind::If, &["end", "rework"])
            .node("rework", Kind::View, &[back])
            .node("end", Kind::End, &[])
            .form("approve", &["approved"])
            .form("rework", &["text"])
            .reads("check", Asks::Way, &["approved"])
    }

    #[test]
    fn a_way_back_past_the_question_is_reported_and_one_through_it_is_not() {
        assert_eq!(
            coded(&flow("check"), "stale_decision"),
            ["when the cycle repeats, `check` sees the old `approved`"]
        );
        assert!(coded(&flow("approve"), "stale_decision").is_empty());
    }

    #[test]
    fn a_property_of_the_process_is_no_answer_and_a_cycle_that_is_left_elsewhere_is_none() {
        let flow = || {
            Draft::new()
                .node("start", Kind::Start, &["lead"])
                .node("lead", Kind::View, &["leads"])
                .node("leads", Kind::If, &["big", "rework"])
                .node("big", Kind::If, &["sign", "rework"])
                .node("sign", Kind::View, &["end"])
                .node("rework", Kind::View, &["lead"])
                .node("end", Kind::End, &[])
                .reads("big", Asks::Way, &["amount"])
        };
        assert!(coded(&flow().form("start", &["amount"]), "stale_decision").is_empty());
        let asked = flow().form("sign", &["amount"]);
        assert_eq!(coded(&asked, "stale_decision").len(), 1);
        let answered = asked.form("lead", &["ok"]).reads("leads", Asks::Way, &["ok"]);
        assert!(coded(&answered, "stale_decision").is_empty());
    }
}
