//! Persistent trigger (WCP-24): an order waits for its payment. A payment that comes before the order waits for it:
//! it is a message that is kept, and is delivered when the order begins to wait.

use flow_core::prelude::*;

/// An order.
#[derive(ProcessProxy, Debug)]
pub struct OrderProcess {
    process: Process,
    /// Number
    number: String,
    /// Paid
    #[json(default)]
    paid: i64,
}

/// Order
#[flow(process = OrderProcess)]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(form = OrderForm { number }, permission(anyone), next = this.payment)]
    pub order: Start,

    #[node(message = "payment", key = |a| a.process.number(), input = i64, run = |a, amount| a.process.set_paid(amount),
           permission("bank"), next = this.paid)]
    pub payment: MessageCatch,

    pub paid: End,
}

#[cfg(test)]
mod tests {
    use flow_core::Delivery;

    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow];
    const BANK: Person = Person::new("bank").may(&["bank"]);

    #[test]
    fn a_message_that_is_early_is_kept() -> Result<()> {
        let mut conn = database();
        let sent = FLOWS.message(&mut conn, &OFFICE, "payment", "A-17", &500).kept_for(days(7)).send()?;
        assert_eq!(sent, Delivery::Kept);
        let early = OrderFlow.order.run(&mut conn, &OFFICE, OrderForm { number: "A-17".to_owned() })?.id();
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, early).is(Done);
        assert_eq!(OrderFlow.processes().by_id(early).first(&mut conn)?.paid(), 500);

        let waits = OrderFlow.order.run(&mut conn, &OFFICE, OrderForm { number: "A-18".to_owned() })?.id();
        FLOWS.message(&mut conn, &BANK, "payment", "A-18", &70).id("evt_1").send()?;
        FLOWS.expect(&mut conn, waits).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
