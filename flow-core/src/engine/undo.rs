//! Undo: a task that was done gets its token back from what followed it.

use flow_graph::Kind;

use super::run::Run;
use super::work::Work;
use super::{Ask, Fault, Obstacle, Rows, TaskState};
use crate::{ProcessStatus, TaskStatus};

impl Run<'_> {
    /// Asks for all tasks, if they were not read yet; the work waits for them then.
    pub(super) fn reads_all(&mut self, work: Work) -> bool {
        if self.complete {
            return false;
        }
        self.todo.push_front(work);
        self.ask(Ask::Rows(Rows::All));
        true
    }

    /// All tasks of the process, as they were read.
    pub(super) fn take_all(&mut self, rows: Vec<TaskState>) -> Result<(), Fault> {
        for row in rows {
            if !self.places.contains_key(&row.number) {
                self.add(row);
            }
        }
        for at in 0..self.tasks.len() {
            let number = self.tasks[at].number;
            self.known.insert(number);
            self.disarmable.insert(number);
            self.index_join(at);
        }
        self.complete = true;
        Ok(())
    }

    /// Undoes a task: nothing that followed may stand any more.
    pub(super) fn undo(&mut self, task: usize) -> Result<(), Fault> {
        if self.reads_all(Work::Undo(task)) {
            return Ok(());
        }
        if self.kind_of(task).is_some_and(Kind::runs_child) {
            return Err(Fault::Obstacle { task, obstacle: Obstacle::FinishedChild });
        }
        if self.compensated().contains(&self.tasks[task].number) {
            return Err(Fault::Obstacle { task, obstacle: Obstacle::Compensated });
        }
        if let Some(other) = self.followed_by(task)? {
            return Err(Fault::Obstacle { task: other, obstacle: Obstacle::Followed });
        }
        self.call(task, flow_graph::Slot::Undo);
        Ok(())
    }

    /// The join that has the arrival of a task by now: a join that was undone may have been replaced.
    pub(super) fn join_of(&self, task: usize) -> Option<usize> {
        let mut at = self.places.get(&self.tasks[task].joined?).copied()?;
        while matches!(self.tasks[at].status, TaskStatus::Canceled | TaskStatus::Revived)
            && let Some(next) = self.tasks[at].joined.and_then(|next| self.places.get(&next))
        {
            at = *next;
        }
        Some(at)
    }

    /// The tasks that a task led to; its boundaries are none of them.
    pub(super) fn followers(&self, task: usize) -> Vec<usize> {
        let number = Some(self.tasks[task].number);
        let follows = |at: &usize| self.tasks[*at].previous == number && !self.is_boundary(*at);
        (0..self.tasks.len()).filter(follows).collect()
    }

    /// The timeout that took the token of a task.
    pub(super) fn interrupted_by(&self, host: usize) -> Option<usize> {
        let number = Some(self.tasks[host].number);
        (0..self.tasks.len()).find(|at| {
            let interrupts = self.graph.node(self.tasks[*at].node).is_some_and(|node| node.interrupting);
            self.tasks[*at].host == number && interrupts && self.tasks[*at].status == TaskStatus::Done
        })
    }

    /// The joins of the branches of a split.
    pub(super) fn joins_of(&self, split: i32) -> impl Iterator<Item = usize> + '_ {
        (0..self.tasks.len()).filter(move |at| self.tasks[*at].scope == Some(split) && self.is_join(*at))
    }

    /// Whether a task does not stand any more: it was cancelled, undone or replaced.
    fn is_gone(&self, task: usize) -> bool {
        matches!(self.tasks[task].status, TaskStatus::Canceled | TaskStatus::Revived)
    }

    /// Something that followed a task and still stands.
    fn followed_by(&self, task: usize) -> Result<Option<usize>, Fault> {
        let stands = |join: &usize| !self.is_gone(*join) && self.tasks[*join].status != TaskStatus::Started;
        if let Some(join) = self.join_of(task).filter(stands) {
            return Ok(Some(join));
        }
        for other in self.followers(task) {
            if !self.is_gone(other) {
                return Ok(Some(other));
            }
            if let Some(boundary) = self.interrupted_by(other) {
                return Ok(Some(boundary));
            }
        }
        let state = &self.tasks[task];
        match self.kind_of(task) {
            Some(Kind::Split | Kind::SplitFirst) => {
                if let Some(join) = self.joins_of(state.number).find(stands) {
                    return Ok(Some(join));
                }
                if self.tokens_at_the_split(task) == state.open_tokens {
                    return Ok(None);
                }
                // A branch that a non-interrupting timeout started beside the others is still open.
                let in_it = |at: &usize| self.tasks[*at].scope == Some(state.number) && !self.is_boundary(*at);
                let out = |at: &usize| in_it(at) && (!self.is_gone(*at) || self.tasks[*at].resting);
                let other = (0..self.tasks.len()).filter(out).find(|at| !self.is_join(*at));
                Ok(Some(other.ok_or(Fault::Broken("a split that lost a branch"))?))
            }
            Some(kind) if kind.ends() => {
                let mut scope = state.scope;
                while let Some(split) = scope {
                    let at = self.places.get(&split).copied().unwrap_or_default();
                    if self.is_gone(at) {
                        // The branch ended while a sibling was undone, so the split cannot be closed again.
                        return Err(Fault::Obstacle { task, obstacle: Obstacle::BranchEnded });
                    }
                    if self.split(split)?.open_tokens > 0 {
                        break;
                    }
                    if let Some(join) = self.joins_of(split).find(stands) {
                        return Ok(Some(join));
                    }
                    scope = self.split(split)?.scope;
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// How many branches of a split are at its beginning again: they rest in its first tasks, or went to a join at once.
    fn tokens_at_the_split(&self, split: usize) -> i32 {
        let number = self.tasks[split].number;
        let resting = self.followers(split).into_iter().filter(|at| self.tasks[*at].resting && !self.is_join(*at));
        let waits = |at: &usize| self.tasks[*at].status == TaskStatus::Started || self.tasks[*at].resting;
        let arrived: i32 = self.joins_of(number).filter(waits).map(|at| self.tasks[at].open_tokens).sum();
        i32::try_from(resting.count()).unwrap_or(i32::MAX) + arrived
    }

    /// The task does not stand any more, and has its token back.
    pub(super) fn take_back(&mut self, task: usize) -> Result<(), Fault> {
        let (scope, number) = (self.tasks[task].scope, self.tasks[task].number);
        let rests = match self.kind_of(task) {
            Some(kind) if kind.begins() => {
                self.set(task, TaskStatus::Canceled);
                self.cancel_all(self.tasks.clone());
                return Ok(());
            }
            Some(kind) if kind.ends() => {
                self.reopen(scope)?;
                if self.process.status == ProcessStatus::Done {
                    self.process.status = ProcessStatus::New;
                }
                true
            }
            Some(Kind::Split | Kind::SplitFirst) => self.unsplit(task),
            Some(Kind::Join) => {
                let rests = self.take_following(task);
                if let (true, Some(split)) = (rests, scope) {
                    // All rows are there, so that nothing is asked for.
                    self.unmeet(task, Work::Undo(task))?;
                    self.resting_joins.insert((split, self.tasks[task].node), task);
                }
                rests
            }
            Some(kind) if kind.is_boundary() => {
                let rests = self.take_following(task) || self.tasks[task].resting;
                let host = self.tasks[task].host.and_then(|host| self.places.get(&host)).copied();
                match (rests, self.node_of(task)?.interrupting, host) {
                    (true, true, Some(host)) => {
                        self.task_mut(host).resting = true;
                        self.reopen_race(host)?;
                    }
                    (true, _, _) => self.end_tokens(self.around_race(task)?, 1)?,
                    (false, _, _) => {}
                }
                false
            }
            _ => {
                let rests = self.take_following(task) || self.tasks[task].resting;
                if rests {
                    self.reopen_race(task)?;
                }
                rests
            }
        };
        self.set(task, TaskStatus::Canceled);
        self.tasks[task].resting = rests;
        debug_assert!(self.followers(task).into_iter().all(|at| !self.tasks[at].resting), "{number} left a token");
        Ok(())
    }

    /// Takes the token of a task back from where it rests, or from the join that it has come to. False if it has ended.
    fn take_following(&mut self, task: usize) -> bool {
        if let Some(join) = self.join_of(task) {
            self.task_mut(task).joined = None;
            let waits = self.tasks[join].status == TaskStatus::Started;
            if !waits && !self.tasks[join].resting {
                return false;
            }
            let key = (self.tasks[join].scope.unwrap_or_default(), self.tasks[join].node);
            let state = self.task_mut(join);
            state.open_tokens -= 1;
            if state.open_tokens == 0 {
                state.status = TaskStatus::Canceled;
                state.resting = false;
                self.joins.remove(&key);
                self.resting_joins.remove(&key);
            }
            return true;
        }
        let mut found = false;
        for at in self.followers(task) {
            if self.tasks[at].resting {
                self.task_mut(at).resting = false;
                found = true;
            }
        }
        found
    }

    /// The branches of a split are one token again. False if all have ended.
    fn unsplit(&mut self, split: usize) -> bool {
        let number = self.tasks[split].number;
        let joins: Vec<usize> = self.joins_of(number).collect();
        for at in self.followers(split).into_iter().chain(joins) {
            if self.tasks[at].resting {
                self.task_mut(at).resting = false;
            }
            if self.tasks[at].status == TaskStatus::Started {
                self.set(at, TaskStatus::Canceled);
            }
        }
        self.joins.retain(|(scope, _), _| *scope != number);
        self.resting_joins.retain(|(scope, _), _| *scope != number);
        // The split has no open branch any more, so its joins need no check.
        self.touched.remove(&number);
        let open = std::mem::take(&mut self.task_mut(split).open_tokens);
        open > 0
    }

    /// A token of a scope that had ended is back; with the last one of a split, the split's own had ended too.
    fn reopen(&mut self, scope: Option<i32>) -> Result<(), Fault> {
        let mut scope = scope;
        while let Some(number) = scope {
            // The scope ended in this same transition, and what follows from that is not decided yet.
            let undecided = self.touched.contains(&number);
            let split = self.split_mut(number)?;
            split.open_tokens += 1;
            if split.open_tokens > 1 || undecided {
                return Ok(());
            }
            scope = split.scope;
        }
        self.process.open_tokens += 1;
        Ok(())
    }
}
