//! An order that is cancelled after it was paid.

use flow_core::prelude::*;

#[flow]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.charge)]
    pub start: StartHandle,

    #[node(run = |_a| println!("charged"), compensate = this.refund, next = this.cancel)]
    pub charge: Function,

    #[node(permission(anyone), next = this.take_back)]
    pub cancel: Handle,

    #[node(next = this.end)]
    pub take_back: CompensateThrow,

    #[node(run = |_a| println!("refunded"))]
    pub refund: Function,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = OrderFlow.start.run(conn, &System("shop"), Default::default())?;
    let task = OrderFlow.cancel.tasks().open().of(process.id()).one(conn)?;
    OrderFlow.cancel.run(conn, task.id(), &System("shop"), ())?;
    let refund = OrderFlow.refund.tasks().of(process.id()).one(conn)?;
    let charge = OrderFlow.charge.tasks().of(process.id()).one(conn)?;
    assert_eq!(refund.compensates(), Some(charge.id()));
    Ok(process.id())
}
