use crate::analysis::Analysis;
use crate::code::{Asks, Callback};
use crate::{Finding, Kind, Place};

/// A case that another in front of it leaves nothing to.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::Switch) {
        let Some(code) = analysis.code(id) else { continue };
        let cases: Vec<(usize, usize, &Callback)> = code
            .callbacks
            .iter()
            .enumerate()
            .filter_map(
                |(at, callback)| {
                    if let Asks::Edge(edge) = callback.asks { Some((at, edge, callback)) } else { None }
                },
            )
            .collect();
        for (at, (place, edge, callback)) in cases.iter().enumerate() {
            let covers = |(_, _, first): &&(usize, usize, &Callback)| {
                first.always == Some(true) || (first.text.is_some() && first.text == callback.text)
            };
            let Some((first, _, why)) = cases[..at].iter().find(covers) else { continue };
            let to = node.edges.get(*edge).map_or_else(String::new, |edge| analysis.name(edge.to));
            let label = if why.always == Some(true) {
                "this case always matches first"
            } else {
                "this case is the same, and comes first"
            };
            found.push(
                Finding::at(
                    Place::Callback(id, *place),
                    format!("this case can never match: `{}` never leads to {to} through it", node.name),
                )
                .also(Place::Callback(id, *first), label)
                .help("remove it, or move it before that case"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::code::{Asks, Callback, Code, NodeCode};
    use crate::draw::Draft;
    use crate::{Kind, Place, check_with};

    #[test]
    fn a_case_of_the_same_words_is_found() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["which"])
            .node("which", Kind::Switch, &["a", "b", "end"])
            .node("a", Kind::View, &["end"])
            .node("b", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        let case = |edge, text: &str| Callback { text: Some(text.to_owned()), ..Callback::unseen(Asks::Edge(edge)) };
        let found = |second| {
            let callbacks = vec![case(0, "|a| x"), case(1, second)];
            let nodes = vec![NodeCode::default(), NodeCode { callbacks, ..NodeCode::default() }];
            draft.with_graph(|graph| check_with(graph, &Code { nodes, ..Code::default() }))
        };
        assert!(found("|a| y").is_empty());
        assert_eq!(found("|a| x")[0].place, Place::Callback(1, 1));
    }
}
