//! What goes in and out of a [`Run`](super::Run).

use super::TaskState;

/// What the engine wants to know, about the task at a place in [`Run::tasks`](super::Run::tasks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// Run the node's code: a function, the form of a view, what follows a job. Answer [`Answer::Done`].
    Act {
        /// The task.
        task: usize,
    },
    /// Does the condition of this `If` hold? Answer [`Answer::Holds`].
    Condition {
        /// The task.
        task: usize,
    },
    /// Which edge of this `Switch`? Answer [`Answer::Goes`].
    Choice {
        /// The task.
        task: usize,
    },
    /// How often is this edge of a `Split` taken? Answer [`Answer::Times`].
    Times {
        /// The task.
        task: usize,
        /// The place of the edge in its node.
        edge: usize,
    },
    /// What is the task behind this edge given? Keep it for [`TaskState::via`](super::TaskState::via). Answer
    /// [`Answer::Done`].
    Carry {
        /// The task that the edge leaves.
        task: usize,
        /// The place of the edge in its node.
        edge: usize,
    },
    /// Who has this new task from the start? Answer [`Answer::Taken`].
    Owner {
        /// The task.
        task: usize,
    },
    /// Note when this timer is due. Answer [`Answer::Done`].
    Due {
        /// The task.
        task: usize,
    },
    /// Start the child of this subprocess. Answer [`Answer::Ended`].
    Child {
        /// The task.
        task: usize,
    },
    /// Read the split with this number, and the joins that wait for its branches. Answer [`Answer::Rows`].
    Scope {
        /// The task that is on one of its branches.
        task: usize,
        /// The number of the split's task.
        scope: i32,
    },
}

impl Ask {
    /// The task it is about.
    #[must_use]
    pub const fn task(self) -> usize {
        match self {
            Ask::Act { task }
            | Ask::Condition { task }
            | Ask::Choice { task }
            | Ask::Times { task, .. }
            | Ask::Carry { task, .. }
            | Ask::Owner { task }
            | Ask::Due { task }
            | Ask::Child { task }
            | Ask::Scope { task, .. } => task,
        }
    }
}

/// What the engine is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It was done.
    Done,
    /// The condition holds, or does not.
    Holds(bool),
    /// The edge at this place.
    Goes(usize),
    /// So often.
    Times(usize),
    /// Somebody has it, or nobody.
    Taken(bool),
    /// The child has ended already, or goes on.
    Ended(bool),
    /// The split, then the joins that wait for its branches.
    Rows(Vec<TaskState>),
    /// It failed, in the background: the task is in error, the others go on.
    Failed,
}

/// What happened to a task that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// It was done: its code runs, and the process goes on.
    Complete,
    /// Its time came: the timeout of another task.
    Fire,
    /// It failed in the background.
    Fail,
}

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// More than this crate is ready to keep.
    #[error("more than {limit} {what}")]
    Limit {
        /// Where it was: a place in [`Run::tasks`](super::Run::tasks).
        task: usize,
        /// Of what.
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

/// What there can be too much of in one transition.
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
