//! The clock, and what a round took.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Whatever goes wrong ends the program.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A worker that does not come to an end in this time has failed.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often bodies of jobs ran.
static RAN: AtomicI64 = AtomicI64::new(0);

/// The body of each job.
pub(crate) fn body() {
    RAN.fetch_add(1, Ordering::Relaxed);
}

/// A round, from the start of the worker to the commit of the last job.
#[derive(Debug)]
pub(crate) struct Round {
    begun: Instant,
    busy: f64,
    jobs: i64,
    /// What [`RAN`] will be.
    all: i64,
}

impl Round {
    pub(crate) fn begin(jobs: i64) -> Self {
        let all = RAN.load(Ordering::Relaxed) + jobs;
        Round { begun: Instant::now(), busy: on_processor(), jobs, all }
    }

    /// Waits until all bodies have run. The database is not asked before: that would cost the queue time.
    pub(crate) async fn bodies(&self) -> Result<(), Failure> {
        while RAN.load(Ordering::Relaxed) < self.all {
            self.wait().await?;
        }
        Ok(())
    }

    fn ran(&self) -> i64 {
        RAN.load(Ordering::Relaxed) - (self.all - self.jobs)
    }

    /// A millisecond, until there is no patience left.
    pub(crate) async fn wait(&self) -> Result<(), Failure> {
        if self.begun.elapsed() > PATIENCE {
            return Err(
                format!("only {} of {} bodies ran, or their ends were not written", self.ran(), self.jobs).into()
            );
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(())
    }

    /// To be called at once when the database has all jobs as done.
    pub(crate) fn end(self, settings: &str) -> Result<Value, Failure> {
        let (seconds, busy) = (self.begun.elapsed().as_secs_f64(), on_processor() - self.busy);
        if self.ran() != self.jobs {
            return Err(format!("{} bodies ran for {} jobs", self.ran(), self.jobs).into());
        }
        Ok(json!({ "units": self.jobs, "seconds": seconds, "cpu": busy, "settings": settings }))
    }
}

/// Seconds on a processor of all threads of this program, from `/proc` in hundredths; 0 where they cannot be seen.
fn on_processor() -> f64 {
    // Behind the name in brackets, which may have spaces, user and system time are the 12th and 13th.
    let ticks = std::fs::read_to_string("/proc/self/stat").ok().and_then(|text| {
        let (_, rest) = text.rsplit_once(')')?;
        let mut fields = rest.split_whitespace().skip(11);
        let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(user + system)
    });
    ticks.unwrap_or_default() / 100.0
}

/// Of a server's process, which has one thread: in nanoseconds, so that a short one counts too.
pub(crate) fn of_server(process: i32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/schedstat")).ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
