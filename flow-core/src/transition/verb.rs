//! What can be done to a process or a task: one row a verb.

use crate::TaskStatus;

/// What was done to a process or a task: the word of its audit row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// A process started.
    Start,
    /// A person was assigned to a task.
    Assign,
    /// A task was released: nobody is assigned to it any more.
    Unassign,
    /// A person completed a task with its form.
    Execute,
    /// Code completed a waiting `Handle`.
    Run,
    /// A worker claimed a job.
    Claim,
    /// The body of a job succeeded.
    Complete,
    /// A task failed in the background.
    Fail,
    /// A timer, or the timeout of a task, fired.
    Timeout,
    /// A child process ended, and its parent went on.
    Resume,
    /// A process was cancelled.
    Cancel,
}

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

impl Verb {
    /// All verbs.
    pub const ALL: &'static [Verb] = &[
        Verb::Start,
        Verb::Assign,
        Verb::Unassign,
        Verb::Execute,
        Verb::Run,
        Verb::Claim,
        Verb::Complete,
        Verb::Fail,
        Verb::Timeout,
        Verb::Resume,
        Verb::Cancel,
    ];

    /// The word by which the audit names it: `start`, `assign`, ..
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.rule().word
    }

    /// Its row.
    pub(crate) const fn rule(self) -> Rule {
        use Mode::{Background, Foreground};
        use TaskStatus::{Assigned, New, Scheduled, Started};
        match self {
            Verb::Start => row("start", &[], Who::Starter, true, Foreground),
            Verb::Assign => row("assign", &[New], Who::Doer, false, Foreground),
            Verb::Unassign => row("unassign", &[Assigned], Who::AssignedOrManager, false, Foreground),
            Verb::Execute => row("execute", &[New, Assigned], Who::Assigned, true, Foreground),
            Verb::Run => row("run", &[New], Who::Doer, true, Foreground),
            Verb::Claim => row("claim", &[Scheduled, Started], Who::Engine, false, Background),
            Verb::Complete => row("complete", &[Started], Who::Engine, true, Background),
            Verb::Fail => row("fail", OPEN, Who::Engine, false, Background),
            Verb::Timeout => row("timeout", &[Scheduled], Who::Engine, true, Background),
            Verb::Resume => row("resume", &[Started], Who::Engine, true, Background),
            Verb::Cancel => row("cancel", OPEN, Who::Engine, false, Background),
        }
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
