//! Implicit termination (WCP-11): an order is confirmed to the customer and handed to the warehouse. The process is
//! done when nothing is left to do in either branch; no node says so.

use flow_core::prelude::*;

/// Order
#[flow]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.both)]
    pub start: Start,

    #[node(next = this.confirm, next = this.pack)]
    pub both: Split,

    #[node(run = |job| println!("order {} is confirmed", job.process.id()), next = this.confirmed)]
    pub confirm: Job,

    /// Pack the goods
    #[node(permission("warehouse"), next = this.packed)]
    pub pack: View,

    pub confirmed: End,
    pub packed: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow];

    #[test]
    fn it_is_done_when_nothing_is_left() -> Result<()> {
        let mut conn = database();
        let id = OrderFlow.start.run(&mut conn, &OFFICE, ())?.id();
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, id).is(New); // one branch has ended
        complete(&mut conn, OrderFlow.pack, id, &OFFICE, ())?;
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 6);
        sound(&FLOWS, &mut conn)
    }
}
