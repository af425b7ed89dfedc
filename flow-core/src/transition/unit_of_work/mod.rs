//! The unit of work of one transition: the rows that were read, what is planned, and what is written already.

mod audit;
mod batch;
mod compensation;
mod family;
mod fields;
mod items;
mod read;
mod tracked;
mod write;

use std::collections::BTreeMap;

use flow_graph::{Graph, Kind, NodeId};

pub(crate) use fields::Audited;
pub(crate) use items::Items;
use tracked::{Stored, Tracked};

use super::Actor;
use crate::candidate::Candidate;
use crate::data::Path;
use crate::engine::{ProcessState, Run, TaskState};
use crate::flow::JobFacts;
use crate::payload::Payload;
use crate::store::{AuditRow, DueRow, DueWrite, Filled, Locking};
use crate::{Error, JobFailure, Process, ProcessStatus, Result, Task, TaskFailure, TaskStatus, Timestamp};

/// The rows of one transition. The engine's tasks and these have the same places.
pub(crate) struct UnitOfWork {
    graph: &'static Graph<'static>,
    now: Timestamp,
    process: ProcessState,
    /// The number of the process; 0 until it has one.
    id: i64,
    tasks: Vec<Tracked>,
    /// Places of tasks that may have to be written; some may stand twice.
    to_write: Vec<usize>,
    /// The newest task of each node that is done, by its place.
    done: BTreeMap<NodeId, usize>,
    /// The process has a row.
    inserted: bool,
    /// How others are kept from the process.
    locking: Locking,
    /// What a query sees of the process, as its row has it; `None`: not known.
    stored: Option<StoredProcess>,
    /// The columns that its row has.
    filled: Filled,
    /// The process began in this transition.
    is_new: bool,
    /// The document as it was, once it is changed, and the paths that were written.
    document: Option<(String, Vec<Path>)>,
    /// Changes of what is due, beside those that the tasks' states bring.
    also: Vec<DueWrite>,
    /// What tasks throw, by their place, until they are done.
    thrown: Vec<(usize, DueRow)>,
    /// Whom new tasks are offered to, by their place, until they are written.
    offers: Vec<(usize, Vec<Candidate>)>,
    /// The items of tasks that wait for their turn, by their place.
    items: BTreeMap<usize, Items>,
    /// What tasks are given, by the task and edge they come by.
    payloads: BTreeMap<(usize, usize), Vec<Payload>>,
    /// The process is started inside its parent's transition, which asks itself how it ended.
    inside_parent: bool,
    /// What is stored of the jobs of a node.
    pub(crate) job_facts: fn(NodeId) -> JobFacts,
    /// What follows a failure of the first task, where that is a job.
    on_failure: Option<OnFailure>,
    /// Of a batch: it is written together with others.
    batched: bool,
    /// The audit row of one of a batch, once everything is planned.
    audit: Option<AuditRow>,
}

/// What a failed attempt at a job changes in what is due, and whether another one is left.
pub(crate) type OnFailure = Box<dyn FnOnce(&JobFailure) -> (Vec<DueWrite>, bool)>;

/// What the row of a process has, beside its document and its counters.
#[derive(Clone, PartialEq, Eq)]
struct StoredProcess {
    status: ProcessStatus,
    suspended: bool,
    reference: Option<String>,
    seed: (Option<String>, Option<String>),
    artifact: (Option<String>, Option<String>),
}

impl UnitOfWork {
    /// For a process that does not exist yet; without `locking` inside its parent's transition.
    pub(crate) fn start(graph: &'static Graph<'static>, now: Timestamp, locking: Option<Locking>) -> Self {
        let process = ProcessState { status: ProcessStatus::New, task_count: 0, open_tokens: 0, suspended: false };
        UnitOfWork {
            graph,
            now,
            process,
            id: 0,
            tasks: Vec::new(),
            to_write: Vec::new(),
            done: BTreeMap::new(),
            inserted: false,
            locking: locking.unwrap_or(Locking::Pessimistic),
            stored: None,
            filled: Filled::default(),
            is_new: true,
            document: None,
            also: Vec::new(),
            thrown: Vec::new(),
            offers: Vec::new(),
            items: BTreeMap::new(),
            payloads: BTreeMap::new(),
            inside_parent: locking.is_none(),
            job_facts: |_| JobFacts::default(),
            on_failure: None,
            batched: false,
            audit: None,
        }
    }

