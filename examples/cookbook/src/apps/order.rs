//! Viewflow's `subprocesses`: an order first has its customer verified by a process of its own, and then a process
//! for each of its items, in which the item is reserved and packed.

use flow_core::prelude::*;

/// An order.
#[derive(ProcessProxy, Debug)]
pub struct OrderProcess {
    process: Process,
    /// Customer
    customer: String,
    /// Items
    items: Vec<String>,
    /// The customer is trusted
    #[json(default)]
    trusted: bool,
}

/// Order
#[flow(process = OrderProcess, summary = "Order of {process.customer}")]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(form = OrderForm { customer, items }, permission(anyone), next = this.verify)]
    pub start: Start,

    #[node(start = VerificationFlow.start, process_data = this.verification,
           on_done = |a, child| a.process.set_trusted(child.trusted()), next = this.check_trusted)]
    pub verify: Subprocess,

    #[node(if = |a| a.process.trusted(), then = this.prepare, else = this.end)]
    pub check_trusted: If,

    #[node(start = ItemFlow.start, item = String, items = |a| a.process.items().to_vec(),
           process_data = |_a, item| ItemProcessData { item, reserved: false }, next = this.end)]
    pub prepare: NSubprocess,

    pub end: End,
}

impl OrderFlow {
    fn verification(a: &Activation<Self>) -> VerificationProcessData {
        let verifier = a.process.started_by().map(str::to_owned);
        VerificationProcessData { customer: a.process.customer().to_owned(), verifier, trusted: false }
    }
}

/// The verification of a customer.
#[derive(ProcessProxy, Debug)]
pub struct VerificationProcess {
    process: Process,
    /// Customer
    customer: String,
    /// Who verifies it
    verifier: Option<String>,
    /// Trusted
    #[json(default)]
    trusted: bool,
}

/// Verification
#[flow(process = VerificationProcess, summary = "Verify {process.customer}")]
#[derive(Debug)]
pub struct VerificationFlow {
    #[node(next = this.verify)]
    pub start: StartHandle,

    /// Verify the customer
    #[node(form = VerifyForm { trusted }, assign = |a| a.process.verifier().map(str::to_owned), next = this.end)]
    pub verify: View,

    pub end: End,
}

/// An item of an order.
#[derive(ProcessProxy, Debug)]
pub struct ItemProcess {
    process: Process,
    /// Item
    item: String,
    /// Reserved
    #[json(default)]
    reserved: bool,
}

/// Item
#[flow(process = ItemProcess, summary = "{process.item}")]
#[derive(Debug)]
pub struct ItemFlow {
    #[node(next = this.reserve)]
    pub start: StartHandle,

    /// Reserve the item
    #[node(form = ReserveForm { reserved }, permission("warehouse"), next = this.check_reserved)]
    pub reserve: View,

    #[node(if = |a| a.process.reserved(), then = this.pack, else = this.end)]
    pub check_reserved: If,

    /// Pack the item
    #[node(permission("warehouse"), next = this.end)]
    pub pack: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow, VerificationFlow, ItemFlow];
    const ANNA: Person = Person::new("anna");

    /// Anna's order, verified.
    fn order(conn: &mut Db, trusted: bool) -> Result<i64> {
        let form = OrderForm { customer: "Ben".to_owned(), items: vec!["tea".to_owned(), "cup".to_owned()] };
        let order = OrderFlow.start.run(conn, &ANNA, form)?.id();
        let child = FLOWS.inbox(conn, &ANNA)?[0].id().process();
        complete(conn, VerificationFlow.verify, child, &ANNA, VerifyForm { trusted })?;
        FLOWS.run_until_idle(conn)?;
        Ok(order)
    }

    #[test]
    fn two_items_are_eighteen_tasks() -> Result<()> {
        let mut conn = database();
        let order = order(&mut conn, true)?;
        for item in ItemFlow.processes().load(&mut conn)? {
            FLOWS.expect(&mut conn, order).is(New);
            complete(&mut conn, ItemFlow.reserve, item.id(), &OFFICE, ReserveForm { reserved: true })?;
            complete(&mut conn, ItemFlow.pack, item.id(), &OFFICE, ())?;
            FLOWS.run_until_idle(&mut conn)?;
            assert_eq!(FLOWS.expect(&mut conn, item.id()).is(Done).rows().len(), 5);
        }
        FLOWS.expect(&mut conn, order).is(Done).tasks(&[
            "start:DONE",
            "verify:DONE",
            "check_trusted:DONE",
            "prepare:DONE",
            "end:DONE",
        ]);
        let verification = VerificationFlow.processes().first(&mut conn)?.id();
        FLOWS.expect(&mut conn, verification).is(Done).tasks(&["start:DONE", "verify:DONE", "end:DONE"]);
        let all: i64 = flow_core::schema::flow_task::table.count().get_result(&mut conn)?;
        assert_eq!(all, 18);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn an_order_of_a_customer_who_is_not_trusted_ends() -> Result<()> {
        let mut conn = database();
        let order = order(&mut conn, false)?;
        FLOWS.expect(&mut conn, order).is(Done);
        assert!(ItemFlow.processes().load(&mut conn)?.is_empty());
        sound(&FLOWS, &mut conn)
    }
}
