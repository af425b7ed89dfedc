//! The settings of a connection.

use std::time::{Duration, Instant};

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection as _;
use diesel::result::QueryResult;

use super::fold;
use crate::store::is_retryable;

/// How long a connection waits for another writer, as the pragma below says.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pause before the first further try to turn WAL on; each one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// What every connection of a flow's database should have: WAL, so that readers do not wait for the writer;
/// `synchronous = FULL`, so that a commit survives a power cut; foreign keys; ten seconds of patience for
/// another writer.
pub(crate) fn configure(conn: &mut SqliteConnection) -> QueryResult<()> {
    fold::register(conn)?;
    conn.batch_execute("PRAGMA busy_timeout = 10000")?;
    turn_on_wal(conn)?;
    conn.batch_execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
}

/// Turning WAL on needs the file alone, and where two do it at once SQLite refuses one of them without waiting,
/// whatever `busy_timeout` says.
fn turn_on_wal(conn: &mut SqliteConnection) -> QueryResult<()> {
    let (begun, mut pause) = (Instant::now(), FIRST_PAUSE);
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if is_retryable(&error) && begun.elapsed() < PATIENCE => {}
            outcome => return outcome,
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
