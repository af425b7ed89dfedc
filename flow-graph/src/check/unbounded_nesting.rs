use super::{Subject, again};
use crate::Finding;

/// A branch that leads to its own split, with no join to go to instead: splits inside splits without end.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for again in again::splits(subject).iter().filter(|again| again.join.is_none()) {
        let split = subject.plain(again.split);
        let join = subject.fresh(&format!("{split}_join"));
        let back = again.way.last().copied().unwrap_or(again.split);
        let finding = again::finding(subject, again);
        found.push(finding.help(format!(
            "lead its branches to a join first, and from there back: `#[node(next = this.{split})] pub {join}: Join,`, and `{} = this.{join}` on {}",
            subject.key(back, again.split),
            subject.name(back),
        )));
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
