//! Escalation event: a repair that takes more than three days tells its order, which apologizes to the customer. The
//! repair goes on meanwhile.

use flow_core::prelude::*;

/// Order
#[flow]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.repair)]
    pub start: Start,

    #[node(start = RepairFlow.start, on_escalation(this.apologize, code = "late", interrupting = false),
           next = this.end)]
    pub repair: Subprocess,

    /// Apologize to the customer
    #[node(permission("call"), next = this.apologized)]
    pub apologize: View,

    pub apologized: End,
    pub end: End,
}

/// Repair
#[flow]
#[derive(Debug)]
pub struct RepairFlow {
    #[node(next = this.repair)]
    pub start: StartHandle,

    /// Repair it
    #[node(permission("repair"), on_timeout(days(3), this.late, interrupting = false), next = this.end)]
    pub repair: View,

    #[node(code = "late", next = this.told)]
    pub late: EscalationThrow,

    pub told: End,
    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow, RepairFlow];

    #[test]
    fn the_parent_is_told_and_the_child_goes_on() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let order = OrderFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let repair = RepairFlow.repair.tasks().open().one(&mut conn)?.id().process();
        clock.advance(days(3));
        FLOWS.run_until_idle(&mut conn)?;
        complete(&mut conn, RepairFlow.repair, repair, &OFFICE, ())?;
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, order).is(New); // the customer is not called yet
        complete(&mut conn, OrderFlow.apologize, order, &OFFICE, ())?;
        FLOWS.expect(&mut conn, order).is(Done).tasks(&[
            "start:DONE",
            "repair:DONE",
            "repair__escalation__late__apologize:DONE",
            "apologize:DONE",
            "end:DONE",
            "apologized:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
