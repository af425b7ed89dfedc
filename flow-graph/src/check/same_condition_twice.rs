use crate::analysis::Analysis;
use crate::code::{Asks, Callback, Of};
use crate::{Finding, Kind, NodeId, Place};

/// A condition that was asked just before, with nothing between that could change the answer.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, at, callback) in analysis.graph.ids().filter_map(|id| condition(analysis, id)) {
        // Each node has a task of its own; and what is beside a branch can change what it asks for.
        if !analysis.is_alone(id)
            || callback.text.is_none()
            || callback.reads.is_empty()
            || callback.reads.iter().any(|read| read.of == Of::Task)
        {
            continue;
        }
        let mut first = None;
        if was_asked(analysis, callback, id, &mut vec![id], &mut first)
            && let Some(first) = first
        {
            let (node, before) = (analysis.name(id), analysis.name(first));
            found.push(
                Finding::at(Place::Callback(id, at), format!("{node} tests the same condition as {before}"))
                    .note("nothing in between can change the result")
                    .help(format!("lead each edge of {before} directly to the final node")),
            );
        }
    }
}

/// The condition of an `If`, by its place.
fn condition<'a>(analysis: &Analysis<'a>, id: NodeId) -> Option<(NodeId, usize, &'a Callback)> {
    let code = analysis.code(id).filter(|_| analysis.kind(id) == Some(Kind::If))?;
    let (at, callback) = code.callbacks.iter().enumerate().find(|(_, callback)| callback.asks == Asks::Way)?;
    Some((id, at, callback))
}

/// Every way here comes from an `If` of the same words, over nodes that run at once and set nothing it reads.
fn was_asked(
    analysis: &Analysis<'_>,
    asked: &Callback,
    id: NodeId,
    seen: &mut Vec<NodeId>,
    first: &mut Option<NodeId>,
) -> bool {
    let before = analysis.before(id);
    !before.is_empty()
        && before.into_iter().all(|from| {
            if condition(analysis, from).is_some_and(|(_, _, other)| other.text == asked.text) && from != seen[0] {
                *first = first.or(Some(from));
                return true;
            }
            if seen.contains(&from) {
                return true;
            }
            seen.push(from);
            let quiet = |kind: Kind| kind.is_function() || matches!(kind, Kind::If | Kind::Switch);
            let quiet = analysis.kind(from).is_some_and(quiet);
            let Some(code) = analysis.code(from).filter(|_| quiet) else { return false };
            let changes = code.callbacks.iter().any(|callback| {
                let sets = |set: &Vec<String>| set.iter().any(|field| asked.reads.iter().any(|read| read.is(field)));
                callback.writes.as_ref().is_none_or(sets)
            });
            !changes && was_asked(analysis, asked, from, seen, first)
        })
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn the_same_question_is_reported_unless_somebody_can_have_changed_the_answer() {
        let flow = |kind, sets: &[&str]| {
            Draft::new()
                .node("start", Kind::StartHandle, &["big"])
                .node("big", Kind::If, &["note", "again"])
                .node("note", kind, &["again"])
                .node("again", Kind::If, &["work", "end"])
                .node("work", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .reads("big", Asks::Way, &["amount"])
                .reads("again", Asks::Way, &["amount"])
                .sets("note", sets)
        };
        let reported = |flow: Draft| coded(&flow, "same_condition_twice");
        assert_eq!(reported(flow(Kind::Function, &["note"])), ["`again` tests the same condition as `big`"]);
        assert!(reported(flow(Kind::Function, &["amount"])).is_empty());
        assert!(reported(flow(Kind::View, &[])).is_empty());
    }
}
