//! What can go wrong, typed, so that a caller can tell the cases apart.

use std::borrow::Cow;
use std::fmt;

use crate::engine::Obstacle;
use crate::{ProcessStatus, TaskId, TaskStatus, Timestamp};

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong. [`kind`](Error::kind) sorts it for an HTTP status, [`is_retryable`](Error::is_retryable)
/// says whether the same call may succeed a moment later. In every case nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The person may not do this.
    #[error("`{user}` may not {action}: {reason}")]
    #[non_exhaustive]
    Denied {
        /// The id of the person.
        user: String,
        /// What was tried: `execute approve`.
        action: String,
        /// Why not.
        reason: String,
    },

    /// There is no such process or task here: another flow's, another node's, or none at all. Also where a query of
    /// diesel's found no row: `processes().by_id(id).first(conn)?`.
    #[error("there is no {what}")]
    #[non_exhaustive]
    NotFound {
        /// What was looked for: `task 17.2 of hello_world.approve`.
        what: String,
    },

    /// The task or its process was changed by someone else meanwhile.
    #[error(transparent)]
    Conflict(#[from] Box<Conflict>),

    /// What was given is not valid; all faults at once.
    #[error("not valid: {}", list(.0))]
    Invalid(Vec<FieldError>),

    /// The stored document does not fit the process's type.
    #[error(transparent)]
    Data(#[from] Box<DataError>),

    /// A callback of the flow failed.
    #[error("`{node}` failed: {source}")]
    #[non_exhaustive]
    Step {
        /// The node whose callback it was.
        node: &'static str,
        /// What the callback returned. Its text is part of this one's, so that it is not in the chain of sources.
        r#source: StepError,
    },

    /// A transition went on for too many steps without coming to rest.
    #[error("the process did not come to rest within {limit} steps; it was at `{node}`")]
    #[non_exhaustive]
    StepLimit {
        /// Where it was.
        node: &'static str,
        /// The limit.
        limit: u32,
    },

    /// More than this crate is ready to keep: branches of one split, splits inside one another.
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

    /// This crate was used in a way that cannot work: a mistake of the program, not of a person.
    #[error("{what}")]
    #[non_exhaustive]
    Misuse {
        /// What was done, and what to do instead.
        what: String,
    },

    /// The database could not do it.
    #[error("database: {0}")]
    Database(diesel::result::Error),

    /// The migrations could not be run.
    #[error("migration: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),

    /// A rule of this crate was broken: please report it.
    #[error("internal: {0} (please report this)")]
    Internal(String),
}

/// The sorts of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The person may not: HTTP 403.
    Denied,
    /// There is no such thing here: HTTP 404.
    NotFound,
    /// Someone else was quicker: HTTP 409.
    Conflict,
    /// What was given is not valid: HTTP 422.
    Invalid,
    /// The stored document does not fit: HTTP 500.
    Data,
    /// A callback failed, or did not come to rest: HTTP 500.
    Step,
    /// A mistake of the program that calls this crate: HTTP 500.
    Misuse,
    /// The database could not: HTTP 503.
    Database,
    /// A fault of this crate: HTTP 500.
    Internal,
}

impl Error {
    /// Which sort it is.
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
            Error::Conflict(_) => ErrorKind::Conflict,
            Error::Invalid(_) => ErrorKind::Invalid,
            Error::Data(_) => ErrorKind::Data,
            Error::Step { .. } | Error::StepLimit { .. } | Error::Limit { .. } => ErrorKind::Step,
            Error::Misuse { .. } => ErrorKind::Misuse,
            Error::Database(_) | Error::Migration(_) => ErrorKind::Database,
            Error::Internal(_) => ErrorKind::Internal,
        }
    }

    /// Whether the same call may succeed a moment later: the database was busy, or broke off.
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
    /// A row that is not there becomes [`Error::NotFound`], a document that does not fit its proxy [`Error::Data`],
    /// everything else [`Error::Database`].
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

/// The state a task or process is in now, and who brought it there: what a caller needs to say "Anna did
/// this at 14:02".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Conflict {
    /// The task that was asked for.
    pub task: TaskId,
    /// The node it is a task of.
    pub node: String,
    /// Where the task stands.
    pub status: TaskStatus,
    /// Where its process stands.
    pub process_status: ProcessStatus,
    /// Who brought it there, if that is known.
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

/// A stored document that does not fit the type which reads it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: field `{field}` (at `{path}`) holds {found}, expected {expected}", self.owner())]
#[non_exhaustive]
pub struct DataError {
    /// The process whose document it is, or the document of a task of it.
    pub process: i64,
    /// The task whose document it is, if it is a task's.
    pub task: Option<TaskId>,
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
        match self.task {
            Some(task) => format!("task {task}"),
            None => format!("process {}", self.process),
        }
    }
}

/// One field that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The field; empty where the form as a whole is meant: it is no JSON.
    pub field: Cow<'static, str>,
    /// What sort of fault it is, for an app that has words of its own for it.
    pub kind: FieldErrorKind,
    /// What is wrong with it: `has 51 characters, at most 50 are allowed`.
    pub message: String,
}

/// The sorts of [`FieldError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldErrorKind {
    /// It was not given.
    Missing,
    /// There is no such field.
    Unknown,
    /// It was given more than once.
    Twice,
    /// It is of another type, or does not say what its type should.
    Type,
    /// It is an empty text.
    Empty,
    /// It has more characters than `max_length`.
    TooLong,
    /// It is outside its `range`.
    OutOfRange,
    /// It is none of its `choices`.
    NotAChoice,
    /// It does not look like an email address, a web address, a slug.
    Format,
    /// Anything else: a check of the app's own, what cannot be kept.
    Other,
}

impl FieldError {
    /// A fault of a field, for a form of your own.
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

    /// A fault of this sort.
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

/// What a callback answers when it can fail.
pub type Step<T = ()> = std::result::Result<T, StepError>;

/// Why a callback failed: any error, by `?`, or a [`code`](StepError::code) that the flow knows.
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
    /// A failure that the flow knows by this code.
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
