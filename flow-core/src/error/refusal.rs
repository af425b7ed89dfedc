//! Why somebody may not do something.

/// Why a user is not authorized: [`Error::Denied`](crate::Error::Denied) has it beside its words, for pages in other
/// languages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Managers of the flow may, and nobody else.
    NotManager,
    /// It requires this permission.
    Permission(String),
    /// A method of the flow does not allow it: `permission`, `cancel` or `view`.
    Rule,
    /// The same person did a task of this node, or it was done for them: `different_from`.
    SamePerson(String),
    /// The task is assigned to this user, or the flow has named them by `assign`.
    AssignedTo(String),
    /// The task is assigned to nobody: assign it first.
    NotAssigned,
    /// The task is offered to others: `candidates`.
    OfferedToOthers,
    /// The start is not available to them: `available`.
    NotAvailable,
    /// They do not stand in for this user.
    NoDeputy(String),
    /// For another reason, which the words say.
    Other,
}

/// A reason in words, with what it is.
#[derive(Clone, Debug)]
pub(crate) struct Reason {
    pub(crate) refusal: Refusal,
    pub(crate) text: String,
}

impl Reason {
    pub(crate) fn new(refusal: Refusal, text: impl Into<String>) -> Self {
        Reason { refusal, text: text.into() }
    }

    pub(crate) fn assigned_to(user: impl Into<String>) -> Self {
        let user = user.into();
        let text = format!("it is assigned to `{user}`");
        Reason::new(Refusal::AssignedTo(user), text)
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Reason { refusal: Refusal::Other, text }
    }
}
