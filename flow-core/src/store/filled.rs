//! Which columns of a row hold something else than their default. What was empty when it was read, and is empty still,
//! need not be written.

use crate::data::Document;
use crate::{Process, Task};

/// Whether a column would have this value if nobody wrote it.
pub(super) trait IsDefault {
    fn is_default(&self) -> bool;
}

impl<T> IsDefault for Option<T> {
    fn is_default(&self) -> bool {
        self.is_none()
    }
}

impl IsDefault for i32 {
    fn is_default(&self) -> bool {
        *self == 0
    }
}

impl IsDefault for bool {
    fn is_default(&self) -> bool {
        !self
    }
}

impl IsDefault for Document {
    fn is_default(&self) -> bool {
        self.is_blank()
    }
}

/// Calls a macro with the columns of a task that a transition may change, and that have a default.
macro_rules! changing_of_task {
    ($then:ident) => {
        $then! {
            open_tokens: Integer, joined: Nullable<Integer>, owner: Nullable<Text>, assigned: Nullable<Moment>,
            started: Nullable<Moment>, finished: Nullable<Moment>, due: Nullable<Moment>, seed_type: Nullable<Text>,
            seed_key: Nullable<Text>, artifact_type: Nullable<Text>, artifact_key: Nullable<Text>,
            error: Nullable<Text>, resting: Bool, nominee: Nullable<Text>, on_behalf_of: Nullable<Text>,
            priority: Integer
        }
    };
}

/// Calls a macro with the columns of a process that a transition may change, and that have a default.
macro_rules! changing_of_process {
    ($then:ident) => {
        $then! {
            finished: Nullable<Moment>, seed_type: Nullable<Text>, seed_key: Nullable<Text>,
            artifact_type: Nullable<Text>, artifact_key: Nullable<Text>, reference: Nullable<Text>,
            suspended: Nullable<Moment>
        }
    };
}

#[cfg(feature = "sqlite")]
pub(super) use {changing_of_process, changing_of_task};

/// The columns of a row that hold something else than their default, a bit each, in the order of the macros above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct Filled(u32);

impl Filled {
    fn of(columns: impl IntoIterator<Item = bool, IntoIter: DoubleEndedIterator>) -> Self {
        Filled(columns.into_iter().rev().fold(0, |bits, filled| bits << 1 | u32::from(filled)))
    }

    /// Whether each column holds something, in order.
    #[cfg(feature = "sqlite")]
    pub(super) fn columns(self) -> impl Iterator<Item = bool> {
        (0..u32::BITS).map(move |place| self.0 >> place & 1 == 1)
    }
}

impl From<&Task> for Filled {
    fn from(row: &Task) -> Self {
        macro_rules! of {
            ($($column:ident: $type:ty),*) => { Filled::of([$(!row.$column.is_default()),*]) };
        }
        changing_of_task!(of)
    }
}

impl From<&Process> for Filled {
    fn from(row: &Process) -> Self {
        macro_rules! of {
            ($($column:ident: $type:ty),*) => { Filled::of([$(!row.$column.is_default()),*]) };
        }
        changing_of_process!(of)
    }
}
