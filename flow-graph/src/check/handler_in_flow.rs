use crate::analysis::Analysis;
use crate::{Finding, Kind, NodeId, Place};

/// A compensation handler that is also a step of the process: it would take back what was not done, or run twice.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    for handler in graph.handlers() {
        let Some(node) = graph.node(handler) else { continue };
        let name = node.name;
        if !node.kind.can_compensate() {
            let headline = format!("`{name}` is a {}, and cannot take back what was done", node.kind.name());
            let at = written(analysis, handler);
            found.push(
                Finding::at(at, headline).help("name a `Function` or a `Job`: a handler runs code and leads nowhere"),
            );
            continue;
        }
        for (at, edge) in node.edges.iter().enumerate() {
            let to = analysis.name(edge.to);
            let headline = format!("`{name}` is a compensation handler, and leads to {to}");
            found.push(
                Finding::at(Place::Edge(handler, at), headline)
                    .also(
                        written(analysis, handler),
                        "a `CompensateThrow` runs it for this, and goes on itself".to_owned(),
                    )
                    .help(format!("remove `next` from `{name}`")),
            );
        }
        for boundary in node.boundaries.iter().filter_map(|id| graph.node(*id)) {
            let key = match boundary.kind {
                Kind::TimerBoundary => "on_timeout",
                Kind::CompensationBoundary => "compensate",
                _ => "on_error",
            };
            found.push(
                Finding::at(Place::Node(handler), format!("`{name}` is a compensation handler, and has `{key}`"))
                    .note("a handler leads nowhere; one that fails waits for a manager, and its throw with it")
                    .help(format!("remove `{key}` from `{name}`")),
            );
        }
        for from in graph.ids().filter(|id| graph.node(*id).is_some_and(|node| node.kind != Kind::CompensationBoundary))
        {
            let Some(place) = leads(analysis, from, handler) else { continue };
            let headline = format!("`{name}` is a compensation handler, and also comes after {}", analysis.name(from));
            found.push(
                Finding::at(place, headline).also(written(analysis, handler), "it is a handler here".to_owned()).help(
                    format!("lead to a node of its own, with the same `run`, or remove `compensate = this.{name}`"),
                ),
            );
        }
    }
}

/// The edge by which a node leads to another.
fn leads(analysis: &Analysis<'_>, from: NodeId, to: NodeId) -> Option<Place> {
    let edges = analysis.node(from)?.edges;
    edges.iter().position(|edge| edge.to == to).map(|at| Place::Edge(from, at))
}

/// Where a node is named as a handler first.
pub(super) fn written(analysis: &Analysis<'_>, handler: NodeId) -> Place {
    let boundaries = analysis.index.of_kind(Kind::CompensationBoundary).iter();
    let mut places = boundaries.filter_map(|id| leads(analysis, *id, handler));
    places.next().unwrap_or(Place::Node(handler))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    fn draft(handler: Kind, next: &[&'static str], ask: &'static str) -> Draft {
        Draft::new()
            .node("start", Kind::Start, &["pay"])
            .node("pay", Kind::View, &["ask"])
            .node("ask", Kind::View, &[ask])
            .node("back", Kind::CompensateThrow, &["end"])
            .node("refund", handler, next)
            .node("end", Kind::End, &[])
            .compensate("pay", "refund")
    }

    #[test]
    fn a_handler_leads_nowhere_and_nothing_leads_to_it() {
        for kind in [Kind::Function, Kind::Job, Kind::BusinessRule] {
            draft(kind, &[], "back").with_graph(|graph| assert_eq!(crate::check(graph), []));
        }
        let found = |draft: &Draft| found(draft, "handler_in_flow");
        let leads = found(&draft(Kind::Function, &["end"], "back"));
        assert_eq!(leads, ["`refund` is a compensation handler, and leads to `end`"]);
        let led_to = found(&draft(Kind::Function, &[], "refund"));
        assert_eq!(led_to, ["`refund` is a compensation handler, and also comes after `ask`"]);
        let kind = found(&draft(Kind::View, &[], "back"));
        assert_eq!(kind, ["`refund` is a View, and cannot take back what was done"]);
        let late = found(&draft(Kind::Job, &[], "back").timeout("refund", "end", true));
        assert_eq!(late, ["`refund` is a compensation handler, and has `on_timeout`"]);
    }
}
