//! A process that code starts, from an input of its own type.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    total: i64,
}

pub struct Cart {
    pub prices: Vec<i64>,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(input = Cart, run = |cart| OrderProcessData { total: cart.prices.iter().sum() },
           permission(auto), next = this.end)]
    pub import: StartHandle,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = OrderFlow.import.run(conn, &System("shop"), Cart { prices: vec![5, 7] })?;
    Ok(process.id())
}
