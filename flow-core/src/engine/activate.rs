//! What a node does when a process comes to it.

use flow_graph::{Kind, Slot};

use super::Fault;
use super::run::Run;
use super::work::Work;
use crate::TaskStatus;

impl Run<'_> {
    /// A job waits for a worker.
    pub(super) fn schedule(&mut self, job: usize) {
        self.set(job, TaskStatus::Scheduled);
        if self.node_of(job).is_ok_and(|node| node.keyed) {
            self.call(job, Slot::ConcurrencyKey);
        }
    }

    /// What a node does when a process comes to it.
    pub(super) fn activate(&mut self, task: usize) -> Result<(), Fault> {
        if self.tasks[task].status.is_final() {
            // Cancelled by a sibling of the same transition before its turn came.
            return Ok(());
        }
        match self.node_of(task)?.kind {
            Kind::View | Kind::ManualTask => self.call(task, Slot::Assignee),
            Kind::Handle | Kind::Obsolete => {}
            Kind::MessageCatch | Kind::SignalCatch => self.call(task, Slot::Subscription),
            Kind::Job => self.schedule(task),
            Kind::Timer | Kind::TimerBoundary => self.call(task, Slot::DueTime),
            Kind::Subprocess => self.start_children(task, 1)?,
            Kind::NSubprocess => self.call(task, Slot::Items),
            Kind::Function
            | Kind::SendHandle
            | Kind::BusinessRule
            | Kind::MessageThrow
            | Kind::SignalThrow
            | Kind::EscalationThrow => self.call(task, Slot::Act),
            Kind::CompensateThrow => {
                self.set(task, TaskStatus::Started);
                self.todo.push_front(Work::Compensate(task));
            }
            Kind::If | Kind::ConditionalCatch => self.call(task, Slot::Condition),
            Kind::Switch => self.call(task, Slot::Choice),
            Kind::Split | Kind::SplitFirst => self.branches(task)?,
            Kind::End => {
                self.finish(task);
                self.todo.push_back(Work::End(task));
            }
            Kind::TerminateEnd | Kind::ErrorEnd => {
                self.finish(task);
                self.todo.push_front(Work::Terminate(task));
            }
            Kind::Start
            | Kind::StartHandle
            | Kind::StartTimer
            | Kind::Join
            | Kind::ErrorBoundary
            | Kind::EscalationBoundary
            | Kind::CompensationBoundary => {
                return Err(Fault::Broken("a process came to a node that nothing can lead to"));
            }
        }
        Ok(())
    }
}
