use crate::analysis::Analysis;
use crate::finding::Edit;
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
            [one] => finding.note(format!("it comes after {}, which does not start branches", analysis.name(*one))),
            _ => finding.note(format!("there is no open split where {} lead to it", analysis.names(&before))),
        };
        if let Some(next) = node.target(Role::Next) {
            let lead = crate::analysis::wording::lead(analysis, &before, id, next, analysis.plain(next));
            let edits = lead.edits.into_iter().chain([Edit::Remove(id)]).collect();
            finding = finding.paste(format!("remove it, and lead to the next node: {}", lead.text), edits);
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
