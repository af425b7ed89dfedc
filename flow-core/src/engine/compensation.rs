//! Compensation: a throw takes back what was done, by the handlers of the nodes.
//!
//! The throw holds the token. The tasks of the handlers belong to it as boundaries do to their hosts, so that they end
//! with it, whatever ends it. They are all made when it begins, and done one after another.

use std::collections::{BTreeMap, BTreeSet};

use flow_graph::{NodeId, Role};

use super::run::Run;
use super::work::Work;
use super::{Ask, Fault, Obstacle, Rows, TaskState};
use crate::TaskStatus;

/// What is known of the compensations of a process.
#[derive(Clone, Debug, Default)]
pub(super) struct Compensation {
    /// The places of the tasks that are of concern, in the order in which they were done; `None`: not read.
    done: Option<Vec<usize>>,
    /// Of each throw: how far its tasks were read.
    read: BTreeMap<i32, Read>,
    /// Of each throw: how many of its tasks that were read have ended, from the first on.
    ended: BTreeMap<i32, usize>,
}

/// How far the tasks of a throw were read.
#[derive(Clone, Copy, Debug)]
enum Read {
    All,
    /// Up to this number; so many were asked for.
    UpTo {
        after: i32,
        most: u32,
    },
}

/// How many tasks of a throw are read at first: the one that has ended, and the next.
const FIRST: u32 = 2;

/// How many are read at once.
const MOST: u32 = 256;

