//! What comes from the child of a task: its escalations, and its end.

use flow_graph::{Kind, NodeId};

use super::run::{MISMATCH, Run, Work};
use super::{Answer, Failure, Fault};
use crate::TaskStatus;

impl Run<'_> {
    /// Whether an escalation can come to a task of this node.
    pub(super) fn may_be_escalated(&self, node: NodeId) -> bool {
        self.graph.boundaries(node, Kind::EscalationBoundary).next().is_some()
    }

    /// An `on_escalation` takes an escalation of the child. It never does so for a task that has ended.
    pub(super) fn escalate(&mut self, host: usize, taker: NodeId) -> Result<(), Fault> {
        if self.tasks[host].status != TaskStatus::Started {
            return Ok(());
        }
        self.take(Work::Escalate(host, taker), host, taker)
    }

    /// The child that was started in this very transition has thrown escalations. They come first, then how it stands.
    pub(super) fn child_escalated(&mut self, task: usize, takers: Vec<NodeId>, then: Answer) -> Result<(), Fault> {
        self.set(task, TaskStatus::Started);
        let end = match then {
            Answer::Ended(false) => None,
            Answer::Ended(true) => Some(Work::ChildEnds(task, None)),
            Answer::Failed(failure) => Some(Work::ChildEnds(task, Some(failure))),
            _ => return Err(MISMATCH),
        };
        let escalations = takers.into_iter().map(|taker| Work::Escalate(task, taker));
        for work in escalations.chain(end).rev() {
            self.todo.push_front(work);
        }
        Ok(())
    }

    /// The child has ended; nobody waits for that behind an escalation that has interrupted its task.
    pub(super) fn child_ends(&mut self, task: usize, failure: Option<Failure>) -> Result<(), Fault> {
        if self.tasks[task].status != TaskStatus::Started {
            return Ok(());
        }
        match failure {
            Some(failure) => self.fail(task, failure),
            None => self.todo.push_front(Work::Complete(task)),
        }
        Ok(())
    }
}
