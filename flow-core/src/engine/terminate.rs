//! The end of a whole process at one of its tasks.

use flow_graph::Kind;

use super::run::Run;
use super::work::Work;
use super::{Ask, Rows, TaskState};
use crate::TaskStatus;

impl Run<'_> {
    /// Asks for all tasks that hold tokens, if they were not read yet; the work waits for them then.
    pub(super) fn reads_tokens(&mut self, work: Work) -> bool {
        if self.complete || self.has_tokens {
            return false;
        }
        self.todo.push_front(work);
        self.ask(Ask::Rows(Rows::Tokens));
        true
    }

    /// All tasks that hold tokens, as they were read.
    pub(super) fn take_tokens(&mut self, rows: Vec<TaskState>) {
        for row in rows {
            if !self.places.contains_key(&row.number) {
                let at = self.add(row);
                // Its split may be loaded later, and rows that are already loaded are not indexed again.
                self.index_join(at);
            }
        }
        self.has_tokens = true;
    }

    /// All that is open beside the task is cancelled, at once: nothing of this transition goes on either.
    pub(super) fn terminate(&mut self, end: usize) {
        if self.reads_tokens(Work::Terminate(end)) {
            return;
        }
        for at in (0..self.tasks.len()).filter(|at| *at != end) {
            self.drop_token(at);
        }
        self.todo.clear();
        self.touched.clear();
        self.joins.clear();
        self.resting_joins.clear();
        self.process.open_tokens = 0;
    }

    /// A task holds no token any more, and its branches are out no more.
    pub(super) fn drop_token(&mut self, at: usize) {
        if !self.tasks[at].status.is_final() {
            self.set(at, TaskStatus::Canceled);
        }
        if self.tasks[at].resting {
            self.task_mut(at).resting = false;
        }
        if self.kind_of(at).is_some_and(Kind::splits) && self.tasks[at].open_tokens > 0 {
            self.task_mut(at).open_tokens = 0;
        }
    }
}
