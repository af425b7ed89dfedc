use super::{Subject, meeting};
use crate::position::{Level, PathId};
use crate::{Finding, Kind, NodeId, Place};

/// Two positions at one join, whose branches are of two splits inside one another.
pub(super) struct Mixed {
    pub(super) join: NodeId,
    /// Where the two part: a split, or the task whose timeout started something beside it.
    pub(super) outer: NodeId,
    pub(super) inner: NodeId,
    /// The branch that is further out, and the one that is further in.
    pub(super) out: (NodeId, PathId),
    pub(super) deep: (NodeId, PathId),
}

/// A join that is come to from inside of a split and from beside it: it goes on once for each.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for mixed in subject.mixed() {
        let (join, outer, inner) = (subject.name(mixed.join), subject.name(mixed.outer), subject.name(mixed.inner));
        let crossing = subject
            .groups()
            .iter()
            .any(|group| group.split == mixed.inner && group.two_joins(&subject.positions).is_some());
        let outer_label = match subject.kind(mixed.outer) {
            Some(Kind::Split) => "the outer split",
            _ => "what its timeout starts runs beside it",
        };
        let finding = if crossing {
            Finding::at(Place::Node(mixed.inner), format!("the branches of {inner} are mixed with those of {outer}"))
                .also(Place::Node(mixed.outer), outer_label)
                .also(Place::Node(mixed.join), format!("{join} collects branches of both"))
        } else {
            Finding::at(Place::Node(mixed.join), format!("{join} collects two splits at once"))
                .also(Place::Node(mixed.outer), outer_label)
                .also(Place::Node(mixed.inner), "the inner split")
        };
        let own = subject.fresh(&format!("{}_join", subject.plain(mixed.inner)));
        // Where its branches go to several joins, all of them go to the new one.
        let inside = |path| is_sibling(subject, path, mixed.deep.1);
        let leads = subject.of_kind(Kind::Join).filter_map(|(join, _)| {
            let before = meeting::all_before(subject, join, inside);
            (!before.is_empty()).then(|| meeting::lead(subject, &before, join, &own))
        });
        let leads: Vec<String> = leads.collect();
        found.push(
            finding
                .story(&[
                    format!("{}: it waits in {join} for the branches of {outer}", meeting::done(subject, mixed.out.0)),
                    format!("{}: it waits in {join} for the branches of {inner}", meeting::done(subject, mixed.deep.0)),
                    format!("{join} goes on for {inner} and once more for {outer}, so what follows it runs twice"),
                ])
                .help(format!(
                    "give {inner} a join of its own: `#[node(next = this.{})] pub {own}: Join,`, and {}",
                    subject.plain(mixed.join),
                    leads.join(", "),
                )),
        );
    }
}

/// Both are branches of one split, opened at one position.
fn is_sibling(subject: &Subject<'_>, a: PathId, b: PathId) -> bool {
    let paths = &subject.positions.paths;
    paths.around(a).is_some() && paths.around(a) == paths.around(b)
}

/// One of each join that has any.
pub(super) fn all(subject: &Subject<'_>) -> Vec<Mixed> {
    subject.of_kind(Kind::Join).filter_map(|(join, _)| at(subject, join)).collect()
}

/// More pairs than this are looked at in no join: flows of so many have been told of other mistakes.
const PAIRS: usize = 10_000;

fn at(subject: &Subject<'_>, join: NodeId) -> Option<Mixed> {
    let paths = &subject.positions.paths;
    let here = subject.positions.of_node(join);
    let prefix = |path| paths.around(path);
    let mut splits = here.iter().filter_map(|(path, _)| prefix(*path));
    let first = splits.next()?;
    if splits.all(|split| split == first) {
        return None;
    }
    let pairs = here.iter().enumerate().flat_map(|(at, a)| here[at + 1..].iter().map(move |b| (*a, *b)));
    let mut pairs = pairs.take(PAIRS).filter(|(a, b)| {
        let (of_a, of_b) = (prefix(a.0), prefix(b.0));
        // Where nothing is split a join lets everybody pass, and has nobody to mix.
        of_a.is_some() && of_b.is_some() && of_a != of_b && subject.positions.part(*a, *b)
    });
    let (a, b) = pairs.next()?;
    let (out, deep) = if paths.levels(a.0).len() <= paths.levels(b.0).len() { (a, b) } else { (b, a) };
    let (_, over, beside) = paths.part(out.0, deep.0);
    let outer = match over.and_then(|id| paths.level(id)).or_else(|| beside.and_then(|id| paths.level(id)))? {
        Level::Branch { split, .. } => split,
        Level::Beside { boundary } => host(subject, boundary),
    };
    let (_, inner) = prefix(deep.0)?;
    let before = |at| meeting::before_at(subject, at);
    Some(Mixed { join, outer, inner, out: (before(out.1), out.0), deep: (before(deep.1), deep.0) })
}

/// The task that a timeout is of.
pub(super) fn host(subject: &Subject<'_>, boundary: NodeId) -> NodeId {
    subject
        .graph
        .ids()
        .find(|id| subject.node(*id).is_some_and(|node| node.boundaries.contains(&boundary)))
        .unwrap_or(boundary)
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
    fn crossing_splits_are_told_once() {
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
