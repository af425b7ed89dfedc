//! How a branch goes on from one task to the next.

use flow_graph::{Kind, NodeId, Role, Slot};

use super::run::Run;
use super::work::Work;
use super::{Fault, TaskState, Via};
use crate::TaskStatus;

impl Run<'_> {
    pub(super) fn leave_by(&mut self, task: usize, role: Role) -> Result<(), Fault> {
        if self.tasks[task].compensates().is_some() {
            return self.handled(task);
        }
        let edge = self.node_of(task)?.edges.iter().position(|edge| edge.role == role);
        self.leave(task, edge.ok_or(Fault::Broken("a node leads nowhere"))?)
    }

    /// The task is done, and its branch goes on over this edge.
    pub(super) fn leave(&mut self, task: usize, edge: usize) -> Result<(), Fault> {
        let found = self.node_of(task)?.edges.get(edge).ok_or(Fault::Broken("an edge that does not exist"))?;
        if found.carries {
            self.call(task, Slot::Payload(edge));
            return Ok(());
        }
        self.go(task, edge)
    }

    pub(super) fn go(&mut self, task: usize, edge: usize) -> Result<(), Fault> {
        let work = Work::Go(task, edge);
        if self.reads_race(task, work) || self.race(task).is_some() && self.reads_scope(self.around_race(task)?, work) {
            return Ok(());
        }
        // A boundary that fired while its process was suspended has already ended its host.
        if self.node_of(task)?.kind.is_boundary() && self.tasks[task].status != TaskStatus::Done {
            self.fired(task)?;
        }
        self.finish(task);
        if !self.node_of(task)?.kind.is_boundary() {
            self.win(task)?;
        }
        self.follow(task, edge)
    }

    /// A token of the task goes over the edge: to a join it arrives, anywhere else there is a new task.
    pub(super) fn follow(&mut self, task: usize, edge: usize) -> Result<(), Fault> {
        let to = self.node_of(task)?.edges.get(edge).ok_or(Fault::Broken("an edge that does not exist"))?.to;
        if self.node(to)?.kind == Kind::Join {
            self.todo.push_back(Work::Arrive(task, edge));
            return Ok(());
        }
        let (token, scope) = self.outside(task)?;
        self.create(to, task, edge, 0, &token, scope)
    }

    /// The branch that a task's successor is on: of a join, the one that its split was on.
    pub(super) fn outside(&self, task: usize) -> Result<(String, Option<i32>), Fault> {
        let state = &self.tasks[task];
        let scope = match state.scope {
            Some(split) if self.node_of(task)?.kind == Kind::Join => self.split(split)?.scope,
            _ => self.around_race(task)?,
        };
        Ok((state.token.clone(), scope))
    }

    pub(super) fn finish(&mut self, task: usize) {
        self.set(task, TaskStatus::Done);
        self.tasks[task].resting = false;
        self.disarm(task);
    }

    /// The boundaries of a task end with it, whatever ended it.
    pub(super) fn disarm(&mut self, host: usize) {
        let number = self.tasks[host].number;
        for at in self.boundaries.get(&number).cloned().unwrap_or_default() {
            if !self.tasks[at].status.is_final() {
                self.set(at, TaskStatus::Canceled);
            }
        }
    }

    /// The time of a boundary has come. What it does to its host comes with its first step: if that fails, the host
    /// still waits.
    pub(super) fn fire(&mut self, boundary: usize) -> Result<(), Fault> {
        let node = self.node_of(boundary)?;
        let host = self.tasks[boundary].host.ok_or(Fault::Broken("a boundary without its task"))?;
        let scope = self.tasks[boundary].scope;
        let waits = match node.interrupting {
            true => self.reads_boundaries(host, Work::Fire(boundary)),
            false => self.reads_scope(scope, Work::Fire(boundary)),
        };
        if waits { Ok(()) } else { self.leave_by(boundary, Role::Next) }
    }

    /// A boundary goes on: it takes its host's token, or adds one beside it.
    fn fired(&mut self, boundary: usize) -> Result<(), Fault> {
        if self.node_of(boundary)?.interrupting {
            let host = self.tasks[boundary].host.and_then(|host| self.places.get(&host)).copied();
            let host = host.ok_or(Fault::Broken("a boundary without its task"))?;
            self.set(host, TaskStatus::Canceled);
            self.tasks[host].resting = false;
            self.set(boundary, TaskStatus::Done);
            self.disarm(host);
            return self.win(boundary);
        }
        self.add_token(self.around_race(boundary)?)
    }

    /// An `on_error` takes the failure of a task.
    pub(super) fn raise(&mut self, host: usize, taker: NodeId) -> Result<(), Fault> {
        self.take(Work::Raise(host, taker), host, taker)
    }

    /// Something of a task comes to a boundary, which has no row until then.
    pub(super) fn take(&mut self, work: Work, host: usize, taker: NodeId) -> Result<(), Fault> {
        let interrupting = self.node(taker)?.interrupting;
        let TaskState { number, scope, token, .. } = self.tasks[host].clone();
        let waits = if interrupting { self.reads_boundaries(number, work) } else { self.reads_scope(scope, work) };
        if waits || self.reads_race(host, work) {
            return Ok(());
        }
        // An escalation leaves its task as it is.
        if !interrupting && self.node(taker)?.kind == Kind::ErrorBoundary {
            self.set(host, TaskStatus::Error);
            self.tasks[host].resting = false;
        }
        let fresh = self.fresh(taker, &token, scope);
        let boundary = self.add(TaskState { previous: Some(number), host: Some(number), ..fresh });
        // It is never activated, so count it: tasks that fail one after another must reach the step limit too.
        self.count(boundary)?;
        if !self.process.suspended {
            return self.leave_by(boundary, Role::Next);
        }
        self.fired(boundary)?;
        self.finish(boundary);
        self.task_mut(boundary).resting = true;
        Ok(())
    }

    /// A task that ends, and the boundaries that are armed with it, as they were read.
    pub(super) fn take_boundaries(&mut self, host: i32, rows: Vec<TaskState>) -> Result<(), Fault> {
        for row in rows {
            if !self.places.contains_key(&row.number) {
                self.add(row);
            }
        }
        if !self.places.contains_key(&host) {
            return Err(Fault::Broken("a boundary without its task"));
        }
        self.disarmable.insert(host);
        Ok(())
    }

    /// A new task, with the boundaries that are armed with it.
    pub(super) fn create(
        &mut self,
        node: NodeId,
        from: usize,
        edge: usize,
        item: usize,
        token: &str,
        scope: Option<i32>,
    ) -> Result<(), Fault> {
        let via = Some(Via { task: from, edge, item });
        let previous = Some(self.tasks[from].number);
        let state = TaskState { previous, via, ..self.fresh(node, token, scope) };
        self.arm(state)
    }

    /// A task that is new, with its boundaries: both are activated next.
    pub(super) fn arm(&mut self, state: TaskState) -> Result<(), Fault> {
        // An `on_error` has no row until it fires.
        let waits = |id: &&NodeId| self.graph.node(**id).is_some_and(|node| node.kind.waits());
        let boundaries: Vec<NodeId> = self.node(state.node)?.boundaries.iter().filter(waits).copied().collect();
        let armed = i32::try_from(boundaries.len()).unwrap_or(i32::MAX);
        let (host, token, scope) = (state.number, state.token.clone(), state.scope);
        let node = state.node;
        self.push(TaskState { armed, ..state });
        if armed > 0 || self.may_be_escalated(node) {
            self.disarmable.insert(host);
        }
        for boundary in boundaries {
            let state = TaskState { previous: Some(host), host: Some(host), ..self.fresh(boundary, &token, scope) };
            self.push(state);
        }
        Ok(())
    }

    /// A task with the next number.
    pub(super) fn fresh(&mut self, node: NodeId, token: &str, scope: Option<i32>) -> TaskState {
        self.process.task_count += 1;
        TaskState::new(self.process.task_count, node, token.to_owned(), scope)
    }

    fn push(&mut self, state: TaskState) {
        let at = self.add(state);
        self.todo.push_back(Work::Activate(at));
    }
}
