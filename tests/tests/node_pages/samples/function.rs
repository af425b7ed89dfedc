//! Code that runs inside the transition.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    net: i64,
    #[json(default)]
    gross: i64,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(permission(auto), next = this.add_tax)]
    pub start: StartHandle,

    #[node(run = |a| { let net = a.process.net(); a.process.set_gross(net * 119 / 100) }, next = this.end)]
    pub add_tax: Function,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = OrderFlow.start.run(conn, &System("shop"), OrderProcessData { net: 100, gross: 0 })?;
    Ok(process.id())
}
