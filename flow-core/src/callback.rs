//! How the engine's questions reach the callbacks that a flow names.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::proxy::TaskProxy;
use crate::{Activation, Error, Flow, StepError, Task};

/// One callback of a flow, as `#[flow]` emits it.
#[allow(missing_debug_implementations, reason = "holds a function")]
pub struct Callback<F: Flow, R> {
    pub call: fn(&mut Cx<'_, F>) -> Result<R, StepError>,
    /// It looks at the process, which must therefore have its number.
    pub activation: bool,
    /// It takes the connection, so what is planned so far is written first.
    pub connection: bool,
}

/// What a generated callback is called with.
#[allow(missing_debug_implementations, reason = "holds a connection")]
pub struct Cx<'c, F: Flow> {
    pub(crate) process: &'c mut Option<F::Process>,
    pub(crate) task: &'c mut Task,
    pub(crate) input: Option<Box<dyn Any>>,
    pub(crate) conn: &'c mut F::Connection,
}

impl<F: Flow> Cx<'_, F> {
    /// Calls a callback with the activation and the connection; afterwards, even if it panics, the process
    /// and the task are back where they were.
    pub fn with<T: TaskProxy, R>(
        &mut self,
        f: impl FnOnce(&mut Activation<F, T>, &mut F::Connection) -> Result<R, StepError>,
    ) -> Result<R, StepError> {
        let task = T::lend(self.task).map_err(|error| Error::from(Box::new(error)))?;
        let Some(process) = self.process.take() else {
            return Err(Error::Internal("the process is in use".to_owned()).into());
        };
        let mut a = Activation::new(process, task);
        let answer = catch_unwind(AssertUnwindSafe(|| f(&mut a, self.conn)));
        *self.process = Some(a.process);
        let given_back = a.task.give_back(self.task);
        let answer = answer.unwrap_or_else(|panic| resume_unwind(panic))?;
        given_back.map_err(Error::Invalid)?;
        Ok(answer)
    }

    /// What the caller handed over: a form, or the input of a handle.
    pub fn input<I: 'static>(&mut self) -> Result<I, StepError> {
        downcast(self.input.take())
    }
}

/// The value behind a box, which the generated code put in as the same type.
pub(crate) fn downcast<I: 'static>(input: Option<Box<dyn Any>>) -> Result<I, StepError> {
    let value = input.and_then(|input| input.downcast::<I>().ok());
    let value = value.ok_or_else(|| Error::Internal("a callback was handed another type".to_owned()))?;
    Ok(*value)
}

/// Calls a closure that looks. The lifetime is a parameter, so that it may return what it borrows.
pub fn look<'a, A: ?Sized, R>(a: &'a A, f: impl FnOnce(&'a A) -> R) -> R {
    f(a)
}

/// Calls a closure that looks and can fail: its error is a `StepError`, so that `?` knows what to convert to.
pub fn try_look<'a, A: ?Sized, R>(a: &'a A, f: impl FnOnce(&'a A) -> Result<R, StepError>) -> Result<R, StepError> {
    f(a)
}

/// [`look`] with the connection.
pub fn look_with<'a, A: ?Sized, C, R>(a: &'a A, conn: &'a mut C, f: impl FnOnce(&'a A, &'a mut C) -> R) -> R {
    f(a, conn)
}

/// [`try_look`] with the connection.
pub fn try_look_with<'a, A: ?Sized, C, R>(
    a: &'a A,
    conn: &'a mut C,
    f: impl FnOnce(&'a A, &'a mut C) -> Result<R, StepError>,
) -> Result<R, StepError> {
    f(a, conn)
}

/// Calls a closure that acts.
pub fn act<'a, A: ?Sized, R>(a: &'a mut A, f: impl FnOnce(&'a mut A) -> R) -> R {
    f(a)
}

/// Calls a closure that acts and can fail.
pub fn try_act<'a, A: ?Sized, R>(
    a: &'a mut A,
    f: impl FnOnce(&'a mut A) -> Result<R, StepError>,
) -> Result<R, StepError> {
    f(a)
}

/// [`act`] with one more argument: the connection, or what the caller handed over.
pub fn act_with<'a, A: ?Sized, B, R>(a: &'a mut A, b: B, f: impl FnOnce(&'a mut A, B) -> R) -> R {
    f(a, b)
}

/// [`try_act`] with one more argument.
pub fn try_act_with<'a, A: ?Sized, B, R>(
    a: &'a mut A,
    b: B,
    f: impl FnOnce(&'a mut A, B) -> Result<R, StepError>,
) -> Result<R, StepError> {
    f(a, b)
}

/// [`act`] with the connection and what the caller handed over.
pub fn act_with_input<'a, A: ?Sized, C, I, R>(
    a: &'a mut A,
    conn: &'a mut C,
    input: I,
    f: impl FnOnce(&'a mut A, &'a mut C, I) -> R,
) -> R {
    f(a, conn, input)
}

/// [`act_with_input`] that can fail.
pub fn try_act_with_input<'a, A: ?Sized, C, I, R>(
    a: &'a mut A,
    conn: &'a mut C,
    input: I,
    f: impl FnOnce(&'a mut A, &'a mut C, I) -> Result<R, StepError>,
) -> Result<R, StepError> {
    f(a, conn, input)
}

/// What a method of a flow may answer where a `T` is wanted: a `T`, or a `Result` with any error.
#[diagnostic::on_unimplemented(
    message = "this callback should answer `{T}`",
    label = "this gives `{Self}`",
    note = "a callback answers the value itself, or a `Result` of it with any error that converts into `StepError`"
)]
pub trait MethodAnswer<T> {
    fn answer(self) -> Result<T, StepError>;
}

impl<T> MethodAnswer<T> for T {
    fn answer(self) -> Result<T, StepError> {
        Ok(self)
    }
}

impl<T, E: Into<StepError>> MethodAnswer<T> for Result<T, E> {
    fn answer(self) -> Result<T, StepError> {
        self.map_err(Into::into)
    }
}

/// Who has a new task from the start: an id, or nobody.
#[diagnostic::on_unimplemented(
    message = "`assign` names a person by their id",
    label = "this gives `{Self}`",
    note = "answer a text, or an `Option` of one: nobody has it then"
)]
pub trait Assignee {
    fn assignee(self) -> Option<String>;
}

impl Assignee for String {
    fn assignee(self) -> Option<String> {
        Some(self)
    }
}

impl Assignee for &str {
    fn assignee(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl<T: Assignee> Assignee for Option<T> {
    fn assignee(self) -> Option<String> {
        self.and_then(Assignee::assignee)
    }
}
