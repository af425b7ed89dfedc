//! What goes in and out of a [`Run`](super::Run).

use flow_graph::{Graph, NodeId, Slot};

use super::TaskState;

/// What the engine needs before it can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The answer of a callback of the flow.
    Call {
        /// The task it is called for: its place in [`Run::tasks`](super::Run::tasks).
        task: usize,
        /// Which callback. What to answer: [`Slot::Act`], [`Slot::DueTime`], [`Slot::Payload`],
        /// [`Slot::Subscription`], [`Slot::ConcurrencyKey`] and [`Slot::Undo`] take [`Answer::Done`], [`Slot::Condition`] and [`Slot::Continue`]
        /// [`Answer::Holds`], [`Slot::Choice`] [`Answer::Edge`],
        /// [`Slot::Branches`] and [`Slot::Items`] [`Answer::Times`], [`Slot::Assignee`] [`Answer::Assigned`], [`Slot::Child`]
        /// [`Answer::Ended`] or [`Answer::Escalated`].
        slot: Slot,
    },
    /// Rows of the process. Answer [`Answer::Rows`].
    Rows(Rows),
}

/// Which rows of a process the engine asks for. Rows that it has already may be among the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The split with this number, then the joins that wait for its branches, and those in which arrivals rest; and the
    /// one that has continued before all had arrived, if one has.
    Scope(i32),
    /// The split with this number, then, if it is a `SplitFirst`, its open tasks and their open boundaries.
    Race(i32),
    /// The task with this number, then the open boundaries that are armed with it.
    Boundaries(i32),
    /// All open tasks, and those in which a token rests.
    Open,
    /// The same, and the splits whose branches have not all ended.
    Tokens,
    /// All tasks.
    All,
    /// The open tasks of nodes that wait for a condition.
    Conditions,
    /// The tasks whose node has a compensation handler, the throws and the handlers' tasks, in the order in which they
    /// were done: those that the engine has already among them.
    Compensation,
    /// The throw with this number, then the first open ones of its handlers' tasks.
    Handlers {
        /// The number of the throw.
        throw: i32,
        /// Those with a greater number alone.
        after: i32,
        /// How many, at most.
        most: u32,
    },
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
    /// How often the edge is taken, or how many items there are.
    Times(usize),
    /// Whether somebody is assigned to the task.
    Assigned(bool),
    /// Whether the child process has ended already.
    Ended(bool),
    /// The child process has thrown escalations that these `on_escalation`s take, in this order; and then, how it stands:
    /// [`Answer::Ended`] or [`Answer::Failed`].
    Escalated(Vec<NodeId>, Box<Answer>),
    /// The rows that were asked for.
    Rows(Vec<TaskState>),
    /// The callback failed in the background: the failure is routed, the other branches go on.
    Failed(Failure),
}

impl Answer {
    /// A callback has failed, or a child has ended with an error, whatever it threw before.
    pub(crate) fn is_failed(&self) -> bool {
        match self {
            Answer::Failed(_) => true,
            Answer::Escalated(_, then) => then.is_failed(),
            _ => false,
        }
    }
}

/// A failure of a callback, as far as the flow can react to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The code of the failure, if it has one.
    pub code: Option<&'static str>,
    /// Another attempt is left: the task waits for it. Of a job alone.
    pub again: bool,
    /// No `on_error` takes it: the program is at fault, not what it is about.
    pub fatal: bool,
}

impl Failure {
    /// The `on_error` of a node that takes it.
    #[must_use]
    pub fn taker(&self, graph: &Graph<'_>, node: NodeId) -> Option<NodeId> {
        if self.again || self.fatal { None } else { graph.taker(node, self.code) }
    }
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
    /// A child of it has ended: well, or with this failure.
    ChildEnds(Option<Failure>),
    /// It gets a child more.
    AddItem,
    /// It failed, and is done again: so many of its children have not ended, and so many items wait for their turn.
    Recount(i32, i32),
    /// Its child has thrown an escalation, which this `on_escalation` takes.
    Escalate(NodeId),
    /// It was done while its process was suspended, and goes on now.
    Continue,
    /// A person cancels it: its token rests in it.
    Cancel,
    /// Its branch ends, as at an End.
    EndBranch,
    /// It failed, and is done again.
    Retry,
    /// It was cancelled or undone or has failed: a new task of its node replaces it.
    Revive,
    /// It was done, and is undone: its token rests in it.
    Undo,
    /// It was done, and is done again: what followed is cancelled and undone.
    GoBack,
    /// It waits for a condition, which is looked at again.
    Look,
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
    /// A task stands in the way of what was asked.
    #[error("{obstacle}")]
    Obstacle {
        /// The task in the way: a place in [`Run::tasks`](super::Run::tasks).
        task: usize,
        /// Why it is.
        obstacle: Obstacle,
    },
    /// The graph or the tasks do not fit what was asked.
    #[error("{0}")]
    Broken(&'static str),
}

/// Why a task stands in the way of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// It came after the task that is to be undone, and was not undone itself.
    #[error("it followed, and is not undone")]
    Followed,
    /// A worker is running its code.
    #[error("a worker is running it")]
    Running,
    /// The process that it has started is open.
    #[error("the process that it has started is open")]
    OpenChild,
    /// Its node has no `undo`.
    #[error("its node has no `undo`")]
    NoUndo,
    /// It ran another process to its end.
    #[error("a finished subprocess cannot be undone")]
    FinishedChild,
    /// It holds the last token of its process.
    #[error("it is the last branch of its process; cancel the process instead")]
    LastBranch,
    /// It waits for other branches, which can be cancelled.
    #[error("it waits for branches that can be cancelled")]
    WaitingJoin,
    /// Its branch ended when it was cancelled: there is nothing to revive.
    #[error("its branch has ended")]
    BranchEnded,
    /// Its process is suspended.
    #[error("the process is suspended")]
    Suspended,
    /// Its process is not suspended.
    #[error("the process is not suspended")]
    NotSuspended,
    /// The parent process has been notified of its end.
    #[error("the parent process has already been notified of the end")]
    ParentWasTold,
    /// It takes back what another task did, or is what was taken back.
    #[error("a compensation cannot be undone")]
    Compensated,
    /// It belongs to a throw, which waits for it: it can be retried or skipped, and not be put aside.
    #[error("it is part of a compensation: retry it, or end its branch, and the compensation goes on without it")]
    Handler,
    /// It is not as the caller has seen it: see [`Flows::if_unchanged`](crate::Flows::if_unchanged).
    #[error("it was changed since it was last read")]
    Changed,
    /// The verb has no meaning for a node of its kind.
    #[error("not possible for a node of this kind")]
    Kind,
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
    /// Children that one task has open.
    #[error("children of one task")]
    Children,
}
