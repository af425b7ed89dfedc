use crate::analysis::{Analysis, reentry, wording};
use crate::finding::{Edit, NewNode};
use crate::{Edge, Finding, Kind, Role};

/// A branch that leads to its own split, with no join to go to instead: splits inside splits without end.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for again in reentry::splits(analysis).iter().filter(|again| again.join.is_none()) {
        let split = analysis.plain(again.split);
        let (join, decide) = (analysis.fresh(&format!("{split}_join")), analysis.fresh("again"));
        let end = analysis.end_name();
        let back = again.way.last().copied().unwrap_or(again.split);
        let (first, second) = (analysis.next_id(), analysis.next_id().saturating_add(1));
        let lead = wording::lead(analysis, &[back], again.split, first, &join);
        let text = format!(
            "join the branches first, then decide: {}, `#[node(next = this.{decide})] pub {join}: Join,`, and `#[node(if = |_| true, then = this.{split}, else = this.{end})] pub {decide}: If,` with your condition",
            lead.text,
        );
        let mut edits = lead.edits;
        if let Some(end) = analysis.end() {
            edits.push(Edit::Add(NewNode { name: join, kind: Kind::Join, edges: vec![Edge::new(Role::Next, second)] }));
            let ways = vec![Edge::new(Role::Then, again.split), Edge::new(Role::Else, end)];
            edits.push(Edit::Add(NewNode { name: decide, kind: Kind::If, edges: ways }));
        }
        found.push(reentry::finding(analysis, again).paste(text, edits));
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn a_branch_that_comes_back_is_found_at_its_split() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "end"])
            .node("a", Kind::View, &["s"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "unbounded_nesting"), ["`s` can start again before its branches have met"]);
    }
}
