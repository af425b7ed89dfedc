use crate::analysis::Analysis;
use crate::{Finding, Place};

/// A task without a rule about who may do it: managers alone can.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes) {
        if node.kind.is_task_of_a_person() && !node.incomplete && analysis.code(id).is_some_and(|code| !code.has_people)
        {
            found.push(
                Finding::at(Place::Node(id), format!("only managers can do `{}`", node.name))
                    .help("set who may do it: `permission(auto)`, `permission(anyone)`, or `assign = this.start.owner`")
                    .help(format!(
                        "if only managers should do it: `allow(only_managers, reason = \"..\")` on `{}`",
                        node.name
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::code::{Code, NodeCode};
    use crate::draw::Draft;
    use crate::{Kind, check_with};

    #[test]
    fn is_found_where_the_code_is_known() {
        let draft = Draft::new().node("start", Kind::StartHandle, &["sign"]).node("sign", Kind::View, &["end"]).node(
            "end",
            Kind::End,
            &[],
        );
        draft.with_graph(|graph| {
            let nodes = vec![NodeCode::default(); 3];
            assert_eq!(
                check_with(graph, &Code { nodes, ..Code::default() })[0].headline,
                "only managers can do `sign`"
            );
            assert!(crate::check(graph).is_empty());
        });
    }
}
