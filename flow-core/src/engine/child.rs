//! The children of a task: how many are started, what they throw, and when the last one has ended.

use flow_graph::{Kind, NodeId, Slot};

use super::answer::MISMATCH;
use super::run::Run;
use super::work::Work;
use super::{Answer, Failure, Fault, Limit};
use crate::TaskStatus;

/// How many children one task may have that have not ended.
pub const CHILD_LIMIT: u32 = 10_000;

/// Children that are started together, until the last one rests. Nothing else is done meanwhile, so that a failure of one
/// undoes the start of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Starting {
    /// How many are still to be started.
    left: u32,
    /// What came of those that rest.
    came: Vec<Work>,
}

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

    /// A task has so many items. It counts its children that have not ended, those included that wait for their turn.
    pub(super) fn children(&mut self, task: usize, count: usize) -> Result<(), Fault> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count > CHILD_LIMIT {
            return Err(Fault::Limit { task, what: Limit::Children, limit: CHILD_LIMIT });
        }
        self.set(task, TaskStatus::Started);
        self.tasks[task].open_tokens = i32::try_from(count).unwrap_or(i32::MAX);
        if count == 0 {
            self.todo.push_front(Work::Complete(task));
            return Ok(());
        }
        let at_once = if self.node_of(task)?.sequential { 1 } else { count };
        self.start_children(task, at_once)
    }

    /// Starts so many children of a task, one after another.
    pub(super) fn start_children(&mut self, task: usize, count: u32) -> Result<(), Fault> {
        self.count(task)?;
        self.starting = Starting { left: count, came: Vec::new() };
        self.call(task, Slot::Child);
        Ok(())
    }

    /// A child that was started in this very transition rests. Its escalations come first, then its end.
    pub(super) fn child_rests(&mut self, task: usize, takers: Vec<NodeId>, then: &Answer) -> Result<(), Fault> {
        let end = match *then {
            Answer::Ended(false) => None,
            Answer::Ended(true) => Some(Work::ChildEnds(task, None)),
            Answer::Failed(failure) => Some(Work::ChildEnds(task, Some(failure))),
            _ => return Err(MISMATCH),
        };
        self.set(task, TaskStatus::Started);
        self.starting.came.extend(takers.into_iter().map(|taker| Work::Escalate(task, taker)).chain(end));
        self.starting.left = self.starting.left.saturating_sub(1);
        if self.starting.left > 0 {
            self.count(task)?;
            self.call(task, Slot::Child);
            return Ok(());
        }
        for work in std::mem::take(&mut self.starting.came).into_iter().rev() {
            self.todo.push_front(work);
        }
        Ok(())
    }

    /// A child has ended; nobody waits for that once its task has ended, or has failed. The next one has its turn, or the
    /// task is done.
    pub(super) fn child_ends(&mut self, task: usize, failure: Option<Failure>) -> Result<(), Fault> {
        if self.tasks[task].status != TaskStatus::Started {
            return Ok(());
        }
        let node = self.node_of(task)?;
        let left = if node.kind == Kind::NSubprocess { self.tasks[task].open_tokens - 1 } else { 0 };
        if node.kind == Kind::NSubprocess {
            self.task_mut(task).open_tokens = left;
        }
        match failure {
            Some(failure) => {
                self.fail(task, failure);
                Ok(())
            }
            None => self.go_on_with(task, left, node.sequential),
        }
    }

    /// A task waits for so many children.
    fn go_on_with(&mut self, task: usize, left: i32, next: bool) -> Result<(), Fault> {
        match left {
            ..=0 => self.todo.push_front(Work::Complete(task)),
            _ if next => self.start_children(task, 1)?,
            _ => {}
        }
        Ok(())
    }

    /// A task gets a child more; where they run one after another, it waits for its turn.
    pub(super) fn add_item(&mut self, task: usize) -> Result<(), Fault> {
        let open = self.tasks[task].open_tokens;
        if u32::try_from(open).unwrap_or(u32::MAX) >= CHILD_LIMIT {
            return Err(Fault::Limit { task, what: Limit::Children, limit: CHILD_LIMIT });
        }
        self.task_mut(task).open_tokens = open + 1;
        if self.node_of(task)?.sequential { Ok(()) } else { self.start_children(task, 1) }
    }

    /// A task that has failed waits again for those of its children that are left, and that have not begun.
    pub(super) fn recount(&mut self, task: usize, (running, waiting): (i32, i32)) -> Result<(), Fault> {
        self.set(task, TaskStatus::Started);
        self.tasks[task].open_tokens = running + waiting;
        self.go_on_with(task, running + waiting, running == 0)
    }
}
