use crate::analysis::merges::Of;
use crate::analysis::{Analysis, wording};
use crate::finding::{Edit, NewNode};
use crate::{Edge, Finding, Kind, Place, Role};

/// A plain node that runs once for each of several branches, and so does all that follows: branches of a split come
/// to it one by one, or one of them jumps to what is behind their join.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for merge in analysis.merges() {
        let Of::Split(split) = merge.of else { continue };
        let [a, b] = merge.from;
        // Two edges of a split to one node are `repeated_branch`.
        if a == b && analysis.kind(a) == Some(Kind::Split) {
            continue;
        }
        let (node, plain) = (analysis.name(merge.node), analysis.plain(merge.node));
        let name = analysis.fresh(&format!("{plain}_join"));
        let mut before = vec![a.min(b), a.max(b)];
        before.dedup();
        // All that lead there, or the two that were seen: what leads back to it is no branch.
        let all = analysis.before(merge.node);
        let helps: Vec<(String, Vec<Edit>)> = [&all, &before]
            .into_iter()
            .map(|from| {
                let lead = wording::lead(analysis, from, merge.node, analysis.next_id(), &name);
                let text = format!(
                    "to continue once, add a join before it: `#[node(next = this.{plain})] pub {name}: Join,`, and {}",
                    lead.text
                );
                let edges = vec![Edge::new(Role::Next, merge.node)];
                let join = NewNode { name: name.clone(), kind: Kind::Join, edges };
                (text, std::iter::once(Edit::Add(join)).chain(lead.edits).collect())
            })
            .collect();
        let note = match before.as_slice() {
            [one] => format!("several branches arrive here from {}, one by one", analysis.name(*one)),
            _ => format!("the branches from {} arrive here one by one", analysis.names(&before)),
        };
        let mut finding = Finding::at(
            Place::Node(merge.node),
            format!("{node} runs once for each branch of {}", analysis.name(split)),
        )
        .note(note);
        for (at, (text, edits)) in helps.into_iter().enumerate() {
            finding = if at == 0 { finding.paste(text, edits) } else { finding.or_paste(text, edits) };
        }
        found.push(finding.allow("if running once for each branch is intended", "runs_twice", merge.node, &node));
    }
    for jump in analysis.jumps() {
        if found.iter().any(|known| known.place == Place::Node(jump.node)) {
            continue;
        }
        let (node, join, split) = (analysis.name(jump.node), analysis.name(jump.join), analysis.name(jump.split));
        let lead = wording::lead(analysis, &[jump.from], jump.node, jump.join, analysis.plain(jump.join));
        found.push(
            Finding::at(Place::Node(jump.node), format!("{node} runs in a branch of {split}, and again after {join}"))
                .also(jump.place(analysis), format!("this edge bypasses {join}"))
                .note(format!("{join} continues when the other branches have arrived, and {node} comes after it"))
                .paste(format!("to continue once, lead it to {join}: {}", lead.text), lead.edits)
                .allow("if running twice is intended", "runs_twice", jump.node, &node),
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
