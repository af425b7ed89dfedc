//! Which errors of a database may be gone a moment later: the one file that reads their texts.

use diesel::result::{DatabaseErrorKind, Error};

/// SQLite's words, of which diesel keeps only the text.
const BUSY: &[&str] = &["database is locked", "database table is locked", "database schema is locked"];

/// Whether the same statement may succeed a moment later.
pub(crate) fn is_retryable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ClosedConnection, _) => true,
        Error::DatabaseError(_, info) => BUSY.iter().any(|words| info.message().contains(words)),
        Error::RollbackErrorOnCommit { commit_error, .. } => is_retryable(commit_error),
        _ => false,
    }
}
