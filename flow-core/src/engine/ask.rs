//! What goes in and out of a [`Run`](super::Run).

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
    /// Note when this timer is due. Answer [`Answer::Done`].
    Due {
        /// The task.
        task: usize,
    },
}

impl Ask {
    /// The task it is about.
    #[must_use]
    pub const fn task(self) -> usize {
        match self {
            Ask::Act { task } | Ask::Condition { task } | Ask::Due { task } => task,
        }
    }
}

/// What the engine is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It was done.
    Done,
    /// The condition holds, or does not.
    Holds(bool),
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
    /// It went on for too long without a rest.
    #[error("more than {limit} steps without a rest")]
    StepLimit {
        /// Where it was: a place in [`Run::tasks`](super::Run::tasks).
        task: usize,
        /// The limit.
        limit: u32,
    },
    /// The graph or the tasks do not fit what was asked.
    #[error("{0}")]
    Broken(&'static str),
}
