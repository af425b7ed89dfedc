//! Events from outside a process: the times at which processes start, messages, signals.

mod key;
mod schedule;
mod subscription;

pub use key::MessageKey;
pub(crate) use key::check_concurrency_key;
pub use schedule::Tick;
pub(crate) use subscription::{Envelope, begins, message, signal, thrown};

use std::time::Duration;

/// How often a condition is looked at that nothing in its process has changed.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Of a `MessageCatch` or a `MessageThrow`: what it says of its message.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct MessageDef {
    pub name: &'static str,
    /// How long it is kept if nobody waits for it.
    pub kept_for: Option<fn() -> Duration>,
}
