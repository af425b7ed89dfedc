//! A process that waits for the payment of its order.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    number: String,
    #[json(default)]
    paid: i64,
}

/// What the bank sends.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Payment {
    pub amount: i64,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.paid)]
    pub order: StartHandle,

    #[node(message = "payment", key = |a| a.process.number(), input = Payment,
           run = |a, payment| a.process.set_paid(payment.amount),
           permission("bank"), on_timeout(days(14), this.expired), next = this.end)]
    pub paid: MessageCatch,

    pub expired: End,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let data = OrderProcessData { number: "A-17".into(), paid: 0 };
    let order = OrderFlow.order.run(conn, &System("shop"), data)?;
    FLOWS.message(conn, &System("bank"), "payment", "A-17", &Payment { amount: 500 }).id("evt_1").send()?;
    Ok(order.id())
}
