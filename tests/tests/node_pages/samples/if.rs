//! A condition.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    amount: i64,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(permission(auto), next = this.is_large)]
    pub start: StartHandle,

    #[node(if = |a| a.process.amount() > 1000, then = this.approve, else = this.end)]
    pub is_large: If,

    #[node(permission("can_approve"), next = this.end)]
    pub approve: View,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = OrderFlow.start.run(conn, &System("shop"), OrderProcessData { amount: 5000 })?;
    Ok(process.id())
}
