use crate::analysis::Analysis;
use crate::code::{NodeCode, Of};
use crate::{Finding, Kind, NodeId, Place};

/// A condition that is waited for, over fields that nothing can set meanwhile.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    for (id, node) in analysis.of_kind(Kind::ConditionalCatch) {
        let Some(code) = analysis.code(id).filter(|_| !node.incomplete) else { continue };
        let Some((at, callback)) = code.callbacks.iter().enumerate().next() else { continue };
        let Some(reads) = callback.comes_from() else { continue };
        let fields: Vec<&str> =
            reads.iter().filter(|read| read.of == Of::Process).map(|read| read.field.as_str()).collect();
        let sets = |other: NodeId| {
            other != id
                && analysis.side_by_side(other, id)
                && analysis.code(other).is_none_or(|code| may_set(code, &fields))
        };
        if fields.is_empty() || fields.len() < reads.len() || analysis.graph.ids().any(sets) {
            continue;
        }
        let name = analysis.name(id);
        found.push(
            Finding::at(Place::Callback(id, at), format!("nothing can make this condition true while {name} waits"))
                .note(format!("no node that can run beside {name} sets `{}`", fields.join("` or `")))
                .help(format!("set it in a branch beside {name}, or use an `If`"))
                .help(format!(
                    "if code outside of the flow sets it: `allow(condition_cannot_change, reason = \"..\")` on {name}"
                )),
        );
    }
}

/// The code of a node may set one of these fields.
fn may_set(code: &NodeCode, fields: &[&str]) -> bool {
    let sets = |set: &Vec<String>| set.iter().any(|field| fields.contains(&field.as_str()));
    code.writes_anything
        || sets(&code.form)
        || code.callbacks.iter().any(|callback| callback.writes.as_ref().is_none_or(sets))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_field_that_no_node_beside_it_sets_is_reported() {
        let flow = |field| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", Kind::Split, &["edit", "wait"])
                .node("edit", Kind::View, &["j"])
                .node("wait", Kind::ConditionalCatch, &["j"])
                .node("j", Kind::Join, &["end"])
                .node("end", Kind::End, &[])
                .form("start", &["amount", "paid"])
                .form("edit", &[field])
                .reads("wait", Asks::Other, &["paid"])
        };
        let reported = |field| coded(&flow(field), "condition_cannot_change");
        assert_eq!(reported("amount"), ["nothing can make this condition true while `wait` waits"]);
        assert!(reported("paid").is_empty());
    }
}
