//! The words of a picture.

use crate::{Kind, Node, Role, Times};

/// What people call the node.
pub(super) fn title<'a>(node: &Node<'a>) -> &'a str {
    if node.title.is_empty() { node.name } else { node.title }
}

/// When an edge is taken, where that is not always. The cases of a choice have their numbers.
pub(super) fn edge(node: &Node<'_>, at: usize) -> Option<String> {
    let edge = node.edges.get(at)?;
    let word = match (edge.role, edge.times) {
        (Role::Then, _) => "yes",
        (Role::Else, _) => "no",
        (Role::Default, _) => "else",
        (Role::Case, _) => {
            let before = node.edges[..at].iter().filter(|edge| edge.role == Role::Case).count();
            return Some(format!("case {}", before + 1));
        }
        (Role::Next, Times::Maybe) => "maybe",
        (Role::Next, Times::Each) => "each",
        (Role::Next, Times::Once) if node.kind == Kind::TimerBoundary && node.interrupting => "timeout",
        (Role::Next, Times::Once) if node.kind == Kind::TimerBoundary => "reminder",
        (Role::Next, Times::Once) if node.kind == Kind::ErrorBoundary => {
            return Some(node.code.map_or_else(|| "error".to_owned(), |code| format!("error {code}")));
        }
        (Role::Next, Times::Once) if node.kind == Kind::CompensationBoundary => "compensation",
        (Role::Next, Times::Once) if node.kind == Kind::EscalationBoundary => {
            return Some(node.code.map_or_else(|| "escalation".to_owned(), |code| format!("escalation {code}")));
        }
        (Role::Next, Times::Once) if node.kind.is_boundary() => return Some(title(node).to_owned()),
        (Role::Next, Times::Once) => return None,
    };
    Some(word.to_owned())
}
