//! What can be done to a process or a task: one row a verb.

use flow_graph::Kind;

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
    /// Managers.
    Manager,
    /// Managers, and whom the flow allows by `cancel(..)`.
    ManagerOrRule,
    /// Anybody, as far as this crate knows: the app decides.
    Anyone,
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

/// What a verb is used on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum On {
    /// A task of such a kind.
    Task(fn(Kind) -> bool),
    Process,
}

/// A row of the verb table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// The word in the audit.
    pub(crate) word: &'static str,
    pub(crate) on: On,
    /// The states of a task from which it is possible. CANCELED means: as long as a token rests in it.
    pub(crate) from: &'static [TaskStatus],
    pub(crate) who: Who,
    /// Whether it runs callbacks of the flow, so that the document of the process must be readable.
    pub(crate) runs_code: bool,
    pub(crate) mode: Mode,
}

const fn row(word: &'static str, on: On, from: &'static [TaskStatus], who: Who, runs_code: bool, mode: Mode) -> Rule {
    Rule { word, on, from, who, runs_code, mode }
}

/// Every state in which a task is open.
const OPEN: &[TaskStatus] =
    &[TaskStatus::New, TaskStatus::Assigned, TaskStatus::Scheduled, TaskStatus::Started, TaskStatus::Error];

/// Every state in which a task may hold a token.
const HOLDING: &[TaskStatus] = &[
    TaskStatus::New,
    TaskStatus::Assigned,
    TaskStatus::Scheduled,
    TaskStatus::Started,
    TaskStatus::Error,
    TaskStatus::Canceled,
];

/// Tasks of every kind.
fn any(_: Kind) -> bool {
    true
}

/// Tasks that people do.
fn human(kind: Kind) -> bool {
    kind.is_human() && !kind.begins()
}

/// Tasks that code waits at.
fn called(kind: Kind) -> bool {
    kind.takes_input() && !kind.begins()
}

/// A start is done with its process, or there is none.
fn no_start(kind: Kind) -> bool {
    !kind.begins()
}

/// Timeouts are no branches of their own until they fire.
fn branch(kind: Kind) -> bool {
    !kind.is_boundary() && !kind.begins()
}

/// Nodes that are not used any more.
fn obsolete(kind: Kind) -> bool {
    kind == Kind::Obsolete
}

fn not_subprocess(kind: Kind) -> bool {
    !kind.runs_child()
}

/// Nodes whose tasks have a child for each item.
fn many(kind: Kind) -> bool {
    kind == Kind::NSubprocess
}

/// What can be done again at its place.
fn inner(kind: Kind) -> bool {
    !kind.is_boundary() && !kind.begins() && !kind.ends() && !kind.runs_child()
}

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
                use On::{Process, Task};
                use TaskStatus::{Assigned, Canceled, Done, Error, New, Scheduled, Started};
                match self {
                    $(Verb::$verb => $rule,)*
                }
            }
        }
    };
}

verbs! {
    /// A process started.
    Start => row("start", Process, &[], Who::Starter, true, Foreground);
    /// A person was assigned to a task.
    Assign => row("assign", Task(human), &[New], Who::Doer, false, Foreground);
    /// A task was unassigned.
    Unassign => row("unassign", Task(human), &[Assigned], Who::AssignedOrManager, false, Foreground);
    /// A task was assigned to another person.
    Reassign => row("reassign", Task(human), &[New, Assigned], Who::AssignedOrManager, false, Foreground);
    /// A person completed a task with its form.
    Execute => row("execute", Task(human), &[New, Assigned], Who::Assigned, true, Foreground);
    /// Code completed a waiting `Handle`.
    Run => row("run", Task(called), &[New], Who::Doer, true, Foreground);
    /// A worker claimed a job.
    Claim => row("claim", Task(any), &[Scheduled, Started], Who::Engine, false, Background);
    /// The body of a job succeeded.
    Complete => row("complete", Task(any), &[Started], Who::Engine, true, Background);
    /// A task failed in the background.
    Fail => row("fail", Task(any), OPEN, Who::Engine, false, Background);
    /// A timer, or the timeout of a task, fired.
    Timeout => row("timeout", Task(any), &[Scheduled], Who::Engine, true, Background);
    /// A subprocess ended, and its parent continued.
    Resume => row("resume", Task(any), &[Started], Who::Engine, true, Background);
    /// A child threw an escalation, which its parent takes.
    Escalate => row("escalate", Task(any), &[Started], Who::Engine, true, Background);
    /// A running `NSubprocess` got an item more.
    AddItem => row("add_item", Task(many), &[Started], Who::Manager, true, Foreground);
    /// A job that completed while its process was suspended went on.
    Continue => row("continue", Task(any), &[Done], Who::Engine, true, Background);
    /// A catch went on: a signal was thrown, or its condition holds.
    Catch => row("catch", Task(any), &[New], Who::Engine, true, Background);
    /// A process was cancelled.
    Cancel => row("cancel", Process, OPEN, Who::ManagerOrRule, false, Background);
    /// A task was cancelled: its token rests in it.
    CancelTask => row("cancel_task", Task(no_start), OPEN, Who::Manager, false, Foreground);
    /// The branch of a task ended.
    EndBranch => row("end_branch", Task(branch), HOLDING, Who::Manager, true, Foreground);
    /// A task that was done was undone: its token rests in it.
    Undo => row("undo", Task(not_subprocess), &[Done], Who::Manager, true, Foreground);
    /// A new task of the same node replaced a task that was cancelled, was undone or has failed.
    Revive => row("revive", Task(branch), &[Error, Canceled], Who::Manager, true, Foreground);
    /// A task that had failed was tried again.
    Retry => row("retry", Task(no_start), &[Error], Who::Manager, true, Foreground);
    /// A process went back to a task that was done: what followed was cancelled and undone.
    GoBack => row("go_back", Task(inner), &[Done], Who::Manager, true, Foreground);
    /// A task of a node that is obsolete was moved on.
    MoveRetired => row("move_retired", Task(obsolete), OPEN, Who::Manager, true, Foreground);
    /// A process was suspended.
    Suspend => row("suspend", Process, &[], Who::Manager, false, Foreground);
    /// A process that was suspended goes on.
    ResumeProcess => row("resume_process", Process, &[], Who::Manager, false, Foreground);
    /// Code set fields of a process by `save`.
    Save => row("save", Process, &[], Who::Anyone, false, Foreground);
    /// A person wrote a comment.
    Comment => row("comment", Process, &[], Who::Anyone, false, Foreground);
    /// A person tried something that they may not do.
    Denied => row("denied", Process, &[], Who::Engine, false, Foreground);
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
