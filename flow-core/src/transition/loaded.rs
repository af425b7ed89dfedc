//! A process in memory while a transition is planned, and the callbacks of its flow.

use std::any::Any;

use flow_graph::{Kind, NodeId, Slot};

use super::{Audited, ChildPlan, UnitOfWork};
use crate::callback::{Callback, Cx, Reply, When};
use crate::engine::Answer;
use crate::event;
use crate::flow::{JobFacts, NodeDef, node};
use crate::in_step::InStep;
use crate::proxy::{self, JsonProxy as _, ProcessProxy};
use crate::store::{FlowConnection, Store as _};
use crate::{Error, FieldError, Flow, Process, Result, StepError, Task, Timestamp, calendar, clock};

/// What a callback must be able to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The process, with its number.
    pub(crate) activation: bool,
    /// Everything planned so far, in the database.
    pub(crate) connection: bool,
}

/// What a callback led to.
pub(crate) enum Called<C> {
    Answer(Answer),
    /// A child process that is to be started.
    Child(ChildPlan<C>),
}

/// A process in memory, whatever its type: so that the loop of a transition is compiled once per connection type.
pub(crate) trait Subject<C> {
    fn row(&self) -> &Process;
    fn row_mut(&mut self) -> &mut Process;
    /// Writes the typed fields into the row.
    fn store(&mut self) -> Result<(), Vec<FieldError>>;
    /// Whether the joined columns may have been changed since they were last written.
    fn joined_changed(&self) -> bool;
    /// Writes the joined columns.
    fn write_joined(&mut self, conn: &mut C) -> Result<()>;
    /// Reads the typed fields from this row again, and the joined ones: what a failed callback set is gone.
    fn reset(&mut self, row: Process, conn: &mut C) -> Result<()>;
    fn needs(&self, node: NodeId, slot: Slot) -> Needs;
    /// Whether any callback of the node takes the connection.
    fn connects(&self, node: NodeId) -> bool;
    /// Calls the callback of a task.
    fn call(&mut self, task: usize, slot: Slot, work: &mut UnitOfWork, conn: &mut C) -> Result<Called<C>, StepError>;
    /// What is stored of the jobs of a node.
    fn job_facts(&self) -> fn(NodeId) -> JobFacts;
    /// What the audit says of the fields of its type.
    fn audited(&self) -> Audited;
    /// Itself, for who knows its type.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// A process as its flow's own type.
pub(crate) struct Loaded<F: Flow> {
    /// `None` only while a callback has it.
    process: Option<F::Process>,
    /// What stands in for the row then; nothing reads it.
    spare: Process,
    /// What the caller handed over, for the code of the first task.
    input: Option<Box<dyn Any>>,
    /// Who acts, in a foreground step.
    actor: Option<String>,
}

impl<F: Flow> Loaded<F> {
    /// The process of a row, with the columns that are joined to it.
    pub(crate) fn load(row: Process, conn: &mut F::Connection) -> Result<Self> {
        let spare = Process::new("", row.created, crate::data::Document::default());
        Ok(Loaded { process: Some(proxy::load(row, conn)?), spare, input: None, actor: None })
    }

    /// With what the caller handed over.
    pub(crate) fn with_input(self, input: Option<Box<dyn Any>>) -> Self {
        Loaded { input, ..self }
    }

    /// For a step of the foreground, in which this user acts.
    pub(crate) fn acting(self, actor: Option<&str>) -> Self {
        Loaded { actor: actor.map(str::to_owned), ..self }
    }

    pub(crate) fn into_process(self) -> Result<F::Process> {
        self.process.ok_or_else(|| Error::Internal("the process was not returned".to_owned()))
    }

    /// What a rule of permission is asked with.
    pub(crate) fn cx<'c>(&'c mut self, task: &'c mut Task, conn: &'c mut F::Connection) -> Cx<'c, F> {
        Cx { process: &mut self.process, task, input: None, actor: None, conn }
    }

    /// Whom a new task of a person is offered to, how urgent it is, and when it is due.
    fn describe(
        &mut self,
        at: usize,
        def: &NodeDef<F>,
        work: &mut UnitOfWork,
        conn: &mut F::Connection,
    ) -> Result<(), StepError> {
        for callback in BESIDE_ASSIGNEE.iter().filter_map(|slot| def.callback(*slot)) {
            match self.run(callback, None, work.task_mut(at), conn)? {
                Reply::Candidates(candidates) => {
                    for candidate in &candidates {
                        super::permit::storable(candidate.id())?;
                    }
                    work.offer(at, candidates);
                }
                Reply::Priority(priority) => work.touch(at).priority = priority,
                Reply::Due(when) => {
                    let task = work.touch(at);
                    task.due = due_time::<F>(when, task.created)?;
                }
                _ => return Err(Error::Internal(format!("`{}` has another answer", work.node_name(at))).into()),
            }
        }
        Ok(())
    }

    fn run(
        &mut self,
        callback: &Callback<F>,
        input: Option<Box<dyn Any>>,
        task: &mut Task,
        conn: &mut F::Connection,
    ) -> Result<Reply<F::Connection>, StepError> {
        let _in_step = callback.connection.then(|| InStep::enter(conn, task.process_id));
        (callback.call)(&mut Cx { process: &mut self.process, task, input, actor: self.actor.as_deref(), conn })
    }
}

