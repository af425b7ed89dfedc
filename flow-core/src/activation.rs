//! What a callback sees.

use crate::{Flow, Task};

/// What a callback sees: the process, and the task that is being done.
///
/// What only looks (`if`, a permission) gets `&Activation`, so that writing there does not compile; what
/// acts (`run`, `on_done`, a form) gets `&mut Activation`. What is set here is written with the transition.
///
/// ```ignore
/// fn note_result(a: &mut Activation<Self>) { a.process.set_sent(true); }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Activation<F: Flow, T = Task> {
    /// The process, as the flow's own type.
    pub process: F::Process,
    /// The task, as the type that the node names by `task = ..`.
    pub task: T,
}

impl<F: Flow, T> Activation<F, T> {
    pub(crate) fn new(process: F::Process, task: T) -> Self {
        Activation { process, task }
    }
}
