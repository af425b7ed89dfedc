//! Which errors of a database may be gone a moment later: the one file that reads their texts.

use diesel::result::{DatabaseErrorKind, Error};

/// SQLite's words, of which diesel keeps only the text.
const BUSY: &[&str] = &["database is locked", "database table is locked", "database schema is locked"];

/// SQLite's words for a rollback of what it has rolled back itself.
const NOT_OPEN: &[&str] = &["no transaction is active", "no such savepoint"];

/// PostgreSQL's words for two transactions that wait for each other. diesel has no kind for it.
const DEADLOCK: &str = "deadlock detected";

/// PostgreSQL's words for a wait that `lock_timeout` ended.
const LOCK_TIMEOUT: &str = "canceling statement due to lock timeout";

/// PostgreSQL's words for a statement in a transaction that an error has ended.
const ABORTED: &str = "current transaction is aborted";

/// How a server that goes away, or an administrator, ends a connection. diesel knows the first of them.
const GONE: &[&str] = &[
    "server closed the connection unexpectedly",
    "terminating connection due to administrator command",
    "the database system is shutting down",
    "no connection to the server",
];

/// Whether the same statement may succeed a moment later.
pub(crate) fn is_retryable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ClosedConnection, _) => true,
        Error::DatabaseError(_, info) => {
            let text = info.message();
            let words = [DEADLOCK, LOCK_TIMEOUT];
            BUSY.iter().chain(&words).chain(GONE).any(|words| text.contains(words))
        }
        // The connection is gone; with another one it may succeed.
        Error::BrokenTransactionManager => true,
        Error::RollbackErrorOnCommit { commit_error, .. } => is_retryable(commit_error),
        _ => false,
    }
}

/// Whether a statement came after an error that had ended its transaction.
pub(crate) fn is_of_aborted_transaction(error: &Error) -> bool {
    match error {
        Error::DatabaseError(_, info) => info.message().contains(ABORTED),
        Error::RollbackErrorOnCommit { commit_error, .. } => is_of_aborted_transaction(commit_error),
        _ => false,
    }
}

/// Whether a rollback failed because there was nothing to roll back.
pub(crate) fn no_transaction_is_open(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, info) if NOT_OPEN.iter().any(|words| info.message().contains(words)))
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
        Some(Error::DatabaseError(_, info)) => info.message().contains(DEADLOCK),
        _ => false,
    }
}
