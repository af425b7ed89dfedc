//! The rows of one transition: what was read, what is planned, what is written already.

mod entry;

use std::collections::BTreeMap;

use flow_graph::{Graph, NodeId};
use serde_json::{Map, Value};

use entry::{Entry, Written, due_kind, kind};

use super::Cause;
use crate::data::Document;
use crate::engine::{ProcessState, Run, TaskState};
use crate::gift::Gift;
use crate::store::{AuditRow, DueKind, DueRow, DueWrite, FlowConnection, Hold, ProcessWrite, Writes, lost_race};
use crate::{Error, Process, ProcessStatus, Result, Task, TaskStatus, Timestamp};

/// The rows of one transition. The engine's tasks and these have the same places.
pub(crate) struct Book {
    graph: &'static Graph<'static>,
    now: Timestamp,
    process: ProcessState,
    /// The number of the process; 0 until it has one.
    id: i64,
    entries: Vec<Entry>,
    /// Places of entries that may have to be written; some may stand twice.
    to_write: Vec<usize>,
    /// The newest task of each node that is done, by its place.
    done: BTreeMap<NodeId, usize>,
    /// The process has a row.
    inserted: bool,
    /// How others are kept from the process.
    hold: Hold,
    /// The process as its row has it; `None`: not known.
    stored: Option<Stored>,
    /// Changes of what is due, beside those that the tasks' states bring.
    also: Vec<DueWrite>,
    /// What tasks are given, by the task and edge they come by.
    gifts: BTreeMap<(usize, usize), Vec<Gift>>,
    /// The process is started inside its parent's transition, which asks itself how it ended.
    pub(crate) inside_parent: bool,
}

/// What a row of a process has, beside its document.
#[derive(Clone, PartialEq, Eq)]
struct Stored {
    state: ProcessState,
    seed: (Option<String>, Option<String>),
    artifact: (Option<String>, Option<String>),
}

impl Book {
    /// For a process that does not exist yet.
    pub(crate) fn new(graph: &'static Graph<'static>, now: Timestamp, hold: Hold) -> Self {
        let process = ProcessState { status: ProcessStatus::New, task_count: 0, open_tokens: 0 };
        Book {
            graph,
            now,
            process,
            id: 0,
            entries: Vec::new(),
            to_write: Vec::new(),
            done: BTreeMap::new(),
            inserted: false,
            hold,
            stored: None,
            also: Vec::new(),
            gifts: BTreeMap::new(),
            inside_parent: false,
        }
    }

    /// For a process that goes on, with the rows that were read.
    pub(crate) fn open(
        graph: &'static Graph<'static>,
        now: Timestamp,
        process: &Process,
        rows: Vec<Task>,
        hold: Hold,
    ) -> Self {
        let mut book = Book::new(graph, now, hold);
        book.inserted = true;
        book.id = process.id;
        book.process =
            ProcessState { status: process.status, task_count: process.task_count, open_tokens: process.open_tokens };
        book.stored = Some(book.as_stored(process));
        for task in rows {
            book.read(task);
        }
        book
    }

    /// Takes a row that was read. Rows of nodes that are gone take no part.
    fn read(&mut self, task: Task) -> Option<TaskState> {
        let node = self.graph.find(&task.node)?;
        let kind = kind(self.graph, node);
        let (before, due) = (Some(task.status), due_kind(kind, task.status).is_some());
        let entry = Entry { task, node, before, written: Written::Now, due };
        let state = entry.state();
        self.entries.push(entry);
        Some(state)
    }

