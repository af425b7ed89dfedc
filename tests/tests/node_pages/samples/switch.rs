//! One of several ways, by a pattern.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct ParcelProcess {
    process: Process,
    weight: i64,
}

#[flow(process = ParcelProcess)]
pub struct ParcelFlow {
    #[node(permission(auto), next = this.by_weight)]
    pub start: StartHandle,

    #[node(on = |a| a.process.weight(), case(..=2 => this.letter), case(3..=20 => this.parcel), default = this.freight)]
    pub by_weight: Switch,

    #[node(permission("ship"), next = this.end)]
    pub letter: View,
    #[node(permission("ship"), next = this.end)]
    pub parcel: View,
    #[node(permission("ship"), next = this.end)]
    pub freight: View,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![ParcelFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = ParcelFlow.start.run(conn, &System("shop"), ParcelProcessData { weight: 7 })?;
    Ok(process.id())
}
