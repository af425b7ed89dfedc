//! The typed errors of this crate.

use std::borrow::Cow;
use std::fmt;

use crate::engine::Obstacle;
use crate::{ProcessStatus, TaskId, TaskStatus, Timestamp};

/// The `Result` of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of every fallible call. [`kind`](Error::kind) maps it to an HTTP status,
/// [`is_retryable`](Error::is_retryable) says whether the same call may succeed when it is retried. Whenever a call
/// returns an error, nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The user is not authorized to do this.
    #[error("`{user}` may not {action}: {reason}")]
    #[non_exhaustive]
    Denied {
        /// The id of the user.
        user: String,
        /// The action that was attempted: `execute approve`.
        action: String,
        /// The reason.
        reason: String,
    },

    /// The process or task does not exist, or belongs to another flow or node. Also returned when a diesel query finds
    /// no row: `processes().by_id(id).first(conn)?`.
    #[error("there is no {what}")]
    #[non_exhaustive]
    NotFound {
        /// What was looked for: `task 17.2 of hello_world.approve`.
        what: String,
    },

    /// The task or its process was changed concurrently: it is not in a state that allows this call (optimistic
    /// locking).
    #[error(transparent)]
    Conflict(#[from] Box<Conflict>),

    /// The row of a table of the app's was changed by someone else since it was read.
    #[error(transparent)]
    RowConflict(#[from] Box<RowConflict>),

    /// A transition of a state machine that cannot be taken now: from another state, or while a condition does not
    /// hold.
    #[error("`{transition}` is not allowed: {reason}")]
    #[non_exhaustive]
    NotAllowed {
        /// The transition.
        transition: &'static str,
        /// Why not: the state, or the text of the condition.
        reason: String,
    },

    /// The input is not valid: a list of all errors found.
    #[error("not valid: {}", list(.0))]
    Invalid(Vec<FieldError>),

    /// The stored JSON document cannot be read as the process type.
    #[error(transparent)]
    Data(#[from] Box<DataError>),

    /// A callback of the flow failed.
    #[error("`{node}` failed: {source}")]
    #[non_exhaustive]
    Step {
        /// The node whose callback it was.
        node: &'static str,
        /// The error that the callback returned. Its text is included in this error's text, so it is not part of the
        /// `source` chain.
        r#source: StepError,
    },

    /// A transition ran too many steps without reaching a node that waits.
    #[error("the process was still running after {limit} steps, at `{node}`; check for a cycle that never waits")]
    #[non_exhaustive]
    StepLimit {
        /// Where it was.
        node: &'static str,
        /// The limit.
        limit: u32,
    },

    /// A limit of this crate was exceeded: the branches of one split, or the depth of nested splits.
    #[error("`{node}`: more than {limit} {what}")]
    #[non_exhaustive]
    Limit {
        /// Where it was.
        node: &'static str,
        /// Of what.
        what: String,
        /// How much is allowed.
        limit: u32,
    },

    /// The crate was called incorrectly: a bug in the calling program, not a user error.
    #[error("{what}")]
    #[non_exhaustive]
    Misuse {
        /// What was done, and what to do instead.
        what: String,
    },

    /// The database returned an error.
    #[error("database: {0}")]
    Database(diesel::result::Error),

    /// The migrations could not be run.
    #[error("migration: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),

    /// An invariant of this crate was violated: please report it as a bug.
    #[error("internal: {0} (please report this)")]
    Internal(String),
}

/// The categories of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The user is not authorized: HTTP 403.
    Denied,
    /// It does not exist: HTTP 404.
    NotFound,
    /// It was changed concurrently: HTTP 409.
    Conflict,
    /// The input is not valid: HTTP 422.
    Invalid,
    /// A stored document cannot be read: HTTP 500.
    Data,
    /// A callback failed, or a limit was exceeded: HTTP 500.
    Step,
    /// A bug in the program that calls this crate: HTTP 500.
    Misuse,
    /// The database returned an error: HTTP 503.
    Database,
    /// A bug in this crate: HTTP 500.
    Internal,
}

impl Error {
    /// The category of this error.
    ///
    /// ```
    /// use flow_core::{Error, ErrorKind};
    ///
    /// let error = Error::from(diesel::result::Error::NotFound);
    /// assert_eq!(error.kind(), ErrorKind::NotFound);
    /// assert!(!error.is_retryable());
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Denied { .. } => ErrorKind::Denied,
            Error::NotFound { .. } => ErrorKind::NotFound,
            Error::Conflict(_) | Error::RowConflict(_) | Error::NotAllowed { .. } => ErrorKind::Conflict,
            Error::Invalid(_) => ErrorKind::Invalid,
            Error::Data(_) => ErrorKind::Data,
            Error::Step { .. } | Error::StepLimit { .. } | Error::Limit { .. } => ErrorKind::Step,
            Error::Misuse { .. } => ErrorKind::Misuse,
            Error::Database(_) | Error::Migration(_) => ErrorKind::Database,
            Error::Internal(_) => ErrorKind::Internal,
        }
    }

    /// Whether the same call may succeed when it is retried: the database was busy, or the connection was lost.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.database().is_some_and(crate::store::is_retryable)
    }

    /// Whether a statement came after an error that had ended the transaction (PostgreSQL).
    pub(crate) fn is_of_aborted_transaction(&self) -> bool {
        self.database().is_some_and(crate::store::is_of_aborted_transaction)
    }

    pub(crate) fn misuse(what: impl Into<String>) -> Self {
        Error::Misuse { what: what.into() }
    }

    /// The failure of a node's callback. What this crate reports itself about its input, its data and its use keeps
    /// its kind; everything else is the callback's.
    pub(crate) fn of_step(node: &'static str, source: StepError) -> Self {
        match source.into_own() {
            Ok(error) => error,
            Err(source) => Error::Step { node, source },
        }
    }

    /// The error of the database that it comes from.
    fn database(&self) -> Option<&diesel::result::Error> {
        match self {
            Error::Database(error) => Some(error),
            Error::Step { source, .. } => source.database(),
            _ => None,
        }
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Error::Invalid(vec![FieldError::new(field, message)])
    }

    pub(crate) fn denied(user: &dyn crate::User, action: String, reason: impl Into<String>) -> Self {
        Error::Denied { user: user.id().to_owned(), action, reason: reason.into() }
    }
}

