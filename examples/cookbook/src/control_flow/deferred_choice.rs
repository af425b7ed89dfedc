//! Deferred choice (WCP-16): a customer has an offer, and either accepts it, rejects it, or lets it expire. What
//! happens first decides; until then all three are possible.

use flow_core::prelude::*;

/// Offer
#[flow]
#[derive(Debug)]
pub struct OfferFlow {
    #[node(permission(anyone), next = this.wait)]
    pub start: Start,

    #[node(next = this.accept, next = this.reject, next = this.expire)]
    pub wait: SplitFirst,

    /// Accept the offer
    #[node(permission("customer"), next = this.accepted)]
    pub accept: View,

    /// Reject the offer
    #[node(permission("customer"), next = this.gone)]
    pub reject: View,

    #[node(delay = days(30), next = this.gone)]
    pub expire: Timer,

    pub accepted: End,
    pub gone: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OfferFlow];

    #[test]
    fn the_first_that_happens_decides() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let taken = OfferFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let left = OfferFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, OfferFlow.accept, taken, &OFFICE, ())?;
        FLOWS.expect(&mut conn, taken).is(Done).tasks(&[
            "start:DONE",
            "wait:DONE",
            "accept:DONE",
            "reject:CANCELED",
            "expire:CANCELED",
            "accepted:DONE",
        ]);

        clock.advance(days(30));
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, left).is(Done).tasks(&[
            "start:DONE",
            "wait:DONE",
            "accept:CANCELED",
            "reject:CANCELED",
            "expire:DONE",
            "gone:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
