//! Cancelling partial join (WCP-32): a payment needs the signatures of two of three directors. The third is not asked
//! any more when two have signed.

use flow_core::prelude::*;

/// Payment
#[flow]
#[derive(Debug)]
pub struct PaymentFlow {
    #[node(permission(anyone), next = this.ask)]
    pub start: Start,

    #[node(next = this.finance, next = this.sales, next = this.works)]
    pub ask: Split,

    /// Sign for finance
    #[node(permission("finance"), next = this.signed)]
    pub finance: View,

    /// Sign for sales
    #[node(permission("sales"), next = this.signed)]
    pub sales: View,

    /// Sign for the works
    #[node(permission("works"), next = this.signed)]
    pub works: View,

    #[node(continue_on = |_a, arrived, _open| arrived.len() >= 2, next = this.pay)]
    pub signed: Join,

    #[node(run = |job| println!("pay {}", job.process.id()), next = this.paid)]
    pub pay: Job,

    pub paid: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![PaymentFlow];

    #[test]
    fn two_of_three_go_on_and_the_third_is_cancelled() -> Result<()> {
        let mut conn = database();
        let id = PaymentFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, PaymentFlow.works, id, &OFFICE, ())?;
        complete(&mut conn, PaymentFlow.finance, id, &OFFICE, ())?;
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "ask:DONE",
            "finance:DONE",
            "sales:CANCELED",
            "works:DONE",
            "signed:DONE",
            "pay:DONE",
            "paid:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
