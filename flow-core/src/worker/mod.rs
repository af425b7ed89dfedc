//! Workers: threads that do what is due, in any number of processes over one database.

mod claimed;
mod complete;
mod connections;
mod dispatch;
mod execute;
mod handle;
mod keeper;
mod name;
mod shared;
mod signal;

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "cli")]
pub(crate) use connections::Lent;
pub use connections::{Connections, Opened, Pooled};
pub use handle::{RunningWorker, WorkerHandle};

pub(crate) use name::given as holder_name;

use connections::Lend;
use shared::Shared;

use crate::store::{FlowConnection, Store as _};
use crate::{DueReport, Error, Flows, Result, clock};

/// Does what is due: jobs, timers, parents to resume. Any number of workers, in any number of processes, may work on
/// one database; each row is done by one of them.
///
/// ```no_run
/// use flow_core::Worker;
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct PingFlow {
///     #[node(permission(anyone), next = this.ping)] start: Start,
///     #[node(run = |_job| println!("ping"), next = this.end)] ping: Job,
///     end: End,
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![PingFlow];
///
/// fn main() -> flow_core::Result<()> {
///     let worker = Worker::new(&FLOWS, || flow_core::sqlite::open("app.sqlite")).threads(4).start()?;
///     // .. the app does its work; then:
///     worker.stop();
///     Ok(())
/// }
/// ```
///
/// **What it promises.** A row is taken under a lease, which is renewed while the body of a job runs, up to the node's
/// `timeout`. If a worker is killed, its leases end, and others do what it had begun: the attempt counts as failed. Each
/// claim has a fencing token, so that a worker which comes late changes nothing. A body therefore runs at least once;
/// what `on_done` writes is written once. One row that cannot be done stops no other.
///
/// **Batches.** The jobs that are due are claimed together, and those whose bodies have ended are completed together, in
/// one commit each. One that fails, or behind which a callback takes the connection, is done by itself.
///
/// **Clocks.** On PostgreSQL a worker goes by the clock of the server, which it reads once a minute: workers on machines
/// whose clocks differ, or are set, agree on what is due and on whose lease has ended. On SQLite all are on one machine.
///
/// **Stopping.** [`WorkerHandle::stop`] lets running bodies finish within [`grace`](Worker::grace); what is left is given
/// back with its attempt. Call it from the app's signal handler, or use `stop_on_signals` (feature `signals`).
#[must_use = "a worker does nothing until it is started"]
pub struct Worker<C: 'static> {
    flows: Flows<C>,
    lend: Lend<C>,
    options: Options,
}

/// How a worker works.
#[derive(Clone, Debug)]
struct Options {
    holder: String,
    threads: usize,
    lease: Duration,
    poll: Duration,
    grace: Duration,
    queues: Option<Vec<String>>,
    #[cfg(feature = "tokio")]
    runtime: Option<tokio::runtime::Handle>,
}

impl<C: 'static> std::fmt::Debug for Worker<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<C: FlowConnection> Worker<C> {
    /// A worker for these flows. Each thread takes its connections from the closure: `move || pool.get()`, or
    /// `|| PgConnection::establish(url)`. See [`Connections`].
    pub fn new<How>(flows: &Flows<C>, connections: impl Connections<C, How>) -> Self {
        let options = Options {
            holder: name::unique(&name::of_process()),
            threads: 4,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(3),
            grace: Duration::from_secs(30),
            queues: None,
            #[cfg(feature = "tokio")]
            runtime: None,
        };
        Worker { flows: *flows, lend: Arc::new(move || connections.lend()), options }
    }

    /// How people know it in [`Flows::workers`](crate::Flows::workers). Without it: the host and the process's number.
    /// Two workers may have the same name; a suffix makes each unique.
    pub fn name(mut self, name: &str) -> Self {
        self.options.holder = name::unique(name);
        self
    }

    /// How many rows it does at once: each has a thread, and a connection except while the body of a job runs. Three more
    /// threads, with a connection each where they need one, look for work, complete jobs and renew leases. Without it: 4.
    pub fn threads(mut self, threads: usize) -> Self {
        self.options.threads = threads.max(1);
        self
    }

    /// How long a lease is. It is renewed long before it ends, so this is how long it takes until others do what a worker
    /// has left behind that was killed. At least a second; without it: 30 seconds.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.options.lease = lease.max(Duration::from_secs(1));
        self
    }

    /// How long it waits at most before it looks for work again, when there was none for some time. Without it: three
    /// seconds. A start in this process can [`wake`](WorkerHandle::wake) it; on PostgreSQL others can, too: see
    /// `postgres::notify_workers`.
    pub fn poll(mut self, longest: Duration) -> Self {
        self.options.poll = longest.max(SHORTEST_POLL);
        self
    }

    /// How long bodies that run may take to finish when the worker stops. Without it: 30 seconds.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.options.grace = grace;
        self
    }

    /// The queues it serves; `""` is the queue of jobs that name none, and of timers and whatever else is due. Without
    /// it: all.
    pub fn queues<Q: Into<String>>(mut self, queues: impl IntoIterator<Item = Q>) -> Self {
        self.options.queues = Some(queues.into_iter().map(Into::into).collect());
        self
    }

    /// Bodies of jobs that are async run in the context of this runtime: they can use its timers and its I/O, and spawn
    /// tasks on it. A body still occupies one of the worker's threads while it waits.
    #[cfg(feature = "tokio")]
    pub fn runtime(mut self, runtime: tokio::runtime::Handle) -> Self {
        self.options.runtime = Some(runtime);
        self
    }

    /// Does what is due now, once, with this connection and on the caller's thread: for tests, with a `TestClock`. Leases
    /// are not renewed meanwhile.
    ///
    /// # Errors
    /// As [`Flows::run_due`](crate::Flows::run_due).
    pub fn step(&self, conn: &mut C) -> Result<DueReport> {
        if conn.store().depth()? > 0 {
            return Err(Error::misuse("a worker was stepped inside a transaction; jobs are run outside of any"));
        }
        let shared = Shared::new(self.flows, self.options.clone());
        let mut report = DueReport::default();
        let _clock = clock::follow(shared.read_clock(conn)?);
        for row in dispatch::reserve(&shared, conn, STEP)? {
            let outcome = execute::on_this_thread(&shared, conn, &row)?;
            report.count(&row, outcome);
        }
        Ok(report)
    }

    /// Starts its threads.
    ///
    /// # Errors
    /// `Database` if there is no connection, or no thread can be made.
    pub fn start(self) -> Result<RunningWorker> {
        handle::start(self)
    }
}

/// How long it waits at least before it looks again, where it found less than it could do.
const SHORTEST_POLL: Duration = Duration::from_millis(5);

/// How many rows a step takes.
const STEP: usize = 100;
