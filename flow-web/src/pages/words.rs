//! The words of verbs in addresses: those of the audit.

use flow_core::Verb;

use crate::fault::Fault;

/// Verbs that are used on a task from a page that asks first.
const OF_TASK: &[Verb] = &[
    Verb::Unassign,
    Verb::Reassign,
    Verb::CancelTask,
    Verb::EndBranch,
    Verb::Undo,
    Verb::Revive,
    Verb::Retry,
    Verb::GoBack,
    Verb::MoveRetired,
];

/// Verbs that are used on a process.
const OF_PROCESS: &[Verb] = &[Verb::Cancel, Verb::Suspend, Verb::ResumeProcess];

fn find(verbs: &[Verb], word: &str) -> Result<Verb, Fault> {
    verbs.iter().copied().find(|verb| verb.as_str() == word).ok_or_else(Fault::not_found)
}

/// The verb of a task with this word.
pub(crate) fn task_verb_of(word: &str) -> Result<Verb, Fault> {
    find(OF_TASK, word)
}

/// The verb of a process with this word.
pub(crate) fn process_verb_of(word: &str) -> Result<Verb, Fault> {
    find(OF_PROCESS, word)
}
