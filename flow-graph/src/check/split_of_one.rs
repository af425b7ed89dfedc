use crate::analysis::Analysis;
use crate::finding::Edit;
use crate::{Finding, Kind, Place, Times};

/// A split with one branch, which it always starts once.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::Split).chain(analysis.of_kind(Kind::SplitFirst)) {
        // What nothing leads to is `unreachable_nodes`.
        let reached = !analysis.positions.of_node(id).is_empty();
        let ([only], true) = (node.edges, reached) else { continue };
        if only.times != Times::Once || node.incomplete {
            continue;
        }
        let mut finding = Finding::at(Place::Node(id), format!("`{}` has one branch", node.name));
        let before = analysis.before(id);
        if !before.is_empty() {
            let lead = crate::analysis::wording::lead(analysis, &before, id, only.to, analysis.plain(only.to));
            let edits = lead.edits.into_iter().chain([Edit::Remove(id)]).collect();
            finding = finding.paste(format!("remove it: {}", lead.text), edits);
        }
        found.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    fn draft(branch: &'static str) -> Draft {
        Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &[branch])
            .node("a", Kind::View, &["end"])
            .node("end", Kind::End, &[])
    }

    #[test]
    fn one_branch_is_no_split_but_a_list_is() {
        assert_eq!(found(&draft("a"), "split_of_one"), ["`s` has one branch"]);
        assert!(found(&draft("*a"), "split_of_one").is_empty());
    }
}
