//! What can be done to a process or a task: one row a verb.

use crate::TaskStatus;

/// Who may use a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever may start a process at the node.
    Starter,
    /// Whoever may do the task.
    Doer,
    /// Whoever may do the task and is assigned to it.
    Assigned,
    /// Whoever is assigned to the task, and managers.
    AssignedOrManager,
    /// The engine itself, in the background.
    Engine,
}

/// What becomes of a failure of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is the caller's: nothing was changed.
    Foreground,
    /// It is the task's, which is in ERROR then; the other branches go on.
    Background,
}

/// A row of the verb table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// The word in the audit.
    pub(crate) word: &'static str,
    /// The states of a task from which it is possible.
    pub(crate) from: &'static [TaskStatus],
    pub(crate) who: Who,
    /// Whether it runs callbacks of the flow, so that the document of the process must be readable.
    pub(crate) runs_code: bool,
    pub(crate) mode: Mode,
}

const fn row(word: &'static str, from: &'static [TaskStatus], who: Who, runs_code: bool, mode: Mode) -> Rule {
    Rule { word, from, who, runs_code, mode }
}

/// Every state in which a task is open.
const OPEN: &[TaskStatus] =
    &[TaskStatus::New, TaskStatus::Assigned, TaskStatus::Scheduled, TaskStatus::Started, TaskStatus::Error];

macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident => $rule:expr;)*) => {
        /// The action of a transition, as stored in the audit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Verb {
            $($(#[$doc])* $verb,)*
        }

        impl Verb {
            /// All verbs.
            pub const ALL: &'static [Verb] = &[$(Verb::$verb),*];

            /// Its row.
            pub(crate) const fn rule(self) -> Rule {
                use Mode::{Background, Foreground};
                use TaskStatus::{Assigned, New, Scheduled, Started};
                match self {
                    $(Verb::$verb => $rule,)*
                }
            }
        }
    };
}

verbs! {
    /// A process started.
    Start => row("start", &[], Who::Starter, true, Foreground);
    /// A person was assigned to a task.
    Assign => row("assign", &[New], Who::Doer, false, Foreground);
    /// A task was unassigned.
    Unassign => row("unassign", &[Assigned], Who::AssignedOrManager, false, Foreground);
    /// A person completed a task with its form.
    Execute => row("execute", &[New, Assigned], Who::Assigned, true, Foreground);
    /// Code completed a waiting `Handle`.
    Run => row("run", &[New], Who::Doer, true, Foreground);
    /// A worker claimed a job.
    Claim => row("claim", &[Scheduled, Started], Who::Engine, false, Background);
    /// The body of a job succeeded.
    Complete => row("complete", &[Started], Who::Engine, true, Background);
    /// A task failed in the background.
    Fail => row("fail", OPEN, Who::Engine, false, Background);
    /// A timer, or the timeout of a task, fired.
    Timeout => row("timeout", &[Scheduled], Who::Engine, true, Background);
    /// A subprocess ended, and its parent continued.
    Resume => row("resume", &[Started], Who::Engine, true, Background);
    /// A process was cancelled.
    Cancel => row("cancel", OPEN, Who::Engine, false, Background);
}

impl Verb {
    /// The stored word of the audit: `start`, `assign`, ..
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.rule().word
    }
}

impl std::fmt::Display for Verb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_verbs() {
        for (at, verb) in Verb::ALL.iter().enumerate() {
            assert!(Verb::ALL[at + 1..].iter().all(|other| other.as_str() != verb.as_str()), "{verb}");
        }
    }
}
