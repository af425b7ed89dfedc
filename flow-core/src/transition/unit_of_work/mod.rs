//! The unit of work of one transition: the rows that were read, what is planned, and what is written already.

mod audit;
mod batch;
mod compensation;
mod family;
mod fields;
mod items;
mod tracked;

use std::collections::BTreeMap;

use flow_graph::{Graph, Kind, NodeId};

pub(crate) use fields::Audited;
pub(crate) use items::Items;
use tracked::{Stored, Tracked};

use super::{Actor, Cause};
use crate::branches::Which;
use crate::candidate::Candidate;
use crate::data::Path;
use crate::engine::{ProcessState, Rows, Run, TaskState, UNKNOWN_NODE};
use crate::flow::JobFacts;
use crate::payload::Payload;
use crate::store::{
    AuditRow, DueRow, DueWrite, Filled, FlowConnection, Locking, NewCandidate, ProcessWrite, Store as _,
    TransitionWrite, lost_race, needs_connection,
};
use crate::{
    Branches, DataError, Error, JobFailure, Process, ProcessStatus, Result, Task, TaskFailure, TaskStatus, Timestamp,
};

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
    /// The process as its row has it; `None`: not known.
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

/// What the row of a process has, beside its document.
#[derive(Clone, PartialEq, Eq)]
struct StoredProcess {
    state: ProcessState,
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

    /// Takes a row that was read, as the engine sees it.
    pub(crate) fn read(&mut self, task: Task) -> TaskState {
        let node = self.graph.find(&task.node).unwrap_or(UNKNOWN_NODE);
        let before = Some(task.status);
        let filled = Filled::from(&task);
        let mut tracked =
            Tracked { task, node, before, stored: Stored::Current, filled, due: None, subscription: None };
        tracked.due = tracked.due_kind(self.graph);
        let state = tracked.state();
        self.tasks.push(tracked);
        state
    }

