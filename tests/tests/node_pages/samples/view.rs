//! A request that somebody else approves, within a week.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct LeaveProcess {
    process: Process,
    days: i64,
    #[json(default)]
    approved: bool,
}

#[flow(process = LeaveProcess)]
pub struct LeaveFlow {
    #[node(form = StartForm { days }, permission(anyone), next = this.approve)]
    pub start: Start,

    /// Approve the request
    #[node(form = ApproveForm { approved }, permission("can_approve"), different_from(this.start),
           on_timeout(days(7), this.expired), next = this.end)]
    pub approve: View,

    pub expired: End,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = LeaveFlow.start.run(conn, &System("alice"), StartForm { days: 3 })?;
    let task = LeaveFlow.approve.tasks().open().of(process.id()).one(conn)?;
    LeaveFlow.approve.assign(conn, task.id(), &System("bob"))?;
    LeaveFlow.approve.execute(conn, task.id(), &System("bob"), ApproveForm { approved: true })?;
    Ok(process.id())
}
