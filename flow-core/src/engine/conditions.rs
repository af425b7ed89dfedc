//! Conditions that a process waits for: looked at again when code may have changed what they ask for.

use flow_graph::{Kind, Slot};

use super::run::Run;
use super::work::Work;
use super::{Ask, Fault, Rows, TaskState};
use crate::TaskStatus;

/// What is known of the conditions that a process waits for.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    /// They are looked at in this transition.
    watched: bool,
    /// Their tasks were read.
    read: bool,
    /// Code has run since they were looked at last.
    changed: bool,
    /// The question now is one of them.
    looking: bool,
}

impl Conditions {
    /// A callback is to be called.
    pub(super) fn asks(&mut self) {
        self.looking = false;
    }

    /// A callback was called.
    pub(super) fn called(&mut self, slot: Slot) {
        self.changed |= slot.acts();
    }
}

impl<'g> Run<'g> {
    /// Looks again at the conditions that the process waits for, once code has run and everything else rests.
    #[must_use]
    pub fn with_conditions(mut self) -> Self {
        self.conditions.watched = self.graph.nodes.iter().any(|node| node.kind == Kind::ConditionalCatch);
        self
    }

    /// Whether the last question is a condition that is looked at again: if that fails, it is no fault of who acts.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.conditions.looking
    }

    pub(super) fn is_conditional(&self, task: usize) -> bool {
        self.kind_of(task) == Some(Kind::ConditionalCatch)
    }

    /// Whether there are conditions to look at again. Their tasks are asked for first.
    pub(super) fn looks_again(&mut self) -> bool {
        let Conditions { watched, read, changed, .. } = self.conditions;
        if !watched || !changed || self.process.suspended || self.process.open_tokens == 0 {
            return false;
        }
        if !read {
            self.ask(Ask::Rows(Rows::Conditions));
            return true;
        }
        self.conditions.changed = false;
        let waits = |at: &usize| self.tasks[*at].status == TaskStatus::New && self.is_conditional(*at);
        let waiting: Vec<usize> = (0..self.tasks.len()).filter(waits).collect();
        self.todo.extend(waiting.iter().map(|at| Work::Look(*at)));
        !waiting.is_empty()
    }

    /// The open tasks that wait for a condition, as they were read.
    pub(super) fn take_conditions(&mut self, rows: Vec<TaskState>) {
        for row in rows {
            if !self.places.contains_key(&row.number) {
                self.add(row);
            }
        }
        self.conditions.read = true;
    }

    /// Asks a condition again, unless it does not wait any more.
    pub(super) fn look(&mut self, task: usize) -> Result<(), Fault> {
        if self.tasks[task].status != TaskStatus::New
            || self.reads_boundaries(self.tasks[task].number, Work::Look(task))
        {
            return Ok(());
        }
        self.count(task)?;
        self.call(task, Slot::Condition);
        self.conditions.looking = true;
        Ok(())
    }
}
