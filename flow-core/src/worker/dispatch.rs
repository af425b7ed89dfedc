//! The thread that looks for work, and hands it to the others.

use std::time::{Duration, Instant};

use super::SHORTEST_POLL;
use super::claimed::{Claimed, Ready};
use super::connections::Connection;
use super::keeper::{Held, give_back};
use super::shared::Shared;
use super::signal::{For, Phase, State};
use crate::store::{DueKind, DueRow, FlowConnection, Reserve, Store as _};
use crate::{Result, clock};

/// How many rows it wants at most.
const MOST: usize = 1_024;

/// How long it waits after an error.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Leases rows that are due, at most so many.
pub(super) fn reserve<C: FlowConnection>(shared: &Shared<C>, conn: &mut C, most: usize) -> Result<Vec<DueRow>> {
    let _clock = clock::follow(shared.read_clock(conn)?);
    if shared.looks_for_ticks() {
        shared.flows.keep_ticks(conn)?;
    }
    let kinds: Vec<&str> = DueKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let (unknown, not_lost) = {
        let mut state = shared.signal.lock();
        (state.unknown(), state.has_lost)
    };
    let now = clock::now();
    let rows = Reserve {
        flows: &shared.names,
        kinds: &kinds,
        queues: shared.options.queues.as_deref(),
        not_groups: &[],
        not_tasks: &unknown,
        limits: &shared.limits,
        not_lost,
        only_unlimited: false,
        now,
        until: now + shared.options.lease,
        holder: &shared.options.holder,
        most: i64::try_from(most).unwrap_or(i64::MAX),
    };
    Ok(conn.store().reserve(&rows)?)
}

/// Looks for work until the worker stops; then gives back what nobody has begun.
pub(super) fn run<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>) {
    let mut pause = SHORTEST_POLL;
    while shared.signal.phase() == Phase::Running {
        // Until a thread is free; the longest wait only guards against a signal that got lost.
        let room = shared.signal.wait(For::Change, shared.options.poll, |state| match room(shared, state) {
            0 if shared.signal.phase() == Phase::Running => None,
            room => Some(room),
        });
        let Some(room) = room.filter(|_| shared.signal.phase() == Phase::Running) else { continue };
        let reserved = conn.with(|conn| shared.in_turn(conn, |conn| reserve(shared, conn, room)));
        let _clock = shared.follow_clock();
        match reserved {
            Ok(rows) if rows.is_empty() => {
                if conn.listens() {
                    pause = shared.options.poll;
                }
                wait(shared, conn, pause);
                pause = (pause * 2).min(shared.options.poll);
            }
            Ok(rows) => {
                pause = SHORTEST_POLL;
                let is_all = rows.len() < room;
                let rows = claim(shared, conn, rows);
                let more = shared.signal.change(|state| state.take(rows));
                release(conn, more);
                if is_all {
                    wait(shared, conn, SHORTEST_POLL);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what is due could not be read, and is tried again");
                let _ = shared
                    .signal
                    .wait(For::Change, AFTER_ERROR, |_| (shared.signal.phase() != Phase::Running).then_some(()));
            }
        }
    }
    let (claimed, rows) = shared.signal.change(|state| (state.not_begun(true), state.reserved()));
    claimed.into_iter().for_each(|claimed| give_back(shared, conn, &claimed));
    release(conn, rows);
}

/// Claims the jobs among the rows, in one commit. Returns the rows that are to be looked at one by one.
fn claim<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>, rows: Vec<DueRow>) -> Vec<DueRow> {
    let is_job = |row: &DueRow| row.kind == DueKind::Job.as_str() && !row.has_lost_its_worker();
    let (jobs, mut left): (Vec<DueRow>, Vec<DueRow>) = rows.into_iter().partition(is_job);
    if jobs.is_empty() {
        return left;
    }
    let free = {
        let state = shared.signal.lock();
        shared.options.threads.saturating_sub(state.busy + state.ready.len() - state.finished.len())
    };
    let claimant = shared.claimant();
    let claimed = conn.with(|conn| shared.in_turn(conn, |conn| shared.flows.claim_jobs(conn, &jobs, &claimant, free)));
    match claimed {
        Ok(bodies) => {
            let mut claimed = Vec::new();
            for (row, body) in jobs.into_iter().zip(bodies) {
                match body {
                    Some(body) => {
                        let held = Held { row: body.lease().clone(), control: body.control() };
                        claimed.push(Ready::Claimed(Claimed::new(body, shared.leases.add(held))));
                    }
                    None => left.push(row),
                }
            }
            shared.signal.change(|state| state.ready.extend(claimed));
        }
        Err(error) => {
            tracing::debug!(%error, "jobs could not be claimed together, and are claimed one by one");
            left.extend(jobs);
        }
    }
    left
}

/// Waits until it is time to look again, or somebody says so.
fn wait<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>, pause: Duration) {
    let mut pause = pause;
    // Before a long sleep, look when the next row is due, so that a timer is not late by the whole poll.
    if pause > AFTER_ERROR / 4 {
        let now = clock::now();
        if let Ok(Some(next)) = conn.with(|conn| Ok(conn.store().next_due(&shared.names, now)?)) {
            pause = pause.min(next.since(now).max(SHORTEST_POLL));
        }
    }
    let until = Instant::now().checked_add(pause);
    let mut left = pause;
    while !left.is_zero() {
        // A notification is read without a question to the database.
        let part = if conn.listens() { left.min(SHORTEST_POLL) } else { left };
        let hinted = shared.signal.wait(For::Change, part, |state| {
            let hinted = std::mem::take(&mut state.hinted);
            (hinted || shared.signal.phase() != Phase::Running).then_some(())
        });
        if hinted.is_some() || conn.is_notified() {
            return;
        }
        left = until.map_or(left - part, |until| until.saturating_duration_since(Instant::now()));
    }
}

/// Gives back what was reserved and not begun.
fn release<C: FlowConnection>(conn: &mut Connection<C>, rows: impl IntoIterator<Item = DueRow>) {
    for row in rows {
        if let Err(error) = conn.with(|conn| Ok(conn.store().release(&row)?)) {
            tracing::warn!(%error, "due work could not be given back, and is free when its lease ends");
            break;
        }
    }
}

/// How many rows the worker wants to have.
fn wanted<C>(shared: &Shared<C>, state: &State<C>) -> usize {
    let threads = shared.options.threads;
    (threads * (1 + state.ahead())).min(MOST.max(threads))
}

/// How many more rows the worker wants now. Where rows are done quickly, it waits until a batch is worth its statement.
fn room<C>(shared: &Shared<C>, state: &State<C>) -> usize {
    let (has, wanted) = (state.ready.len() + state.busy, wanted(shared, state));
    if state.ahead() > 0 && has > wanted / 2 { 0 } else { wanted.saturating_sub(has) }
}
