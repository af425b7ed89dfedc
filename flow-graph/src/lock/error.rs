//! What can be wrong with the text of a lock.

use std::fmt;

use super::write::VERSION;

/// Why a text is no lock, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: LockErrorKind,
}

/// What is wrong with a line of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockErrorKind {
    /// `<<<<<<<` or the like: a merge was not finished.
    MergeConflict,
    /// The first line that says something must be `version = 1`.
    NoVersion,
    /// A version that this one does not know.
    UnknownVersion(String),
    /// A field or a node stands before the first `[flow 1]`.
    NoRelease,
    /// Two sections of one flow and number.
    ReleaseTwice {
        /// The stored name of the flow.
        flow: String,
        /// The number.
        number: u32,
        /// The line of the first.
        first: usize,
    },
    /// A second line of one node or field.
    Twice(String),
    /// A node of a kind that this version does not know.
    UnknownKind(String),
    /// An edge or a timeout names a node that the release does not list.
    UnknownNode(String),
    /// This was expected.
    Expected(&'static str),
    /// More nodes than a graph can have.
    TooManyNodes,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.kind {
            LockErrorKind::MergeConflict => {
                write!(
                    f,
                    "a merge conflict; take the file of one side whole, and append what the other one has released, each \
                     release with a number of its own"
                )
            }
            LockErrorKind::NoVersion => write!(f, "expected `version = {VERSION}` in front of the first release"),
            LockErrorKind::UnknownVersion(found) => {
                write!(f, "version {found} is not known; this flow-core reads version {VERSION}")
            }
            LockErrorKind::NoRelease => write!(f, "expected a release such as `[leave 1]` in front of this line"),
            LockErrorKind::ReleaseTwice { flow, number, first } => write!(
                f,
                "release {number} of `{flow}` is in line {first} already; if both were deployed, give the later one the \
                 next number"
            ),
            LockErrorKind::Twice(what) => write!(f, "a second line of {what}"),
            LockErrorKind::UnknownKind(kind) => write!(f, "`{kind}` is not a kind of node that this flow-core knows"),
            LockErrorKind::UnknownNode(name) => write!(f, "the release does not list a node `{name}`"),
            LockErrorKind::Expected(what) => write!(f, "expected {what}"),
            LockErrorKind::TooManyNodes => write!(f, "too many nodes"),
        }
    }
}

impl std::error::Error for LockError {}