    /// Reads the rows that the engine asks for, but for those that it has.
    pub(crate) fn read_rows<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        process: i64,
        rows: Rows,
    ) -> Result<Vec<TaskState>> {
        let found = match rows {
            Rows::Scope(split) => conn.store().scope(process, split)?,
            Rows::Race(split) => self.read_race(conn, process, split)?,
            Rows::Boundaries(host) => conn.store().with_boundaries(process, host)?,
            Rows::Open => {
                let mut rows = conn.store().open_tasks(process)?;
                rows.extend(conn.store().resting_tasks(process)?);
                rows
            }
            Rows::Tokens => {
                let mut rows = conn.store().open_tasks(process)?;
                rows.extend(conn.store().resting_tasks(process)?);
                // Load the enclosing splits of the open tasks, level by level, and of those that this unit of work has
                // changed: what it has ended may be stored as ended already.
                loop {
                    let changed = self.tasks.iter().map(|tracked| &tracked.task);
                    let mut around: Vec<i32> = rows.iter().chain(changed).filter_map(|row| row.scope).collect();
                    around.sort_unstable();
                    around.dedup();
                    around.retain(|split| !rows.iter().any(|row| row.number == *split));
                    around.retain(|split| self.position(*split).is_none());
                    if around.is_empty() {
                        break rows;
                    }
                    rows.extend(conn.store().numbered_tasks(process, &around)?);
                }
            }
            Rows::All => conn.store().tasks(process)?,
            Rows::Compensation => return self.compensation(conn, process),
            Rows::Handlers { throw, after, most } => return self.handlers(conn, process, (throw, after, most)),
            Rows::Conditions if !self.inserted => Vec::new(),
            Rows::Conditions => {
                let mut rows = conn.store().open_tasks(process)?;
                rows.retain(|task| task.kind == Kind::ConditionalCatch.name());
                rows
            }
        };
        if let Rows::Scope(split) = rows {
            self.knows_joins(split, &found)?;
        }
        let mut states = Vec::new();
        for row in found {
            if self.position(row.number).is_none() {
                states.push(self.read(row));
            }
        }
        Ok(states)
    }

    /// The rows of a race; of a split of another kind its own alone.
    fn read_race<C: FlowConnection>(&self, conn: &mut C, process: i64, split: i32) -> Result<Vec<Task>> {
        let Some(row) = conn.store().task(process, split)? else { return Ok(Vec::new()) };
        let mut rows =
            if row.kind == Kind::SplitFirst.name() { conn.store().racers(process, split)? } else { Vec::new() };
        rows.insert(0, row);
        Ok(rows)
    }

    /// Refuses to go on where a join waits that this version of the code does not have: branches that it leads elsewhere
    /// would never meet those that have arrived.
    fn knows_joins(&self, split: i32, rows: &[Task]) -> Result<()> {
        let is_join = |row: &Task| {
            let node = self.graph.find(&row.node).and_then(|id| self.graph.node(id));
            node.is_some_and(|node| node.kind == Kind::Join)
        };
        match rows.iter().find(|row| row.number != split && !is_join(row)) {
            None => Ok(()),
            Some(row) => Err(Error::from(Box::new(DataError {
                process: row.process_id,
                task: Some(row.id()),
                row: None,
                field: "node",
                path: "node".to_owned(),
                found: format!("`{}`", row.node),
                expected: format!("the name of a join of `{}`", self.graph.name),
            }))),
        }
    }

    /// Keeps what the tasks behind an edge are given.
    pub(crate) fn give(&mut self, task: usize, edge: usize, payloads: Vec<Payload>) {
        self.payloads.insert((task, edge), payloads);
    }

    /// The branches that have arrived in a join, and those that are open.
    pub(crate) fn branches<C: FlowConnection>(
        &self,
        conn: &mut C,
        process: i64,
        join: usize,
    ) -> Result<(Branches, Branches)> {
        let join = &self.tasks[join].task;
        let split = join.scope.and_then(|split| self.position(split)).map(|at| &self.tasks[at].task);
        let split = split.ok_or_else(|| Error::Internal("a join whose split was not read".to_owned()))?;
        let token = format!("{}/{}", split.token, split.number);
        let prefix = format!("{token}_");
        let mut tasks = if self.inserted { conn.store().tasks_inside(process, &token)? } else { Vec::new() };
        // Rows of this unit of work are newer than the stored ones.
        tasks.retain(|task| self.position(task.number).is_none());
        tasks.extend(
            self.tasks.iter().map(|tracked| &tracked.task).filter(|task| task.token.starts_with(&prefix)).cloned(),
        );
        tasks.sort_unstable_by_key(|task| task.number);
        let arrived = Branches::of_tasks(&tasks, &prefix, Which::Arrived(join.number));
        Ok((arrived, Branches::of_tasks(&tasks, &prefix, Which::Open)))
    }

    /// Who did a node's task last: in this transition, or before it.
    pub(crate) fn last_owner<C: FlowConnection>(
        &self,
        conn: &mut C,
        process: i64,
        node: NodeId,
    ) -> Result<Option<String>> {
        if let Some(newest) = self.done.get(&node).and_then(|at| self.tasks.get(*at)) {
            return Ok(newest.task.owner.clone());
        }
        if !self.inserted {
            return Ok(None);
        }
        Ok(conn.store().last_owner(process, &self.graph.names(node).collect::<Vec<_>>())?)
    }

    /// Whether a person did a task of one of these nodes: in this transition, or before it.
    pub(crate) fn did_any<C: FlowConnection>(
        &self,
        conn: &mut C,
        process: i64,
        nodes: &[NodeId],
        person: &str,
    ) -> Result<bool> {
        if nodes.is_empty() {
            return Ok(false);
        }
        let now = self.tasks.iter().any(|tracked| {
            nodes.contains(&tracked.node)
                && tracked.task.status == TaskStatus::Done
                && tracked.task.owner.as_deref() == Some(person)
        });
        if now || !self.inserted {
            return Ok(now);
        }
        let names: Vec<&str> = nodes.iter().flat_map(|node| self.graph.names(*node)).collect();
        Ok(conn.store().did_task(process, &names, person)?)
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
        let mut tracked = Tracked { task, node: state.node, before, stored, filled, due: None, subscription: None };
        tracked.advance(state, self.now);
        self.tasks.push(tracked);
        Ok(())
    }

    /// Changes what is due together with the transition.
    pub(crate) fn also(&mut self, write: DueWrite) {
        self.also.push(write);
    }

    /// Gives a new process its number, for a callback that looks at it: reserved where the database can, else by
    /// writing its row.
    pub(crate) fn number_process<C: FlowConnection>(&mut self, conn: &mut C, row: &mut Process) -> Result<()> {
        if self.inserted || self.id != 0 {
            return Ok(());
        }
        match conn.store().reserve_number()? {
            Some(number) => self.numbered(number, row),
            None => self.write(conn, row, None, false)?,
        }
        Ok(())
    }

    fn numbered(&mut self, number: i64, row: &mut Process) {
        row.id = number;
        self.id = number;
        for tracked in &mut self.tasks {
            tracked.task.process_id = number;
        }
    }

    fn as_stored(&self, row: &Process) -> StoredProcess {
        let pair = |name: &Option<String>, key: &Option<String>| (name.clone(), key.clone());
        StoredProcess {
            state: self.process,
            seed: pair(&row.seed_type, &row.seed_key),
            artifact: pair(&row.artifact_type, &row.artifact_key),
        }
    }

    fn state_into(&self, row: &mut Process) {
        row.status = self.process.status;
        row.task_count = self.process.task_count;
        row.open_tokens = self.process.open_tokens;
        row.finished = match self.process.status {
            // The End of a process that was done is undone.
            ProcessStatus::New => None,
            _ => row.finished.or(Some(self.now)),
        };
    }

    /// Writes everything planned so far, for a callback that takes the connection. From here on a transaction is
    /// open and the process locked.
    pub(crate) fn show<C: FlowConnection>(&mut self, conn: &mut C, row: &mut Process) -> Result<()> {
        if self.batched {
            return Err(needs_connection().into());
        }
        if self.locking == Locking::Optimistic {
            if !conn.store().begin_locked(self.inserted.then_some((row.id, row.version)))? {
                return Err(lost_race().into());
            }
            self.locking = Locking::Pessimistic;
        }
        let same = self.stored.as_ref() == Some(&self.as_stored(row)) && row.data.size_if_changed() == 0;
        if same && self.to_write.is_empty() { Ok(()) } else { self.write(conn, row, None, true) }
    }

    /// Writes the rest, and the audit row: the transition is complete.
    pub(crate) fn finish<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        row: &mut Process,
        cause: &Cause,
        audited: &Audited,
    ) -> Result<()> {
        self.state_into(row);
        row.version += 1;
        self.tell_parent(conn, row, cause)?;
        self.cancel_children(conn)?;
        self.keep_items(conn, row.version)?;
        self.note_fields(row);
        let audit = self.audit_row(row, cause, audited);
        if self.batched {
            self.audit = Some(audit);
            return Ok(());
        }
        self.write(conn, row, Some(audit), true)
    }

    /// Writes the row of the process, the tasks that changed, what is due, and the audit row.
    fn write<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        row: &mut Process,
        audit: Option<AuditRow>,
        tasks: bool,
    ) -> Result<()> {
        self.state_into(row);
        self.note_fields(row);
        let (writes, places) = self.writes(row, audit, tasks);
        let Some(id) = conn.store().write(writes)? else { return Err(self.overtaken(row)) };
        row.data.settle();
        self.stored = Some(self.as_stored(row));
        self.filled = Filled::from(&*row);
        if !self.inserted {
            self.inserted = true;
            self.numbered(id, row);
        }
        for at in places {
            self.tasks[at].task.data.settle();
        }
        Ok(())
    }

    /// What is to be written, and the places of its tasks.
    fn writes<'w>(
        &'w mut self,
        row: &'w Process,
        audit: Option<AuditRow>,
        tasks: bool,
    ) -> (TransitionWrite<'w>, Vec<usize>) {
        let mut places = if tasks { std::mem::take(&mut self.to_write) } else { Vec::new() };
        places.sort_unstable();
        places.dedup();
        let read = if audit.is_some() { row.version - 1 } else { row.version };
        let process = if self.inserted {
            ProcessWrite::Changed { row, from: read, filled: self.filled }
        } else {
            ProcessWrite::New(row)
        };
        let mut writes = TransitionWrite {
            process,
            new_tasks: Vec::new(),
            changed_tasks: Vec::new(),
            due: std::mem::take(&mut self.also),
            candidates: Vec::new(),
            over: Vec::new(),
            audit,
        };
        for (at, candidates) in self.offers.extract_if(.., |(at, _)| places.contains(at)) {
            let Task { number: task, status, .. } = self.tasks[at].task;
            if status.is_final() {
                // It was made and cancelled by the same step.
                continue;
            }
            writes.candidates.extend(candidates.into_iter().map(|candidate| NewCandidate { task, candidate }));
        }
        let tasks = &self.tasks;
        let done = |task: usize| tasks[task].task.status == TaskStatus::Done;
        writes.due.extend(self.thrown.extract_if(.., |(at, _)| done(*at)).map(|(_, row)| DueWrite::Insert(row)));
        let (mut rest, mut first) = (self.tasks.as_mut_slice(), 0);
        for at in &places {
            let Some((tracked, behind)) =
                rest.split_at_mut_checked(at - first).and_then(|(_, on)| on.split_first_mut())
            else {
                break;
            };
            (rest, first) = (behind, at + 1);
            writes.due.extend(tracked.due_writes(self.graph, self.now, self.job_facts));
            if tracked.ends_work_of_a_person() {
                writes.over.push(tracked.task.number);
            }
            let filled = std::mem::replace(&mut tracked.filled, Filled::from(&tracked.task));
            match std::mem::replace(&mut tracked.stored, Stored::Current) {
                Stored::Nothing => writes.new_tasks.push(&mut tracked.task),
                Stored::Stale => writes.changed_tasks.push((&tracked.task, filled)),
                Stored::Current => {}
            }
        }
        (writes, places)
    }

    /// The row has another version than was read. Behind its lock only a callback of this very transition can have
    /// changed it.
    fn overtaken(&self, row: &Process) -> Error {
        match self.locking {
            Locking::Optimistic => lost_race().into(),
            Locking::Pessimistic if !self.inserted => lost_race().into(),
            Locking::Pessimistic => UnitOfWork::changed_by_itself(row),
        }
    }

    /// A callback has changed its own process.
    pub(crate) fn changed_by_itself(row: &Process) -> Error {
        Error::misuse(format!(
            "process {} was changed by one of its own callbacks directly in the database; use `a.process` and `a.task` there",
            row.id
        ))
    }
}
