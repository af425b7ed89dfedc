use std::collections::HashMap;

use crate::analysis::Analysis;
use crate::{Finding, NodeId, Place};

/// Two nodes whose names differ by one letter.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    // Names without one of their letters: two that differ by one letter have one of these in common.
    let mut known: HashMap<(&str, &str), Vec<NodeId>> = HashMap::new();
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes).filter(|(_, node)| !node.kind.is_boundary()) {
        let mut twin: Option<NodeId> = None;
        for key in shortened(node.name) {
            let alike = known.entry(key).or_default();
            let found = alike.iter().copied().filter(|other| one_letter(analysis.plain(*other), node.name)).min();
            twin = twin.into_iter().chain(found).min();
            if alike.len() < ALIKE {
                alike.push(id);
            }
        }
        if let Some(other) = twin {
            let twin = analysis.plain(other);
            found.push(
                Finding::at(Place::Node(id), format!("`{twin}` and `{}` differ by one letter", node.name))
                    .also(Place::Node(other), format!("`{twin}` is here")),
            );
        }
    }
}

/// Names that differ in one place are compared with this many of them.
const ALIKE: usize = 20;

/// What is in front of each letter and behind it, and the whole name cut at each place.
fn shortened(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let cuts = || (0..=name.len()).filter(|at| name.is_char_boundary(*at));
    let without = name.char_indices().map(|(at, letter)| (&name[..at], &name[at + letter.len_utf8()..]));
    without.chain(cuts().map(|at| name.split_at(at)))
}

/// One letter is another, or one is missing. Numbers tell apart: `step_1` and `step_2`.
fn one_letter(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a.as_bytes(), b.as_bytes()) } else { (b.as_bytes(), a.as_bytes()) };
    if short.len() < 4 || long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let digit = |text: &[u8]| text.get(same).is_some_and(u8::is_ascii_digit);
    let rest = if short.len() == long.len() { short.get(same + 1..) } else { short.get(same..) };
    !digit(short) && !digit(long) && a != b && rest == long.get(same + 1..)
}

#[cfg(test)]
mod tests {
    use super::one_letter;

    #[test]
    fn one_letter_and_no_digit() {
        assert!(one_letter("approve", "aprove"));
        assert!(one_letter("approve", "approvs"));
        assert!(!one_letter("approve", "approval"));
        assert!(!one_letter("step_1", "step_2"));
        assert!(!one_letter("end", "ends"));
    }
}
