//! The timers that start processes have a row of due work each, made by whoever looks first.

use super::Flows;
use crate::event::Tick;
use crate::store::{DueKind, DueRow, FlowConnection, Store as _};
use crate::transition::event::{tick_key, tick_of, tick_payload};
use crate::{Result, Timestamp, clock};

/// A `StartTimer`: its flow and node as `flow.node`, under all names that a row may have, the current one first.
#[derive(Clone, Debug)]
pub(crate) struct StartsAt {
    pub(crate) flow: &'static str,
    pub(crate) keys: Vec<String>,
    pub(crate) tick: &'static Tick,
    /// The release that the code is of.
    pub(crate) release: u32,
}

impl<C: FlowConnection> Flows<C> {
    /// Whether a flow of the list has a timer that starts processes.
    pub(crate) fn has_ticks(&self) -> bool {
        self.graphs().any(|graph| graph.nodes.iter().any(|node| node.kind == flow_graph::Kind::StartTimer))
    }

    /// Makes the rows of the timers that start processes, where they are missing, and moves those whose schedule the code
    /// has changed.
    pub(crate) fn keep_ticks(&self, conn: &mut C) -> Result<()> {
        if !self.has_ticks() {
            return Ok(());
        }
        let rows = conn.store().ticks(&self.names())?;
        let now = clock::now();
        for starts in self.all().iter().flat_map(|flow| flow.ticks()) {
            match rows.iter().find(|row| starts.keys.contains(&row.key)) {
                Some(row) => reschedule(conn, row, &starts, now)?,
                None => {
                    // An invalid schedule is reported when it is due.
                    let first = starts.tick.first(now).unwrap_or(now);
                    let mut row = DueRow::new(0, 0, DueKind::Tick, starts.flow, first);
                    row.key = starts.keys.into_iter().next().unwrap_or_default();
                    row.payload = Some(tick_payload(starts.tick, first, starts.release));
                    conn.store().insert_due(&row)?;
                }
            }
        }
        Ok(())
    }
}

/// Moves the row of a timer whose schedule is another one now. One that is due is left to whoever does it.
/// The schedule of a later release goes before that of an earlier one which still runs beside it.
fn reschedule<C: FlowConnection>(conn: &mut C, row: &DueRow, starts: &StartsAt, now: Timestamp) -> Result<()> {
    let (schedule, time, release) = tick_of(row);
    let tick = starts.tick;
    if row.due <= now || schedule == tick.text() || release > u64::from(starts.release) {
        return Ok(());
    }
    let Ok(next) = tick.first(now) else { return Ok(()) };
    let next = match tick {
        // Not now, since a start may have happened just before; but never later than it was scheduled.
        Tick::Every(_) => tick.next(now, now).unwrap_or(next).min(time),
        Tick::Cron { .. } => next,
    };
    // If another worker has changed the row, there is nothing to do.
    conn.store().tick(row, next, &tick_payload(tick, next, starts.release))?;
    Ok(())
}

/// The timers of a flow.
pub(crate) fn of_flow<F: crate::Flow>() -> Vec<StartsAt> {
    let graph = F::GRAPH;
    let of_node = |id| {
        let tick = crate::flow::node::<F>(id).ok()?.1.tick.as_ref()?;
        let names: Vec<&str> = graph.names(id).collect();
        let keys = graph.flow_names().flat_map(|flow| names.iter().map(move |node| tick_key(flow, node)));
        Some(StartsAt { flow: graph.name, keys: keys.collect(), tick, release: F::LOCKED.release })
    };
    graph.ids().filter_map(of_node).collect()
}
