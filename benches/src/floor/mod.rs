//! The same rows as the flows of W1 write, audit included, by hand-written SQL over the same driver.

pub(crate) mod jobs;
pub(crate) mod postgres_careful;
pub(crate) mod postgres_fewest;
pub(crate) mod rusqlite;
pub(crate) mod sqlite;
mod statement;

/// The name of the flow whose rows are written.
const fn flow(human: bool, note: bool) -> &'static str {
    match (human, note) {
        (false, false) => "handle",
        (false, true) => "handle_note",
        (true, false) => "view",
        (true, true) => "view_note",
    }
}

/// The types and kinds of the start and of the task that waits.
const fn kinds(human: bool) -> [[&'static str; 2]; 2] {
    if human {
        [["HUMAN_START", "Start"], ["HUMAN", "View"]]
    } else {
        [["START", "StartHandle"], ["FUNCTION", "Handle"]]
    }
}

/// What the last transition is called in the audit, and the status that its task has before.
const fn last(human: bool) -> [&'static str; 2] {
    if human { ["execute", "ASSIGNED"] } else { ["run", "NEW"] }
}

/// What the start writes into the document: a form its own field, code all of them.
const fn data(human: bool) -> &'static str {
    if human { r#"{"text":"Hello, world!"}"# } else { r#"{"approved":false,"text":"Hello, world!"}"# }
}

/// Who does it all.
const WHO: &str = crate::w1::USER.0;
