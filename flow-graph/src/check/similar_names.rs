use crate::analysis::Analysis;
use crate::{Finding, NodeId, Place};

/// Two nodes whose names differ by one letter.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    // Two names that differ by one letter are the same where it is taken away, or put in.
    let mut keys: Vec<(u64, NodeId)> = Vec::new();
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes).filter(|(_, node)| !node.kind.is_boundary()) {
        add_keys(node.name.as_bytes(), id, &mut keys);
    }
    keys.sort_unstable();
    let mut twins: Vec<Option<NodeId>> = vec![None; analysis.graph.nodes.len()];
    for alike in keys.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, id)) in alike.iter().enumerate() {
            let before = alike[..at].iter().take(ALIKE).map(|(_, other)| *other);
            let twin = before.filter(|other| one_letter(analysis.plain(*other), analysis.plain(*id))).min();
            let known = &mut twins[usize::from(*id)];
            *known = known.iter().copied().chain(twin).min();
        }
    }
    for (id, twin) in analysis.graph.ids().zip(twins) {
        let Some(other) = twin else { continue };
        let (name, twin) = (analysis.plain(id), analysis.plain(other));
        found.push(
            Finding::at(Place::Node(id), format!("`{twin}` and `{name}` differ by one letter"))
                .also(Place::Node(other), format!("`{twin}` is here")),
        );
    }
}

/// Names that are the same but for one place are compared with this many of them.
const ALIKE: usize = 20;

/// A number for the name without each of its letters, and for the name cut at each place. Digits tell apart.
fn add_keys(name: &[u8], id: NodeId, keys: &mut Vec<(u64, NodeId)>) {
    const BASE: u64 = 0x0000_0100_0000_01B3;
    const OTHER: u64 = 0x9E37_79B9_7F4A_7C15;
    // What is behind each place.
    let mut behind = vec![0_u64; name.len() + 1];
    for (at, byte) in name.iter().enumerate().rev() {
        behind[at] = behind[at + 1].wrapping_mul(OTHER).wrapping_add(u64::from(*byte) + 1);
    }
    let mut front = 0_u64;
    for (at, byte) in name.iter().enumerate() {
        if !byte.is_ascii_digit() {
            let key = |behind: u64| front.wrapping_mul(OTHER) ^ behind;
            keys.push((key(behind[at + 1]), id));
            keys.push((key(behind[at]), id));
        }
        front = front.wrapping_mul(BASE).wrapping_add(u64::from(*byte) + 1);
    }
    keys.push((front.wrapping_mul(OTHER), id));
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
