//! Go back to a task: all that followed it is cancelled and undone, and it is done again.

use std::collections::BTreeSet;

use flow_graph::Kind;

use super::run::Run;
use super::work::Work;
use super::{Fault, Obstacle};
use crate::TaskStatus;

impl Run<'_> {
    /// All that followed a task is cancelled and undone, newest first; then the task is undone and revived.
    pub(super) fn go_back(&mut self, task: usize) -> Result<(), Fault> {
        if self.reads_all(Work::GoBack(task)) {
            return Ok(());
        }
        let mut order = Vec::new();
        self.what_followed(task, &mut BTreeSet::new(), &mut order);
        let compensated = self.compensated();
        for at in &order {
            let obstacle = self.obstacle_to_go_back(*at);
            let stands = !matches!(self.tasks[*at].status, TaskStatus::Canceled | TaskStatus::Revived);
            let is_part = stands && compensated.contains(&self.tasks[*at].number);
            if let Some(obstacle) = obstacle.or(is_part.then_some(Obstacle::Compensated)) {
                return Err(Fault::Obstacle { task: *at, obstacle });
            }
        }
        for at in order {
            match self.tasks[at].status {
                TaskStatus::Done => self.todo.push_back(Work::Undo(at)),
                TaskStatus::Canceled | TaskStatus::Revived => {}
                TaskStatus::Started if self.is_join(at) => {}
                _ => self.todo.push_back(Work::Cancel(at)),
            }
        }
        self.todo.push_back(Work::Revive(task));
        Ok(())
    }

    /// A task and all that followed it, each behind what followed it itself.
    fn what_followed(&self, task: usize, seen: &mut BTreeSet<usize>, order: &mut Vec<usize>) {
        // An explicit stack: recursion over a long process could overflow the thread's.
        let mut stack = vec![(task, false)];
        while let Some((at, left)) = stack.pop() {
            if left {
                order.push(at);
                continue;
            }
            if !seen.insert(at) {
                continue;
            }
            stack.push((at, true));
            let mut next = self.followers(at);
            next.extend(self.join_of(at));
            next.extend(self.interrupted_by(at));
            if self.kind_of(at).is_some_and(Kind::splits) {
                next.extend(self.joins_of(self.tasks[at].number));
                // A branch that a timeout started inside the split must be undone before the split.
                let number = self.tasks[at].number;
                next.extend((0..self.tasks.len()).filter(|other| self.tasks[*other].scope == Some(number)));
            }
            next.sort_unstable();
            stack.extend(next.into_iter().map(|next| (next, false)));
        }
    }

    /// Why a task that followed cannot be taken back.
    fn obstacle_to_go_back(&self, at: usize) -> Option<Obstacle> {
        let kind = self.kind_of(at);
        match self.tasks[at].status {
            TaskStatus::Started if kind == Some(Kind::Job) => Some(Obstacle::Running),
            TaskStatus::Done if kind.is_some_and(Kind::runs_child) => Some(Obstacle::FinishedChild),
            TaskStatus::Done if self.irreversible.contains(&self.tasks[at].node) => Some(Obstacle::NoUndo),
            _ => None,
        }
    }
}
