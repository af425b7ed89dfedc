//! What the threads of one worker share.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::Options;
use super::keeper::Leases;
use super::signal::Signal;
use crate::clock::{self, DatabaseClock, Following};
use crate::store::{FlowConnection, Locking, Store as _};
use crate::transition::due::Claimant;
use crate::{Canceled, Flows, Result};

/// How often it is seen to that each timer which starts processes has its row.
const TICKS_EVERY: Duration = Duration::from_secs(60);

/// How often the clock of the database is read.
const CLOCK_EVERY: Duration = Duration::from_secs(60);

pub(super) struct Shared<C: 'static> {
    pub(super) flows: Flows<C>,
    pub(super) names: Vec<&'static str>,
    pub(super) limits: Vec<(String, u32)>,
    pub(super) options: Options,
    pub(super) leases: Leases,
    pub(super) keeper: OnceLock<Thread>,
    has_ticks: bool,
    looked_for_ticks: Mutex<Option<Instant>>,
    pub(super) signal: Signal<C>,
    /// The clock of the database, as it was read last; `None` inside: it has none of its own.
    clock: Mutex<Option<Option<DatabaseClock>>>,
    /// Whose turn it is to write, where the database has one writer: to wait for it there is to sleep.
    writer: Mutex<()>,
}

impl<C: FlowConnection> Shared<C> {
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
            clock: Mutex::new(None),
            writer: Mutex::new(()),
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

    /// The clock of the database, which is read now and then.
    pub(super) fn read_clock(&self, conn: &mut C) -> Result<Option<DatabaseClock>> {
        let known = *self.clock();
        match known {
            Some(None) => Ok(None),
            Some(Some(clock)) if clock.age() < CLOCK_EVERY => Ok(Some(clock)),
            _ => {
                let clock = conn.store().clock()?;
                *self.clock() = Some(clock);
                Ok(clock)
            }
        }
    }

    /// Lets this thread follow the clock of the database, as it was read last.
    pub(super) fn follow_clock(&self) -> Following {
        let clock = *self.clock();
        clock::follow(clock.flatten())
    }

    fn clock(&self) -> MutexGuard<'_, Option<Option<DatabaseClock>>> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a batch, one thread of the worker after another where the database has one writer.
    pub(super) fn in_turn<T>(&self, conn: &mut C, f: impl FnOnce(&mut C) -> T) -> T {
        let has_one_writer = conn.store().locking() == Locking::Pessimistic;
        let _turn = has_one_writer.then(|| self.writer.lock().unwrap_or_else(PoisonError::into_inner));
        f(conn)
    }

    pub(super) fn claimant(&self) -> Claimant {
        Claimant {
            holder: Some(self.options.holder.clone()),
            lease: Some(self.options.lease),
            keeper: self.keeper.get().cloned(),
        }
    }
}

/// Why bodies are cancelled when the worker stops.
pub(super) const STOPPING: Canceled = Canceled::Stopping;