impl<F: Flow> Subject<F::Connection> for Loaded<F> {
    fn row(&self) -> &Process {
        self.process.as_ref().map_or(&self.spare, ProcessProxy::row)
    }

    fn row_mut(&mut self) -> &mut Process {
        self.process.as_mut().map_or(&mut self.spare, ProcessProxy::row_mut)
    }

    fn store(&mut self) -> Result<(), Vec<FieldError>> {
        let Some(process) = &mut self.process else { return Ok(()) };
        process.store()?;
        if let Some(reference) = F::REFERENCE {
            let text = reference(process);
            process.row_mut().reference = stored_reference(&text);
        }
        Ok(())
    }

    fn joined_changed(&self) -> bool {
        self.process.as_ref().is_some_and(proxy::joined_changed)
    }

    fn write_joined(&mut self, conn: &mut F::Connection) -> Result<()> {
        let Some(process) = &mut self.process else { return Ok(()) };
        proxy::write_joined(process, conn)?;
        proxy::settle_joined(process, false);
        Ok(())
    }

    fn reset(&mut self, row: Process, conn: &mut F::Connection) -> Result<()> {
        self.process = Some(proxy::load(row, conn)?);
        Ok(())
    }

    fn needs(&self, id: NodeId, slot: Slot) -> Needs {
        let Ok((_, def)) = node::<F>(id) else { return Needs::default() };
        let beside = if slot == Slot::Assignee { BESIDE_ASSIGNEE } else { &[] };
        let callbacks = std::iter::once(&slot).chain(beside).filter_map(|slot| def.callback(*slot));
        // A signal is thrown by a statement of its own.
        let throws = slot == Slot::Act && throws_signal::<F>(id);
        callbacks.fold(Needs { activation: throws, connection: throws }, |needs, callback| Needs {
            activation: needs.activation || callback.activation,
            connection: needs.connection || callback.connection,
        })
    }

    fn connects(&self, id: NodeId) -> bool {
        node::<F>(id).is_ok_and(|(_, def)| def.callbacks.iter().any(|callback| callback.connection))
            || throws_signal::<F>(id)
    }

    fn call(
        &mut self,
        at: usize,
        slot: Slot,
        work: &mut UnitOfWork,
        conn: &mut F::Connection,
    ) -> Result<Called<F::Connection>, StepError> {
        let (known, def) = node::<F>(work.node(at))?;
        let (process, kind) = (self.row().id, known.kind);
        if slot == Slot::Assignee {
            self.describe(at, def, work, conn)?;
        }
        if let (Slot::Act, Some(name), true) = (slot, def.signal, throws_signal::<F>(work.node(at))) {
            let id = work.task(at).id();
            conn.store().throw_signal(&event::signal(name), &id.to_string(), clock::now())?;
        }
        let reply = match def.callback(slot) {
            Some(callback) => {
                let input: Option<Box<dyn Any>> = match slot {
                    Slot::Continue => Some(Box::new(work.branches(conn, process, at)?)),
                    Slot::Act if kind.runs_child() => {
                        Some(Box::new(conn.store().done_children(process, work.task(at).number)?))
                    }
                    Slot::Act if at == 0 => self.input.take(),
                    Slot::Child if kind == Kind::NSubprocess => Some(Box::new(work.next_item(conn, at)?)),
                    _ => None,
                };
                // A read-only callback cannot change the row.
                let task = if slot.acts() { work.touch(at) } else { work.task_mut(at) };
                self.run(callback, input, task, conn)?
            }
            None => match (slot, def.owner_of) {
                (Slot::Assignee, Some(node)) => Reply::Assignee(work.last_owner(conn, process, node)?),
                (Slot::Assignee, None) => Reply::Assignee(None),
                (Slot::Act | Slot::Created | Slot::DueTime | Slot::Undo, _) => Reply::Done,
                (Slot::Subscription, _) => {
                    work.subscribe(at, event::signal(def.signal.unwrap_or_default()));
                    Reply::Done
                }
                _ => return Err(Error::Internal(format!("`{}` has no {slot:?}", work.node_name(at))).into()),
            },
        };
        Ok(Called::Answer(match reply {
            Reply::Done => Answer::Done,
            Reply::Holds(holds) => Answer::Holds(holds),
            Reply::Edge(edge) => Answer::Edge(edge),
            Reply::Branches(payloads) => {
                let count = payloads.len();
                work.give(at, slot.edge().unwrap_or_default(), payloads);
                Answer::Times(count)
            }
            Reply::Payload(payload) => {
                work.give(at, slot.edge().unwrap_or_default(), vec![payload]);
                Answer::Done
            }
            Reply::Assignee(person) => {
                let person = person.filter(|person| !person.is_empty());
                if let Some(person) = &person {
                    super::permit::storable(person)?;
                }
                let assigned = match person {
                    Some(person) if !work.did_any(conn, process, def.different_from, &person)? => {
                        work.nominate(at, person);
                        true
                    }
                    _ => false,
                };
                Answer::Assigned(assigned)
            }
            Reply::Due(when) => {
                let task = work.touch(at);
                task.due = due_time::<F>(when, task.created)?;
                if task.due.is_none() {
                    return Err(Error::Internal("a timer that is never due".to_owned()).into());
                }
                Answer::Done
            }
            Reply::Key(key) if slot == Slot::ConcurrencyKey => {
                event::check_concurrency_key(&key)?;
                work.limit_by(at, key);
                Answer::Done
            }
            Reply::Key(key) => {
                let name = def.message.map_or("", |message| message.name);
                work.subscribe(at, event::message(name, &key)?);
                Answer::Done
            }
            Reply::Message(key, value) => {
                let Some(message) = &def.message else {
                    return Err(Error::Internal(format!("`{}` throws no message", work.node_name(at))).into());
                };
                let place = (work.task(at).process_id, work.task(at).number);
                work.throw(at, super::event::thrown(F::GRAPH.name, place, message, (key, value))?);
                Answer::Done
            }
            Reply::Child(plan) => return Ok(Called::Child(plan)),
            Reply::Items(items) => {
                let count = items.len();
                work.give_items(at, items.into());
                Answer::Times(count)
            }
            Reply::Candidates(_) | Reply::Priority(_) => {
                return Err(Error::Internal(format!("{slot:?} was asked by itself")).into());
            }
        }))
    }

