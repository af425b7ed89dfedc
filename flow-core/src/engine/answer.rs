//! What the shell returns to a question, and what follows from it.

use flow_graph::{Role, Slot};

use super::child::Starting;
use super::run::Run;
use super::work::Work;
use super::{Answer, Ask, Failure, Fault, Rows};
use crate::TaskStatus;

pub(super) const MISMATCH: Fault = Fault::Broken("the answer is not to the question");

impl Run<'_> {
    /// Answers the last question.
    ///
    /// # Errors
    /// [`Fault::Broken`] if there was none, or if the answer is not to it; the other faults as
    /// [`next`](Run::next).
    pub fn answer(&mut self, answer: Answer) -> Result<(), Fault> {
        let Some(ask) = self.asked.take() else {
            return Err(Fault::Broken("nothing was asked"));
        };
        match (ask, answer) {
            (Ask::Call { task, slot: Slot::Continue }, Answer::Failed(_)) => {
                self.todo.push_back(Work::Stall(task));
                Ok(())
            }
            (Ask::Call { task, .. }, Answer::Failed(failure)) => {
                self.fail(task, failure);
                Ok(())
            }
            (Ask::Call { task, slot: Slot::Child }, Answer::Escalated(takers, then)) => {
                self.child_rests(task, takers, &then)
            }
            (Ask::Call { task, slot: Slot::Child }, answer @ Answer::Ended(_)) => {
                self.child_rests(task, Vec::new(), &answer)
            }
            (Ask::Call { task, slot }, answer) => self.called(task, slot, &answer),
            (Ask::Rows(Rows::Scope(scope)), Answer::Rows(rows)) => self.take_scope(scope, rows),
            (Ask::Rows(Rows::Race(race)), Answer::Rows(rows)) => self.take_race(race, rows),
            (Ask::Rows(Rows::Boundaries(host)), Answer::Rows(rows)) => self.take_boundaries(host, rows),
            (Ask::Rows(Rows::Open), Answer::Rows(rows)) => {
                self.cancel_all(rows);
                Ok(())
            }
            (Ask::Rows(Rows::Tokens), Answer::Rows(rows)) => {
                self.take_tokens(rows);
                Ok(())
            }
            (Ask::Rows(Rows::All), Answer::Rows(rows)) => self.take_all(rows),
            (Ask::Rows(Rows::Conditions), Answer::Rows(rows)) => {
                self.take_conditions(rows);
                Ok(())
            }
            (Ask::Rows(Rows::Compensation), Answer::Rows(rows)) => {
                self.take_compensation(rows);
                Ok(())
            }
            (Ask::Rows(Rows::Handlers { throw, most, .. }), Answer::Rows(rows)) => {
                self.take_handlers(throw, most, rows)
            }
            (Ask::Rows(_), _) => Err(MISMATCH),
        }
    }

    fn called(&mut self, task: usize, slot: Slot, answer: &Answer) -> Result<(), Fault> {
        self.conditions.called(slot);
        match (slot, answer) {
            (Slot::Act, Answer::Done) if self.process.suspended => {
                // The body has run; the process continues behind it when it is resumed.
                self.finish(task);
                self.task_mut(task).resting = true;
                Ok(())
            }
            (Slot::Act, Answer::Done) => self.leave_by(task, Role::Next),
            (Slot::Undo, Answer::Done) => self.take_back(task),
            (Slot::Condition, Answer::Holds(holds)) if self.is_conditional(task) => {
                if *holds {
                    self.leave_by(task, Role::Next)
                } else {
                    Ok(())
                }
            }
            (Slot::Condition, Answer::Holds(holds)) => {
                self.leave_by(task, if *holds { Role::Then } else { Role::Else })
            }
            (Slot::Continue, Answer::Holds(holds)) => {
                if *holds {
                    self.todo.push_back(Work::Overtake(task));
                }
                Ok(())
            }
            (Slot::Choice, Answer::Edge(edge)) => self.leave(task, *edge),
            (Slot::Branches(_), Answer::Times(times)) => {
                self.times.push(*times);
                self.branches(task)
            }
            (Slot::Payload(edge), Answer::Done) => self.go(task, edge),
            (Slot::Assignee, Answer::Assigned(assigned)) => {
                if *assigned {
                    self.set(task, TaskStatus::Assigned);
                }
                self.call(task, Slot::Created);
                Ok(())
            }
            (Slot::Subscription | Slot::ConcurrencyKey, Answer::Done) => Ok(()),
            (Slot::Created, Answer::Done) => Ok(()),
            (Slot::DueTime, Answer::Done) => {
                self.set(task, TaskStatus::Scheduled);
                Ok(())
            }
            (Slot::Items, Answer::Times(times)) => self.children(task, *times),
            _ => Err(MISMATCH),
        }
    }

    /// The task failed. If it is tried again it waits for that; else an `on_error` of its node takes the failure, or the
    /// task is in ERROR: its branch stays where it is, and the others go on.
    pub fn fail(&mut self, task: usize, failure: Failure) {
        self.times.clear();
        self.starting = Starting::default();
        let Some(state) = self.tasks.get(task) else { return };
        match failure.taker(self.graph, state.node) {
            Some(taker) => self.todo.push_front(Work::Raise(task, taker)),
            None => {
                self.set(task, if failure.again { TaskStatus::Scheduled } else { TaskStatus::Error });
                self.tasks[task].resting = false;
            }
        }
    }

    /// Whether an `on_error` takes this failure of a task.
    #[must_use]
    pub fn takes(&self, task: usize, failure: Failure) -> bool {
        self.tasks.get(task).is_some_and(|state| failure.taker(self.graph, state.node).is_some())
    }
}
