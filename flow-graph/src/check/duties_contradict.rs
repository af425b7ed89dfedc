use super::Subject;
use crate::{Finding, Place};

/// A task that must be done by the one who did another, and by somebody else than that one.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (id, node) in subject.graph.ids().zip(subject.graph.nodes) {
        let Some(code) = subject.code(id) else { continue };
        // Who has a task of `assign = this.x.owner` is who has x, and so on.
        let mut same = vec![id];
        let mut next = code.owner_of;
        while let Some(owner) = next.filter(|owner| !same.contains(owner)) {
            same.push(owner);
            next = subject.code(owner).and_then(|code| code.owner_of);
        }
        let Some(other) = code.different_from.iter().find(|other| same.contains(other)) else { continue };
        let by = format!("`{}` must be done by whoever did {}, and by another person", node.name, subject.name(*other));
        found.push(Finding::at(Place::Node(id), by).help("leave `assign` out, or `different_from`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::code::{Code, NodeCode};
    use crate::draw::Draft;
    use crate::{Kind, check_with};

    #[test]
    fn is_found_along_a_chain_of_owners() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["review"])
            .node("review", Kind::View, &["sign"])
            .node("sign", Kind::View, &["end"])
            .node("end", Kind::End, &[]);
        let people = |owner_of, different_from: Vec<_>| NodeCode {
            owner_of,
            different_from,
            has_people: true,
            ..NodeCode::default()
        };
        let nodes = vec![people(None, vec![]), people(Some(0), vec![]), people(Some(1), vec![0]), NodeCode::default()];
        draft.with_graph(|graph| {
            let found = check_with(graph, &Code { nodes });
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].check, "duties_contradict");
        });
    }
}
