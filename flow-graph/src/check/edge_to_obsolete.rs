use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// An edge to a node that is not used any more: a process would wait there for somebody to move it on.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    for (id, node) in analysis.nodes(&analysis.index.holes) {
        for (at, edge) in node.edges.iter().enumerate() {
            let Some(target) = graph.node(edge.to).filter(|target| target.kind == Kind::Obsolete) else { continue };
            let text = format!("`{}` is obsolete, so nothing may lead to it", target.name);
            let mut finding = Finding::at(Place::Edge(id, at), text);
            let after = target.edges.first().and_then(|edge| graph.node(edge.to));
            if let Some(after) = after.filter(|after| after.kind != Kind::Obsolete && edge.to != id) {
                let role = edge.role.key();
                finding = finding.help(match node.kind {
                    Kind::Obsolete => format!("lead to where it moves its tasks: `retired(to = this.{})`", after.name),
                    kind if kind.is_boundary() => format!("lead to where it moves its tasks: `this.{}`", after.name),
                    _ => format!("lead to where it moves its tasks: `{role} = this.{}`", after.name),
                });
            }
            found.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::Draft;
    use crate::{Kind, check};

    #[test]
    fn edges_to_it_are_refused_and_it_needs_none() {
        let flow = |next: &'static str| {
            let flow = Draft::new().node("start", Kind::Start, &[next]).node("label", Kind::Obsolete, &["sign"]);
            flow.node("sign", Kind::View, &["end"]).node("end", Kind::End, &[])
        };
        assert_eq!(flow("sign").with_graph(check), []);
        let found = flow("label").with_graph(check);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].check, "edge_to_obsolete");
        assert_eq!(found[0].headline, "`label` is obsolete, so nothing may lead to it");
        assert_eq!(found[0].help, ["lead to where it moves its tasks: `next = this.sign`"]);
    }

    #[test]
    fn what_it_alone_leads_to_is_reached() {
        let flow = Draft::new().node("start", Kind::Start, &["end"]).node("label", Kind::Obsolete, &["sign"]);
        let flow = flow.node("sign", Kind::View, &["end"]).node("end", Kind::End, &[]);
        assert_eq!(flow.with_graph(check), []);
    }
}