    /// Reads a split, and the joins that wait for its branches.
    pub(crate) fn read_scope<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        process: i64,
        split: i32,
    ) -> Result<Vec<TaskState>> {
        let rows = conn.scope(process, split)?;
        Ok(rows.into_iter().filter_map(|row| self.read(row)).collect())
    }

    /// Keeps what the tasks behind an edge are given.
    pub(crate) fn keep(&mut self, task: usize, edge: usize, gifts: Vec<Gift>) {
        self.gifts.insert((task, edge), gifts);
    }

    /// Who did a node's task last: in this transition, or before it.
    pub(crate) fn owner_of<C: FlowConnection>(
        &self,
        conn: &mut C,
        process: i64,
        node: NodeId,
    ) -> Result<Option<String>> {
        if let Some(newest) = self.done.get(&node).and_then(|at| self.entries.get(*at)) {
            return Ok(newest.task.owner.clone());
        }
        let Some(node) = self.graph.node(node).filter(|_| self.inserted) else { return Ok(None) };
        let names: Vec<&str> = std::iter::once(node.name).chain(node.was.iter().copied()).collect();
        Ok(conn.last_owner(process, &names)?)
    }

    pub(crate) fn process_state(&self) -> ProcessState {
        self.process
    }

    /// What the engine needs of the rows that were read.
    pub(crate) fn states(&self) -> Vec<TaskState> {
        self.entries.iter().map(Entry::state).collect()
    }

    pub(crate) fn position(&self, number: i32) -> Option<usize> {
        self.entries.iter().position(|entry| entry.task.number == number)
    }

    pub(crate) fn task(&mut self, at: usize) -> &mut Task {
        &mut self.entries[at].task
    }

    /// Names who does a new task.
    pub(crate) fn own(&mut self, at: usize, owner: &str) {
        self.entries[at].task.owner = Some(owner.to_owned());
    }

    pub(crate) fn node(&self, at: usize) -> NodeId {
        self.entries[at].node
    }

    pub(crate) fn node_name(&self, at: usize) -> &'static str {
        self.graph.node(self.node(at)).map_or("?", |node| node.name)
    }

    /// Marks a row that was changed from outside the engine: an owner, an error.
    pub(crate) fn touch(&mut self, at: usize) -> &mut Task {
        self.to_write.push(at);
        let entry = &mut self.entries[at];
        entry.rewrite();
        &mut entry.task
    }

    /// Takes over what the engine has planned.
    pub(crate) fn sync(&mut self, run: &mut Run<'static>) -> Result<()> {
        self.process = run.process();
        let changed = run.take_changed();
        for at in changed {
            let Some(state) = run.tasks().get(at) else { continue };
            match self.entries.get_mut(at) {
                Some(entry) => entry.advance(state, self.now),
                None => self.append(state)?,
            }
            self.to_write.push(at);
            if state.status == TaskStatus::Done {
                self.newest_done(at);
            }
        }
        Ok(())
    }

    /// Notes a task that is done, for who asks for the owner of its node.
    fn newest_done(&mut self, at: usize) {
        let entry = &self.entries[at];
        let newest = self.done.entry(entry.node).or_insert(at);
        if self.entries[*newest].task.number <= entry.task.number {
            *newest = at;
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
        node.kind.task_type().clone_into(&mut task.task_type);
        task.status = TaskStatus::New;
        task.token.clone_from(&state.token);
        task.scope = state.scope;
        task.previous = state.previous;
        node.kind.name().clone_into(&mut task.kind);
        task.host = state.previous.filter(|_| node.kind.is_boundary());
        task.armed = i32::try_from(node.boundaries.len()).unwrap_or(i32::MAX);
        task.created = self.now;
        let gift = state.via.and_then(|via| self.gifts.get_mut(&(via.task, via.edge))?.get_mut(via.item));
        if let Some(Gift { data, seed }) = gift.map(std::mem::take) {
            task.data = data.unwrap_or_default();
            (task.seed_type, task.seed_key) = seed.unzip();
        }
        let mut entry = Entry { task, node: state.node, before: None, written: Written::Not, due: false };
        entry.advance(state, self.now);
        self.entries.push(entry);
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
        match conn.reserve_number()? {
            Some(number) => self.numbered(number, row),
            None => self.write(conn, row, None, false)?,
        }
        Ok(())
    }

    fn numbered(&mut self, number: i64, row: &mut Process) {
        row.id = number;
        self.id = number;
        for entry in &mut self.entries {
            entry.task.process_id = number;
        }
    }

    fn as_stored(&self, row: &Process) -> Stored {
        let pair = |name: &Option<String>, key: &Option<String>| (name.clone(), key.clone());
        Stored {
            state: self.process,
            seed: pair(&row.seed_type, &row.seed_key),
            artifact: pair(&row.artifact_type, &row.artifact_key),
        }
    }

    fn state_into(&self, row: &mut Process) {
        row.status = self.process.status;
        row.task_count = self.process.task_count;
        row.open_tokens = self.process.open_tokens;
        if self.process.status != ProcessStatus::New && row.finished.is_none() {
            row.finished = Some(self.now);
        }
    }

    /// Writes everything planned so far, for a callback that takes the connection. From here on a transaction is
    /// open and the process locked.
    pub(crate) fn show<C: FlowConnection>(&mut self, conn: &mut C, row: &mut Process) -> Result<()> {
        if self.hold == Hold::Version {
            if !conn.hold(self.inserted.then_some((row.id, row.version)))? {
                return Err(lost_race().into());
            }
            self.hold = Hold::Lock;
        }
        let same = self.stored.as_ref() == Some(&self.as_stored(row)) && row.data.size_if_changed() == 0;
        if same && self.to_write.is_empty() { Ok(()) } else { self.write(conn, row, None, true) }
    }

    /// Writes the rest, and the audit row: the transition is complete.
    pub(crate) fn finish<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        row: &mut Process,
        cause: Cause<'_>,
    ) -> Result<()> {
        self.state_into(row);
        row.version += 1;
        self.wake_parent(conn, row)?;
        let audit = self.audit_row(row, cause);
        self.write(conn, row, Some(audit), true)
    }

    fn audit_row(&self, row: &Process, cause: Cause<'_>) -> AuditRow {
        let changes: Map<String, Value> = self
            .entries
            .iter()
            .filter(|entry| entry.before != Some(entry.task.status))
            .map(|entry| (entry.task.number.to_string(), entry.task.status.as_str().into()))
            .collect();
        let subject = self.entries.get(cause.subject).map(|entry| &entry.task);
        AuditRow {
            process_id: row.id,
            number: 0,
            version: row.version,
            at: self.now,
            actor: cause.actor.to_owned(),
            action: cause.action.to_owned(),
            task: subject.map(|task| task.number),
            node: subject.map(|task| task.node.clone()),
            process_status: row.status,
            changes: Document::from(Value::Object(changes).to_string()),
            note: None,
            on_behalf_of: None,
            fields: None,
        }
    }

    /// One parcel: the row of the process, the tasks that changed, what is due, the audit row.
    fn write<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        row: &mut Process,
        audit: Option<AuditRow>,
        tasks: bool,
    ) -> Result<()> {
        self.state_into(row);
        let mut places = if tasks { std::mem::take(&mut self.to_write) } else { Vec::new() };
        places.sort_unstable();
        places.dedup();
        let from = match (self.hold, &audit) {
            (Hold::Version, Some(audit)) => Some(audit.version - 1),
            _ => None,
        };
        let process = if self.inserted { ProcessWrite::Changed { row, from } } else { ProcessWrite::New(row) };
        let mut writes = Writes {
            process,
            new_tasks: Vec::new(),
            changed_tasks: Vec::new(),
            due: std::mem::take(&mut self.also),
            audit,
        };
        let (mut rest, mut first) = (self.entries.as_mut_slice(), 0);
        for at in &places {
            let Some((entry, behind)) = rest.split_at_mut_checked(at - first).and_then(|(_, on)| on.split_first_mut())
            else {
                break;
            };
            (rest, first) = (behind, at + 1);
            writes.due.extend(entry.due_write(self.graph, self.id, self.now));
            match std::mem::replace(&mut entry.written, Written::Now) {
                Written::Not => writes.new_tasks.push(&mut entry.task),
                Written::Before => writes.changed_tasks.push(&entry.task),
                Written::Now => {}
            }
        }
        let id = conn.write(writes)?.ok_or_else(lost_race)?;
        row.data.settle();
        self.stored = Some(self.as_stored(row));
        if !self.inserted {
            self.inserted = true;
            self.numbered(id, row);
        }
        for at in places {
            self.entries[at].task.data.settle();
        }
        Ok(())
    }

    /// A child that has ended leaves its parent to be resumed: as due work, so that no second process is
    /// locked inside the first.
    fn wake_parent<C: FlowConnection>(&mut self, conn: &mut C, row: &Process) -> Result<()> {
        let ended = row.status != ProcessStatus::New && row.finished == Some(self.now);
        let Some(parent) = row.parent_process.filter(|_| ended && !self.inside_parent) else { return Ok(()) };
        if let Some(parent) = conn.process(parent)? {
            self.also(DueWrite::Insert(DueRow::new(row.id, 0, DueKind::Resume, &parent.flow, self.now)));
        }
        Ok(())
    }
}
