//! What a callback fails with.

use std::fmt;

use super::{Conflict, Error, Result};
use crate::ProcessStatus;

/// The result of a callback that can fail.
pub type Step<T = ()> = std::result::Result<T, StepError>;

/// The error of a callback: any error, converted by `?`, or a [`code`](StepError::code) that the flow defines.
///
/// Like `anyhow::Error` it is not itself a `std::error::Error`, so that every error converts into it.
///
/// ```
/// use flow_core::{Step, StepError};
///
/// fn parse(text: &str) -> Step<u32> { Ok(text.parse()?) }
/// fn refuse() -> Step { Err("the warehouse is closed".into()) }
/// fn sold_out() -> Step { Err(StepError::code("no-stock")) }
///
/// assert_eq!(parse("x").unwrap_err().to_string(), "x".parse::<u32>().unwrap_err().to_string());
/// assert_eq!(refuse().unwrap_err().to_string(), "the warehouse is closed");
/// assert_eq!(sold_out().unwrap_err().as_code(), Some("no-stock"));
/// ```
pub struct StepError {
    code: Option<&'static str>,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl StepError {
    /// Creates an error with a code that the flow defines.
    #[must_use]
    pub fn code(code: &'static str) -> Self {
        StepError { code: Some(code), source: code.into() }
    }

    /// A refusal because of a task that somebody has taken meanwhile: for the rule of `#[flow(cancel(..))]`. The caller
    /// gets [`Error::Conflict`], with the task and its owner.
    #[must_use]
    pub fn conflict(task: &crate::Task) -> Self {
        StepError::from(Conflict {
            task: task.id(),
            node: task.node().to_owned(),
            status: task.status(),
            process_status: ProcessStatus::New,
            by: task.owner().map(str::to_owned),
            at: task.assigned(),
            obstacle: None,
            of_task: false,
        })
    }

    /// The conflict, if it was made by [`conflict`](StepError::conflict).
    pub(crate) fn as_conflict(&self) -> Option<&Conflict> {
        self.source.downcast_ref()
    }

    /// The code, if it was made by [`code`](StepError::code).
    #[must_use]
    pub fn as_code(&self) -> Option<&'static str> {
        self.code
    }

    /// The error of the database that it was made from, directly or through [`Error`].
    pub(crate) fn database(&self) -> Option<&diesel::result::Error> {
        self.source.downcast_ref().or_else(|| self.source.downcast_ref::<Error>()?.database())
    }

    /// The error of this crate that it was made from, if that keeps its kind outside of the callback.
    pub(super) fn into_own(self) -> Result<Error, StepError> {
        let keeps = |error: &Error| {
            matches!(
                error,
                Error::Invalid(_)
                    | Error::Data(_)
                    | Error::Misuse { .. }
                    | Error::Limit { .. }
                    | Error::StepLimit { .. }
                    | Error::Internal(_)
            )
        };
        if !self.source.downcast_ref::<Error>().is_some_and(keeps) {
            return Err(self);
        }
        let code = self.code;
        self.source.downcast::<Error>().map(|error| *error).map_err(|source| StepError { code, source })
    }
}

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for StepError {
    fn from(error: E) -> Self {
        StepError { code: None, source: error.into() }
    }
}

impl std::ops::Deref for StepError {
    type Target = dyn std::error::Error + Send + Sync;

    /// The error it was made from: `error.downcast_ref::<MyError>()`.
    fn deref(&self) -> &Self::Target {
        &*self.source
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.source, f)
    }
}

impl fmt::Debug for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.source, f)
    }
}
