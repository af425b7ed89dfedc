//! What the threads of one worker share.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::Options;
use super::keeper::Leases;
use crate::store::DueRow;
use crate::transition::due::Claimant;
use crate::{Canceled, DueReport, Flows};

/// What this version of the code does not know is looked at again after this time.
const UNKNOWN_FOR: Duration = Duration::from_secs(60);

/// How often it is seen to that each timer which starts processes has its row.
const TICKS_EVERY: Duration = Duration::from_secs(60);

/// More rows than these are not remembered.
const MOST_UNKNOWN: usize = 10_000;

/// Rows that are done sooner than this are taken ahead, so that threads need not wait for the next ones.
const QUICK: Duration = Duration::from_millis(20);

/// Whether a worker goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Running,
    /// Nothing new is begun.
    Stopping,
    /// Nobody waits for what runs.
    Aborted,
}

pub(super) struct Shared<C: 'static> {
    pub(super) flows: Flows<C>,
    pub(super) names: Vec<&'static str>,
    pub(super) limits: Vec<(String, u32)>,
    pub(super) options: Options,
    pub(super) leases: Leases,
    pub(super) keeper: OnceLock<Thread>,
    has_ticks: bool,
    looked_for_ticks: Mutex<Option<Instant>>,
    pub(super) signal: Signal,
}

impl<C: crate::FlowConnection> Shared<C> {
    pub(super) fn new(flows: Flows<C>, options: Options) -> Self {
        Shared {
            names: flows.names(),
            limits: flows.all().iter().flat_map(crate::DynFlow::job_limits).collect(),
            flows,
            options,
            leases: Leases::default(),
            keeper: OnceLock::new(),
            has_ticks: flows.has_ticks(),
            looked_for_ticks: Mutex::new(None),
            signal: Signal::default(),
        }
    }

    /// Whether it is time to see that each timer which starts processes has its row.
    pub(super) fn looks_for_ticks(&self) -> bool {
        if !self.has_ticks {
            return false;
        }
        let mut looked = self.looked_for_ticks.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = looked.is_none_or(|at| at.elapsed() >= TICKS_EVERY);
        if is_time {
            *looked = Some(Instant::now());
        }
        is_time
    }

    pub(super) fn claimant(&self) -> Claimant {
        Claimant {
            holder: Some(self.options.holder.clone()),
            lease: Some(self.options.lease),
            keeper: self.keeper.get().cloned(),
        }
    }
}

/// The rows that wait for a thread, and who is to be woken.
#[derive(Default)]
pub(super) struct Signal {
    phase: AtomicU8,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    /// Rows that are reserved and not begun.
    pub(super) ready: VecDeque<DueRow>,
    /// How many threads do something.
    pub(super) busy: usize,
    /// A row is reserved or done whose last attempt lost its worker. There is one of them at once: if its body kills
    /// workers, the others keep their attempts.
    pub(super) has_lost: bool,
    /// Somebody says that there is work.
    pub(super) hinted: bool,
    /// Tasks that this version does not know, and since when.
    pub(super) unknown: BTreeMap<String, Instant>,
    /// How long a row takes, of late.
    each: Option<Duration>,
    /// The worker has come to its end.
    pub(super) ended: bool,
    /// What was done, without the problems: they would grow for ever.
    pub(super) report: DueReport,
}

impl Signal {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Running,
            1 => Phase::Stopping,
            _ => Phase::Aborted,
        }
    }

    pub(super) fn to_phase(&self, phase: Phase) {
        let number = match phase {
            Phase::Running => 0,
            Phase::Stopping => 1,
            Phase::Aborted => 2,
        };
        self.phase.fetch_max(number, Ordering::AcqRel);
        // Under the lock, or a thread that is about to wait would miss the wake-up.
        drop(self.lock());
        self.changed.notify_all();
    }

    /// Changes the state, and wakes who waits for a change.
    pub(super) fn change<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        let value = f(&mut self.lock());
        self.changed.notify_all();
        value
    }

    /// Waits until `f` has an answer, or this long.
    pub(super) fn wait<T>(&self, longest: Duration, mut f: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let until = Instant::now().checked_add(longest);
        let mut state = self.lock();
        loop {
            if let Some(value) = f(&mut state) {
                return Some(value);
            }
            let left = until.map_or(longest, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return None;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl State {
    /// Takes reserved rows to be done; those that cannot be done beside the others are returned.
    pub(super) fn take(&mut self, rows: Vec<DueRow>) -> Vec<DueRow> {
        let mut more = Vec::new();
        for row in rows {
            let is_lost = row.has_lost_its_worker() && !crate::sabotage::is_out("no_quarantine");
            if is_lost && self.has_lost {
                more.push(row);
            } else {
                self.has_lost |= is_lost;
                self.ready.push_back(row);
            }
        }
        more
    }

    /// Notes a task that this version of the code does not know.
    pub(super) fn is_unknown(&mut self, row: &DueRow) {
        if self.unknown.len() < MOST_UNKNOWN {
            self.unknown.insert(format!("{}.{} {}", row.process_id, row.task, row.key), Instant::now());
        }
    }

    /// Notes how long a row took.
    pub(super) fn took(&mut self, took: Duration) {
        self.each = Some(self.each.map_or(took, |each| (each * 7 + took) / 8));
    }

    /// Whether rows are done so quickly that it is worth to take several at once.
    pub(super) fn is_quick(&self) -> bool {
        self.each.is_some_and(|each| each < QUICK)
    }

    /// The tasks that are not to be looked at now.
    pub(super) fn unknown(&mut self) -> Vec<String> {
        self.unknown.retain(|_, since| since.elapsed() < UNKNOWN_FOR);
        self.unknown.keys().cloned().collect()
    }
}

/// Why bodies are cancelled when the worker stops.
pub(super) const STOPPING: Canceled = Canceled::Stopping;
