//! The people and groups that a task is offered to.

use crate::StepError;

/// A person or a group that a task is offered to: see [`person`] and [`group`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Candidate {
    /// The person with this id.
    Person(String),
    /// Whoever is in this group: [`User::groups`](crate::User::groups) says who is.
    Group(String),
}

impl Candidate {
    /// The word by which it is stored, so that the id of a person never passes for a group.
    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres")), allow(dead_code, reason = "nothing is stored"))]
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Candidate::Person(_) => "person",
            Candidate::Group(_) => "group",
        }
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Candidate::Person(id) | Candidate::Group(id) => id,
        }
    }
}

/// A person whom a task is offered to, by their id.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.approve)] start: Start,
///     #[node(candidates = |_a| [person("anna"), group("board")], next = this.end)] approve: View,
///     end: End,
/// }
/// # fn main() {}
/// ```
#[must_use]
pub fn person(id: impl Into<String>) -> Candidate {
    Candidate::Person(id.into())
}

/// A group that a task is offered to, by its name: see [`person`].
#[must_use]
pub fn group(name: impl Into<String>) -> Candidate {
    Candidate::Group(name.into())
}

/// What a callback of `candidates` returns: a list, or a `Result` of one. Nobody, if it is empty.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`candidates` returns people and groups",
    label = "this returns `{Self}`",
    note = "return `[person(\"anna\"), group(\"board\")]`, a `Vec` of them, or a `Result` of either"
)]
pub trait CandidateList {
    fn candidates(self) -> Result<Vec<Candidate>, StepError>;
}

impl CandidateList for Vec<Candidate> {
    fn candidates(self) -> Result<Vec<Candidate>, StepError> {
        Ok(self)
    }
}

impl<const N: usize> CandidateList for [Candidate; N] {
    fn candidates(self) -> Result<Vec<Candidate>, StepError> {
        Ok(self.into())
    }
}

impl<T: CandidateList, E: Into<StepError>> CandidateList for Result<T, E> {
    fn candidates(self) -> Result<Vec<Candidate>, StepError> {
        self.map_err(Into::into)?.candidates()
    }
}
