//! Starting and stopping a worker.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::connections::Connection;
use super::shared::{STOPPING, Shared};
use super::signal::{For, Phase};
use super::{Worker, complete, dispatch, execute, keeper};
use crate::store::{DueRow, FlowConnection, Store as _};
use crate::{DueReport, Error, Result};

/// What a stop asks of a worker, whatever its connections are.
trait Control: Send + Sync {
    fn to_phase(&self, phase: Phase);
    fn phase(&self) -> Phase;
    fn hint(&self);
    fn report(&self) -> DueReport;
}

impl<C: FlowConnection> Control for Shared<C> {
    fn to_phase(&self, phase: Phase) {
        self.signal.to_phase(phase);
        self.leases.cancel(STOPPING);
    }

    fn phase(&self) -> Phase {
        self.signal.phase()
    }

    fn hint(&self) {
        self.signal.change(|state| state.hinted = true);
    }

    fn report(&self) -> DueReport {
        self.signal.lock().report.clone()
    }
}

/// Stops a worker from elsewhere: from a signal handler's thread, or a request. It can be cloned.
#[derive(Clone)]
pub struct WorkerHandle(Arc<dyn Control>);

impl std::fmt::Debug for WorkerHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("WorkerHandle").field(&self.0.phase()).finish()
    }
}

impl WorkerHandle {
    /// Asks the worker to stop: nothing new is begun, and bodies that run learn it by
    /// [`JobContext::is_canceled`](crate::JobContext::is_canceled). It returns at once; a second call is [`abort`](WorkerHandle::abort).
    pub fn stop(&self) {
        let next = if self.is_stopping() { Phase::Aborted } else { Phase::Stopping };
        self.0.to_phase(next);
    }

    /// Asks the worker to stop without waiting for the bodies that run: their jobs are given back.
    pub fn abort(&self) {
        self.0.to_phase(Phase::Aborted);
    }

    /// Whether the worker was asked to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.phase() != Phase::Running
    }

    /// Says that there is work, so that the worker looks now rather than at its next poll: after a start in this very
    /// process, for example.
    pub fn wake(&self) {
        self.0.hint();
    }

    /// What the worker has done so far, in numbers: its `problems` are empty.
    #[must_use]
    pub fn report(&self) -> DueReport {
        self.0.report()
    }
}

/// A worker whose threads run. Dropping it stops it, and waits as [`stop`](RunningWorker::stop) does.
#[derive(Debug)]
#[must_use = "dropping it stops the worker"]
pub struct RunningWorker {
    handle: WorkerHandle,
    /// Waits for the other threads, and gives back what is left.
    ends: Option<JoinHandle<()>>,
}

impl RunningWorker {
    /// What stops it from elsewhere.
    #[must_use]
    pub fn handle(&self) -> WorkerHandle {
        self.handle.clone()
    }

    /// Stops it, and waits until what runs has finished or was given back. Returns what it has done, in numbers.
    pub fn stop(mut self) -> DueReport {
        if !self.handle.is_stopping() {
            self.handle.stop();
        }
        self.wait_for_end();
        self.handle.report()
    }

    /// Waits until somebody has stopped it: for a program that is nothing but a worker.
    pub fn wait(mut self) -> DueReport {
        self.wait_for_end();
        self.handle.report()
    }

    /// Stops it when the program gets SIGTERM or SIGINT; the second one aborts. Then let `main` end by
    /// [`wait`](RunningWorker::wait).
    ///
    /// # Errors
    /// If the operating system refuses.
    #[cfg(feature = "signals")]
    pub fn stop_on_signals(&self) -> std::io::Result<()> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT])?;
        let handle = self.handle();
        spawn("flow-signals", move || signals.forever().for_each(|_| handle.stop())).map(drop)
    }

    fn wait_for_end(&mut self) {
        // The thread's own panic was printed, and there is nothing else to be done about it.
        let _ = self.ends.take().map(JoinHandle::join);
    }
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        if self.ends.is_some() && !self.handle.is_stopping() {
            self.handle.stop();
        }
        self.wait_for_end();
    }
}

