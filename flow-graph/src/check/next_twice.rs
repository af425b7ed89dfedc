use crate::analysis::Analysis;
use crate::finding::{Edit, NewNode};
use crate::{Edge, Exits, Finding, Kind, Place, Role};

/// A node that goes to two places where it can go to one only.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.nodes(&analysis.index.forks) {
        for (at, edge) in node.edges.iter().enumerate() {
            let many = edge.role == Role::Case || (edge.role == Role::Next && node.kind.exits() == Exits::Branches);
            if many {
                continue;
            }
            let Some(first) = node.edges[..at].iter().find(|first| first.role == edge.role) else { continue };
            let mut finding = match edge.role {
                Role::Default => Finding::at(Place::Edge(id, at), format!("`{}` has two defaults", node.name)),
                _ => Finding::at(
                    Place::Edge(id, at),
                    format!("`{}` already goes to {}", node.name, analysis.name(first.to)),
                ),
            };
            if node.kind.exits() == Exits::Next && first.to != edge.to {
                let (one, two) = (analysis.plain(first.to), analysis.plain(edge.to));
                let split = analysis.fresh("both");
                let text = format!(
                    "to do both at once insert a split: `next = this.{split}` on `{}`, and `#[node(next = this.{one}, next = this.{two})] pub {split}: Split,`",
                    node.name
                );
                let next = |edge: &Edge| edge.role != Role::Next;
                let rest = node.edges.iter().filter(|edge| next(edge)).copied();
                let edges = rest.chain([Edge::new(Role::Next, analysis.next_id())]).collect();
                let both = vec![Edge::new(Role::Next, first.to), Edge::new(Role::Next, edge.to)];
                let add = NewNode { name: split, kind: Kind::Split, edges: both };
                finding = finding.paste(text, vec![Edit::Add(add), Edit::Edges { node: id, edges }]);
            }
            found.push(finding.help("remove one of them"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_second_next_is_found_and_a_second_branch_is_none() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s", "end"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["end"])
            .node("b", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "next_twice"), ["`start` already goes to `s`"]);
    }
}
