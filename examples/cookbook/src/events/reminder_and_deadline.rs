//! Timer boundary events: an invoice should be paid within a week. After three days there is a reminder, and the task
//! stays open; after seven it is taken away, and the invoice goes to debt collection.

use flow_core::prelude::*;

/// Invoice
#[flow]
#[derive(Debug)]
pub struct InvoiceFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: Start,

    /// Pay the invoice
    #[node(permission("pay"), on_timeout(days(3), this.remind, interrupting = false),
           on_timeout(days(7), this.collect), next = this.paid)]
    pub pay: View,

    #[node(run = |job| println!("invoice {} is not paid", job.process.id()), next = this.reminded)]
    pub remind: Job,

    /// Collect the debt
    #[node(permission("collect"), next = this.collected)]
    pub collect: View,

    pub reminded: End,
    pub paid: End,
    pub collected: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![InvoiceFlow];

    #[test]
    fn a_reminder_leaves_the_task_and_a_deadline_takes_it() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let late = InvoiceFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let paid = InvoiceFlow.start.run(&mut conn, &OFFICE, ())?.id();
        clock.advance(days(3));
        FLOWS.run_until_idle(&mut conn)?;
        complete(&mut conn, InvoiceFlow.pay, paid, &OFFICE, ())?;
        clock.advance(days(4));
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, late).is(New).tasks(&[
            "start:DONE",
            "pay:CANCELED",
            "pay__timeout__remind:DONE",
            "pay__timeout__collect:DONE",
            "remind:DONE",
            "reminded:DONE",
            "collect:NEW",
        ]);
        FLOWS.expect(&mut conn, paid).is(Done).tasks(&[
            "start:DONE",
            "pay:DONE",
            "pay__timeout__remind:DONE",
            "pay__timeout__collect:CANCELED",
            "remind:DONE",
            "reminded:DONE",
            "paid:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
