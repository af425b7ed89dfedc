use crate::analysis::Analysis;
use crate::finding::Edit;
use crate::{Edge, Finding, Kind, Place, Role, Times};

/// A split whose branches are all asked for: if none is wanted the process cannot continue.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::Split).chain(analysis.of_kind(Kind::SplitFirst)) {
        let known = !node.edges.is_empty() && !node.incomplete;
        if !known || node.edges.iter().any(|edge| edge.times == Times::Once) {
            continue;
        }
        let lists = node.edges.iter().any(|edge| edge.times == Times::Each);
        let why = if lists { "the list can be empty: then" } else { "if no condition is true," };
        let join = analysis.group_of(id).and_then(|group| group.joins().first().copied());
        let to = join.or(analysis.end());
        let name = to.map_or("end", |to| analysis.plain(to));
        let edges: Vec<Edge> = node.edges.iter().copied().chain(to.map(|to| Edge::new(Role::Next, to))).collect();
        found.push(
            Finding::at(Place::Node(id), format!("`{}` may start no branch at all", node.name))
                .note(format!("{why} the process cannot continue"))
                .paste(
                    format!("add a branch that is always taken: `next = this.{name}` on `{}`", node.name),
                    vec![Edit::Edges { node: id, edges }],
                )
                .allow("if one of them is always true", "split_all_conditional", id, &analysis.name(id)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn is_found_unless_one_branch_is_always_taken() {
        let draft = |third: &'static str| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", Kind::Split, &["?a", "*b", third])
                .node("a", Kind::View, &["j"])
                .node("b", Kind::View, &["j"])
                .node("j", Kind::Join, &["end"])
                .node("end", Kind::End, &[])
        };
        assert_eq!(found(&draft("?j"), "split_all_conditional"), ["`s` may start no branch at all"]);
        draft("j").with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
