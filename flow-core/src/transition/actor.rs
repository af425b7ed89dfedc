//! Who acts, as the audit has it.

use crate::User;

/// Longest note that is stored, in characters.
const LONGEST_NOTE: usize = 2_000;

/// Who acts, why, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) id: String,
    pub(crate) note: Option<String>,
    pub(crate) on_behalf_of: Option<String>,
}

impl Actor {
    pub(crate) fn of(user: &dyn User) -> Self {
        Actor {
            id: user.id().to_owned(),
            note: user.note().map(storable),
            on_behalf_of: user.represents().map(|(person, _)| person.id().to_owned()),
        }
    }
}

impl From<&str> for Actor {
    fn from(id: &str) -> Self {
        Actor { id: id.to_owned(), note: None, on_behalf_of: None }
    }
}

/// A note as every database can hold it.
pub(super) fn storable(note: &str) -> String {
    note.chars().take(LONGEST_NOTE).map(|letter| if letter == '\0' { '\u{fffd}' } else { letter }).collect()
}
