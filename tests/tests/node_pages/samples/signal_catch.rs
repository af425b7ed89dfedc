//! Offers that wait until prices change.

use flow_core::prelude::*;

#[flow]
pub struct OfferFlow {
    #[node(permission(anyone), next = this.wait)]
    pub start: StartHandle,

    #[node(signal = "prices_changed", on_timeout(days(30), this.expired), next = this.end)]
    pub wait: SignalCatch,

    pub expired: End,
    pub end: End,
}

#[flow]
pub struct PriceFlow {
    #[node(permission(anyone), next = this.tell)]
    pub change: StartHandle,

    #[node(signal = "prices_changed", next = this.end)]
    pub tell: SignalThrow,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OfferFlow, PriceFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let offer = OfferFlow.start.run(conn, &System("shop"), Default::default())?;
    PriceFlow.change.run(conn, &System("shop"), Default::default())?;
    FLOWS.run_due(conn)?; // the signal comes to each offer that waited
    Ok(offer.id())
}
