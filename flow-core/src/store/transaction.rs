//! Transactions: a unit of work is done whole or not at all, whatever a callback does.

use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::{FlowConnection, Locking, Store as _, is_deadlock, is_lost_race};
use crate::{Error, Result};

/// How often a transition that was ended as part of a deadlock is tried again behind the lock, before the last time.
const DEADLOCKS: usize = 3;

/// Runs `f` in a transaction of its own, or in a savepoint inside the caller's.
pub(super) fn atomically<C: FlowConnection, T, E: From<diesel::result::Error>>(
    conn: &mut C,
    f: impl FnOnce(&mut C) -> Result<T, E>,
) -> Result<T, E> {
    let outside = conn.store().depth()?;
    if outside == 0 {
        conn.store().begin()?
    } else {
        conn.store().begin_savepoint()?
    }
    guarded(conn, outside, outside + 1..=outside + 1, f)
}

/// Runs a transition: without a lock first, where the database works so and nothing speaks against it.
pub(super) fn transition<C: FlowConnection, T>(
    conn: &mut C,
    repeatable: bool,
    mut f: impl FnMut(&mut C, Locking) -> Result<T>,
) -> Result<T> {
    if conn.store().locking() == Locking::Optimistic && repeatable && conn.store().depth()? == 0 {
        match guarded(conn, 0, 0..=1, |conn| f(conn, Locking::Optimistic)) {
            // After one lost race, wait for the lock: contending calls are then served in turn.
            Err(error) if is_lost_race(&error) || is_deadlock(&error) || speaks_of_rows(&error) => {}
            outcome => return outcome,
        }
        // A retry can run into the same deadlock again.
        for _ in 0..DEADLOCKS {
            match atomically(conn, |conn| f(conn, Locking::Pessimistic)) {
                Err(error) if is_deadlock(&error) => {}
                outcome => return outcome,
            }
        }
    }
    atomically(conn, |conn| f(conn, Locking::Pessimistic))
}

/// Whether a plan was refused because of what it has read. Without a lock its rows may be of two versions, so such a
/// refusal is decided again behind the lock, which also names the right person in a conflict.
fn speaks_of_rows(error: &Error) -> bool {
    matches!(error, Error::Conflict(_) | Error::Internal(_))
}

/// Runs `f` for many processes.
pub(super) fn batch<C: FlowConnection, T>(conn: &mut C, f: impl FnOnce(&mut C, Locking) -> Result<T>) -> Result<T> {
    match conn.store().locking() {
        Locking::Optimistic if conn.store().depth()? == 0 => {
            guarded(conn, 0, 0..=0, |conn| f(conn, Locking::Optimistic))
        }
        _ => atomically(conn, |conn| f(conn, Locking::Pessimistic)),
    }
}

/// Runs `f` where `outside` transactions are open outside of it. When it has ended without an error, so many as
/// `inside` says may be open, and what is deeper than `outside` is committed.
fn guarded<C: FlowConnection, T, E: From<diesel::result::Error>>(
    conn: &mut C,
    outside: u32,
    inside: RangeInclusive<u32>,
    f: impl FnOnce(&mut C) -> Result<T, E>,
) -> Result<T, E> {
    // diesel would leave the transaction open when `f` panics.
    match catch_unwind(AssertUnwindSafe(|| f(conn))) {
        Ok(Ok(value)) if inside.contains(&conn.store().depth()?) => {
            keep(conn, outside)?;
            Ok(value)
        }
        Ok(Ok(_)) => {
            // A callback began a transaction and did not end it, so its writes cannot be separated from ours.
            conn.store().roll_back_to(outside)?;
            Err(diesel::result::Error::AlreadyInTransaction.into())
        }
        Ok(Err(error)) if crate::sabotage::is_out("no_rollback") => {
            keep(conn, outside)?;
            Err(error)
        }
        Ok(Err(error)) => {
            undo_to(conn, outside);
            Err(error)
        }
        Err(panic) => {
            undo_to(conn, outside);
            resume_unwind(panic)
        }
    }
}

fn keep<C: FlowConnection>(conn: &mut C, outside: u32) -> diesel::QueryResult<()> {
    if conn.store().depth()? > outside { conn.store().keep_savepoint() } else { Ok(()) }
}

/// Rolls back to this depth, for a caller that has an error to pass on already.
fn undo_to<C: FlowConnection>(conn: &mut C, depth: u32) {
    // That the rollback fails as well is the same fault seen twice: the server is gone, or it has rolled back by
    // itself.
    if let Err(error) = conn.store().roll_back_to(depth) {
        tracing::warn!(%error, "the rollback failed");
        conn.store().after_failed_rollback(&error);
    }
}
