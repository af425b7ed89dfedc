//! One task of a transition: its row, where it stood, and whether it is written.

use flow_graph::{Graph, Kind, NodeId};

use crate::engine::TaskState;
use crate::store::{DueKind, DueRow, DueWrite};
use crate::{Task, TaskStatus, Timestamp};

pub(super) struct Entry {
    pub(super) task: Task,
    pub(super) node: NodeId,
    /// Where it stood when the transition began; `None`: it was not there.
    pub(super) before: Option<TaskStatus>,
    /// Its row, as far as it is written.
    pub(super) written: Written,
    /// It has a row in `flow_due`.
    pub(super) due: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Not,
    Before,
    Now,
}

impl Entry {
    pub(super) fn state(&self) -> TaskState {
        TaskState {
            number: self.task.number,
            node: self.node,
            status: self.task.status,
            token: self.task.token.clone(),
            scope: self.task.scope,
            previous: self.task.previous,
            joined: self.task.joined,
            open_tokens: self.task.open_tokens,
            via: None,
        }
    }

    pub(super) fn advance(&mut self, state: &TaskState, now: Timestamp) {
        let same_counts = self.task.open_tokens == state.open_tokens && self.task.joined == state.joined;
        if !same_counts {
            self.task.open_tokens = state.open_tokens;
            self.task.joined = state.joined;
            self.rewrite();
        }
        if self.task.status == state.status {
            return;
        }
        self.task.status = state.status;
        if state.status.is_final() {
            self.task.finished = Some(now);
        }
        if matches!(state.status, TaskStatus::Done | TaskStatus::Started) {
            self.task.started = self.task.started.or(Some(now));
        }
        self.rewrite();
    }

    /// What its state changes in what is due.
    pub(super) fn due_write(&mut self, graph: &Graph<'_>, process: i64, now: Timestamp) -> Option<DueWrite> {
        let (kind, task) = (kind(graph, self.node), &self.task);
        match (due_kind(kind, task.status), self.due) {
            (Some(kind), false) => {
                self.due = true;
                let due = task.due.unwrap_or(now);
                Some(DueWrite::Insert(DueRow::new(process, task.number, kind, &task.flow, due)))
            }
            (None, true) => {
                self.due = false;
                let kind = if kind == Kind::Job { DueKind::Job } else { DueKind::Timer };
                Some(DueWrite::Delete { process, task: task.number, kind })
            }
            _ => None,
        }
    }

    pub(super) fn rewrite(&mut self) {
        if self.written == Written::Now {
            self.written = Written::Before;
        }
    }
}

pub(super) fn kind(graph: &Graph<'_>, node: NodeId) -> Kind {
    graph.node(node).map_or(Kind::End, |node| node.kind)
}

/// What a task in this status has in `flow_due`.
pub(super) fn due_kind(kind: Kind, status: TaskStatus) -> Option<DueKind> {
    match (kind, status) {
        (Kind::Job, TaskStatus::Scheduled | TaskStatus::Started) => Some(DueKind::Job),
        (Kind::Timer | Kind::TimerBoundary, TaskStatus::Scheduled) => Some(DueKind::Timer),
        _ => None,
    }
}
