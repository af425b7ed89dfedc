//! What errors of a database mean to a transition, by the texts of each back end: diesel has no kinds for most of them.

use diesel::result::{DatabaseErrorKind, Error};

/// The texts of faults that may be gone a moment later, of each back end.
const RETRYABLE: &[&[&str]] = &[
    #[cfg(feature = "postgres")]
    super::postgres::RETRYABLE,
    #[cfg(feature = "sqlite")]
    super::sqlite::RETRYABLE,
];

/// The texts of two transactions that wait for each other, of each back end.
const DEADLOCK: &[&[&str]] = &[
    #[cfg(feature = "postgres")]
    super::postgres::DEADLOCK,
];

/// The texts of a statement in a transaction that an error has ended, of each back end.
const ABORTED: &[&[&str]] = &[
    #[cfg(feature = "postgres")]
    super::postgres::ABORTED,
];

fn says(text: &str, texts: &[&[&str]]) -> bool {
    texts.iter().copied().flatten().any(|words| text.contains(words))
}

/// Whether the same statement may succeed a moment later.
pub(crate) fn is_retryable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ClosedConnection, _) => true,
        Error::DatabaseError(_, info) => says(info.message(), RETRYABLE) || says(info.message(), DEADLOCK),
        // The connection is gone; with another one it may succeed.
        Error::BrokenTransactionManager => true,
        Error::RollbackErrorOnCommit { commit_error, .. } => is_retryable(commit_error),
        _ => false,
    }
}

/// Whether the database ended the transaction so that another one could go on.
pub(crate) fn is_deadlock(error: &crate::Error) -> bool {
    let error = match error {
        crate::Error::Database(error) => Some(error),
        crate::Error::Step { source, .. } => source.database(),
        _ => None,
    };
    match error {
        Some(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
        Some(Error::DatabaseError(_, info)) => says(info.message(), DEADLOCK),
        _ => false,
    }
}

/// Whether a statement came after an error that had ended its transaction.
pub(crate) fn is_of_aborted_transaction(error: &Error) -> bool {
    match error {
        Error::DatabaseError(_, info) => says(info.message(), ABORTED),
        Error::RollbackErrorOnCommit { commit_error, .. } => is_of_aborted_transaction(commit_error),
        _ => false,
    }
}
