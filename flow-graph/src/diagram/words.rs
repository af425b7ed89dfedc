//! The words of a picture.

use crate::{Kind, Node, Role, Times};

/// The words beside edges, in some language. `{count}` stands for the number of a case; the code of an error or an
/// escalation stands behind its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a translation has all of them")]
pub struct EdgeWords<'a> {
    /// Where the condition of an `If` holds.
    pub yes: &'a str,
    /// Where it does not.
    pub no: &'a str,
    /// Where no case of a `Switch` matches.
    pub otherwise: &'a str,
    /// A case of a `Switch`.
    pub case: &'a str,
    /// A branch that is taken or not.
    pub maybe: &'a str,
    /// A branch that is taken once for each of a list.
    pub each: &'a str,
    /// A timeout that interrupts its task.
    pub timeout: &'a str,
    /// One that does not.
    pub reminder: &'a str,
    /// A failure.
    pub error: &'a str,
    /// A compensation handler.
    pub compensation: &'a str,
    /// An escalation.
    pub escalation: &'a str,
}

impl EdgeWords<'_> {
    /// The words where none are given.
    pub const ENGLISH: EdgeWords<'static> = EdgeWords {
        yes: "yes",
        no: "no",
        otherwise: "else",
        case: "case {count}",
        maybe: "maybe",
        each: "each",
        timeout: "timeout",
        reminder: "reminder",
        error: "error",
        compensation: "compensation",
        escalation: "escalation",
    };
}

/// What people call the node.
pub(super) fn title<'a>(node: &Node<'a>) -> &'a str {
    if node.title.is_empty() { node.name } else { node.title }
}

/// When an edge is taken, where that is not always. The cases of a choice have their numbers.
pub(super) fn edge(node: &Node<'_>, at: usize, words: &EdgeWords<'_>) -> Option<String> {
    let edge = node.edges.get(at)?;
    let coded = |word: &str| node.code.map_or_else(|| word.to_owned(), |code| format!("{word} {code}"));
    let word = match (edge.role, edge.times) {
        (Role::Then, _) => words.yes,
        (Role::Else, _) => words.no,
        (Role::Default, _) => words.otherwise,
        (Role::Case, _) => {
            let before = node.edges[..at].iter().filter(|edge| edge.role == Role::Case).count();
            return Some(words.case.replace("{count}", &(before + 1).to_string()));
        }
        (Role::Next, Times::Maybe) => words.maybe,
        (Role::Next, Times::Each) => words.each,
        (Role::Next, Times::Once) => match node.kind {
            Kind::TimerBoundary if node.interrupting => words.timeout,
            Kind::TimerBoundary => words.reminder,
            Kind::ErrorBoundary => return Some(coded(words.error)),
            Kind::CompensationBoundary => words.compensation,
            Kind::EscalationBoundary => return Some(coded(words.escalation)),
            kind if kind.is_boundary() => return Some(title(node).to_owned()),
            _ => return None,
        },
    };
    Some(word.to_owned())
}
