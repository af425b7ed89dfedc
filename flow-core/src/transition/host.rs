//! What the loop needs of a flow, whatever its process type: answers to the engine's questions.

use std::any::Any;

use flow_graph::NodeId;

use super::Book;
use crate::callback::{Callback, Cx};
use crate::engine::{Answer, Ask};
use crate::flow::{Assign, When, node};
use crate::job::JobCall;
use crate::proxy::{self, ProcessProxy};
use crate::{Error, FieldError, Flow, Process, Result, StepError, Task};

/// What a callback must be able to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The process, with its number.
    pub(crate) activation: bool,
    /// Everything planned so far, in the database.
    pub(crate) connection: bool,
}

/// A process in memory, as its flow's own type, behind a face that knows only rows.
pub(crate) trait Host<C> {
    fn row_mut(&mut self) -> &mut Process;
    /// Writes the typed fields into the row.
    fn store(&mut self) -> Result<(), Vec<FieldError>>;
    /// Whether the joined columns may have been changed since they were last written.
    fn joined_changed(&self) -> bool;
    /// Writes the joined columns.
    fn write_joined(&mut self, conn: &mut C) -> Result<()>;
    /// Reads the typed fields from this row again, and the joined ones: what a failed callback set is gone.
    fn reset(&mut self, row: Process, conn: &mut C) -> Result<()>;
    fn needs(&self, ask: Ask, node: NodeId) -> Needs;
    /// Whether any callback of the node takes the connection.
    fn connects(&self, node: NodeId) -> bool;
    fn answer(&mut self, ask: Ask, book: &mut Book, conn: &mut C) -> Result<Answer, StepError>;
}

/// A process in memory, while a transition is planned.
pub(crate) struct Live<F: Flow> {
    /// `None` only while a callback has it.
    process: Option<F::Process>,
    /// What stands in for the row then; nothing reads it.
    spare: Process,
    /// What the caller handed over, for the first callback that acts.
    pub(crate) input: Option<Box<dyn Any>>,
}

impl<F: Flow> Live<F> {
    /// The process of a row, with the columns that are joined to it.
    pub(crate) fn load(row: Process, input: Option<Box<dyn Any>>, conn: &mut F::Connection) -> Result<Self> {
        let spare = Process::new("", row.created, crate::data::Document::default());
        Ok(Live { process: Some(proxy::load(row, conn)?), spare, input })
    }

    pub(crate) fn into_process(self) -> Result<F::Process> {
        self.process.ok_or_else(|| Error::Internal("the process was not given back".to_owned()))
    }

    pub(crate) fn cx<'c>(&'c mut self, task: &'c mut Task, conn: &'c mut F::Connection) -> Cx<'c, F> {
        let input = self.input.take();
        Cx { process: &mut self.process, task, input, conn }
    }
}

impl<F: Flow> Host<F::Connection> for Live<F> {
    fn row_mut(&mut self) -> &mut Process {
        self.process.as_mut().map_or(&mut self.spare, ProcessProxy::row_mut)
    }

