use crate::analysis::Analysis;
use crate::{Finding, Kind, Place, Times};

/// A split whose branches are all asked for: if none is wanted the process cannot go on.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::Split) {
        let known = !node.edges.is_empty() && !node.incomplete;
        if !known || node.edges.iter().any(|edge| edge.times == Times::Once) {
            continue;
        }
        let lists = node.edges.iter().any(|edge| edge.times == Times::Each);
        let why = if lists { "a list can be empty, and then" } else { "if no condition holds" };
        let join =
            analysis.groups().iter().find(|group| group.split == id).and_then(|group| group.joins().first().copied());
        let end = analysis.graph.nodes.iter().find(|node| node.kind.ends()).map_or("end", |node| node.name);
        let to = join.map_or(end, |join| analysis.plain(join));
        found.push(
            Finding::at(Place::Node(id), format!("`{}` may start no branch at all", node.name))
                .note(format!("{why} the process cannot go on"))
                .help(format!("add a branch that is always taken: `next = this.{to}` on `{}`", node.name))
                .help(format!(
                    "if one of them always is: `allow(split_all_conditional, reason = \"..\")` on `{}`",
                    node.name
                )),
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
