//! Who acts, as the audit has it.

use crate::User;

/// Longest note that is stored, in characters.
pub(super) const LONGEST_NOTE: usize = 2_000;

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
            note: user.note().filter(|note| !note.trim().is_empty()).map(storable),
            on_behalf_of: user.represents().map(|(person, _)| person.id().to_owned()),
        }
    }
}

impl From<&str> for Actor {
    fn from(id: &str) -> Self {
        Actor { id: id.to_owned(), note: None, on_behalf_of: None }
    }
}

/// A note as every database can hold it. One that is too long ends in `…`: a verb is not refused for the length of its
/// reason, which code may have made of an error.
pub(super) fn storable(note: &str) -> String {
    let is_long = note.chars().nth(LONGEST_NOTE).is_some();
    let letters = note.chars().take(LONGEST_NOTE - usize::from(is_long)).chain(is_long.then_some('…'));
    letters.map(|letter| if letter == '\0' { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_note_says_that_it_was_cut() {
        let long = "ä".repeat(LONGEST_NOTE);
        assert_eq!(storable(&long), long);
        let cut = storable(&format!("{long}!"));
        assert_eq!((cut.chars().count(), cut.ends_with("ä…")), (LONGEST_NOTE, true));
        assert_eq!(storable("a\0b"), "a\u{fffd}b");
    }
}
