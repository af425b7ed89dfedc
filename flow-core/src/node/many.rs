//! What can be done to a task that has a child for each item of a list.

use super::{ConnectionOf, ItemNode, NSubprocess};
use crate::transition::{Input, Verb, perform};
use crate::{Error, Result, Task, TaskId, User};

impl<N: ItemNode> NSubprocess<N> {
    /// Adds an item to a running task: a child more, which is waited for as the others are, and comes last in `on_done`.
    /// Where the children run one after another it waits for its turn. For managers. Returns the task as it is then.
    ///
    /// # Errors
    /// `Denied` if the person may not; `Conflict` if the task does not run any more, or its process is suspended;
    /// `Invalid` if the item cannot be stored; `NotFound` if it is not a task of this node; `Limit` if it has 10,000
    /// children that have not ended; `Step` if a callback fails. Nothing was changed then.
    pub fn add_item(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User, item: N::Item) -> Result<Task> {
        let stored = serde_json::to_value(item).map_err(|error| Error::invalid("item", error.to_string()))?;
        let input = Input::new(stored, Some(Clone::clone));
        Ok(perform::perform::<N::Flow>(conn, Verb::AddItem, N::ID, task, user, input)?.into_task())
    }
}