    /// For a process that goes on.
    pub(crate) fn open(graph: &'static Graph<'static>, now: Timestamp, process: &Process, locking: Locking) -> Self {
        let mut work = UnitOfWork::start(graph, now, Some(locking));
        work.inserted = true;
        work.is_new = false;
        work.id = process.id;
        work.process = ProcessState {
            status: process.status,
            task_count: process.task_count,
            open_tokens: process.open_tokens,
            suspended: process.suspended.is_some(),
        };
        work.stored = Some(work.as_stored(process));
        work.filled = Filled::from(process);
        work
    }

    /// Keeps what the tasks behind an edge are given.
    pub(crate) fn give(&mut self, task: usize, edge: usize, payloads: Vec<Payload>) {
        self.payloads.insert((task, edge), payloads);
    }

    pub(crate) fn process_state(&self) -> ProcessState {
        self.process
    }

    fn position(&self, number: i32) -> Option<usize> {
        self.tasks.iter().position(|tracked| tracked.task.number == number)
    }

    pub(crate) fn task(&self, at: usize) -> &Task {
        &self.tasks[at].task
    }

    /// A task, for what does not change its row.
    pub(crate) fn task_mut(&mut self, at: usize) -> &mut Task {
        &mut self.tasks[at].task
    }

    /// A task whose row is changed beside its state: an owner, an error, its document.
    pub(crate) fn touch(&mut self, at: usize) -> &mut Task {
        self.to_write.push(at);
        let tracked = &mut self.tasks[at];
        tracked.rewrite();
        &mut tracked.task
    }

    /// Names who does a new task.
    pub(crate) fn own(&mut self, at: usize, owner: &Actor) {
        self.tasks[at].task.owner = Some(owner.id.clone());
        self.tasks[at].task.on_behalf_of.clone_from(&owner.on_behalf_of);
    }

    /// Assigns a new task to a person whom the flow names.
    pub(crate) fn nominate(&mut self, at: usize, person: String) {
        let now = self.now;
        let task = self.touch(at);
        task.nominee = Some(person.clone());
        task.owner = Some(person);
        task.assigned = Some(now);
    }

    /// Offers a new task to people and groups.
    pub(crate) fn offer(&mut self, at: usize, candidates: Vec<Candidate>) {
        self.offers.push((at, candidates));
    }

    /// Notes what a catch waits for.
    pub(crate) fn subscribe(&mut self, at: usize, lookup: String) {
        self.to_write.push(at);
        self.tasks[at].subscription = Some(lookup);
    }

    /// Notes the key of a job, whose jobs share a limit.
    pub(crate) fn limit_by(&mut self, at: usize, key: String) {
        self.to_write.push(at);
        self.tasks[at].concurrency_key = Some(key);
    }

    /// Due work that a task leaves behind once it is done.
    pub(crate) fn throw(&mut self, at: usize, row: DueRow) {
        self.thrown.push((at, row));
    }

    /// Stores why a task failed, as a text that every database can hold.
    pub(crate) fn fail(&mut self, at: usize, text: &str) {
        self.thrown.retain(|(task, _)| *task != at);
        self.touch(at).error = Some(text.replace('\0', "\u{fffd}"));
    }

    /// The tasks that failed in this transition.
    pub(crate) fn failures(&self) -> Vec<TaskFailure> {
        let failed = self
            .tasks
            .iter()
            .filter(|tracked| tracked.task.status == TaskStatus::Error && tracked.before != Some(TaskStatus::Error));
        failed.map(|tracked| TaskFailure::of(&tracked.task)).collect()
    }

    /// What is to be done if the first task, a job, fails.
    pub(crate) fn on_failure(&mut self, f: OnFailure) {
        self.on_failure = Some(f);
    }

