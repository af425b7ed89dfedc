//! How the engine's questions reach the callbacks that a flow names.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use flow_graph::Slot;

use crate::candidate::Candidate;
use crate::payload::Payload;
use crate::proxy::TaskProxy;
use crate::transition::ChildPlan;
use crate::{Activation, Error, Flow, StepError, Task, Timestamp};

/// One callback of a node, as `#[flow]` emits it.
#[allow(missing_debug_implementations, reason = "holds a function")]
pub struct Callback<F: Flow> {
    /// What it is called for.
    pub slot: Slot,
    pub call: fn(&mut Cx<'_, F>) -> Replied<F>,
    /// It looks at the process, which must therefore have its number.
    pub activation: bool,
    /// It takes the connection, so what is planned so far is written first.
    pub connection: bool,
}

/// What a generated callback returns.
pub type Replied<F> = Result<Reply<<F as Flow>::Connection>, StepError>;

/// What a callback returns, by its slot.
#[allow(missing_debug_implementations, reason = "holds a function")]
pub enum Reply<C> {
    /// [`Slot::Act`].
    Done,
    /// [`Slot::Condition`], [`Slot::Continue`].
    Holds(bool),
    /// [`Slot::Choice`].
    Edge(usize),
    /// [`Slot::Branches`]: what each task is given.
    Branches(Vec<Payload>),
    /// [`Slot::Payload`].
    Payload(Payload),
    /// [`Slot::Assignee`].
    Assignee(Option<String>),
    /// [`Slot::DueTime`].
    Due(When),
    /// [`Slot::Items`].
    Items(Vec<serde_json::Value>),
    /// [`Slot::Child`].
    Child(ChildPlan<C>),
    /// [`Slot::Candidates`].
    Candidates(Vec<Candidate>),
    /// [`Slot::Priority`].
    Priority(i32),
    /// [`Slot::Subscription`], [`Slot::ConcurrencyKey`].
    Key(String),
    /// [`Slot::Act`] of a node that throws a message: its key and its value.
    Message(String, serde_json::Value),
}

/// When a timer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    After(std::time::Duration),
    At(Timestamp),
    /// A task that has no time by which it is to be done.
    Never,
    /// So many working days later, in the calendar of the flow.
    Working(u16),
}

/// When a task of a person is due: a length of time from when it is made, a moment, or never. A callback may return a
/// `Result` of it.
#[diagnostic::on_unimplemented(
    message = "`due` says when a task is to be done",
    label = "this is `{Self}`",
    note = "it is a length of time, as `days(3)` or `working_days(3)`, a `Timestamp`, an `Option` or a `Result` of either"
)]
pub trait IntoWhen {
    fn when(self) -> Result<When, StepError>;
}

impl IntoWhen for std::time::Duration {
    fn when(self) -> Result<When, StepError> {
        Ok(When::After(self))
    }
}

impl IntoWhen for Timestamp {
    fn when(self) -> Result<When, StepError> {
        Ok(When::At(self))
    }
}

impl<T: IntoWhen> IntoWhen for Option<T> {
    fn when(self) -> Result<When, StepError> {
        self.map_or(Ok(When::Never), IntoWhen::when)
    }
}

impl<T: IntoWhen, E: Into<StepError>> IntoWhen for Result<T, E> {
    fn when(self) -> Result<When, StepError> {
        self.map_err(Into::into)?.when()
    }
}

/// How long a timer or a timeout waits. It always fires, so it is no `Option`.
#[diagnostic::on_unimplemented(
    message = "a delay says how long to wait",
    label = "this is `{Self}`",
    note = "it is a length of time, as `days(3)` or `working_days(3)`, a `Timestamp`, or a `Result` of either"
)]
pub trait IntoDelay: IntoWhen {}

impl IntoDelay for std::time::Duration {}
impl IntoDelay for Timestamp {}
impl<T: IntoDelay, E: Into<StepError>> IntoDelay for Result<T, E> {}

/// When a timer is due that waits so long.
pub fn delay(delay: impl IntoDelay) -> Result<When, StepError> {
    delay.when()
}

/// What a generated callback is called with.
#[allow(missing_debug_implementations, reason = "holds a connection")]
pub struct Cx<'c, F: Flow> {
    pub(crate) process: &'c mut Option<F::Process>,
    pub(crate) task: &'c mut Task,
    pub(crate) input: Option<Box<dyn Any>>,
    /// Who acts, in a foreground step.
    pub(crate) actor: Option<&'c str>,
    pub(crate) conn: &'c mut F::Connection,
}

impl<F: Flow> Cx<'_, F> {
    /// Calls a callback with the activation and the connection; afterwards, even if it panics, the process
    /// and the task are back where they were.
    pub fn with<T: TaskProxy, R>(
        &mut self,
        f: impl FnOnce(&mut Activation<F, T>, &mut F::Connection) -> Result<R, StepError>,
    ) -> Result<R, StepError> {
        let previous = self.task.previous;
        let task = T::lend(self.task).map_err(|error| Error::from(Box::new(error)))?;
        let Some(process) = self.process.take() else {
            return Err(Error::Internal("the process is in use".to_owned()).into());
        };
        let mut a = Activation::new(process, task);
        a.actor = self.actor.map(str::to_owned);
        a.previous = previous;
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

// A closure stands as an argument of these functions, so that their bounds tell rustc its arguments. `A` is a whole
// reference type: its lifetime is a parameter, so that the closure may return what it borrows.

/// Calls a closure with one argument.
pub fn call1<A, R>(a: A, f: impl FnOnce(A) -> R) -> R {
    f(a)
}

/// Calls a closure with two arguments.
pub fn call2<A, B, R>(a: A, b: B, f: impl FnOnce(A, B) -> R) -> R {
    f(a, b)
}

/// Calls a closure with three arguments.
pub fn call3<A, B, C, R>(a: A, b: B, c: C, f: impl FnOnce(A, B, C) -> R) -> R {
    f(a, b, c)
}

/// Calls a closure with four arguments.
pub fn call4<A, B, C, D, R>(a: A, b: B, c: C, d: D, f: impl FnOnce(A, B, C, D) -> R) -> R {
    f(a, b, c, d)
}

/// What a method of a flow may return where a `T` is wanted: a `T`, or a `Result` with any error.
#[diagnostic::on_unimplemented(
    message = "this callback must return `{T}`",
    label = "this returns `{Self}`",
    note = "a callback returns the value itself, or a `Result` of it with any error that converts into `StepError`"
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

/// Who is assigned to a new task: an id, or nobody. A callback may return a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "`assign` must return the id of a user",
    label = "this returns `{Self}`",
    note = "return a string, an `Option` of one (`None`: nobody is assigned), or a `Result` of either"
)]
pub trait Assignee {
    fn assignee(self) -> Result<Option<String>, StepError>;
}

impl Assignee for String {
    fn assignee(self) -> Result<Option<String>, StepError> {
        Ok(Some(self))
    }
}

impl Assignee for &str {
    fn assignee(self) -> Result<Option<String>, StepError> {
        Ok(Some(self.to_owned()))
    }
}

impl<T: Assignee> Assignee for Option<T> {
    fn assignee(self) -> Result<Option<String>, StepError> {
        self.map_or(Ok(None), Assignee::assignee)
    }
}

impl<T: Assignee, E: Into<StepError>> Assignee for Result<T, E> {
    fn assignee(self) -> Result<Option<String>, StepError> {
        self.map_err(Into::into)?.assignee()
    }
}
