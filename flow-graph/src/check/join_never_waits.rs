use crate::analysis::Analysis;
use crate::{Finding, Kind, Place, Role};

/// A join that no split is open around: it lets everybody pass.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    if !analysis.is_complete() {
        return;
    }
    let positions = &analysis.positions;
    for (id, node) in analysis.of_kind(Kind::Join) {
        let here = positions.of_node(id);
        let waits = here.iter().any(|(path, _)| positions.paths.scope(*path).is_some());
        if here.is_empty() || waits {
            continue;
        }
        let before: Vec<_> = analysis.before(id);
        let mut finding = Finding::at(Place::Node(id), format!("`{}` has nothing to wait for", node.name));
        finding = match before.as_slice() {
            [one] => finding.note(format!("it comes after {}, which starts no branches", analysis.name(*one))),
            _ => finding.note(format!("only one of {} ever runs", analysis.names(&before))),
        };
        if let Some(next) = node.target(Role::Next) {
            finding = finding.help(format!(
                "leave it out, and lead to the next node: {}",
                crate::analysis::wording::lead(analysis, &before, id, analysis.plain(next))
            ));
        }
        found.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_join_behind_a_choice_is_found() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["which"])
            .node("which", Kind::If, &["a", "b"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "join_never_waits"), ["`j` has nothing to wait for"]);
    }
}
