//! Structured discriminator (WCP-9): three suppliers are asked for a price, and the buyer goes on with the first
//! answer. The other answers are still taken in, and change nothing.

use flow_core::prelude::*;

/// Purchase
#[flow]
#[derive(Debug)]
pub struct PurchaseFlow {
    #[node(permission(anyone), next = this.ask)]
    pub start: Start,

    #[node(next = this.north, next = this.south, next = this.east)]
    pub ask: Split,

    #[node(permission(anyone), next = this.first)]
    pub north: Handle,

    #[node(permission(anyone), next = this.first)]
    pub south: Handle,

    #[node(permission(anyone), next = this.first)]
    pub east: Handle,

    #[node(continue_on = |_a, arrived, _open| !arrived.is_empty(), cancel_active = false, next = this.order)]
    pub first: Join,

    /// Order
    #[node(permission("buy"), next = this.ordered)]
    pub order: View,

    pub ordered: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![PurchaseFlow];

    #[test]
    fn the_first_answer_goes_on_and_the_others_change_nothing() -> Result<()> {
        let mut conn = database();
        let id = PurchaseFlow.start.run(&mut conn, &OFFICE, ())?.id();
        call(&mut conn, PurchaseFlow.south, id, ())?;
        FLOWS.expect(&mut conn, id).is(New).tasks(&[
            "start:DONE",
            "ask:DONE",
            "north:NEW",
            "south:DONE",
            "east:NEW",
            "first:DONE",
            "order:NEW",
        ]);
        call(&mut conn, PurchaseFlow.north, id, ())?;
        complete(&mut conn, PurchaseFlow.order, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New); // one answer is still out
        call(&mut conn, PurchaseFlow.east, id, ())?;
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 8);
        sound(&FLOWS, &mut conn)
    }
}
