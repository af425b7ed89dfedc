use super::Subject;
use super::data::{self, Fact};
use crate::code::{Asks, Of};
use crate::{Finding, Kind, NodeId, Place};

/// A circle that comes back to a decision without anything that could change the answer.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(data) = subject.data() else { return };
    let writers = data::writers(subject);
    for (id, code) in subject.graph.ids().filter_map(|id| Some((id, subject.code(id)?))) {
        // A switch with conditions asks several questions; any of them may get another answer.
        let mut deciding = code.callbacks.iter().enumerate().filter(|(_, callback)| callback.asks == Asks::Way);
        let Some((at, reads)) = deciding.find_map(|(at, callback)| Some((at, callback.comes_from()?))) else {
            continue;
        };
        // The task is another one each time.
        if reads.iter().any(|read| read.of == Of::Task) {
            continue;
        }
        let facts: Vec<Fact<'_>> = reads.iter().map(|read| Fact::Set(&read.field)).collect();
        let set = |fact: &Fact<'_>| data.is_made(*fact);
        // What nothing sets anywhere is `never_written`.
        let Some(first) = facts.first().filter(|_| facts.iter().any(set)) else { continue };
        let beside = || {
            writers
                .iter()
                .any(|writer| facts.contains(&Fact::Set(writer.field)) && data::side_by_side(subject, writer.node, id))
        };
        let rounds = subject.positions.of_node(id).iter().map(|(_, at)| data.round_without(subject, *at, &facts));
        let Some(round) = rounds.filter(|round| waits(subject, round)).min_by_key(Vec::len).filter(|_| !beside())
        else {
            continue;
        };
        let (node, Fact::Set(field)) = (subject.name(id), first) else { continue };
        found.push(
            Finding::at(Place::Read(id, at, 0), format!("the second time round, {node} sees the old `{field}`"))
                .note(format!("it goes {node} -> {}, and nothing on this way sets it", data::arrows(subject, &round)))
                .help(format!("ask for `{field}` again on the way back, or clear it"))
                .help(format!("if the old answer is right: `allow(stale_decision, reason = \"..\")` on {node}")),
        );
    }
}

/// A circle that never waits is `instant_loops`, and an empty one is none.
fn waits(subject: &Subject<'_>, round: &[NodeId]) -> bool {
    round.iter().any(|id| subject.kind(*id).is_some_and(Kind::waits))
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
    fn a_way_back_past_the_question_is_told_and_one_through_it_is_not() {
        assert_eq!(coded(&flow("check"), "stale_decision"), ["the second time round, `check` sees the old `approved`"]);
        assert!(coded(&flow("approve"), "stale_decision").is_empty());
    }
}
