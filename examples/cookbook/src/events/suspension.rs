//! Suspension and resumption: while a customer is in dispute, nothing of the order moves. What comes due meanwhile
//! happens once, when a manager resumes it.

use flow_core::prelude::*;

/// Order
#[flow]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.both)]
    pub start: Start,

    #[node(next = this.pack, next = this.bill)]
    pub both: Split,

    /// Pack the goods
    #[node(permission("warehouse"), next = this.join)]
    pub pack: View,

    #[node(delay = days(1), next = this.join)]
    pub bill: Timer,

    #[node(next = this.end)]
    pub join: Join,
    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow];

    #[test]
    fn nothing_moves_until_it_is_resumed() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let id = OrderFlow.start.run(&mut conn, &OFFICE, ())?.id();
        OrderFlow.suspend(&mut conn, id, &MONA.because("a dispute"))?;
        let refused = complete(&mut conn, OrderFlow.pack, id, &OFFICE, ());
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Conflict);
        clock.advance(days(2));
        FLOWS.run_until_idle(&mut conn)?;
        let waits = ["start:DONE", "both:DONE", "pack:NEW", "bill:SCHEDULED"];
        FLOWS.expect(&mut conn, id).is(New).tasks(&waits);

        OrderFlow.resume(&mut conn, id, &MONA)?;
        FLOWS.run_until_idle(&mut conn)?;
        complete(&mut conn, OrderFlow.pack, id, &OFFICE, ())?;
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 6);
        sound(&FLOWS, &mut conn)
    }
}
