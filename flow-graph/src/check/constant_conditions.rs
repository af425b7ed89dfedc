use crate::analysis::Analysis;
use crate::analysis::access::Call;
use crate::code::Asks;
use crate::{Finding, Place};

/// A condition that always gives the same answer.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for &Call { node: id, at, callback } in &analysis.access().calls {
        let Some(always) = callback.always.filter(|_| callback.asks.decides()) else { continue };
        let finding = Finding::at(Place::Callback(id, at), format!("this condition is always {always}"));
        let node = analysis.plain(id);
        found.push(match (callback.asks, always) {
            (Asks::Edge(_), true) => finding.help("remove the condition: this edge is always taken"),
            (Asks::Edge(_), false) => finding.help("remove this edge: it is never taken"),
            _ => finding.help(format!("remove `{node}`, and lead to the node that always follows")),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::code::{Asks, Callback, Code, NodeCode};
    use crate::draw::Draft;
    use crate::{Kind, Place, check_with};

    #[test]
    fn is_found_at_the_condition() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["ok"])
            .node("ok", Kind::If, &["a", "end"])
            .node("a", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        let always = Callback { always: Some(true), ..Callback::unseen(Asks::Way) };
        let nodes = vec![NodeCode::default(), NodeCode { callbacks: vec![always], ..NodeCode::default() }];
        draft.with_graph(|graph| {
            let found = check_with(graph, &Code { nodes, ..Code::default() });
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].check, found[0].place), ("constant_conditions", Place::Callback(1, 0)));
        });
    }
}
