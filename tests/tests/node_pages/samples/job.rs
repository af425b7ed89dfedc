//! Work in the background, and its result in the process.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct QuoteProcess {
    process: Process,
    #[json(default)]
    price: i64,
}

#[flow(process = QuoteProcess)]
pub struct QuoteFlow {
    #[node(permission(auto), next = this.ask)]
    pub start: StartHandle,

    #[node(run = this.fetch_price, on_done = |a, price| a.process.set_price(price), timeout = minutes(2),
           next = this.end)]
    pub ask: Job,

    pub end: End,
}

impl QuoteFlow {
    fn fetch_price(_job: &JobContext<Self>) -> Result<i64, std::io::Error> {
        Ok(42)
    }
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![QuoteFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = QuoteFlow.start.run(conn, &System("shop"), QuoteProcessData { price: 0 })?;
    FLOWS.run_due(conn)?;
    Ok(process.id())
}
