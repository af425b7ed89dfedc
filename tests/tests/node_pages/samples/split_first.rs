//! A customer answers an offer, or its time is over: whatever comes first.

use flow_core::prelude::*;

#[flow]
pub struct OfferFlow {
    #[node(permission(auto), next = this.race)]
    pub start: StartHandle,

    #[node(next = this.answer, next = this.late)]
    pub race: SplitFirst,

    #[node(permission(auto), next = this.order)]
    pub answer: View,

    #[node(permission(auto), next = this.end)]
    pub order: View,

    #[node(delay = days(30), next = this.expired)]
    pub late: Timer,

    pub expired: End,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OfferFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let shop = System("shop");
    let offer = OfferFlow.start.run(conn, &shop, Default::default())?.id();
    let answer = OfferFlow.answer.tasks().open().of(offer).one(conn)?;
    OfferFlow.answer.assign(conn, answer.id(), &shop)?;
    OfferFlow.answer.execute(conn, answer.id(), &shop, ())?;
    assert!(OfferFlow.late.tasks().open().of(offer).load(conn)?.is_empty());
    Ok(offer)
}
