//! Who may do a task, kept for a caller that asks about many verbs.

use crate::User;
use crate::error::Reason;

/// Why people may not do one task. Kept only where asked for: a transition asks once, of rows that may have changed
/// since.
#[derive(Default)]
pub(crate) struct Answers(Option<Vec<Answer>>);

struct Answer {
    user: String,
    represents: Option<String>,
    reason: Option<Reason>,
}

impl Answers {
    /// Keeps what is found out, of people that their ids tell apart.
    pub(super) fn kept() -> Self {
        Answers(Some(Vec::new()))
    }

    /// The answer that is known: `Some(None)` if they may.
    pub(super) fn find(&self, user: &dyn User) -> Option<Option<Reason>> {
        let represents = user.represents().map(|(person, _)| person.id());
        let of_both = |answer: &&Answer| answer.user == user.id() && answer.represents.as_deref() == represents;
        self.0.iter().flatten().find(of_both).map(|answer| answer.reason.clone())
    }

    pub(super) fn keep(&mut self, user: &dyn User, reason: Option<Reason>) {
        if let Some(kept) = &mut self.0 {
            let represents = user.represents().map(|(person, _)| person.id().to_owned());
            kept.push(Answer { user: user.id().to_owned(), represents, reason });
        }
    }
}
