//! What happens when a job fails: how often it is tried again, and after how long.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use crate::{Flow, JobContext, clock};

/// How often a failed job is tried again, and after how long: `retry(attempts = 5, delay = seconds(10))`.
///
/// The delay after the first failure is `delay`, each further one `factor` times the one before, at most `max`.
///
/// A method that decides itself can start from it:
///
/// ```
/// use std::time::Duration;
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct PingFlow {
///     #[node(permission(anyone), next = this.ping)] start: Start,
///     #[node(run = this.send, retry(this.again), next = this.end)] ping: Job,
///     end: End,
/// }
///
/// impl PingFlow {
///     fn send(job: &JobContext<Self>) -> Step { Err(StepError::code("busy")) }
///
///     fn again(job: &JobContext<Self>, failure: &JobFailure) -> Option<Duration> {
///         match failure.code() {
///             Some("busy") => Some(minutes(5)),
///             _ => Retry { attempts: 3, ..Retry::DEFAULT }.delay(job),
///         }
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// How often the job is begun in all, the first time included. An attempt whose worker was lost counts.
    pub attempts: u32,
    /// The delay after the first failure.
    pub delay: Duration,
    /// How much longer each delay is than the one before.
    pub factor: f64,
    /// The longest delay.
    pub max: Duration,
    /// Each delay is up to a quarter longer, so that jobs which failed together are not tried again together.
    pub jitter: bool,
}

impl Retry {
    /// Five attempts, after 10, 20, 40 and 80 seconds; no delay is longer than an hour.
    pub const DEFAULT: Retry = Retry {
        attempts: 5,
        delay: Duration::from_secs(10),
        factor: 2.0,
        max: Duration::from_secs(60 * 60),
        jitter: false,
    };

    /// After how long the job is tried again, now that this attempt has failed; `None` if it was the last one.
    #[must_use]
    pub fn delay<F: Flow, T>(&self, job: &JobContext<F, T>) -> Option<Duration> {
        let mut hasher = DefaultHasher::new();
        (job.id, job.attempt, clock::now().as_micros()).hash(&mut hasher);
        self.after(job.attempt, hasher.finish())
    }

    /// The delay after this attempt, from 1. `chance` decides the jitter.
    fn after(&self, attempt: i32, chance: u64) -> Option<Duration> {
        if u32::try_from(attempt).is_ok_and(|attempt| attempt >= self.attempts) {
            return None;
        }
        let grown = self.delay.as_secs_f64() * self.factor.max(0.0).powi(attempt.saturating_sub(1).max(0));
        let longest = self.max.as_secs_f64();
        // Also if the product overflowed.
        let delay = if grown < longest { grown } else { longest };
        let part = f64::from(u32::try_from(chance % 1_000).unwrap_or_default()) / 1_000.0;
        let delay = if self.jitter { delay * (1.0 + part / 4.0) } else { delay };
        Duration::try_from_secs_f64(delay).ok().or(Some(self.max))
    }
}

impl Default for Retry {
    fn default() -> Self {
        Retry::DEFAULT
    }
}

/// Why an attempt at a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    code: Option<&'static str>,
    message: String,
    is_lost: bool,
}

impl JobFailure {
    /// A failure, for a unit test of a `retry` method.
    #[must_use]
    pub fn new(code: Option<&'static str>, message: impl Into<String>) -> Self {
        JobFailure { code, message: message.into(), is_lost: false }
    }

    /// Nobody has written what came of the attempt, which is not the fault of the job.
    pub(crate) fn lost(message: &str) -> Self {
        JobFailure { code: None, message: message.to_owned(), is_lost: true }
    }

    /// Whether nobody has written what came of the attempt.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// The code, if the body failed with [`StepError::code`](crate::StepError::code). A panic, a timeout and a lost
    /// worker have none.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// The text of the error: `panicked` of a panic, `the worker stopped before completing it` where a worker did not come back.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(retry: &Retry) -> Vec<Option<u64>> {
        (1..=6).map(|attempt| retry.after(attempt, 999).map(|delay| delay.as_secs())).collect()
    }

    #[test]
    fn delays_grow_up_to_the_longest_and_end_with_the_last_attempt() {
        assert_eq!(delays(&Retry::DEFAULT), [Some(10), Some(20), Some(40), Some(80), None, None]);
        let short = Retry { max: Duration::from_secs(15), ..Retry::DEFAULT };
        assert_eq!(delays(&short), [Some(10), Some(15), Some(15), Some(15), None, None]);
        assert_eq!(delays(&Retry { attempts: 1, ..Retry::DEFAULT })[0], None);
        assert_eq!(delays(&Retry { attempts: 0, ..Retry::DEFAULT })[0], None);
    }

    #[test]
    fn no_number_makes_a_delay_that_is_none() {
        let endless = Retry { attempts: u32::MAX, factor: f64::MAX, ..Retry::DEFAULT };
        assert_eq!(endless.after(i32::MAX, 0), Some(Duration::from_secs(3_600)));
        let odd = Retry { factor: f64::NAN, ..Retry::DEFAULT };
        assert!(odd.after(3, 0).is_some());
        let forever = Retry { delay: Duration::MAX, max: Duration::MAX, jitter: true, ..Retry::DEFAULT };
        assert_eq!(forever.after(1, 999), Some(Duration::MAX));
    }

    #[test]
    fn jitter_adds_up_to_a_quarter() {
        let retry = Retry { jitter: true, delay: Duration::from_secs(100), ..Retry::DEFAULT };
        assert_eq!(retry.after(1, 0), Some(Duration::from_secs(100)));
        let most = retry.after(1, 999).unwrap_or_default();
        assert!(most > Duration::from_secs(124) && most <= Duration::from_secs(125), "{most:?}");
    }
}
