//! The correlation key of a message, and the key by which jobs share a limit.

use crate::{Error, ProcessId, Result, StepError, TaskId};

/// The longest key, in bytes.
const LONGEST_KEY: usize = 200;

/// What can be the key of a message, or the `concurrency_key` of a job: a text, an integer, the id of a process or a task.
/// A callback may return a `Result` of it.
///
/// Keys are compared as text: `7` and `"7"` are the same.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    note = "a key is a text, an integer, the id of a process or of a task, or a `Result` of one"
)]
pub trait MessageKey {
    /// The key as text, as it is stored and compared.
    ///
    /// # Errors
    /// Those of the callback that returned it.
    fn message_key(self) -> Result<String, StepError>;
}

macro_rules! by_text {
    ($($type:ty),*) => {$(
        impl MessageKey for $type {
            fn message_key(self) -> Result<String, StepError> {
                Ok(self.to_string())
            }
        }
    )*};
}

by_text!(&str, &String, String, i16, i32, i64, u16, u32, u64, usize, &i32, &i64, ProcessId, TaskId);

#[cfg(feature = "uuid")]
by_text!(uuid::Uuid);

impl<K: MessageKey, E: Into<StepError>> MessageKey for Result<K, E> {
    fn message_key(self) -> Result<String, StepError> {
        self.map_err(Into::into)?.message_key()
    }
}

/// Refuses a key that cannot be stored, or that would match what it is not meant for.
pub(super) fn check(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > LONGEST_KEY || key.contains('\0') {
        let text = format!("the key of a message must have 1 to {LONGEST_KEY} bytes and no NUL character");
        return Err(Error::invalid("key", text));
    }
    Ok(())
}

/// Refuses a key of a job that cannot be stored.
pub(crate) fn check_concurrency_key(key: &str) -> Result<()> {
    if key.len() > LONGEST_KEY || key.contains('\0') {
        let text = format!("a `concurrency_key` has at most {LONGEST_KEY} bytes and no NUL character");
        return Err(Error::invalid("concurrency_key", text));
    }
    Ok(())
}
