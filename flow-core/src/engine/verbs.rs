//! What people do to tasks beside completing them: cancel, end the branch, revive, retry.

use flow_graph::Kind;

use super::run::Run;
use super::work::Work;
use super::{Fault, Obstacle, TaskState};
use crate::TaskStatus;

impl Run<'_> {
    pub(super) fn kind_of(&self, task: usize) -> Option<Kind> {
        self.graph.node(self.tasks[task].node).map(|node| node.kind)
    }

    pub(super) fn is_join(&self, task: usize) -> bool {
        self.kind_of(task) == Some(Kind::Join)
    }

    /// A boundary that has not fired holds no token: its host does.
    pub(super) fn is_boundary(&self, task: usize) -> bool {
        self.tasks[task].host.is_some()
    }

    /// It takes back what another task did. Its throw has the token.
    pub(super) fn is_handler(&self, task: usize) -> bool {
        self.tasks[task].compensates().is_some()
    }

    /// A person cancels a task: its token rests in it.
    pub(super) fn cancel_task(&mut self, task: usize) -> Result<(), Fault> {
        if self.is_join(task) && self.tasks[task].status == TaskStatus::Started {
            return Err(Fault::Obstacle { task, obstacle: Obstacle::WaitingJoin });
        }
        if self.is_handler(task) {
            return Err(Fault::Obstacle { task, obstacle: Obstacle::Handler });
        }
        if self.reads_boundaries(self.tasks[task].number, Work::Cancel(task)) {
            return Ok(());
        }
        if self.reads_race(task, Work::Cancel(task)) {
            return Ok(());
        }
        if self.is_join(task) && !self.gather(task, Work::Cancel(task))? {
            return Ok(());
        }
        // Of a racer nothing rests while others race.
        let leaves = !self.is_boundary(task) && self.has_rivals(task)?;
        self.set(task, TaskStatus::Canceled);
        self.tasks[task].resting = !self.is_boundary(task) && !leaves;
        // A branch that arrives in this same transition takes the arrivals of a cancelled join over.
        self.index_join(task);
        self.disarm(task);
        if leaves { self.end_tokens(self.race(task), 1) } else { Ok(()) }
    }

    /// A join that has failed holds the token of its branches as one. From here on they are in it as they arrived, so
    /// that each can be taken out. False if rows are asked for first.
    fn gather(&mut self, join: usize, work: Work) -> Result<bool, Fault> {
        if self.tasks[join].status != TaskStatus::Error { Ok(true) } else { self.unmeet(join, work) }
    }

    /// The branch of a task ends, as at an End.
    pub(super) fn end_branch(&mut self, task: usize) -> Result<(), Fault> {
        let work = Work::EndBranch(task);
        if self.is_handler(task) {
            return self.skip(task);
        }
        if self.is_join(task) && self.tasks[task].status == TaskStatus::Started {
            return Err(Fault::Obstacle { task, obstacle: Obstacle::WaitingJoin });
        }
        if !self.tasks[task].status.is_final() && self.reads_boundaries(self.tasks[task].number, work) {
            return Ok(());
        }
        let scope = self.tasks[task].scope;
        if self.is_join(task) && (self.reads_scopes(scope, work)? || !self.gather(task, work)?) {
            return Ok(());
        }
        let count = match scope {
            Some(_) if self.is_join(task) => self.tasks[task].open_tokens,
            _ => 1,
        };
        let Some(last) = self.is_last(scope, count, work)? else { return Ok(()) };
        if last {
            return Err(Fault::Obstacle { task, obstacle: Obstacle::LastBranch });
        }
        self.set(task, TaskStatus::Canceled);
        self.tasks[task].resting = false;
        self.disarm(task);
        self.end_tokens(scope, count)
    }

    /// Asks for the rows of a scope and of those around it, if one of them was not read yet: what follows changes them,
    /// and must not be done twice.
    fn reads_scopes(&mut self, scope: Option<i32>, work: Work) -> Result<bool, Fault> {
        let mut scope = scope;
        while let Some(number) = scope {
            if self.reads_scope(scope, work) {
                return Ok(true);
            }
            scope = self.split(number)?.scope;
        }
        Ok(false)
    }

    /// Whether so many tokens of a scope are all that the process has; `None` if rows are asked for first.
    fn is_last(&mut self, scope: Option<i32>, count: i32, work: Work) -> Result<Option<bool>, Fault> {
        let (mut scope, mut count) = (scope, count);
        while let Some(number) = scope {
            if self.reads_scope(scope, work) {
                return Ok(None);
            }
            let split = self.split(number)?;
            if split.open_tokens > count {
                return Ok(Some(false));
            }
            (scope, count) = (split.scope, 1);
        }
        Ok(Some(self.process.open_tokens <= count))
    }

    /// What failed is done again.
    pub(super) fn retry(&mut self, task: usize) {
        match self.kind_of(task) {
            Some(Kind::Job) => self.schedule(task),
            Some(Kind::Join) => self.todo.push_back(Work::Rejoin(task)),
            _ => {
                self.set(task, TaskStatus::New);
                self.todo.push_back(Work::Activate(task));
            }
        }
    }

    /// A join that has failed waits again, and goes on if all branches have arrived.
    pub(super) fn rejoin(&mut self, join: usize) -> Result<(), Fault> {
        if !self.gather(join, Work::Rejoin(join))? {
            return Ok(());
        }
        self.set(join, TaskStatus::Started);
        self.wait_in(join)
    }

    /// The branches that are in a join wait for the others.
    fn wait_in(&mut self, join: usize) -> Result<(), Fault> {
        let Some(split) = self.tasks[join].scope else {
            self.todo.push_back(Work::Leave(join));
            return Ok(());
        };
        self.joins.insert((split, self.tasks[join].node), join);
        self.touched.insert(split);
        Ok(())
    }

    /// A new task of the same node replaces a task that failed or in which a token rests.
    pub(super) fn revive(&mut self, task: usize) -> Result<(), Fault> {
        let work = Work::Revive(task);
        let failed = self.tasks[task].status == TaskStatus::Error;
        if !failed && !self.tasks[task].resting {
            return Err(Fault::Obstacle { task, obstacle: Obstacle::BranchEnded });
        }
        if failed && self.reads_boundaries(self.tasks[task].number, work) {
            return Ok(());
        }
        let old = self.tasks[task].clone();
        if self.is_join(task) {
            if !self.gather(task, work)? || self.reads_scope(old.scope, work) {
                return Ok(());
            }
            let fresh = self.fresh(old.node, &old.token, old.scope);
            let join = self.add(TaskState { status: TaskStatus::Started, copies: Some(task), ..fresh });
            if let Some(split) = old.scope {
                self.resting_joins.remove(&(split, old.node));
            }
            self.take_over(task, join);
            return self.wait_in(join);
        }
        self.set(task, TaskStatus::Revived);
        self.tasks[task].resting = false;
        self.disarm(task);
        let fresh = self.fresh(old.node, &old.token, old.scope);
        // One that takes back what another task did still belongs to its throw.
        let host = old.compensates().and(old.host);
        self.arm(TaskState { previous: old.previous, host, copies: Some(task), ..fresh })
    }
}
