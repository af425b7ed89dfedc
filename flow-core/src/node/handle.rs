//! What code can do at a `StartHandle`, a `Handle` and a `MessageCatch`.

use super::{ConnectionOf, Handle, InputNode, MessageCatch, ProcessOf, StartHandle};
use crate::transition::{Input, Verb, perform, start};
use crate::{Result, TaskId, User};

impl<N: InputNode> StartHandle<N> {
    /// Starts a process.
    ///
    /// # Errors
    /// As [`Start::run`](super::Start::run).
    pub fn run(&self, conn: &mut ConnectionOf<N>, user: &dyn User, input: N::Input) -> Result<ProcessOf<N>> {
        start::start::<N::Flow>(conn, N::ID, user, Input::new(input, N::AGAIN))
    }

    /// Starts a process once for this key: see [`Start::run_once`](super::Start::run_once).
    ///
    /// # Errors
    /// As [`Start::run_once`](super::Start::run_once).
    pub fn run_once(
        &self,
        conn: &mut ConnectionOf<N>,
        user: &dyn User,
        key: &str,
        input: N::Input,
    ) -> Result<ProcessOf<N>> {
        start::start_once::<N::Flow>(conn, N::ID, user, key, Input::new(input, N::AGAIN))
    }
}

impl<N: InputNode> Handle<N> {
    /// Completes the waiting task and continues the process. Returns the process as it is afterwards.
    ///
    /// # Errors
    /// `Denied` if the caller is not authorized; `Conflict` if the task is already done or cancelled; `NotFound` if it
    /// is not a task of this node; `Step` if a callback fails. Nothing was changed then: the task still waits.
    pub fn run(
        &self,
        conn: &mut ConnectionOf<N>,
        task: TaskId,
        user: &dyn User,
        input: N::Input,
    ) -> Result<ProcessOf<N>> {
        let input = Input::new(input, N::AGAIN);
        perform::perform::<N::Flow>(conn, Verb::Run, N::ID, task, user, input)?.into_process()
    }
}

impl<N: InputNode> MessageCatch<N> {
    /// Completes the waiting task as its message would, whatever its key, and continues the process. Returns the process
    /// as it is afterwards.
    ///
    /// # Errors
    /// As [`Handle::run`].
    pub fn run(
        &self,
        conn: &mut ConnectionOf<N>,
        task: TaskId,
        user: &dyn User,
        input: N::Input,
    ) -> Result<ProcessOf<N>> {
        let input = Input::new(input, N::AGAIN);
        perform::perform::<N::Flow>(conn, Verb::Run, N::ID, task, user, input)?.into_process()
    }
}
