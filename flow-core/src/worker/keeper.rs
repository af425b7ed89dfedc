//! The leases of the jobs that run: renewed while their bodies run, up to the timeout of the node.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::claimed::Claimed;
use super::connections::Connection;
use super::shared::Shared;
use crate::job_control::JobControl;
use crate::store::{DueRow, FlowConnection, Store as _};
use crate::{Canceled, Result, clock};

/// A job whose body runs.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) row: DueRow,
    pub(super) control: JobControl,
}

/// The jobs whose bodies run in this worker.
#[derive(Debug, Default)]
pub(super) struct Leases(Mutex<BTreeMap<u64, Held>>);

impl Leases {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a job whose body begins to run: its number here.
    pub(super) fn add(&self, held: Held) -> u64 {
        let mut list = self.lock();
        let number = list.keys().next_back().map_or(0, |last| last + 1);
        list.insert(number, held);
        number
    }

    /// The job has come to its end.
    pub(super) fn remove(&self, number: u64) {
        self.lock().remove(&number);
    }

    pub(super) fn all(&self) -> Vec<Held> {
        self.lock().values().cloned().collect()
    }

    /// Takes all of them out, for who gives them back.
    pub(super) fn take(&self) -> Vec<Held> {
        std::mem::take(&mut *self.lock()).into_values().collect()
    }

    pub(super) fn cancel(&self, why: Canceled) {
        self.lock().values().for_each(|held| held.control.cancel(why));
    }
}

/// Renews the leases of all running jobs, and cancels those whose lease is lost.
pub(super) fn renew<C: FlowConnection>(leases: &Leases, lease: Duration, conn: &mut Connection<C>) -> Result<()> {
    for held in leases.all() {
        let until = held.control.until().map_or(clock::now() + lease, |last| last.min(clock::now() + lease));
        // Renewal stops at the timeout; a later result still counts unless another worker has claimed the job.
        if until <= clock::now() || crate::sabotage::is_out("no_renewal") {
            continue;
        }
        if !conn.with(|conn| Ok(conn.store().renew(&held.row, until)?))? {
            held.control.cancel(Canceled::LeaseLost);
        }
    }
    Ok(())
}

/// Gives back a claimed job that no thread has started.
pub(super) fn give_back<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>, claimed: &Claimed<C>) {
    shared.leases.remove(claimed.lease);
    if let Err(error) = conn.with(|conn| Ok(conn.store().give_back(&claimed.row_before())?)) {
        tracing::warn!(%error, "a job could not be given back, and is free when its lease ends");
    }
}

/// The thread that renews, until the worker has come to its end.
pub(super) fn keep<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>) {
    /// A heartbeat makes it look sooner, but not more often than this.
    const SHORTEST: Duration = Duration::from_millis(200);
    let between = (shared.options.lease / 3).min(Duration::from_secs(5)).max(Duration::from_millis(10));
    let mut last = Instant::now();
    let (leases, lease) = (&shared.leases, shared.options.lease);
    while !shared.signal.lock().ended {
        // Woken by a heartbeat, by `stop`, or for no reason at all.
        std::thread::park_timeout(between.saturating_sub(last.elapsed()));
        std::thread::sleep(between.min(SHORTEST).saturating_sub(last.elapsed()));
        last = Instant::now();
        let _clock = shared.follow_clock();
        // Their threads are busy with others, which take longer than those before them.
        if !crate::sabotage::is_out("ahead_for_ever") {
            for claimed in shared.signal.change(|state| state.not_begun(false)) {
                give_back(shared, conn, &claimed);
            }
        }
        if let Err(error) = renew(leases, lease, conn) {
            tracing::warn!(%error, "leases could not be renewed, and are tried again");
        }
    }
}
