use crate::analysis::Analysis;
use crate::{Finding, Kind, NodeId, Place, walk};

/// A `CompensateThrow` that nothing with a compensation handler can have been done before.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let throws = analysis.index.of_kind(Kind::CompensateThrow);
    if throws.is_empty() || !analysis.is_complete() {
        return;
    }
    let graph = analysis.graph;
    let hosts: Vec<NodeId> = graph.ids().filter(|id| graph.handler(*id).is_some()).collect();
    for (id, node) in analysis.nodes(throws) {
        let before = walk::reachable_to(graph, id);
        let may_be_done = |host: &NodeId| before[usize::from(*host)] || analysis.positions.at_once(id, *host);
        if hosts.iter().any(may_be_done) || analysis.positions.of_node(id).is_empty() {
            continue;
        }
        let finding = Finding::at(Place::Node(id), format!("`{}` finds nothing to take back", node.name));
        let finding = match hosts.first() {
            Some(host) => {
                finding.note(format!("{} has `compensate`, and can only be done after it", analysis.name(*host)))
            }
            None => finding.note("no node of this flow has `compensate`"),
        };
        let help = "add `compensate = this.` with a `Function` or a `Job` to each node before it that has something to take back";
        found.push(finding.help(help).allow("if they come later", "nothing_to_compensate", id, &analysis.name(id)));
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    fn found_in(draft: &Draft) -> Vec<String> {
        found(draft, "nothing_to_compensate")
    }

    #[test]
    fn a_throw_that_comes_too_early_is_named() {
        let none = Draft::new()
            .node("start", Kind::Start, &["back"])
            .node("back", Kind::CompensateThrow, &["pay"])
            .node("pay", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found_in(&none), ["`back` finds nothing to take back"]);
        let later = none.node("refund", Kind::Job, &[]).compensate("pay", "refund");
        assert_eq!(found_in(&later), ["`back` finds nothing to take back"]);
    }

    #[test]
    fn what_is_done_beside_it_can_be_taken_back() {
        let beside = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["pay", "ask"])
            .node("pay", Kind::View, &["end"])
            .node("ask", Kind::View, &["back"])
            .node("back", Kind::CompensateThrow, &["end"])
            .node("refund", Kind::Job, &[])
            .node("end", Kind::End, &[])
            .compensate("pay", "refund");
        assert!(found_in(&beside).is_empty());
    }
}
