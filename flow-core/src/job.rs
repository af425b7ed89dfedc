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
pub fn call<'c, F: Flow, T: TaskProxy, R: JobAnswer<M>, M>(
    call: JobCall<'c, F>,
    run: impl FnOnce(&'c JobContext<F>) -> R,
    done: impl FnOnce(&mut Activation<F, T>, &mut F::Connection, R::Output) -> Result<(), StepError>,
) -> Result<Box<dyn Any>, StepError> {
    match call {
        JobCall::Run(job) => Ok(Box::new(run(job).answer()?)),
        JobCall::Done(mut cx) => {
            let output = downcast::<R::Output>(cx.input.take())?;
            cx.with::<T, _>(|a, conn| done(a, conn, output))?;
            Ok(Box::new(()))
        }
    }
}

/// What a job's code may answer: a value, a `Result` with any error, or a future of either.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a job cannot answer `{Self}`",
    note = "a job's `run` answers nothing, a `Step`, a `Result` with any error that converts into `StepError`, or is an `async fn` of one of these"
)]
pub trait JobAnswer<M> {
    type Output: 'static;
    fn answer(self) -> Result<Self::Output, StepError>;
}

#[doc(hidden)]
#[derive(Debug)]
pub struct Plain;
#[doc(hidden)]
#[derive(Debug)]
pub struct Fallible;
#[doc(hidden)]
#[derive(Debug)]
pub struct Async<M>(std::marker::PhantomData<M>);

impl JobAnswer<Plain> for () {
    type Output = ();
    fn answer(self) -> Result<(), StepError> {
        Ok(())
    }
}

impl<T: 'static, E: Into<StepError>> JobAnswer<Fallible> for Result<T, E> {
    type Output = T;
    fn answer(self) -> Result<T, StepError> {
        self.map_err(Into::into)
    }
}

impl<M, X: Future<Output: JobAnswer<M>>> JobAnswer<Async<M>> for X {
    type Output = <X::Output as JobAnswer<M>>::Output;
    fn answer(self) -> Result<Self::Output, StepError> {
        pollster::block_on(self).answer()
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
