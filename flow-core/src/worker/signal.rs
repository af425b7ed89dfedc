//! The queue of a worker: what waits for a thread, what waits to be completed, and who is to be woken.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::claimed::{Claimed, LONGEST_AHEAD, Ready};
use crate::DueReport;
use crate::store::DueRow;

/// What this version of the code does not know is looked at again after this time.
const UNKNOWN_FOR: Duration = Duration::from_secs(60);

/// More rows than these are not remembered.
const MOST_UNKNOWN: usize = 10_000;

/// Rows that are done sooner than this are taken ahead, so that threads need not wait for the next ones.
const QUICK: Duration = Duration::from_millis(20);

/// How many rows are taken ahead for each thread: what it does in this time, between these bounds.
const AHEAD: Duration = Duration::from_millis(100);
const FEWEST_AHEAD: u128 = 16;
const MOST_AHEAD: u128 = 256;

/// Whether a worker goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Running,
    /// Nothing new is begun.
    Stopping,
    /// Nobody waits for what runs.
    Aborted,
}

/// What waits for a thread, and who is to be woken.
pub(super) struct Signal<C> {
    phase: AtomicU8,
    state: Mutex<State<C>>,
    /// Wakes the threads that do rows.
    ready: Condvar,
    /// Wakes the one that completes jobs.
    finished: Condvar,
    /// Wakes the one that looks for work, and the one that waits for the end.
    changed: Condvar,
}

impl<C> Default for Signal<C> {
    fn default() -> Self {
        Signal {
            phase: AtomicU8::default(),
            state: Mutex::new(State::default()),
            ready: Condvar::new(),
            finished: Condvar::new(),
            changed: Condvar::new(),
        }
    }
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    Ready,
    Finished,
    Change,
}

pub(super) struct State<C> {
    /// What waits for a thread.
    pub(super) ready: VecDeque<Ready<C>>,
    /// Jobs whose bodies were run.
    pub(super) finished: Vec<Claimed<C>>,
    /// How many rows are begun, and not done.
    pub(super) busy: usize,
    /// Nodes whose jobs cannot be completed together with others.
    pub(super) alone: BTreeSet<(&'static str, &'static str)>,
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

impl<C> Default for State<C> {
    fn default() -> Self {
        State {
            ready: VecDeque::new(),
            finished: Vec::new(),
            busy: 0,
            alone: BTreeSet::new(),
            has_lost: false,
            hinted: false,
            unknown: BTreeMap::new(),
            each: None,
            ended: false,
            report: DueReport::default(),
        }
    }
}

impl<C> Signal<C> {
    pub(super) fn lock(&self) -> MutexGuard<'_, State<C>> {
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
        self.change(|_| ());
    }

    /// Changes the state, and wakes who waits for any change.
    pub(super) fn change<T>(&self, f: impl FnOnce(&mut State<C>) -> T) -> T {
        let value = f(&mut self.lock());
        self.ready.notify_all();
        self.finished.notify_all();
        self.changed.notify_all();
        value
    }

    /// The body of a job was run: only who completes it is woken.
    pub(super) fn finish(&self, claimed: Claimed<C>, took: Duration) {
        let mut state = self.lock();
        state.took(took);
        state.finished.push(claimed);
        let is_first = state.finished.len() == 1;
        drop(state);
        if is_first {
            self.finished.notify_one();
        }
    }

    /// Waits until `f` has an answer, or this long.
    pub(super) fn wait<T>(
        &self,
        what: For,
        longest: Duration,
        mut f: impl FnMut(&mut State<C>) -> Option<T>,
    ) -> Option<T> {
        let condvar = match what {
            For::Ready => &self.ready,
            For::Finished => &self.finished,
            For::Change => &self.changed,
        };
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
            state = condvar.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<C> State<C> {
    /// Takes reserved rows to be done; those that cannot be done beside the others are returned.
    pub(super) fn take(&mut self, rows: Vec<DueRow>) -> Vec<DueRow> {
        let mut more = Vec::new();
        for row in rows {
            let is_lost = row.has_lost_its_worker() && !crate::sabotage::is_out("no_quarantine");
            if is_lost && self.has_lost {
                more.push(row);
            } else {
                self.has_lost |= is_lost;
                self.ready.push_back(Ready::Row(Box::new(row)));
            }
        }
        more
    }

    /// Takes out the claimed jobs that no thread has begun: all of them, or those that have waited too long.
    pub(super) fn not_begun(&mut self, all: bool) -> Vec<Claimed<C>> {
        let mut taken = Vec::new();
        for ready in std::mem::take(&mut self.ready) {
            match ready {
                Ready::Claimed(claimed) if all || claimed.is_stale() => taken.push(claimed),
                ready => self.ready.push_back(ready),
            }
        }
        if !all && !taken.is_empty() {
            // Rows are not done quickly any more: none is taken ahead until they are.
            self.each = Some(LONGEST_AHEAD);
        }
        taken
    }

    /// Takes out the rows that no thread has begun.
    pub(super) fn reserved(&mut self) -> Vec<DueRow> {
        let mut taken = Vec::new();
        for ready in std::mem::take(&mut self.ready) {
            match ready {
                Ready::Row(row) => taken.push(*row),
                ready => self.ready.push_back(ready),
            }
        }
        taken
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

    /// How many rows are taken ahead for each thread: some where they are done so quickly that it is worth it.
    pub(super) fn ahead(&self) -> usize {
        let Some(each) = self.each.filter(|each| *each < QUICK) else { return 0 };
        let ahead = AHEAD.as_nanos() / each.as_nanos().max(1);
        usize::try_from(ahead.clamp(FEWEST_AHEAD, MOST_AHEAD)).unwrap_or_default()
    }

    /// The tasks that are not to be looked at now.
    pub(super) fn unknown(&mut self) -> Vec<String> {
        self.unknown.retain(|_, since| since.elapsed() < UNKNOWN_FOR);
        self.unknown.keys().cloned().collect()
    }
}
