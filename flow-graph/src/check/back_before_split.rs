use crate::analysis::{Analysis, reentry, wording};
use crate::{Finding, Role};

/// "All over again" out of a branch that could also have gone to the join: the other branches are still out.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for again in reentry::splits(analysis) {
        let Some(join) = again.join else { continue };
        let back = again.way.last().copied().unwrap_or(again.split);
        let (split, name) = (analysis.plain(again.split), analysis.plain(join));
        let behind =
            analysis.node(join).and_then(|join| join.target(Role::Next)).map_or("end", |next| analysis.plain(next));
        let decide = analysis.fresh("again");
        found.push(reentry::finding(analysis, &again).help(format!(
            "first meet in `{name}`, then decide: {}, `#[node(if = |_| true, then = this.{split}, else = this.{behind})] pub {decide}: If,` with your condition, and `next = this.{decide}` on `{name}`",
            wording::lead(analysis, &[back], again.split, name),
        )));
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
