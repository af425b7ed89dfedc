//! What goes in and out of a [`Run`](super::Run).

use flow_graph::Slot;

use super::TaskState;

/// What the engine needs before it can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The answer of a callback of the flow.
    Call {
        /// The task it is called for: its place in [`Run::tasks`](super::Run::tasks).
        task: usize,
        /// Which callback. What to answer: [`Slot::Act`], [`Slot::DueTime`] and [`Slot::Payload`] take
        /// [`Answer::Done`], [`Slot::Condition`] [`Answer::Holds`], [`Slot::Choice`] [`Answer::Edge`],
        /// [`Slot::Branches`] [`Answer::Times`], [`Slot::Assignee`] [`Answer::Assigned`], [`Slot::Child`]
        /// [`Answer::Ended`].
        slot: Slot,
    },
    /// Rows of the process. Answer [`Answer::Rows`].
    Rows(Rows),
}

/// Which rows of a process the engine asks for. Rows that it has already may be among the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The split with this number, then the joins that wait for its branches.
    Scope(i32),
    /// The task with this number, then the open boundaries that are armed with it.
    Boundaries(i32),
    /// All open tasks.
    Open,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Done,
    /// Whether the condition holds.
    Holds(bool),
    /// The edge at this place of the node.
    Edge(usize),
    /// How often the edge is taken.
    Times(usize),
    /// Whether somebody is assigned to the task.
    Assigned(bool),
    /// Whether the child process has ended already.
    Ended(bool),
    /// The rows that were asked for.
    Rows(Vec<TaskState>),
    /// The callback failed in the background: the failure is routed, the other branches go on.
    Failed(Failure),
}

/// A failure of a callback, as far as the flow can react to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The code of the failure, if it has one.
    pub code: Option<&'static str>,
    /// Another attempt is left: the task waits for it. Of a job alone.
    pub again: bool,
}

/// What happened to a task that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A person is assigned to it.
    Assign,
    /// Nobody is assigned to it any more.
    Unassign,
    /// A worker begins to run it.
    Claim,
    /// It was done: its code runs, and the process goes on.
    Complete,
    /// Its time has come: it is the boundary of another task.
    Fire,
    /// It failed in the background.
    Fail(Failure),
}

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A limit of this crate was exceeded.
    #[error("more than {limit} {what}")]
    Limit {
        /// Where it was: a place in [`Run::tasks`](super::Run::tasks).
        task: usize,
        /// What there was too much of.
        what: Limit,
        /// How much is allowed.
        limit: u32,
    },
    /// No branch of a split was taken.
    #[error("no branch is taken")]
    NoBranch {
        /// The split: a place in [`Run::tasks`](super::Run::tasks).
        task: usize,
    },
    /// The graph or the tasks do not fit what was asked.
    #[error("{0}")]
    Broken(&'static str),
}

/// What one transition can have too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// Tasks begun without coming to rest.
    #[error("steps without a rest")]
    Steps,
    /// Tasks that one split starts.
    #[error("branches of one split")]
    Branches,
    /// Splits inside splits.
    #[error("splits inside one another")]
    Nesting,
}
