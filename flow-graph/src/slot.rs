//! The places of a node at which the engine calls code of the flow.

/// What a callback of a node is called for. The engine asks by slot, the macro emits a callback by slot, and what a
/// slot returns is a fact of the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Runs the code of the node inside the transaction: a form, a function, the `on_done` of a job.
    Act,
    /// The condition of an `If`: whether it holds.
    Condition,
    /// The decision of a `Switch`: which edge.
    Choice,
    /// How often this edge of a `Split` is taken, and what each task behind it is given.
    Branches(usize),
    /// What the task behind this edge is given.
    Payload(usize),
    /// Who is assigned to a new task.
    Assignee,
    /// When a timer, or the timeout of a task, is due.
    DueTime,
    /// Which process a `Subprocess` starts, or an `NSubprocess` for its next item.
    Child,
    /// The items of an `NSubprocess`: how many there are.
    Items,
    /// Runs when a task has been made and assigned.
    Created,
    /// The people and groups that a new task is offered to. It is asked together with who is assigned.
    Candidates,
    /// How urgent a new task is. It is asked together with who is assigned.
    Priority,
    /// Takes back what the node did: the task is undone.
    Undo,
    /// Whether a `Join` continues although branches are still open.
    Continue,
    /// What a catch waits for: the key of its message.
    Subscription,
    /// What a job shares its limit with, of those that run at once: the jobs of the same key.
    ConcurrencyKey,
}

impl Slot {
    /// The edge that the slot belongs to, by its place in the node; `None` if it belongs to the node itself.
    #[must_use]
    pub const fn edge(self) -> Option<usize> {
        match self {
            Slot::Branches(edge) | Slot::Payload(edge) => Some(edge),
            Slot::Act
            | Slot::Condition
            | Slot::Choice
            | Slot::Assignee
            | Slot::Created
            | Slot::DueTime
            | Slot::Child
            | Slot::Items
            | Slot::Candidates
            | Slot::Priority
            | Slot::Undo
            | Slot::Subscription
            | Slot::ConcurrencyKey
            | Slot::Continue => None,
        }
    }

    /// Whether the callback may change the process and its task, and is given what the caller handed over.
    #[must_use]
    pub const fn acts(self) -> bool {
        matches!(self, Slot::Act | Slot::Created | Slot::Undo)
    }
}
