//! The statuses of processes and tasks. The stored words are Viewflow's.

macro_rules! status {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A status that this version does not know: the row was written by another version.
            Unknown,
        }

        impl $name {
            /// All statuses that this version knows.
            pub const KNOWN: &'static [Self] = &[$($name::$variant),*];

            /// The stored word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                    $name::Unknown => "UNKNOWN",
                }
            }

            /// The status of a stored word.
            #[must_use]
            pub fn from_word(word: &str) -> Self {
                match word {
                    $($word => $name::$variant,)*
                    _ => $name::Unknown,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

status! {
    /// The status of a process.
    ProcessStatus {
        /// It is running.
        New = "NEW",
        /// It has ended.
        Done = "DONE",
        /// It was cancelled.
        Canceled = "CANCELED",
    }
}

status! {
    /// The status of a task.
    TaskStatus {
        /// It waits to be claimed by a user, or for code to call it.
        New = "NEW",
        /// It is assigned to a user.
        Assigned = "ASSIGNED",
        /// It is scheduled: it waits for its time, or for a worker.
        Scheduled = "SCHEDULED",
        /// It is being run by a worker, or it waits for other branches or a subprocess.
        Started = "STARTED",
        /// It is done.
        Done = "DONE",
        /// It failed in the background; [`Task::error`](crate::Task::error) returns the error text.
        Error = "ERROR",
        /// It was cancelled.
        Canceled = "CANCELED",
        /// It was replaced by a new task of the same node.
        Revived = "REVIVED",
    }
}

impl TaskStatus {
    /// Whether the task has ended. A task in ERROR is not closed: it keeps its process open.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, TaskStatus::Done | TaskStatus::Canceled | TaskStatus::Revived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_another_version_is_a_value() {
        assert_eq!(TaskStatus::from_word("ERROR"), TaskStatus::Error);
        assert_eq!(TaskStatus::from_word("PAUSED"), TaskStatus::Unknown);
        assert!(!TaskStatus::Unknown.is_final());
    }
}
