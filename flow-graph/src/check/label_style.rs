use crate::analysis::Analysis;
use crate::{Finding, Kind, Place};

/// Endings of words that name a thing where a step says what is done.
const NOUNS: &[&str] = &["al", "tion", "sion", "ment", "ance", "ence", "ness"];

/// Words with such an ending that say what is done, or are asked of a thing.
const VERBS: &[&str] = &[
    "advance",
    "announcement",
    "appeal",
    "balance",
    "cancel",
    "comment",
    "deal",
    "document",
    "evidence",
    "final",
    "finance",
    "function",
    "implement",
    "initial",
    "manual",
    "mention",
    "petition",
    "position",
    "question",
    "reference",
    "reveal",
    "seal",
    "sequence",
    "signal",
    "silence",
    "station",
    "total",
    "transition",
];

/// A step whose name says what it is about, and not what is done.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let work = |kind: Kind| kind.is_task_of_a_person() || kind.is_function() || kind == Kind::Job || kind.runs_child();
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes).filter(|(_, node)| work(node.kind)) {
        let first = node.name.split('_').next().unwrap_or(node.name);
        let noun = NOUNS.iter().any(|end| first.len() > end.len() + 2 && first.ends_with(end));
        if noun && !VERBS.contains(&first) {
            found.push(
                Finding::at(Place::Node(id), format!("the name `{}` does not say what is done", node.name)).help(
                    format!(
                        "use a verb and a noun, like `approve_request`; `was = [\"{}\"]` keeps existing rows readable",
                        node.name
                    ),
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_thing_is_reported_and_a_deed_is_not() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["approval"])
            .node("approval", Kind::View, &["approve_payment"])
            .node("approve_payment", Kind::View, &["document_it"])
            .node("document_it", Kind::Function, &["payment"])
            .node("payment", Kind::End, &[]);
        assert_eq!(found(&draft, "label_style"), ["the name `approval` does not say what is done"]);
    }
}
