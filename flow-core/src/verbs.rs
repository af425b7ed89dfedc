//! What can be done to a process, on its flow.

use crate::transition::available::{self, Availability};
use crate::transition::process_verb;
use crate::transition::verb::Verb;
use crate::{Flow, Process, ProcessId, Result, User};

/// What can be done to a process: `HelloWorldFlow.cancel(&mut conn, process.id(), &mona)`. In the prelude.
///
/// | Verb | From, to | Who | What follows |
/// |---|---|---|---|
/// | `assign` | NEW to ASSIGNED | who may do the task | |
/// | `unassign` | ASSIGNED to NEW | owner, managers | |
/// | `reassign` | NEW, ASSIGNED to ASSIGNED | owner, managers | the new owner must be one who may do it |
/// | `execute` | ASSIGNED to DONE | owner | the process goes on |
/// | `cancel` of a task | open, ERROR to CANCELED | managers | timeouts and children end; the token rests in the task: joins wait, the process stays open |
/// | `end_branch` | open, ERROR, resting to CANCELED | managers | the branch ends as at an `End`; refused for the last one |
/// | `undo` | DONE to CANCELED | managers | refused while something that followed stands; the node's `undo` runs; the token rests in the task |
/// | `revive` | resting, ERROR to REVIVED | managers | a new task of the node, with the same seed and data |
/// | `retry` | ERROR to the same again | managers | a job gets new attempts, other code runs again |
/// | `go_back` | DONE to a new task | managers | what followed is cancelled and undone, newest first |
/// | `suspend`, `resume` | an open process | managers | nothing moves in between |
/// | `cancel` of a process | open to CANCELED | managers, `#[flow(cancel(..))]` | all of its tasks, timeouts and due work; children follow |
///
/// Methods of a trait, so that a flow can still have nodes and callbacks of these names.
pub trait FlowVerbs: Flow {
    /// Cancels a process: all of its open tasks, timeouts and due work, in one transition. Its children are cancelled as
    /// due work, to any depth; what a running job returns changes nothing any more. For managers, and whom
    /// `#[flow(cancel(this.may_withdraw))]` allows. Returns the row of the process as it is then.
    ///
    /// # Errors
    /// `Denied` if the person may not; `Conflict` if the process has ended; `NotFound` if it is not one of this flow.
    fn cancel(&self, conn: &mut Self::Connection, process: impl Into<ProcessId>, user: &dyn User) -> Result<Process>
    where
        Self: Sized,
    {
        process_verb::perform::<Self>(conn, Verb::Cancel, process.into().get(), user)
    }

    /// Suspends a process: nothing moves in it, no job is claimed and no timer fires, until it is resumed. A job that is
    /// running completes, and what follows it waits. Children are not suspended. For managers.
    ///
    /// # Errors
    /// `Denied` if the person may not; `Conflict` if the process has ended or is suspended; `NotFound` if it is not one
    /// of this flow.
    fn suspend(&self, conn: &mut Self::Connection, process: impl Into<ProcessId>, user: &dyn User) -> Result<Process>
    where
        Self: Sized,
    {
        process_verb::perform::<Self>(conn, Verb::Suspend, process.into().get(), user)
    }

    /// A process that was suspended goes on: what became due meanwhile is done by the next
    /// [`run_due`](crate::Flows::run_due), once. For managers.
    ///
    /// # Errors
    /// `Denied` if the person may not; `Conflict` if the process has ended or is not suspended; `NotFound` if it is not
    /// one of this flow.
    fn resume(&self, conn: &mut Self::Connection, process: impl Into<ProcessId>, user: &dyn User) -> Result<Process>
    where
        Self: Sized,
    {
        process_verb::perform::<Self>(conn, Verb::ResumeProcess, process.into().get(), user)
    }

    /// What this person may do to a process, and why not the rest.
    ///
    /// # Errors
    /// `NotFound` if it is not one of this flow; what a rule of the flow fails with.
    fn available(
        &self,
        conn: &mut Self::Connection,
        process: impl Into<ProcessId>,
        user: &dyn User,
    ) -> Result<Vec<Availability>>
    where
        Self: Sized,
    {
        available::of_process::<Self>(conn, process.into().get(), user)
    }
}

impl<F: Flow> FlowVerbs for F {}
