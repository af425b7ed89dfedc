//! A payment ends with an error, and the order that runs it goes another way.

use flow_core::prelude::*;

#[flow]
pub struct PaymentFlow {
    #[node(permission(anyone), next = this.bank)]
    pub start: StartHandle,

    #[node(permission(anyone), next = this.refused)]
    pub bank: Handle,

    /// Refused
    #[node(code = "refused")]
    pub refused: ErrorEnd,
}

#[flow]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: StartHandle,

    #[node(start = PaymentFlow.start, on_error(this.ask_again, code = "refused"), next = this.end)]
    pub pay: Subprocess,

    #[node(permission(anyone), next = this.pay)]
    pub ask_again: View,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![PaymentFlow, OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    OrderFlow.start.run(conn, &System("shop"), Default::default())?;
    let task = PaymentFlow.bank.tasks().open().one(conn)?;
    let payment = PaymentFlow.bank.run(conn, task.id(), &System("bank"), ())?;
    Ok(payment.id())
}
