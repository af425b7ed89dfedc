//! A bell that nobody waits for.

use flow_core::prelude::*;

#[flow]
pub struct BellFlow {
    #[node(permission(anyone), next = this.ring)]
    pub start: StartHandle,

    #[node(signal = "bell", next = this.end)]
    pub ring: SignalThrow,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![BellFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let hints: Vec<String> = FLOWS.hints().iter().map(ToString::to_string).collect();
    assert_eq!(hints, ["`bell.ring`: no flow of the list catches the signal `bell`"]);
    Ok(BellFlow.start.run(conn, &System("door"), Default::default())?.id())
}
