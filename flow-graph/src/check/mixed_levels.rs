use std::collections::BTreeMap;

use crate::analysis::{Analysis, wording};
use crate::finding::{Edit, NewNode};
use crate::position::{PathId, PositionId};
use crate::{Edge, Finding, Kind, NodeId, Place, Role};

/// A join that is come to from inside of a split and from beside it: it goes on once for each.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for mixed in analysis.mixed() {
        let (join, outer, inner) = (analysis.name(mixed.join), analysis.name(mixed.outer), analysis.name(mixed.inner));
        // Where the inner split's branches go to two joins they are stuck before anything runs twice.
        let two = analysis.groups_of(mixed.inner).iter().find_map(|group| group.two_joins(&analysis.positions));
        let finding = if let Some((a, b)) = two {
            let story = [a, b].map(|arrival| {
                let (done, join) = (wording::before(analysis, &arrival), analysis.name(arrival.join));
                let done = wording::done(analysis, done);
                format!("{done}: it waits in {join} for the other branches of {inner}")
            });
            let [first, second] = story;
            Finding::at(Place::Node(mixed.inner), format!("the branches of {inner} are mixed with those of {outer}"))
                .also(Place::Node(mixed.outer), "the outer split")
                .also(Place::Node(mixed.join), format!("{join} collects branches of both"))
                .story(&[first, second, "nothing else is left to do for them, and both wait forever".to_owned()])
        } else {
            Finding::at(Place::Node(mixed.join), format!("{join} collects two splits at once"))
                .also(Place::Node(mixed.outer), "the outer split")
                .also(Place::Node(mixed.inner), "the inner split")
                .story(&[
                    format!("{}: it waits in {join} for the branches of {outer}", wording::done(analysis, mixed.out.0)),
                    format!(
                        "{}: it waits in {join} for the branches of {inner}",
                        wording::done(analysis, mixed.deep.0)
                    ),
                    format!(
                        "{join} continues once for {inner} and once for {outer}, so everything after it runs twice"
                    ),
                ])
        };
        let name = analysis.fresh(&format!("{}_join", analysis.plain(mixed.inner)));
        let own = NewNode { name, kind: Kind::Join, edges: vec![Edge::new(Role::Next, mixed.join)] };
        // Where its branches go to several joins, all of them go to the new one.
        let inside = |path| is_sibling(analysis, path, mixed.deep.1);
        let groups = analysis.groups_of(mixed.inner).iter();
        let mut arrivals: BTreeMap<NodeId, Vec<PositionId>> = BTreeMap::new();
        for arrival in groups.flat_map(|group| &group.arrivals).filter(|arrival| inside(arrival.branch)) {
            arrivals.entry(arrival.join).or_default().push(arrival.at);
        }
        let leads = arrivals.into_iter().map(|(join, at)| {
            let before = wording::all_before(analysis, at.into_iter());
            wording::lead(analysis, &before, join, analysis.next_id(), &own.name)
        });
        let (texts, edits): (Vec<String>, Vec<Vec<Edit>>) = leads.map(|lead| (lead.text, lead.edits)).unzip();
        let text = format!(
            "add a separate join for {inner}: `#[node(next = this.{})] pub {}: Join,`, and {}",
            analysis.plain(mixed.join),
            own.name,
            texts.join(", "),
        );
        found.push(finding.paste(text, std::iter::once(Edit::Add(own)).chain(edits.into_iter().flatten()).collect()));
    }
}

/// Both are branches of one split, opened at one position.
fn is_sibling(analysis: &Analysis<'_>, a: PathId, b: PathId) -> bool {
    let paths = &analysis.positions.paths;
    paths.around(a).is_some() && paths.around(a) == paths.around(b)
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, found};

    #[test]
    fn one_join_for_two_splits_is_found_at_the_join() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s1"])
            .node("s1", Kind::Split, &["s2", "b"])
            .node("s2", Kind::Split, &["c", "d"])
            .node("b", Kind::View, &["j"])
            .node("c", Kind::View, &["j"])
            .node("d", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "mixed_levels"), ["`j` collects two splits at once"]);
        assert!(found(&draft, "split_with_two_joins").is_empty());
    }

    #[test]
    fn crossing_splits_are_reported_once() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s1"])
            .node("s1", Kind::Split, &["a", "s2"])
            .node("s2", Kind::Split, &["b", "c"])
            .node("a", Kind::View, &["j1"])
            .node("b", Kind::View, &["j1"])
            .node("c", Kind::View, &["j2"])
            .node("j1", Kind::Join, &["j2"])
            .node("j2", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        assert_eq!(found(&draft, "mixed_levels"), ["the branches of `s2` are mixed with those of `s1`"]);
        assert!(found(&draft, "split_with_two_joins").is_empty());
    }

    #[test]
    fn two_splits_of_which_one_alone_is_taken_share_a_join() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["which"])
            .node("which", Kind::If, &["s1", "s2"])
            .node("s1", Kind::Split, &["a", "b"])
            .node("s2", Kind::Split, &["a", "c"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("c", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[]);
        draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
    }
}
