//! Where a process or a task stands. The words are Viewflow's.

macro_rules! status {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word this version does not know: another version wrote the row.
            Unknown,
        }

        impl $name {
            /// All that this version knows.
            pub const KNOWN: &'static [Self] = &[$($name::$variant),*];

            /// The word as it is stored.
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
    /// Where a process stands.
    ProcessStatus {
        /// It goes on.
        New = "NEW",
        /// It has ended.
        Done = "DONE",
        /// It was cancelled.
        Canceled = "CANCELED",
    }
}

status! {
    /// Where a task stands.
    TaskStatus {
        /// It waits for somebody to take it.
        New = "NEW",
        /// Somebody has taken it.
        Assigned = "ASSIGNED",
        /// It waits for its time, or for a worker.
        Scheduled = "SCHEDULED",
        /// A worker runs it, or it waits for others.
        Started = "STARTED",
        /// It is done.
        Done = "DONE",
        /// It failed in the background; [`Task::error`](crate::Task::error) says why.
        Error = "ERROR",
        /// It was cancelled.
        Canceled = "CANCELED",
        /// It was replaced by a new task of the same node.
        Revived = "REVIVED",
    }
}

impl TaskStatus {
    /// Nothing happens to the task any more. A task in error is open: it keeps its process open.
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
