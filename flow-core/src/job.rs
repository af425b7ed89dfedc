//! A job: code that runs in the background, without an open transaction.

use std::future::Future;

use crate::callback::{Cx, downcast};
use crate::job_control::{Canceled, JobControl};
use crate::proxy::TaskProxy;
use crate::transition::{Again, Output};
use crate::{Activation, Flow, StepError, Task};

/// The context that is passed to a job: a snapshot of its process and task, taken when the job was claimed.
///
/// It holds no connection: write to the database in `on_done`, which runs inside the transaction that completes the
/// job.
#[derive(Debug)]
#[non_exhaustive]
pub struct JobContext<F: Flow> {
    /// The process as it was when the job was claimed.
    pub process: F::Process,
    /// The task.
    pub task: Task,
    /// The number of this attempt, from 1. The body runs at least once: use the id of the task as an idempotency key
    /// for effects that must not happen twice.
    pub attempt: i32,
    pub(crate) control: JobControl,
}

impl<F: Flow> JobContext<F> {
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
    pub fn new(process: F::Process, task: Task, attempt: i32) -> Self {
        JobContext { process, task, attempt, control: JobControl::default() }
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

/// Ties a job's code to what follows it, so that one's answer is the other's argument.
#[doc(hidden)]
pub fn call<'c, F: Flow, T: TaskProxy, R: Send + 'static>(
    call: JobCall<'c, '_, F>,
    run: impl FnOnce(&'c JobContext<F>) -> Result<(R, Again<R>), StepError>,
    done: impl FnOnce(&mut Activation<F, T>, &mut F::Connection, R) -> Result<(), StepError>,
) -> Result<Output, StepError> {
    match call {
        JobCall::Run(job) => run(job).map(|(answer, again)| Output::new(answer, again)),
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
pub fn async_job<F: Flow, R>(job: &JobContext<F>, f: impl AsyncFnOnce(&JobContext<F>) -> R) -> R {
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
