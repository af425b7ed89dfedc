//! How a transition keeps others from its process, and what happens to one that was overtaken.

use std::fmt;

/// How a transition keeps others from its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub enum Locking {
    /// A transaction is open, and the row of the process is locked in it.
    Pessimistic,
    /// Nothing is open: what is written must find the version that the plan was made on.
    Optimistic,
}

/// Marks the error by which a plan that somebody overtook goes back to where it can be made again.
#[derive(Debug)]
struct LostRace;

impl fmt::Display for LostRace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process was changed by another transaction")
    }
}

impl std::error::Error for LostRace {}

/// The version of the process was another than the plan was made on.
pub(crate) fn lost_race() -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(Box::new(LostRace))
}

pub(crate) fn is_lost_race(error: &crate::Error) -> bool {
    matches!(error, crate::Error::Database(diesel::result::Error::QueryBuilderError(inner)) if inner.is::<LostRace>())
}

/// Marks the error of one of a batch that a callback needs the connection for.
#[derive(Debug)]
struct NeedsConnection;

impl fmt::Display for NeedsConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be one of a batch: a callback takes the connection, or a child is started")
    }
}

impl std::error::Error for NeedsConnection {}

/// The transition cannot be planned without writing.
pub(crate) fn needs_connection() -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(Box::new(NeedsConnection))
}

pub(crate) fn is_connection_needed(error: &crate::Error) -> bool {
    matches!(error, crate::Error::Database(diesel::result::Error::QueryBuilderError(inner)) if inner.is::<NeedsConnection>())
}
