//! The pages, one file for each kind of address.

pub(crate) mod admin;
pub(crate) mod bulk;
pub(crate) mod export;
pub(crate) mod lists;
mod next;
pub(crate) mod overview;
pub(crate) mod process;
pub(crate) mod process_verb;
pub(crate) mod retry;
pub(crate) mod snooze;
pub(crate) mod start;
pub(crate) mod task;
pub(crate) mod task_verb;
mod words;

pub(crate) use words::{process_verb_of, task_verb_of};
