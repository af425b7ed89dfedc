//! Conditions that lists of tasks and of processes share.

use std::time::Duration;

use crate::store::json::{TextMatch, TextOperand};
use crate::store::list::{ListIndex, NullColumn, TextColumn, Where};
use crate::{Timestamp, clock};

/// One of these people has the task, or did it.
pub(super) fn owned(people: Vec<String>) -> Where {
    Where::OneOf(TextColumn::Owner, people).and(Where::IsNull(NullColumn::Owner).negated())
}

/// The process has or had a task of this person.
pub(super) fn participant(person: String) -> Where {
    Where::HasTask { task: Box::new(owned(vec![person])), index: Some(ListIndex::Owner), processes: None }
}

/// The reference contains this text, or it is the number of the process.
pub(super) fn text_of(text: &str) -> Where {
    let text = text.trim();
    Where::Text {
        reference: TextOperand { how: TextMatch::Contains, text: text.to_owned() },
        process: text.parse().ok(),
    }
}

/// This long before now.
pub(super) fn ago(age: Duration) -> Timestamp {
    clock::now() - age
}