    /// A task has failed: whether it is a job of which another attempt is left, which is due then.
    pub(crate) fn is_tried_again(&mut self, at: usize, failure: Option<JobFailure>) -> bool {
        let Some(on_failure) = self.on_failure.take_if(|_| at == 0) else { return false };
        let Some(failure) = failure else { return false };
        let (writes, again) = on_failure(&failure);
        self.also.extend(writes);
        again
    }

    pub(crate) fn node(&self, at: usize) -> NodeId {
        self.tasks[at].node
    }

    pub(crate) fn node_name(&self, at: usize) -> &'static str {
        self.graph.node(self.node(at)).map_or("?", |node| node.name)
    }

    /// Takes over what the engine has planned.
    pub(crate) fn sync(&mut self, run: &mut Run<'static>) -> Result<()> {
        self.process = run.process();
        let changed = run.take_changed();
        for at in changed {
            let Some(state) = run.tasks().get(at) else { continue };
            match self.tasks.get_mut(at) {
                Some(tracked) => tracked.advance(state, self.now),
                None => self.append(state)?,
            }
            self.to_write.push(at);
            if state.status == TaskStatus::Done {
                self.newest_done(at);
                self.note_code(at);
            }
        }
        Ok(())
    }

    /// Notes a task that is done, for who asks for the owner of its node.
    fn newest_done(&mut self, at: usize) {
        let tracked = &self.tasks[at];
        let newest = self.done.entry(tracked.node).or_insert(at);
        if self.tasks[*newest].task.number <= tracked.task.number {
            *newest = at;
        }
    }

    /// The row of an `ErrorEnd` says with which error the process has ended.
    fn note_code(&mut self, at: usize) {
        let node = self.graph.node(self.tasks[at].node).filter(|node| node.kind == Kind::ErrorEnd);
        if let Some(code) = node.and_then(|node| node.code) {
            self.tasks[at].task.error = Some(code.to_owned());
            self.tasks[at].rewrite();
        }
    }

    fn append(&mut self, state: &TaskState) -> Result<()> {
        let node = self.graph.node(state.node);
        let node = node.ok_or_else(|| Error::Internal("a task of a node that does not exist".to_owned()))?;
        let mut task = Task::blank();
        task.process_id = self.id;
        task.number = state.number;
        self.graph.name.clone_into(&mut task.flow);
        node.name.clone_into(&mut task.node);
        node.kind.name().clone_into(&mut task.kind);
        node.kind.task_type().clone_into(&mut task.task_type);
        task.status = TaskStatus::New;
        task.token.clone_from(&state.token);
        task.scope = state.scope;
        task.previous = state.previous;
        task.host = state.host;
        task.armed = state.armed;
        task.created = self.now;
        let payload = state.via.and_then(|via| self.payloads.get_mut(&(via.task, via.edge))?.get_mut(via.item));
        if let Some(Payload { data, seed }) = payload.map(std::mem::take) {
            task.data = data.unwrap_or_default();
            (task.seed_type, task.seed_key) = seed.unzip();
        }
        if let Some(old) = state.copies.and_then(|at| self.tasks.get(at)).map(|old| &old.task) {
            task.data = old.data.copy();
            task.seed_type.clone_from(&old.seed_type);
            task.seed_key.clone_from(&old.seed_key);
            task.artifact_type.clone_from(&old.artifact_type);
            task.artifact_key.clone_from(&old.artifact_key);
            task.priority = old.priority;
        }
        let filled = Filled::default();
        let (stored, before) = (Stored::Nothing, None);
        let mut tracked = Tracked {
            task,
            node: state.node,
            before,
            stored,
            filled,
            due: None,
            subscription: None,
            concurrency_key: None,
        };
        tracked.advance(state, self.now);
        self.tasks.push(tracked);
        Ok(())
    }

    /// Changes what is due together with the transition.
    pub(crate) fn also(&mut self, write: DueWrite) {
        self.also.push(write);
    }
}
