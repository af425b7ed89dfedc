use crate::analysis::{Analysis, reentry, wording};
use crate::finding::{Edit, NewNode};
use crate::{Edge, Finding, Kind, Role};

/// "All over again" out of a branch that could also have gone to the join: the other branches are still out.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for again in reentry::splits(analysis) {
        let Some(join) = again.join else { continue };
        let back = again.way.last().copied().unwrap_or(again.split);
        let (split, name) = (analysis.plain(again.split), analysis.plain(join));
        let edges = analysis.node(join).map_or(&[][..], |join| join.edges);
        let next = edges.iter().position(|edge| edge.role == Role::Next).map(|at| (at, edges[at].to));
        let behind = next.map_or(analysis.end_name(), |(_, next)| analysis.plain(next));
        let decide = analysis.fresh("again");
        let lead = wording::lead(analysis, &[back], again.split, join, name);
        let text = format!(
            "first join the branches in `{name}`, then decide: {}, `#[node(if = |_| true, then = this.{split}, else = this.{behind})] pub {decide}: If,` with your condition, and `next = this.{decide}` on `{name}`",
            lead.text,
        );
        let mut edits = lead.edits;
        if let Some((edge, next)) = next {
            let ways = vec![Edge::new(Role::Then, again.split), Edge::new(Role::Else, next)];
            edits.push(Edit::Add(NewNode { name: decide, kind: Kind::If, edges: ways }));
            edits.push(Edit::Lead { node: join, edge, to: analysis.next_id() });
        }
        found.push(reentry::finding(analysis, &again).paste(text, edits));
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_branch_that_may_meet_or_go_back_is_found() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["ok"])
            .node("ok", Kind::If, &["j", "s"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "back_before_split"), ["`s` can start again before its branches have met"]);
        assert!(found(&draft, "unbounded_nesting").is_empty());
    }
}
