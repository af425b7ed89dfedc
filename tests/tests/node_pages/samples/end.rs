//! The shortest flow.

use flow_core::prelude::*;

#[flow]
pub struct NoteFlow {
    #[node(permission(anyone), next = this.done)]
    pub start: Start,

    /// Done
    pub done: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![NoteFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = NoteFlow.start.run(conn, &System("alice"), ())?;
    Ok(process.id())
}
