//! The typed errors of this crate.

mod conflict;
mod data;
mod field;
mod refusal;
mod step;

pub use conflict::{Conflict, RowConflict};
pub use data::DataError;
pub use field::{FieldError, FieldErrorKind};
pub(crate) use refusal::Reason;
pub use refusal::Refusal;
pub use step::{Step, StepError};

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
        /// The reason, in words.
        reason: String,
        /// The same as data.
        refusal: Refusal,
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
    #[error("not valid: {}", field::list(.0))]
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

    pub(crate) fn denied(user: &dyn crate::User, action: String, reason: impl Into<Reason>) -> Self {
        let Reason { refusal, text } = reason.into();
        Error::Denied { user: user.id().to_owned(), action, reason: text, refusal }
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
