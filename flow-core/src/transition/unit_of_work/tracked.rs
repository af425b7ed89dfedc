//! One task of a transition: its row, where it stood before, and how much of it is written.

use flow_graph::{Graph, Kind, NodeId};

use crate::engine::{TaskState, UNKNOWN_NODE};
use crate::store::{DueKey, DueKind, DueRow, DueWrite, Filled};
use crate::{Task, TaskStatus, Timestamp};

pub(super) struct Tracked {
    pub(super) task: Task,
    pub(super) node: NodeId,
    /// Where it stood when the transition began; `None`: it was not there.
    pub(super) before: Option<TaskStatus>,
    /// How much of it the database has.
    pub(super) stored: Stored,
    /// The columns that its row has.
    pub(super) filled: Filled,
    /// It has a row in `flow_due`.
    pub(super) due: bool,
}

/// How much of a row the database has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    /// Nothing: the task is new.
    Nothing,
    /// An older state of it.
    Stale,
    /// All of it.
    Current,
}

impl Tracked {
    pub(super) fn state(&self) -> TaskState {
        TaskState {
            number: self.task.number,
            node: self.node,
            status: self.task.status,
            token: self.task.token.clone(),
            scope: self.task.scope,
            previous: self.task.previous,
            host: self.task.host,
            armed: self.task.armed,
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
    pub(super) fn due_writes(&mut self, graph: &Graph<'_>, now: Timestamp) -> Vec<DueWrite> {
        let wanted = self.due_kind(graph);
        if wanted.is_some() == self.due {
            return Vec::new();
        }
        self.due = wanted.is_some();
        let task = &self.task;
        match wanted {
            Some(kind) => {
                let due = task.due.unwrap_or(now);
                vec![DueWrite::Insert(DueRow::new(task.process_id, task.number, kind, &task.flow, due))]
            }
            // Of a node that is not known any more, the row says too little to tell which it was.
            None => [DueKind::Job, DueKind::Timer]
                .into_iter()
                .filter(|kind| self.kind(graph).is_none_or(|node| due_of(node) == Some(*kind)))
                .map(|kind| DueWrite::Delete(DueKey::of_task(task.process_id, task.number, kind)))
                .collect(),
        }
    }

    /// What a task in its state has in `flow_due`.
    pub(super) fn due_kind(&self, graph: &Graph<'_>) -> Option<DueKind> {
        let waits = match self.kind(graph) {
            Some(Kind::Job) | None => matches!(self.task.status, TaskStatus::Scheduled | TaskStatus::Started),
            Some(_) => self.task.status == TaskStatus::Scheduled,
        };
        if !waits {
            return None;
        }
        match self.kind(graph) {
            Some(kind) => due_of(kind),
            None => Some(DueKind::Timer),
        }
    }

    /// As it was when the task was made: what is due of it was written then, whatever its node has become.
    fn kind(&self, graph: &Graph<'_>) -> Option<Kind> {
        if let Some(stored) = Kind::from_name(&self.task.kind) {
            return Some(stored);
        }
        if self.node == UNKNOWN_NODE { None } else { graph.node(self.node).map(|node| node.kind) }
    }

    /// Whether a task that somebody may have begun to fill in the form of is over by this transition.
    pub(super) fn ends_work_of_a_person(&self) -> bool {
        let was_open = self.before.is_some_and(|before| !before.is_final());
        was_open && self.task.status.is_final() && self.task.kind == Kind::View.name()
    }

    pub(super) fn rewrite(&mut self) {
        if self.stored == Stored::Current {
            self.stored = Stored::Stale;
        }
    }
}

/// What a waiting task of this kind has in `flow_due`.
const fn due_of(kind: Kind) -> Option<DueKind> {
    match kind {
        Kind::Job => Some(DueKind::Job),
        Kind::Timer | Kind::TimerBoundary => Some(DueKind::Timer),
        Kind::Start
        | Kind::StartHandle
        | Kind::View
        | Kind::Function
        | Kind::Handle
        | Kind::If
        | Kind::Switch
        | Kind::Split
        | Kind::Join
        | Kind::Subprocess
        | Kind::End => None,
    }
}
