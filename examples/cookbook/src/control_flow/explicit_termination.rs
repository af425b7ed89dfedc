//! Explicit termination (WCP-43): a house is offered to a buyer while the bank is asked for a loan. If the bank
//! refuses, the whole process ends, whatever is open in it.

use flow_core::prelude::*;

/// A purchase.
#[derive(ProcessProxy, Debug)]
pub struct HouseProcess {
    process: Process,
    /// The bank gives a loan
    #[json(default)]
    loan: bool,
}

/// House
#[flow(process = HouseProcess)]
#[derive(Debug)]
pub struct HouseFlow {
    #[node(permission(anyone), next = this.both)]
    pub start: Start,

    #[node(next = this.inspect, next = this.ask_bank)]
    pub both: Split,

    /// Inspect the house
    #[node(permission("inspect"), next = this.agreed)]
    pub inspect: View,

    /// Ask the bank
    #[node(form = BankForm { loan }, permission("bank"), next = this.has_loan)]
    pub ask_bank: View,

    #[node(if = |a| a.process.loan(), then = this.agreed, else = this.called_off)]
    pub has_loan: If,

    pub called_off: TerminateEnd,

    #[node(next = this.bought)]
    pub agreed: Join,
    pub bought: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![HouseFlow];

    #[test]
    fn the_end_of_one_branch_ends_all() -> Result<()> {
        let mut conn = database();
        let id = HouseFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, HouseFlow.ask_bank, id, &OFFICE, BankForm { loan: false })?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "both:DONE",
            "inspect:CANCELED",
            "ask_bank:DONE",
            "has_loan:DONE",
            "called_off:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
