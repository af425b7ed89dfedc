//! Jobs of many processes together: their rows are read by one statement, and what comes of them is written in one
//! commit.
//!
//! A batch is worth nothing but time: whatever is odd about one of it leaves it out, and whatever fails undoes the whole.
//! Each job that is not written so is done by itself then, by [`due`](super::due), which knows what to do. Plans are made
//! in memory, so a callback that takes the connection is none of a batch; what a body returned is handed over as a clone.

use std::collections::BTreeMap;

use super::drive::Frame;
use super::due::{Body, Claimant};
use super::job;
pub(crate) use super::job::Planned;
use crate::store::{DueKey, DueRow, DueTask, FlowConnection, Locking, Store as _, is_connection_needed};
use crate::{Flow, Result};

/// What became of one of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// It is written.
    Written,
    /// Another one of the batch is of the same process: it is one of the next batch.
    Later,
    /// It is to be done by itself.
    Alone,
    /// So are all jobs of its node: what follows the body takes the connection.
    NeverTogether,
}

/// Plans and writes these jobs together, in the order of their processes.
///
/// # Errors
/// `Database`: nothing is written.
fn together<C: FlowConnection>(
    conn: &mut C,
    keys: &[DueKey],
    mut plan: impl FnMut(&mut C, Locking, usize, DueTask) -> Result<Option<Frame<C>>>,
) -> Result<Vec<Member>> {
    let mut places = BTreeMap::new();
    let mut members = vec![Member::Alone; keys.len()];
    for (at, key) in keys.iter().enumerate() {
        if *places.entry(key.process_id).or_insert(at) != at {
            members[at] = Member::Later;
        }
    }
    let first: Vec<&DueKey> = places.values().map(|at| &keys[*at]).collect();
    conn.batch(|conn, locking| {
        let mut frames = Vec::new();
        for found in conn.store().due_tasks(&first)? {
            let Some(&at) = places.get(&found.process.id) else { continue };
            match plan(conn, locking, at, found) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => {}
                Err(error) if is_connection_needed(&error) => members[at] = Member::NeverTogether,
                Err(error) => tracing::debug!(process = keys[at].process_id, %error, "left out of a batch"),
            }
        }
        let writes = frames.iter_mut().filter_map(Frame::planned).collect();
        for id in conn.store().write_all(writes)? {
            if let Some(&at) = places.get(&id) {
                members[at] = Member::Written;
            }
        }
        Ok(())
    })?;
    Ok(members)
}

/// Claims jobs that their worker has reserved; the first `free` of them begin at once. Returns the bodies of those that it
/// has claimed: `None` for each that is to be looked at by itself.
///
/// # Errors
/// `Database`: nothing is claimed.
pub(crate) fn claim<C: FlowConnection>(
    conn: &mut C,
    rows: &[DueRow],
    free: usize,
    mut plan: impl FnMut(&mut C, Locking, DueTask, bool) -> Result<Option<Planned<C>>>,
) -> Result<Vec<Option<Box<dyn Body<C>>>>> {
    let keys: Vec<DueKey> = rows.iter().map(DueRow::primary_key).collect();
    let mut bodies: Vec<Option<Box<dyn Body<C>>>> = rows.iter().map(|_| None).collect();
    let members = together(conn, &keys, |conn, locking, at, found| {
        let Some((frame, body)) = plan(conn, locking, found, at >= free)? else { return Ok(None) };
        bodies[at] = Some(body);
        Ok(Some(frame))
    })?;
    let written = bodies.into_iter().zip(members).map(|(body, member)| body.filter(|_| member == Member::Written));
    Ok(written.collect())
}

/// Completes jobs whose bodies were run. What became of each, in their order.
///
/// # Errors
/// `Database`: none is completed.
pub(crate) fn complete<C: FlowConnection>(conn: &mut C, bodies: &mut [&mut Box<dyn Body<C>>]) -> Result<Vec<Member>> {
    let keys: Vec<DueKey> = bodies.iter().map(|body| body.lease().primary_key()).collect();
    together(conn, &keys, |conn, locking, at, found| bodies[at].plan(conn, locking, found))
}

/// Plans a claim, in a flow whose type is known.
pub(crate) fn plan_claim<F: Flow>(
    conn: &mut F::Connection,
    locking: Locking,
    found: DueTask,
    claimant: &Claimant,
    ahead: bool,
) -> Result<Option<Planned<F::Connection>>> {
    job::plan_claim::<F>(conn, locking, found, claimant, ahead)
}