    fn store(&mut self) -> Result<(), Vec<FieldError>> {
        self.process.as_mut().map_or(Ok(()), ProcessProxy::store)
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

    fn needs(&self, ask: Ask, id: NodeId) -> Needs {
        let Ok((_, def)) = node::<F>(id) else { return Needs::default() };
        let of = |activation, connection| Needs { activation, connection };
        let edge = |at: usize| def.edges.get(at);
        match ask {
            Ask::Act { .. } => match (&def.act, &def.job) {
                (Some(act), _) => Needs::of(Some(act)),
                (None, Some(job)) => of(job.done, job.connection),
                (None, None) => Needs::default(),
            },
            Ask::Condition { .. } => Needs::of(def.condition.as_ref()),
            Ask::Choice { .. } => Needs::of(def.choice.as_ref()),
            Ask::Times { edge: at, .. } => Needs::of(edge(at).and_then(|edge| edge.times.as_ref())),
            Ask::Carry { edge: at, .. } => Needs::of(edge(at).and_then(|edge| edge.carry.as_ref())),
            Ask::Owner { .. } => match &def.owner {
                Some(Assign::Callback(callback)) => Needs::of(Some(callback)),
                _ => Needs::default(),
            },
            Ask::Due { .. } => Needs::of(def.delay.as_ref()),
            Ask::Child { .. } => Needs::of(def.child.as_ref()),
            Ask::Scope { .. } => Needs::default(),
        }
    }

    fn connects(&self, id: NodeId) -> bool {
        let Ok((_, def)) = node::<F>(id) else { return false };
        let asks = [
            Ask::Act { task: 0 },
            Ask::Condition { task: 0 },
            Ask::Choice { task: 0 },
            Ask::Owner { task: 0 },
            Ask::Due { task: 0 },
            Ask::Child { task: 0 },
        ];
        let edges = (0..def.edges.len()).flat_map(|edge| [Ask::Times { task: 0, edge }, Ask::Carry { task: 0, edge }]);
        asks.into_iter().chain(edges).any(|ask| self.needs(ask, id).connection)
    }

    fn answer(&mut self, ask: Ask, book: &mut Book, conn: &mut F::Connection) -> Result<Answer, StepError> {
        let at = ask.task();
        let (_, def) = node::<F>(book.node(at))?;
        match ask {
            Ask::Act { .. } => {
                let task = book.touch(at);
                if let Some(act) = &def.act {
                    (act.call)(&mut self.cx(task, conn))?;
                } else if let Some(job) = def.job.as_ref().filter(|job| job.done) {
                    (job.call)(JobCall::Done(self.cx(task, conn)))?;
                }
                Ok(Answer::Done)
            }
            Ask::Condition { .. } => {
                let condition = def.condition.as_ref().ok_or_else(|| missing("condition"))?;
                Ok(Answer::Holds((condition.call)(&mut self.cx(book.task(at), conn))?))
            }
            Ask::Choice { .. } => {
                let choice = def.choice.as_ref().ok_or_else(|| missing("choice"))?;
                Ok(Answer::Goes((choice.call)(&mut self.cx(book.task(at), conn))?))
            }
            Ask::Times { edge, .. } => {
                let times = def.edges.get(edge).and_then(|edge| edge.times.as_ref());
                let times = times.ok_or_else(|| missing("list of branches"))?;
                let gifts = (times.call)(&mut self.cx(book.task(at), conn))?;
                let count = gifts.len();
                book.keep(at, edge, gifts);
                Ok(Answer::Times(count))
            }
            Ask::Carry { edge, .. } => {
                let carry = def.edges.get(edge).and_then(|edge| edge.carry.as_ref());
                let carry = carry.ok_or_else(|| missing("task_data"))?;
                let gift = (carry.call)(&mut self.cx(book.task(at), conn))?;
                book.keep(at, edge, vec![gift]);
                Ok(Answer::Done)
            }
            Ask::Owner { .. } => {
                let owner = match &def.owner {
                    None => None,
                    Some(Assign::OwnerOf(node)) => book.owner_of(conn, self.row_mut().id, *node)?,
                    Some(Assign::Callback(callback)) => (callback.call)(&mut self.cx(book.task(at), conn))?,
                };
                let taken = owner.is_some();
                if taken {
                    let task = book.touch(at);
                    task.assigned = Some(task.created);
                    task.owner = owner;
                }
                Ok(Answer::Taken(taken))
            }
            Ask::Due { .. } => {
                if let Some(delay) = &def.delay {
                    let task = book.touch(at);
                    let when = (delay.call)(&mut self.cx(task, conn))?;
                    task.due = Some(match when {
                        When::After(length) => task.created + length,
                        When::At(at) => at,
                    });
                }
                Ok(Answer::Done)
            }
            Ask::Child { .. } => {
                let child = def.child.as_ref().ok_or_else(|| missing("start of a child"))?;
                Ok(Answer::Ended((child.call)(&mut self.cx(book.task(at), conn))?))
            }
            Ask::Scope { .. } => Err(missing("row").into()),
        }
    }
}

fn missing(what: &str) -> Error {
    Error::Internal(format!("a {what} is missing"))
}

impl Needs {
    fn of<F: Flow, R>(callback: Option<&Callback<F, R>>) -> Self {
        callback.map_or(Needs::default(), |callback| Needs {
            activation: callback.activation,
            connection: callback.connection,
        })
    }
}
