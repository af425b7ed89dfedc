use crate::analysis::merges::Why;
use crate::analysis::{Analysis, wording};
use crate::{Finding, Place};

/// A plain node that several branches of a split come to: it runs once for each, and so does all that follows.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for twice in analysis.merges() {
        let Why::Split(split) = twice.why else { continue };
        let [a, b] = twice.from;
        // Two edges of a split to one node are `repeated_branch`.
        if a == b {
            continue;
        }
        let (node, plain) = (analysis.name(twice.node), analysis.plain(twice.node));
        let join = analysis.fresh(&format!("{plain}_join"));
        let mut before = twice.from.to_vec();
        before.sort_unstable();
        found.push(
            Finding::at(
                Place::Node(twice.node),
                format!("{node} runs once for each branch of {}", analysis.name(split)),
            )
            .note(format!("{} come here one by one", analysis.names(&before)))
            .help(format!(
                "to go on once put a join in front: `#[node(next = this.{plain})] pub {join}: Join,`, and {}",
                wording::lead(analysis, &before, twice.node, &join)
            ))
            .help(format!("if once for each is meant: `allow(runs_twice, reason = \"..\")` on {node}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn the_node_where_branches_come_together_is_named_and_not_what_follows() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["m"])
            .node("b", Kind::View, &["m"])
            .node("m", Kind::View, &["then"])
            .node("then", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "runs_twice"), ["`m` runs once for each branch of `s`"]);
    }

    #[test]
    fn a_loop_inside_one_branch_is_no_second_run() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["a", "b"])
            .node("a", Kind::View, &["again"])
            .node("again", Kind::If, &["a", "j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
