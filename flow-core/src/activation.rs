//! What a callback sees.

use crate::{Flow, Task};

/// What a callback sees: the process, and the task that is being done.
///
/// What only looks (`if`, a permission) gets `&Activation`, so that writing there does not compile; what
/// acts (`run`, `on_done`, a form) gets `&mut Activation`. What is set here is written with the transition.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[derive(ProcessProxy)]
/// pub struct SendProcess { process: Process, #[json(default)] sent: bool }
///
/// #[flow(process = SendProcess)]
/// pub struct SendFlow {
///     #[node(permission(anyone), next = this.note)] start: Start,
///     #[node(run = this.note_result, next = this.end)] note: Function,
///     end: End,
/// }
///
/// impl SendFlow {
///     fn note_result(a: &mut Activation<Self>) { a.process.set_sent(true); }
/// }
/// # fn main() {}
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
