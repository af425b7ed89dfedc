//! One task of a transition: its row, where it stood before, and how much of it is written.

use flow_graph::{Graph, Kind, NodeId};

use crate::engine::{TaskState, UNKNOWN_NODE};
use crate::event::LOOK_EVERY;
use crate::flow::JobFacts;
use crate::store::{DueKey, DueKind, DueRow, DueWrite, Filled, NEVER, limits};
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
    /// What it has in `flow_due`.
    pub(super) due: Option<DueKind>,
    /// What it begins to wait for, once that is known.
    pub(super) subscription: Option<String>,
    /// Of a job that is limited by a key: that key, once it is known.
    pub(super) concurrency_key: Option<String>,
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
            resting: self.task.resting,
            copies: None,
            via: None,
        }
    }

    pub(super) fn advance(&mut self, state: &TaskState, now: Timestamp) {
        let task = (self.task.open_tokens, self.task.joined, self.task.resting);
        if task != (state.open_tokens, state.joined, state.resting) {
            self.task.open_tokens = state.open_tokens;
            self.task.joined = state.joined;
            self.task.resting = state.resting;
            self.rewrite();
        }
        if self.task.status == state.status {
            return;
        }
        self.task.status = state.status;
        self.task.finished = state.status.is_final().then_some(now);
        if matches!(state.status, TaskStatus::Done | TaskStatus::Started) {
            self.task.started = self.task.started.or(Some(now));
        }
        self.rewrite();
    }

    /// What its state changes in what is due.
    pub(super) fn due_writes(
        &mut self,
        graph: &Graph<'_>,
        now: Timestamp,
        job_facts: fn(NodeId) -> JobFacts,
    ) -> Vec<DueWrite> {
        let wanted = self.due_kind(graph);
        if wanted == self.due {
            return Vec::new();
        }
        let had = std::mem::replace(&mut self.due, wanted);
        let task = &self.task;
        let key = |kind| DueWrite::Delete(DueKey::of_task(task.process_id, task.number, kind));
        let mut writes = Vec::new();
        match had {
            // Of a node that is not known any more, the row says too little to tell which it was.
            Some(DueKind::Timer) if self.kind(graph).is_none() => {
                writes.extend([DueKind::Job, DueKind::Timer].map(key))
            }
            Some(kind) => writes.push(key(kind)),
            None => {}
        }
        if let Some(kind) = wanted {
            let due = task.due.filter(|_| kind != DueKind::Continue).unwrap_or(now);
            let mut row = DueRow::new(task.process_id, task.number, kind, &task.flow, due);
            if kind == DueKind::Condition {
                row.due = now + LOOK_EVERY;
            }
            if let Some(lookup) = self.subscription.take() {
                // Signals are not kept, so only a message catch looks for one that came earlier.
                row.due = if task.kind == Kind::MessageCatch.name() { now } else { NEVER };
                row.queue = lookup;
            }
            if kind == DueKind::Job {
                let facts = job_facts(self.node);
                facts.queue.clone_into(&mut row.queue);
                row.priority = facts.priority;
                row.concurrency = facts.concurrency.map(|(node, _)| match self.concurrency_key.take() {
                    Some(key) => limits::of_key(&node, &key),
                    None => node,
                });
            }
            writes.push(DueWrite::Insert(row));
        }
        writes
    }

    /// What a task in its state has in `flow_due`.
    pub(super) fn due_kind(&self, graph: &Graph<'_>) -> Option<DueKind> {
        if self.task.status == TaskStatus::Done && self.task.resting {
            return Some(DueKind::Continue);
        }
        if self.kind(graph).is_some_and(Kind::subscribes) {
            // The key of a new catch is computed later, by a callback.
            let waits = self.subscription.is_some() || self.due.is_some() || self.before == Some(TaskStatus::New);
            return (waits && self.task.status == TaskStatus::New).then_some(DueKind::Catch);
        }
        let waits = match self.kind(graph) {
            Some(Kind::ConditionalCatch) => self.task.status == TaskStatus::New,
            Some(Kind::Job) | None => runs(self.task.status) && !self.needs_key(graph),
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

    /// Of a job that is scheduled in this transition: its key is computed later, by a callback.
    fn needs_key(&self, graph: &Graph<'_>) -> bool {
        self.concurrency_key.is_none()
            && self.due.is_none()
            && !self.before.is_some_and(runs)
            && graph.node(self.node).is_some_and(|node| node.keyed)
    }

    /// As it was when the task was made: what is due of it was written then, whatever its node has become.
    fn kind(&self, graph: &Graph<'_>) -> Option<Kind> {
        if let Some(stored) = Kind::from_name(&self.task.kind) {
            return Some(stored);
        }
        if self.node == UNKNOWN_NODE { None } else { graph.node(self.node).map(|node| node.kind) }
    }

    /// Whether a task that somebody may have begun to fill in the form of, or that is offered to people, is over by this
    /// transition.
    pub(super) fn ends_work_of_a_person(&self) -> bool {
        // One that this step has made may be written already.
        let was_open = match self.before {
            Some(before) => !before.is_final(),
            None => self.stored == Stored::Stale,
        };
        let of_person = Kind::from_name(&self.task.kind).is_some_and(Kind::is_task_of_a_person);
        was_open && self.task.status.is_final() && of_person
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
        // A catch has a row once it is known what it waits for.
        Kind::MessageCatch | Kind::SignalCatch => Some(DueKind::Catch),
        Kind::ConditionalCatch => Some(DueKind::Condition),
        Kind::Start
        | Kind::StartHandle
        | Kind::StartTimer
        | Kind::View
        | Kind::ManualTask
        | Kind::Function
        | Kind::SendHandle
        | Kind::BusinessRule
        | Kind::Handle
        | Kind::MessageThrow
        | Kind::SignalThrow
        | Kind::EscalationThrow
        | Kind::If
        | Kind::Switch
        | Kind::Split
        | Kind::SplitFirst
        | Kind::Join
        | Kind::Subprocess
        | Kind::NSubprocess
        | Kind::Obsolete
        | Kind::End
        | Kind::TerminateEnd
        | Kind::ErrorEnd
        | Kind::CompensateThrow
        | Kind::ErrorBoundary
        | Kind::EscalationBoundary
        | Kind::CompensationBoundary => None,
    }
}

/// A job that waits for a worker, or that one runs.
fn runs(status: TaskStatus) -> bool {
    matches!(status, TaskStatus::Scheduled | TaskStatus::Started)
}
