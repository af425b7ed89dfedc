//! What a flow's code does to its data, as far as it can be seen.

use crate::NodeId;

/// The code of a flow. What is not told is taken to read and write anything, so that no check speaks of it.
///
/// The macro tells of the closures and forms that stand in the flow; the body of a method, and a form type of the
/// user's, it cannot see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// By the node's number.
    pub nodes: Vec<NodeCode>,
}

/// The code of one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeCode {
    /// The fields of its form.
    pub form: Vec<String>,
    /// It sets fields that are not told: a form type of the user's, the data that a start's code makes.
    pub writes_anything: bool,
    /// Its callbacks.
    pub callbacks: Vec<Callback>,
    /// The node whose owner has its tasks from the start.
    pub owner_of: Option<NodeId>,
    /// The nodes whose owners may not do it.
    pub different_from: Vec<NodeId>,
    /// Somebody is named who may do it, or who has it.
    pub has_people: bool,
}

/// A callback of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// What is asked of it.
    pub asks: Asks,
    /// Its words, where it is a closure: the same words are the same question.
    pub text: Option<String>,
    /// It always answers this.
    pub always: Option<bool>,
    /// The fields of the process that it reads, in the order of its words. None: it may read anything, or ask
    /// elsewhere than in the process.
    pub reads: Option<Vec<Read>>,
    /// The fields of the process that it sets. None: it may set anything.
    pub writes: Option<Vec<String>>,
}

/// A field that code reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The field.
    pub field: String,
    /// It is only asked whether there is a value: `is_some()`, `is_none()`.
    pub presence: bool,
}

/// What a callback is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asks {
    /// Where a process goes: the condition of an `If`, the value of a `Switch`.
    Way,
    /// Whether this edge of the node is taken.
    Edge(usize),
    /// Anything else.
    Other,
}

impl Asks {
    /// It decides where a process goes.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Asks::Way | Asks::Edge(_))
    }
}
