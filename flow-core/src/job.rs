//! A job: code that runs in the background, without an open transaction.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use crate::callback::{Cx, downcast};
use crate::job_control::{Canceled, JobControl};
use crate::proxy::TaskProxy;
use crate::transition::{Again, Output};
use crate::{Activation, Flow, StepError, Task, TaskId};

/// The context that is passed to a job: a snapshot of its process and task, taken when the job was claimed.
///
/// It holds no connection: write to the database in `on_done`, which runs inside the transaction that completes the
/// job. `T` is the task type of the node, as in `Activation`: `&JobContext<Self, ItemTask>` where it has
/// `task = ItemTask`.
#[derive(Debug)]
#[non_exhaustive]
pub struct JobContext<F: Flow, T = Task> {
    /// The process as it was when the job was claimed.
    pub process: Arc<F::Process>,
    /// The task.
    pub task: T,
    /// The number of this attempt, from 1. The body runs at least once: use the id of the task as an idempotency key
    /// for effects that must not happen twice.
    pub attempt: i32,
    pub(crate) id: TaskId,
    pub(crate) control: JobControl,
}

impl<F: Flow, T> JobContext<F, T> {
    /// A context for a unit test of a job.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct PayProcess { process: Process, #[json(default)] amount: i64 }
    ///
    /// #[flow(process = PayProcess)]
    /// pub struct PayFlow {
    ///     #[node(permission(anyone), next = this.pay)] start: StartHandle,
    ///     #[node(run = this.charge, next = this.end)] pay: Job,
    ///     end: End,
    /// }
    ///
    /// impl PayFlow {
    ///     fn charge(job: &JobContext<Self>) -> Step { if job.process.amount() < 0 { Err("negative".into()) } else { Ok(()) } }
    /// }
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     static FLOWS: Flows<diesel::SqliteConnection> = flows![PayFlow];
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = PayFlow.start.run(&mut conn, &System("test"), PayProcessData { amount: -1 })?;
    ///     let task = PayFlow.pay.tasks().of(process.id()).one(&mut conn)?;
    ///     assert!(PayFlow::charge(&JobContext::new(process, task, 1)).is_err());
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn new(process: F::Process, mut task: T, attempt: i32) -> Self
    where
        T: TaskProxy,
    {
        let id = task.row_mut().id();
        JobContext { process: Arc::new(process), task, attempt, id, control: JobControl::default() }
    }

    /// Whether the body should stop: the task was cancelled, another worker has it, the attempt has taken longer than
    /// the node's `timeout`, or the worker stops. It asks no database, so it can be called in a tight loop; a worker
    /// looks every few seconds, and at once after a [`heartbeat`](JobContext::heartbeat).
    #[must_use]
    pub fn is_canceled(&self) -> bool {
        self.control.canceled().is_some()
    }

    /// Says that the body is at work, and learns whether to go on: `job.heartbeat()?;`. The lease is renewed without
    /// it too; it makes the worker look now rather than in a few seconds, and the next call returns what it found.
    ///
    /// # Errors
    /// Why the body should stop. As the error of the body, [`Canceled::Stopping`] does not count as a failure: the job
    /// is given back with its attempt.
    pub fn heartbeat(&self) -> Result<(), Canceled> {
        self.control.heartbeat()
    }
}

