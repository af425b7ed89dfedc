//! What the loop needs of a flow, whatever its process type: answers to the engine's questions.

use std::any::Any;

use flow_graph::NodeId;

use crate::callback::Cx;
use crate::engine::{Answer, Ask};
use crate::flow::node;
use crate::job::JobCall;
use crate::proxy::ProcessProxy;
use crate::{DataError, Error, FieldError, Flow, Process, Result, StepError, Task};

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
    /// Reads the typed fields from this row again: what a failed callback set is gone.
    fn reset(&mut self, row: Process) -> Result<(), DataError>;
    fn needs(&self, ask: Ask, node: NodeId) -> Needs;
    fn answer(&mut self, ask: Ask, node: NodeId, task: &mut Task, conn: &mut C) -> Result<Answer, StepError>;
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
    pub(crate) fn new(row: Process, input: Option<Box<dyn Any>>) -> Result<Self, DataError> {
        let spare = Process::new("", row.created, crate::data::Document::default());
        Ok(Live { process: Some(F::Process::from_row(row)?), spare, input })
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

    fn reset(&mut self, row: Process) -> Result<(), DataError> {
        self.process = Some(F::Process::from_row(row)?);
        Ok(())
    }

    fn needs(&self, ask: Ask, id: NodeId) -> Needs {
        let Ok((_, def)) = node::<F>(id) else { return Needs::default() };
        let of = |activation, connection| Needs { activation, connection };
        match ask {
            Ask::Act { .. } => match (&def.act, &def.job) {
                (Some(act), _) => of(act.activation, act.connection),
                (None, Some(job)) => of(true, job.connection),
                (None, None) => Needs::default(),
            },
            Ask::Condition { .. } => {
                def.condition.as_ref().map_or(Needs::default(), |c| of(c.activation, c.connection))
            }
            Ask::Due { .. } => def.delay.as_ref().map_or(Needs::default(), |c| of(c.activation, c.connection)),
        }
    }

    fn answer(&mut self, ask: Ask, id: NodeId, task: &mut Task, conn: &mut F::Connection) -> Result<Answer, StepError> {
        let (_, def) = node::<F>(id)?;
        match ask {
            Ask::Act { .. } => {
                if let Some(act) = &def.act {
                    (act.call)(&mut self.cx(task, conn))?;
                } else if let Some(job) = &def.job {
                    (job.call)(JobCall::Done(self.cx(task, conn)))?;
                }
                Ok(Answer::Done)
            }
            Ask::Condition { .. } => {
                let Some(condition) = &def.condition else {
                    return Err(Error::Internal("a condition is missing".to_owned()).into());
                };
                Ok(Answer::Holds((condition.call)(&mut self.cx(task, conn))?))
            }
            Ask::Due { .. } => {
                if let Some(delay) = &def.delay {
                    let length = (delay.call)(&mut self.cx(task, conn))?;
                    task.due = Some(task.created + length);
                }
                Ok(Answer::Done)
            }
        }
    }
}
