use crate::analysis::Analysis;
use crate::{Finding, Place};

/// Two nodes whose names differ by one letter.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let fields = || analysis.graph.ids().zip(analysis.graph.nodes).filter(|(_, node)| !node.kind.is_boundary());
    for (id, node) in fields() {
        let twin = fields().take_while(|(other, _)| *other < id).find(|(_, other)| one_letter(other.name, node.name));
        if let Some((other, twin)) = twin {
            found.push(
                Finding::at(Place::Node(id), format!("`{}` and `{}` differ by one letter", twin.name, node.name))
                    .also(Place::Node(other), format!("`{}` is here", twin.name)),
            );
        }
    }
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