pub(super) fn start<C: FlowConnection>(worker: Worker<C>) -> Result<RunningWorker> {
    let Worker { flows, lend, options } = worker;
    // A wrong address is an error now, and not a worker that tries for ever.
    Connection::new(&lend).with(|conn| Ok(conn.store().next_due(&[], crate::clock::now()).map(drop)?))?;
    let shared = Arc::new(Shared::new(flows, options));
    let handle = WorkerHandle(Arc::clone(&shared) as Arc<dyn Control>);
    let started = threads(&shared, &lend);
    let ends = started.and_then(|threads| {
        let shared = Arc::clone(&shared);
        spawn("flow-end", move || end(&shared, threads, &mut Connection::new(&lend)))
    });
    match ends {
        Ok(ends) => Ok(RunningWorker { handle, ends: Some(ends) }),
        Err(error) => {
            handle.abort();
            Err(Error::misuse(format!("the threads of a worker could not be started: {error}")))
        }
    }
}

fn spawn(name: &str, f: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(f)
}

/// The threads that end when the worker stops.
struct Threads {
    dispatcher: JoinHandle<()>,
    /// Those that do rows, and the one that completes jobs.
    executors: Vec<JoinHandle<()>>,
    keeper: JoinHandle<()>,
}

fn threads<C: FlowConnection>(shared: &Arc<Shared<C>>, lend: &super::connections::Lend<C>) -> std::io::Result<Threads> {
    let with = |f: fn(&Shared<C>, &mut Connection<C>)| {
        let (shared, lend) = (Arc::clone(shared), Arc::clone(lend));
        move || f(&shared, &mut Connection::new(&lend))
    };
    let keeper = spawn("flow-leases", with(keeper::keep))?;
    // It is set here alone, so this cannot fail.
    let _ = shared.keeper.set(keeper.thread().clone());
    let mut executors = Vec::new();
    for number in 1..=shared.options.threads {
        executors.push(spawn(
            &format!("flow-{number}"),
            with(|shared, conn| {
                #[cfg(feature = "tokio")]
                let _entered = shared.options.runtime.as_ref().map(tokio::runtime::Handle::enter);
                execute::run(shared, conn);
            }),
        )?);
    }
    executors.push(spawn("flow-done", with(complete::run))?);
    let dispatcher = spawn("flow-due", with(dispatch::run))?;
    Ok(Threads { dispatcher, executors, keeper })
}

/// Waits for a stop, then for what runs; what does not finish in time is given back.
fn end<C: FlowConnection>(shared: &Shared<C>, threads: Threads, conn: &mut Connection<C>) {
    const FOREVER: Duration = Duration::from_secs(60 * 60);
    while shared.signal.phase() == Phase::Running {
        let _ = shared.signal.wait(For::Change, FOREVER, |_| (shared.signal.phase() != Phase::Running).then_some(()));
    }
    // The dispatcher releases the rows that no thread has begun.
    let _ = threads.dispatcher.join();
    let idle = shared.signal.wait(For::Change, shared.options.grace, |state| {
        (state.busy == 0 || shared.signal.phase() == Phase::Aborted).then_some(())
    });
    let is_idle = idle.is_some() && shared.signal.lock().busy == 0;
    if is_idle {
        for executor in threads.executors {
            let _ = executor.join();
        }
    } else {
        for held in shared.leases.take() {
            let row = DueRow { attempt: held.row.attempt - 1, ..held.row };
            tracing::warn!(
                process = row.process_id,
                task = row.task,
                "a job did not finish in time, and is given back"
            );
            if let Err(error) = conn.with(|conn| Ok(conn.store().give_back(&row)?)) {
                tracing::warn!(%error, "a job could not be given back, and is free when its lease ends");
            }
        }
    }
    shared.signal.change(|state| state.ended = true);
    threads.keeper.thread().unpark();
    let _ = threads.keeper.join();
}