impl From<diesel::result::Error> for Error {
    /// A missing row becomes [`Error::NotFound`], a document that cannot be read [`Error::Data`], everything else
    /// [`Error::Database`].
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Error::NotFound { what: "row that the query asks for".to_owned() },
            diesel::result::Error::DeserializationError(inner) => match inner.downcast::<DataError>() {
                Ok(data) => Error::Data(data),
                Err(inner) => Error::Database(diesel::result::Error::DeserializationError(inner)),
            },
            error => Error::Database(error),
        }
    }
}

/// The current state of the task or process, and who changed it last: enough to show "Anna did this at 14:02".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Conflict {
    /// The task of the call.
    pub task: TaskId,
    /// The node it is a task of.
    pub node: String,
    /// The status of the task.
    pub status: TaskStatus,
    /// The status of its process.
    pub process_status: ProcessStatus,
    /// Who changed it last, if known.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// Why it cannot be done, where the state alone does not say it.
    pub obstacle: Option<Obstacle>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.process_status == ProcessStatus::New {
            write!(f, "task {} (`{}`) is {}", self.task, self.node, self.status)?;
        } else {
            write!(f, "process {} is {}", self.task.process(), self.process_status)?;
        }
        if let Some(by) = &self.by {
            write!(f, ", by {by}")?;
        }
        if let Some(at) = self.at {
            write!(f, ", since {at}")?;
        }
        if let Some(obstacle) = self.obstacle {
            write!(f, ": {obstacle}")?;
        }
        Ok(())
    }
}

/// A row of the app's that someone else has changed since it was read: what a caller needs to say "Anna did this at
/// 14:02".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct RowConflict {
    /// The table.
    pub table: &'static str,
    /// The key of the row, as text.
    pub key: String,
    /// The state it is in now, if it has a state machine.
    pub state: Option<String>,
    /// Who took the last transition, if the row has a state machine.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

impl fmt::Display for RowConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {} was changed by someone else", self.table, self.key)?;
        if let Some(state) = &self.state {
            write!(f, ": it is `{state}`")?;
        }
        if let Some(by) = &self.by {
            write!(f, ", by {by}")?;
        }
        if let Some(at) = self.at {
            write!(f, ", since {at}")?;
        }
        Ok(())
    }
}

/// A stored document that cannot be read as its Rust type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: field `{field}` (at `{path}`) holds {found}, expected {expected}", self.owner())]
#[non_exhaustive]
pub struct DataError {
    /// The id of the process that the document, or the task of the document, belongs to.
    pub process: i64,
    /// The task whose document it is, if it is a task's.
    pub task: Option<TaskId>,
    /// The row of a table of the app's whose document it is, if it is one's: "`users` 7". `process` is 0 then.
    pub row: Option<String>,
    /// The field that reads it.
    pub field: &'static str,
    /// Where in the document.
    pub path: String,
    /// What is there, without the value itself.
    pub found: String,
    /// What should be there.
    pub expected: String,
}

impl DataError {
    /// Whose document it is: `process 17`, `task 17.2`.
    fn owner(&self) -> String {
        match (self.task, &self.row) {
            (Some(task), _) => format!("task {task}"),
            (None, Some(row)) => row.clone(),
            (None, None) => format!("process {}", self.process),
        }
    }
}

/// One field that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The name of the field; empty if the error is about the whole input, for example invalid JSON.
    pub field: Cow<'static, str>,
    /// The category of the error, for applications that show their own messages.
    pub kind: FieldErrorKind,
    /// What is wrong with it: `has 51 characters, at most 50 are allowed`.
    pub message: String,
}

/// The categories of [`FieldError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldErrorKind {
    /// The field is missing.
    Missing,
    /// There is no such field.
    Unknown,
    /// The field was given more than once.
    Twice,
    /// The value has the wrong type, or cannot be parsed as the type.
    Type,
    /// The string is empty.
    Empty,
    /// The string is longer than `max_length`.
    TooLong,
    /// The value is outside its `range`.
    OutOfRange,
    /// The value is not one of its `choices`.
    NotAChoice,
    /// The value is not a valid email address, URL, slug or file path, or does not match its `pattern`.
    Format,
    /// Any other error: a validation of your own, or a value that cannot be stored.
    Other,
}

impl FieldError {
    /// Creates an error for a field, for a form of your own.
    ///
    /// ```
    /// use flow_core::{Error, FieldError, FieldErrorKind};
    ///
    /// let fault = FieldError::new("amount", "is more than the account holds");
    /// assert_eq!((&*fault.field, fault.kind), ("amount", FieldErrorKind::Other));
    /// assert_eq!(Error::Invalid(vec![fault]).to_string(), "not valid: `amount` is more than the account holds");
    /// ```
    #[must_use]
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        FieldError::of(FieldErrorKind::Other, field, message)
    }

    /// Creates an error of this category.
    #[must_use]
    pub fn of(kind: FieldErrorKind, field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        FieldError { field: field.into(), kind, message: message.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "`{}` {}", self.field, self.message)
    }
}

fn list(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

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
    fn into_own(self) -> Result<Error, StepError> {
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
