use crate::analysis::Analysis;
use crate::{Finding, Kind, Place, Role};

/// An `If` that goes the same way for both answers.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::If) {
        let (then, other) = (node.target(Role::Then), node.target(Role::Else));
        let Some(to) = then.filter(|_| then == other) else { continue };
        let at = node.edges.iter().position(|edge| edge.role == Role::Else).unwrap_or_default();
        found.push(
            Finding::at(Place::Edge(id, at), format!("both edges of `{}` lead to {}", node.name, analysis.name(to)))
                .help("change one of them, or remove the `If`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_found_at_the_second_answer() {
        let draft = Draft::new().node("start", Kind::Start, &["ok"]).node("ok", Kind::If, &["end", "end"]).node(
            "end",
            Kind::End,
            &[],
        );
        assert_eq!(found(&draft, "same_arms"), ["both edges of `ok` lead to `end`"]);
    }
}
