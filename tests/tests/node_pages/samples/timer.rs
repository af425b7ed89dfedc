//! A process that waits for an hour.

use flow_core::prelude::*;

#[flow]
pub struct CoolDownFlow {
    #[node(permission(auto), next = this.wait)]
    pub start: StartHandle,

    #[node(delay = hours(1), next = this.end)]
    pub wait: Timer,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![CoolDownFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = CoolDownFlow.start.run(conn, &System("sensor"), Default::default())?;
    FLOWS.run_due(conn)?; // nothing yet: the timer is due in an hour
    Ok(process.id())
}
