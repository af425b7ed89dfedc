//! What a caller hands over: a form, an input, a job's answer.

use std::any::Any;

use crate::store::Locking;
use crate::{Error, Result};

/// What a caller hands over, kept for a plan that may have to be made a second time.
#[allow(missing_debug_implementations, reason = "holds a value of the user's")]
pub struct Input {
    held: Option<Box<dyn Held>>,
    refused: Option<Error>,
}

/// How a value is made a second time, if its type can be cloned. The macro says it of each form.
pub type Again<T> = Option<fn(&T) -> T>;

struct Value<T> {
    value: T,
    again: Again<T>,
}

trait Held {
    fn repeatable(&self) -> bool;
    fn copy(&self) -> Option<Box<dyn Any>>;
    fn give(self: Box<Self>) -> Box<dyn Any>;
}

impl<T: 'static> Held for Value<T> {
    fn repeatable(&self) -> bool {
        self.again.is_some()
    }

    fn copy(&self) -> Option<Box<dyn Any>> {
        self.again.map(|again| Box::new(again(&self.value)) as Box<dyn Any>)
    }

    fn give(self: Box<Self>) -> Box<dyn Any> {
        Box::new(self.value)
    }
}

/// What the body of a job returned, on its way to what follows it.
#[allow(missing_debug_implementations, reason = "holds a value of the user's")]
pub struct Output(Option<Box<dyn Held + Send>>);

impl Output {
    /// A value, and how it is made a second time.
    pub fn new<T: Send + 'static>(value: T, again: Again<T>) -> Self {
        Output(Some(Box::new(Value { value, again })))
    }

    /// Whether it can be handed over more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.0.as_ref().is_some_and(|held| held.repeatable())
    }

    /// Whether it was handed over, and cannot be once more.
    pub(crate) fn is_gone(&self) -> bool {
        self.0.is_none()
    }

    /// The value. One that can be handed over only once is gone then.
    pub(crate) fn take(&mut self) -> Option<Box<dyn Any>> {
        let copy = self.0.as_ref().and_then(|held| held.copy());
        copy.or_else(|| self.0.take().map(|held| held.give()))
    }
}

impl Input {
    /// A value, and how it is made a second time.
    pub fn new<T: 'static>(value: T, again: Again<T>) -> Self {
        Input { held: Some(Box::new(Value { value, again })), refused: None }
    }

    /// Nothing.
    pub(crate) fn none() -> Self {
        Input { held: None, refused: None }
    }

    /// What cannot be read. It is reported where a value would be needed, after the permission.
    pub(crate) fn refused(error: Error) -> Self {
        Input { held: None, refused: Some(error) }
    }

    /// The same, refused for this as well. Of one field the first fault is said.
    pub(crate) fn and_refused(self, error: Error) -> Self {
        let refused = match (self.refused, error) {
            (Some(Error::Invalid(mut faults)), Error::Invalid(more)) => {
                let new = more.into_iter().filter(|fault| faults.iter().all(|known| known.field != fault.field));
                let new: Vec<_> = new.collect();
                faults.extend(new);
                Error::Invalid(faults)
            }
            (Some(Error::Invalid(_)) | None, error) => error,
            (Some(error), _) => error,
        };
        Input { held: None, refused: Some(refused) }
    }

    /// Whether a plan that was overtaken can be made again.
    pub(crate) fn repeatable(&self) -> bool {
        self.refused.is_none() && self.held.as_ref().is_none_or(|held| held.repeatable())
    }

    /// The value, for a plan made like this: one that is made on a version may be overtaken, and one behind a lock
    /// be ended by a deadlock.
    pub(crate) fn take(&mut self, locking: Locking) -> Result<Option<Box<dyn Any>>> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        let copy = self.held.as_ref().and_then(|held| held.copy());
        Ok(match locking {
            Locking::Optimistic => copy,
            Locking::Pessimistic => copy.or_else(|| self.held.take().map(Held::give)),
        })
    }
}
