//! One transition: the engine asks, the flow's callbacks answer, the rows are written.
//!
//! [`verb`] is the table of what can be done, [`perform`](mod@perform) and [`start`] the ways in, [`due`] what the
//! background does; [`drive`](mod@drive) is the loop, compiled once per connection type: what is a flow's own is
//! behind [`Subject`](loaded::Subject).

mod actor;
mod answers;
pub(crate) mod available;
pub(crate) mod batch;
pub(crate) mod cancel;
pub(crate) mod conflict;
pub(crate) mod deny;
mod drive;
pub(crate) mod due;
pub(crate) mod event;
mod family;
pub(crate) mod hooks;
mod input;
mod job;
mod loaded;
pub(crate) mod perform;
pub(crate) mod permit;
pub(crate) mod process_verb;
pub(crate) mod retired;
mod savepoint;
pub(crate) mod start;
mod unit_of_work;
pub(crate) mod verb;
pub(crate) mod work;

pub(crate) use actor::Actor;
pub use available::Availability;
#[allow(unreachable_pub, reason = "seen through the functions that the macro emits")]
pub use drive::ChildPlan;
pub(crate) use hooks::Hooks;
pub use input::{Again, Input, Output};
pub(crate) use unit_of_work::{Audited, Items, UnitOfWork};
pub use verb::Verb;

/// Who asked for a transition, and what it is called in the audit.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) actor: Actor,
    pub(crate) verb: Verb,
    /// The task that the audit row is about: its place. `None`: the process.
    pub(crate) subject: Option<usize>,
}

/// The actor of timers and jobs.
pub(crate) const FLOW: &str = "flow";