    fn job_facts(&self) -> fn(NodeId) -> JobFacts {
        JobFacts::of::<F>
    }

    fn audited(&self) -> Audited {
        Audited { fields: F::Process::META, values: F::AUDIT_VALUES }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Whether a node throws a signal.
fn throws_signal<F: Flow>(id: NodeId) -> bool {
    node::<F>(id).is_ok_and(|(node, _)| node.kind == Kind::SignalThrow)
}

/// When a task is due that was made at this time.
fn due_time<F: Flow>(when: When, created: Timestamp) -> Result<Option<Timestamp>, StepError> {
    Ok(Some(match when {
        When::After(length) => created + length,
        When::At(at) => at,
        When::Working(days) => calendar::after(created, days, F::CALENDAR.unwrap_or(&calendar::Weekdays))?,
        When::Never => return Ok(None),
    }))
}

/// What is asked together with who is assigned to a new task.
const BESIDE_ASSIGNEE: &[Slot] = &[Slot::Candidates, Slot::Priority, Slot::DueTime];

/// Most characters of a reference, which an index has.
const LONGEST_REFERENCE: usize = 200;

/// A reference as a column can hold it; none, if it is empty.
fn stored_reference(text: &str) -> Option<String> {
    let text: String = text.trim().replace('\0', "\u{fffd}").chars().take(LONGEST_REFERENCE).collect();
    (!text.is_empty()).then_some(text)
}

/// The row alone, for what runs no code of the flow: a document that cannot be read is no hindrance.
pub(crate) struct RowOnly(pub(crate) Process);

impl<C: FlowConnection> Subject<C> for RowOnly {
    fn row(&self) -> &Process {
        &self.0
    }

    fn row_mut(&mut self) -> &mut Process {
        &mut self.0
    }

    fn store(&mut self) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    fn joined_changed(&self) -> bool {
        false
    }

    fn write_joined(&mut self, _: &mut C) -> Result<()> {
        Ok(())
    }

    fn reset(&mut self, row: Process, _: &mut C) -> Result<()> {
        self.0 = row;
        Ok(())
    }

    fn needs(&self, _: NodeId, _: Slot) -> Needs {
        Needs::default()
    }

    fn connects(&self, _: NodeId) -> bool {
        false
    }

    fn call(&mut self, _: usize, slot: Slot, _: &mut UnitOfWork, _: &mut C) -> Result<Called<C>, StepError> {
        match slot {
            Slot::Undo => Ok(Called::Answer(Answer::Done)),
            slot => Err(Error::Internal(format!("{slot:?} was asked of a row alone")).into()),
        }
    }

    fn job_facts(&self) -> fn(NodeId) -> JobFacts {
        |_| JobFacts::default()
    }

    fn audited(&self) -> Audited {
        Audited { fields: &[], values: false }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
