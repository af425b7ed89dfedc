//! A discount that follows from the amount.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    amount: i64,
    #[json(default)]
    discount: i64,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.discount)]
    pub start: StartHandle,

    #[node(run = this.discount_of, next = this.end)]
    pub discount: BusinessRule,

    pub end: End,
}

impl OrderFlow {
    fn discount_of(a: &mut Activation<Self>) {
        let percent = match a.process.amount() {
            ..100 => 0,
            100..1000 => 5,
            _ => 10,
        };
        a.process.set_discount(a.process.amount() * percent / 100);
    }
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let order = OrderFlow.start.run(conn, &System("shop"), OrderProcessData { amount: 400, discount: 0 })?;
    assert_eq!(order.discount(), 20);
    Ok(order.id())
}
