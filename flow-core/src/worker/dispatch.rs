//! The thread that looks for work, and hands it to the others.

use std::time::{Duration, Instant};

use super::SHORTEST_POLL;
use super::connections::Connection;
use super::shared::{Phase, Shared, State};
use crate::store::{DueKind, DueRow, FlowConnection, Reserve, Store as _};
use crate::{Result, clock};

/// How many rows are taken ahead for each thread.
const AHEAD: usize = 16;

/// How long it waits after an error.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Leases rows that are due, at most so many.
pub(super) fn reserve<C: FlowConnection>(shared: &Shared<C>, conn: &mut C, most: usize) -> Result<Vec<DueRow>> {
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
        let room = shared.signal.wait(shared.options.poll, |state| match room(shared, state) {
            0 if shared.signal.phase() == Phase::Running => None,
            room => Some(room),
        });
        let Some(room) = room.filter(|_| shared.signal.phase() == Phase::Running) else { continue };
        match conn.with(|conn| reserve(shared, conn, room)) {
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
                let more = shared.signal.change(|state| state.take(rows));
                give_back(conn, more);
                if is_all {
                    wait(shared, conn, SHORTEST_POLL);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what is due could not be read, and is tried again");
                let _ = shared.signal.wait(AFTER_ERROR, |_| (shared.signal.phase() != Phase::Running).then_some(()));
            }
        }
    }
    let rows = shared.signal.change(|state| std::mem::take(&mut state.ready));
    give_back(conn, rows);
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
        let hinted = shared.signal.wait(part, |state| {
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
fn give_back<C: FlowConnection>(conn: &mut Connection<C>, rows: impl IntoIterator<Item = DueRow>) {
    for row in rows {
        if let Err(error) = conn.with(|conn| Ok(conn.store().release(&row)?)) {
            tracing::warn!(%error, "due work could not be given back, and is free when its lease ends");
            break;
        }
    }
}

/// How many rows the worker wants to have.
fn wanted<C>(shared: &Shared<C>, state: &State) -> usize {
    let threads = shared.options.threads;
    if state.is_quick() { threads * (1 + AHEAD) } else { threads }
}

/// How many more rows the worker wants now. Where rows are done quickly, it waits until a batch is worth its statement.
fn room<C>(shared: &Shared<C>, state: &State) -> usize {
    let (has, wanted) = (state.ready.len() + state.busy, wanted(shared, state));
    if state.is_quick() && has > wanted / 2 { 0 } else { wanted.saturating_sub(has) }
}
