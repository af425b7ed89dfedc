//! A process that a user starts with a form.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct LeaveProcess {
    process: Process,
    /// Days
    #[json(range = 1..=30)]
    days: i64,
}

#[flow(process = LeaveProcess)]
pub struct LeaveFlow {
    #[node(form = StartForm { days }, permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = LeaveFlow.start.run(conn, &System("alice"), StartForm { days: 3 })?;
    Ok(process.id())
}
