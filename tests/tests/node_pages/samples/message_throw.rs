//! A process that tells another one, of another flow, that goods have arrived.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct GoodsProcess {
    process: Process,
    order: String,
    #[json(default)]
    pieces: i64,
}

#[flow(process = GoodsProcess)]
pub struct ReceiptFlow {
    #[node(permission(anyone), next = this.tell)]
    pub arrived: StartHandle,

    #[node(message = "goods", key = |a| a.process.order(), value = |a| a.process.pieces(), kept_for = days(7),
           next = this.end)]
    pub tell: MessageThrow,

    pub end: End,
}

#[flow(process = GoodsProcess)]
pub struct DispatchFlow {
    #[node(permission(anyone), next = this.goods)]
    pub order: StartHandle,

    #[node(message = "goods", key = |a| a.process.order(), input = i64, run = |a, pieces| a.process.set_pieces(pieces),
           next = this.end)]
    pub goods: MessageCatch,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![ReceiptFlow, DispatchFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let data = |pieces| GoodsProcessData { order: "A-17".into(), pieces };
    let waiting = DispatchFlow.order.run(conn, &System("shop"), data(0))?;
    let receipt = ReceiptFlow.arrived.run(conn, &System("dock"), data(3))?;
    FLOWS.run_due(conn)?; // the message is delivered
    let done: GoodsProcess = DispatchFlow.processes().by_id(waiting.id()).first(conn)?;
    assert_eq!(done.pieces(), 3);
    Ok(receipt.id())
}
