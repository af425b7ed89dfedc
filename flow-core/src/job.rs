//! A job: code that runs in the background, without an open transaction.

use std::any::Any;
use std::future::Future;

use crate::callback::{Cx, downcast};
use crate::proxy::TaskProxy;
use crate::{Activation, Flow, StepError, Task};

/// What a job sees: a snapshot of its process and task, taken when it was claimed.
///
/// It holds no connection: what a job changes in the database goes into `on_done`, which runs inside the
/// transaction that completes it.
#[derive(Debug)]
#[non_exhaustive]
pub struct JobContext<F: Flow> {
    /// The process as it was when the job was claimed.
    pub process: F::Process,
    /// The task.
    pub task: Task,
    /// The how-manieth try this is, from 1. A body runs at least once: use it, or the task's id, as a key
    /// where an effect must not happen twice.
    pub attempt: i32,
}

/// The two moments at which a job's callbacks are called.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds a connection")]
pub enum JobCall<'c, F: Flow> {
    /// Its code, outside any transaction.
    Run(&'c JobContext<F>),
    /// What follows it, inside the completing transaction, with what its code answered.
    Done(Cx<'c, F>),
}

/// Ties a job's code to what follows it, so that one's answer is the other's argument.
#[doc(hidden)]
pub fn call<'c, F: Flow, T: TaskProxy, R: 'static>(
    call: JobCall<'c, F>,
    run: impl FnOnce(&'c JobContext<F>) -> Result<R, StepError>,
    done: impl FnOnce(&mut Activation<F, T>, &mut F::Connection, R) -> Result<(), StepError>,
) -> Result<Box<dyn Any>, StepError> {
    match call {
        JobCall::Run(job) => Ok(Box::new(run(job)?)),
        JobCall::Done(mut cx) => {
            let output = downcast::<R>(cx.input.take())?;
            cx.with::<T, _>(|a, conn| done(a, conn, output))?;
            Ok(Box::new(()))
        }
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

/// Calls a closure that is a job's code.
#[doc(hidden)]
pub fn job<'j, F: Flow, R>(job: &'j JobContext<F>, f: impl FnOnce(&'j JobContext<F>) -> R) -> R {
    f(job)
}

/// [`job`] for a closure that can fail.
#[doc(hidden)]
pub fn try_job<'j, F: Flow, R>(
    job: &'j JobContext<F>,
    f: impl FnOnce(&'j JobContext<F>) -> Result<R, StepError>,
) -> Result<R, StepError> {
    f(job)
}

/// [`job`] for an `async` closure: its future is run to its end here.
#[doc(hidden)]
pub fn async_job<F: Flow, R>(job: &JobContext<F>, f: impl AsyncFnOnce(&JobContext<F>) -> R) -> R {
    pollster::block_on(f(job))
}

/// [`async_job`] that can fail.
#[doc(hidden)]
pub fn try_async_job<F: Flow, R>(
    job: &JobContext<F>,
    f: impl AsyncFnOnce(&JobContext<F>) -> Result<R, StepError>,
) -> Result<R, StepError> {
    pollster::block_on(f(job))
}

/// [`job`] for a closure that gives a future.
#[doc(hidden)]
pub fn future_job<'j, F: Flow, X: Future>(job: &'j JobContext<F>, f: impl FnOnce(&'j JobContext<F>) -> X) -> X::Output {
    pollster::block_on(f(job))
}

/// [`future_job`] that can fail.
#[doc(hidden)]
pub fn try_future_job<'j, F: Flow, R, X: Future<Output = Result<R, StepError>>>(
    job: &'j JobContext<F>,
    f: impl FnOnce(&'j JobContext<F>) -> X,
) -> Result<R, StepError> {
    pollster::block_on(f(job))
}

/// What a closure that cannot fail answers.
#[doc(hidden)]
pub fn plain<T>(answer: T) -> Result<T, StepError> {
    Ok(answer)
}