impl Run<'_> {
    /// Takes back what was done and has a handler, the newest first.
    pub(super) fn compensate(&mut self, throw: usize) -> Result<(), Fault> {
        let Some(order) = self.compensation.done.take() else {
            self.todo.push_front(Work::Compensate(throw));
            self.ask(Ask::Rows(Rows::Compensation));
            return Ok(());
        };
        let settled = self.settled();
        let to_take_back: Vec<(usize, NodeId)> = order
            .into_iter()
            .rev()
            .filter(|at| self.tasks[*at].status == TaskStatus::Done && !settled.contains(&self.tasks[*at].number))
            .filter_map(|at| Some((at, self.graph.handler(self.tasks[at].node)?)))
            .collect();
        let TaskState { number, token, scope, .. } = self.tasks[throw].clone();
        self.compensation.read.insert(number, Read::All);
        self.disarmable.insert(number);
        let mut first = None;
        for (done, handler) in to_take_back {
            let previous = Some(self.tasks[done].number);
            let fresh = self.fresh(handler, &token, scope);
            let at = self.add(TaskState { previous, host: Some(number), copies: Some(done), ..fresh });
            first = first.or(Some(at));
        }
        match first {
            Some(first) => self.todo.push_front(Work::Activate(first)),
            None => self.leave_by(throw, Role::Next)?,
        }
        Ok(())
    }

    /// The numbers of the tasks that a handler has taken back or is to take back, or that a manager has left as they
    /// are. A handler that was cancelled with its throw has done nothing.
    fn settled(&self) -> BTreeSet<i32> {
        let gone = |status| matches!(status, TaskStatus::Canceled | TaskStatus::Revived);
        let statuses: BTreeMap<i32, TaskStatus> = self.tasks.iter().map(|task| (task.number, task.status)).collect();
        let stands = |task: &&TaskState| {
            let throw = task.host.and_then(|host| statuses.get(&host));
            !gone(task.status) || task.status == TaskStatus::Canceled && !throw.is_some_and(|status| gone(*status))
        };
        let handlers = self.tasks.iter().filter(|task| task.compensates().is_some());
        handlers.filter(stands).filter_map(TaskState::compensates).collect()
    }

    /// A handler's task is done: the next one is, or the throw goes on.
    pub(super) fn handled(&mut self, handler: usize) -> Result<(), Fault> {
        let throw = self.throw_of(handler)?;
        if self.reads_handlers(throw, Work::Handled(handler)) {
            return Ok(());
        }
        self.finish(handler);
        self.next_handler(throw)
    }

    /// A manager leaves what a handler is for as it is.
    pub(super) fn skip(&mut self, handler: usize) -> Result<(), Fault> {
        let throw = self.throw_of(handler)?;
        let waits_its_turn = self.tasks[handler].status == TaskStatus::New;
        if self.tasks[handler].status.is_final() && !self.tasks[handler].resting {
            return Err(Fault::Obstacle { task: handler, obstacle: Obstacle::BranchEnded });
        }
        if !waits_its_turn && self.reads_handlers(throw, Work::EndBranch(handler)) {
            return Ok(());
        }
        self.set(handler, TaskStatus::Canceled);
        self.tasks[handler].resting = false;
        if waits_its_turn { Ok(()) } else { self.next_handler(throw) }
    }

    fn throw_of(&self, handler: usize) -> Result<i32, Fault> {
        self.tasks[handler].host.ok_or(Fault::Broken("a handler without its throw"))
    }

    /// Asks for a throw and what it does next, if they were not read yet; the work waits for them then.
    fn reads_handlers(&mut self, throw: i32, work: Work) -> bool {
        if self.complete || self.compensation.read.contains_key(&throw) {
            return false;
        }
        self.todo.push_front(work);
        self.ask(Ask::Rows(Rows::Handlers { throw, after: 0, most: FIRST }));
        true
    }

    /// The next task of a throw is begun; behind the last one the throw goes on.
    pub(super) fn next_handler(&mut self, throw: i32) -> Result<(), Fault> {
        let at = *self.places.get(&throw).ok_or(Fault::Broken("a handler without its throw"))?;
        let all = self.boundaries.get(&throw).map_or(&[][..], Vec::as_slice);
        let ended = self.compensation.ended.get(&throw).copied().unwrap_or_default();
        let more = all.get(ended..).unwrap_or_default().iter();
        let passed = more.clone().take_while(|at| self.tasks[**at].status.is_final()).count();
        let next = more.copied().nth(passed);
        self.compensation.ended.insert(throw, ended + passed);
        match (next, self.compensation.read.get(&throw).copied()) {
            (Some(next), _) => self.todo.push_front(Work::Activate(next)),
            (None, Some(Read::UpTo { after, most })) if !self.complete => {
                self.todo.push_front(Work::NextHandler(throw));
                self.ask(Ask::Rows(Rows::Handlers { throw, after, most: most.saturating_mul(2).min(MOST) }));
            }
            (None, _) => self.leave_by(at, Role::Next)?,
        }
        Ok(())
    }

    /// The tasks that a compensation is about, as they were read.
    pub(super) fn take_compensation(&mut self, rows: Vec<TaskState>) {
        let mut done = Vec::with_capacity(rows.len());
        for row in rows {
            let at = match self.places.get(&row.number) {
                Some(at) => *at,
                None => self.add(row),
            };
            done.push(at);
        }
        self.compensation.done = Some(done);
    }

    /// A throw and its next tasks, as they were read.
    pub(super) fn take_handlers(&mut self, throw: i32, most: u32, rows: Vec<TaskState>) -> Result<(), Fault> {
        let handlers = rows.iter().filter(|row| row.host == Some(throw));
        let (count, last) = handlers.fold((0, 0), |(count, last), row| (count + 1, row.number.max(last)));
        for row in rows {
            if !self.places.contains_key(&row.number) {
                self.add(row);
            }
        }
        if !self.places.contains_key(&throw) {
            return Err(Fault::Broken("a handler without its throw"));
        }
        let read = if count < most { Read::All } else { Read::UpTo { after: last, most } };
        self.compensation.read.insert(throw, read);
        Ok(())
    }

    /// The numbers of the tasks that take back what others did, of those others, and of the throws, as far as they
    /// stand: no undo reaches behind them. All tasks were read.
    pub(super) fn compensated(&self) -> BTreeSet<i32> {
        let gone = |task: &TaskState| matches!(task.status, TaskStatus::Canceled | TaskStatus::Revived);
        let handlers = self.tasks.iter().filter(|task| task.compensates().is_some() && !gone(task));
        handlers.flat_map(|task| [Some(task.number), task.compensates(), task.host]).flatten().collect()
    }
}
