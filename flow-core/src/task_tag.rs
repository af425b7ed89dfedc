//! What somebody has seen of a task, as a short text: for `If-Match` of a web page or a REST interface.

use std::fmt;
use std::str::FromStr;

use crate::data::Document;
use crate::form;
use crate::{FormField, Process, Task};

/// What somebody has seen of a task: its status, its owner, and the values of its form as they see them, with their own
/// draft. It changes when one of these does, and not when another branch of the process goes on. See
/// [`Flows::if_unchanged`](crate::Flows::if_unchanged).
///
/// ```
/// use flow_core::TaskTag;
///
/// let tag: TaskTag = "00000000000000ff".parse()?;
/// assert_eq!(tag.to_string(), "00000000000000ff");
/// assert!("ff".parse::<TaskTag>().is_err());
/// # Ok::<(), flow_core::ParseTaskTagError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskTag(u64);

/// A text that is not the tag of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the tag of a task: 16 hexadecimal digits")]
#[non_exhaustive]
pub struct ParseTaskTagError;

impl TaskTag {
    /// Of a task with the form of these fields, for somebody with this draft.
    pub(crate) fn of(fields: &[FormField], process: &Process, task: &Task, draft: Option<&Document>) -> Self {
        let values = serde_json::Value::Object(form::values_of_task(fields, process, task));
        let draft = draft.map(Document::to_json).unwrap_or_default();
        let (owner, status) = (task.owner.as_deref().unwrap_or_default(), task.status.as_str());
        let seen = (task.id().to_string(), status, owner, task.resting, values.to_string(), draft);
        TaskTag(flow_graph::name_hash(&format!("{seen:?}")))
    }
}

impl fmt::Display for TaskTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for TaskTag {
    type Err = ParseTaskTagError;

    fn from_str(text: &str) -> Result<Self, ParseTaskTagError> {
        let is_tag = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = u64::from_str_radix(text, 16).ok().filter(|_| is_tag);
        number.map(TaskTag).ok_or(ParseTaskTagError)
    }
}
