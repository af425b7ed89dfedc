//! A process that waits until a payment arrives, or a week has passed.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    #[json(default)]
    paid: i64,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(permission(auto), next = this.payment)]
    pub start: StartHandle,

    #[node(input = i64, run = |a, amount| a.process.set_paid(amount), permission(auto),
           on_timeout(days(7), this.expired), next = this.end)]
    pub payment: Handle,

    pub expired: End,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = OrderFlow.start.run(conn, &System("shop"), OrderProcessData { paid: 0 })?;
    let task = OrderFlow.payment.tasks().open().of(process.id()).one(conn)?;
    OrderFlow.payment.run(conn, task.id(), &System("bank"), 100)?;
    Ok(process.id())
}