/// The two moments at which a job's callbacks are called.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds a connection")]
pub enum JobCall<'c, 'x, F: Flow> {
    /// Its code, outside any transaction.
    Run(&'c JobContext<F>),
    /// What follows it, inside the completing transaction, with what its code answered.
    Done(&'c mut Cx<'x, F>),
}

/// Calls code of a job with the task as its node has it.
#[doc(hidden)]
pub fn with_task<F: Flow, T: TaskProxy, R>(
    job: &JobContext<F>,
    f: impl FnOnce(&JobContext<F, T>) -> Result<R, StepError>,
) -> Result<R, StepError> {
    if let Some(same) = (job as &dyn Any).downcast_ref() {
        return f(same);
    }
    let (process, task) = (Arc::clone(&job.process), T::from_row(job.task.clone())?);
    f(&JobContext { process, task, attempt: job.attempt, id: job.id, control: job.control.clone() })
}

/// Ties a job's code to what follows it, so that one's answer is the other's argument.
#[doc(hidden)]
pub fn call<F: Flow, T: TaskProxy, R: Send + 'static>(
    call: JobCall<'_, '_, F>,
    run: impl FnOnce(&JobContext<F, T>) -> Result<(R, Again<R>), StepError>,
    done: impl FnOnce(&mut Activation<F, T>, &mut F::Connection, R) -> Result<(), StepError>,
) -> Result<Output, StepError> {
    match call {
        JobCall::Run(job) => with_task(job, run).map(|(answer, again)| Output::new(answer, again)),
        JobCall::Done(cx) => {
            let output = downcast::<R>(cx.input.take())?;
            cx.with::<T, _>(|a, conn| done(a, conn, output))?;
            Ok(Output::new((), None))
        }
    }
}

// Whether what a body returned can be handed to `on_done` a second time, found in the same way:
//
//     let again = (&answer).again();

/// What can be cloned.
#[doc(hidden)]
pub trait IsClone<T> {
    fn again(&self) -> Again<T>;
}
impl<T: Clone> IsClone<T> for Result<T, StepError> {
    fn again(&self) -> Again<T> {
        Some(T::clone)
    }
}

/// What cannot, or nobody knows.
#[doc(hidden)]
pub trait IsAnything<T> {
    fn again(&self) -> Again<T>;
}
impl<T> IsAnything<T> for &Result<T, StepError> {
    fn again(&self) -> Again<T> {
        None
    }
}

// What a method answers that is a job's code: a value, a `Result` with any error, or a future of either. Which of them,
// rustc finds by looking for a method: one on the type itself goes before one on a reference to it.
//
//     let answer = XFlow::send(job);
//     let answer = (&answer).when().settle(answer);
//     (&answer).how().result(answer)

/// A future.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Later;

/// A `Result`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Fallible;

/// Any other value.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Plain;

#[doc(hidden)]
pub trait IsFuture {
    fn when(&self) -> Later {
        Later
    }
}
impl<X: Future> IsFuture for X {}

#[doc(hidden)]
pub trait IsResult {
    fn how(&self) -> Fallible {
        Fallible
    }
}
impl<T, E> IsResult for Result<T, E> {}

#[doc(hidden)]
pub trait IsValue {
    fn when(&self) -> Plain {
        Plain
    }
    fn how(&self) -> Plain {
        Plain
    }
}
impl<T> IsValue for &T {}

impl Later {
    pub fn settle<X: Future>(self, answer: X) -> X::Output {
        pollster::block_on(answer)
    }
}

impl Fallible {
    /// # Errors
    /// That of the method.
    pub fn result<T, E: Into<StepError>>(self, answer: Result<T, E>) -> Result<T, StepError> {
        answer.map_err(Into::into)
    }
}

impl Plain {
    pub fn settle<T>(self, answer: T) -> T {
        answer
    }

    /// # Errors
    /// None.
    pub fn result<T>(self, answer: T) -> Result<T, StepError> {
        Ok(answer)
    }
}

/// Calls an `async` closure that is the body of a job: its future is run to its end here.
#[doc(hidden)]
pub fn async_job<F: Flow, T, R>(job: &JobContext<F, T>, f: impl AsyncFnOnce(&JobContext<F, T>) -> R) -> R {
    pollster::block_on(f(job))
}

/// Calls a closure that returns a future, and runs that to its end.
#[doc(hidden)]
pub fn future_job<A, X: Future>(job: A, f: impl FnOnce(A) -> X) -> X::Output {
    pollster::block_on(f(job))
}

/// [`future_job`] that can fail.
#[doc(hidden)]
pub fn try_future_job<A, R, X: Future<Output = Result<R, StepError>>>(
    job: A,
    f: impl FnOnce(A) -> X,
) -> Result<R, StepError> {
    pollster::block_on(f(job))
}
