//! What a transition still has to do.

use flow_graph::NodeId;

use super::Failure;

/// One piece of it: tasks are named by their place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A new task: what its node does first.
    Activate(usize),
    /// A task that waited and is done now.
    Complete(usize),
    /// A timeout whose time has come.
    Fire(usize),
    /// The branch of a task goes on over this edge, whose questions are answered.
    Go(usize, usize),
    /// The branch of a task comes to a join over this edge.
    Arrive(usize, usize),
    /// The branch of a task has ended.
    End(usize),
    /// A join whose branches have met goes on; or a task that was done while its process was suspended.
    Leave(usize),
    /// The whole process is cancelled.
    CancelAll,
    /// A join continues although branches are still open.
    Overtake(usize),
    /// It cannot be said whether a join continues.
    Stall(usize),
    /// The whole process ends at this task.
    Terminate(usize),
    /// This `on_error` takes the failure of a task.
    Raise(usize, NodeId),
    /// This `on_escalation` takes an escalation of a task's child.
    Escalate(usize, NodeId),
    /// A child of a task has ended, after its escalations: with this failure, or well.
    ChildEnds(usize, Option<Failure>),
    /// A task gets a child more.
    AddItem(usize),
    /// A task that has failed waits again for its children that run, and for those that wait for their turn.
    Recount(usize, (i32, i32)),
    /// A person cancels a task.
    Cancel(usize),
    /// The branch of a task is to end.
    EndBranch(usize),
    /// A new task replaces this one.
    Revive(usize),
    /// A join waits again, with the branches that have arrived in it.
    Rejoin(usize),
    /// A task that was done is undone.
    Undo(usize),
    /// All that followed a task is cancelled and undone, and the task.
    GoBack(usize),
    /// A condition that did not hold is looked at again.
    Look(usize),
    /// What was done is taken back.
    Compensate(usize),
    /// A handler has taken back what it is for.
    Handled(usize),
    /// The throw of this number goes on to its next handler.
    NextHandler(i32),
}
