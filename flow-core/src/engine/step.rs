//! How a branch goes on from one task to the next.

use flow_graph::{Kind, NodeId, Role};

use super::run::{Run, Work};
use super::{Ask, Fault, TaskState, Via};
use crate::TaskStatus;

impl Run<'_> {
    pub(super) fn leave_by(&mut self, task: usize, role: Role) -> Result<(), Fault> {
        let edge = self.node_of(task)?.edges.iter().position(|edge| edge.role == role);
        self.leave(task, edge.ok_or(Fault::Broken("a node leads nowhere"))?)
    }

    /// The task is done, and its branch goes on over this edge.
    pub(super) fn leave(&mut self, task: usize, edge: usize) -> Result<(), Fault> {
        let found = self.node_of(task)?.edges.get(edge).ok_or(Fault::Broken("an edge that does not exist"))?;
        if found.carries {
            self.ask(Ask::Carry { task, edge });
            return Ok(());
        }
        self.go(task, edge)
    }

    pub(super) fn go(&mut self, task: usize, edge: usize) -> Result<(), Fault> {
        self.finish(task);
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
            scope => scope,
        };
        Ok((state.token.clone(), scope))
    }

    pub(super) fn finish(&mut self, task: usize) {
        self.set(task, TaskStatus::Done);
        self.disarm(task);
    }

    /// The timeouts of a task end with it, whatever ended it. They stand right behind it.
    pub(super) fn disarm(&mut self, host: usize) {
        let number = self.tasks[host].number;
        let mut at = host + 1;
        while let Some(task) = self.tasks.get(at).filter(|task| task.previous == Some(number)) {
            if !self.graph.node(task.node).is_some_and(|node| node.kind.is_boundary()) {
                break;
            }
            if !task.status.is_final() {
                self.set(at, TaskStatus::Canceled);
            }
            at += 1;
        }
    }

    pub(super) fn fire(&mut self, boundary: usize) -> Result<(), Fault> {
        let node = self.node_of(boundary)?;
        let host = self.tasks[boundary].previous.and_then(|number| self.places.get(&number)).copied();
        let Some(host) = host else {
            return Err(Fault::Broken("a timeout without its task"));
        };
        if node.interrupting {
            self.set(host, TaskStatus::Canceled);
            self.set(boundary, TaskStatus::Done);
            self.disarm(host);
        } else {
            // One more token beside the host's.
            let scope = self.tasks[boundary].scope;
            if self.reads(boundary, scope, Work::Fire(boundary)) {
                return Ok(());
            }
            match scope {
                None => self.process.open_tokens += 1,
                Some(split) => self.split_mut(split)?.open_tokens += 1,
            }
        }
        self.leave_by(boundary, Role::Next)
    }

    /// A new task, with the timeouts that are armed with it.
    pub(super) fn create(
        &mut self,
        node: NodeId,
        from: usize,
        edge: usize,
        item: usize,
        token: &str,
        scope: Option<i32>,
    ) -> Result<(), Fault> {
        let via = Via { task: from, edge, item };
        let previous = self.tasks[from].number;
        let host = self.push(node, previous, token.to_owned(), scope, Some(via));
        let number = self.tasks[host].number;
        for boundary in self.node(node)?.boundaries {
            self.push(*boundary, number, token.to_owned(), scope, None);
        }
        Ok(())
    }

    pub(super) fn push(
        &mut self,
        node: NodeId,
        previous: i32,
        token: String,
        scope: Option<i32>,
        via: Option<Via>,
    ) -> usize {
        self.process.task_count += 1;
        let at = self.add(TaskState {
            number: self.process.task_count,
            node,
            status: TaskStatus::New,
            token,
            scope,
            previous: Some(previous),
            joined: None,
            open_tokens: 0,
            via,
        });
        self.todo.push_back(Work::Activate(at));
        at
    }
}
