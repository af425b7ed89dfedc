//! Error end event: an order has its payment made by a process of its own. A payment that is refused ends with an
//! error, which the order takes, and asks for another card.

use flow_core::prelude::*;

/// Order
#[flow]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: Start,

    #[node(start = PaymentFlow.start, on_error(this.other_card, code = "refused"), next = this.end)]
    pub pay: Subprocess,

    /// Give another card
    #[node(assign = this.start.owner, next = this.pay)]
    pub other_card: View,

    pub end: End,
}

/// A payment.
#[derive(ProcessProxy, Debug)]
pub struct PaymentProcess {
    process: Process,
    /// Accepted
    #[json(default)]
    accepted: bool,
}

/// Payment
#[flow(process = PaymentProcess)]
#[derive(Debug)]
pub struct PaymentFlow {
    #[node(next = this.bank)]
    pub start: StartHandle,

    #[node(input = bool, run = |a, accepted| a.process.set_accepted(accepted), permission("bank"),
           next = this.is_accepted)]
    pub bank: Handle,

    #[node(if = |a| a.process.accepted(), then = this.paid, else = this.refused)]
    pub is_accepted: If,

    pub paid: End,
    #[node(code = "refused")]
    pub refused: ErrorEnd,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow, PaymentFlow];

    /// The bank accepts or refuses the payment that is open.
    fn answer(conn: &mut Db, accepted: bool) -> Result<i64> {
        let payment = PaymentFlow.bank.tasks().open().one(conn)?.id().process();
        call(conn, PaymentFlow.bank, payment, accepted)?;
        FLOWS.run_until_idle(conn)?;
        Ok(payment)
    }

    #[test]
    fn the_error_of_the_child_is_taken_by_its_parent() -> Result<()> {
        let mut conn = database();
        let order = OrderFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let refused = answer(&mut conn, false)?;
        FLOWS.expect(&mut conn, refused).is(Done);
        complete(&mut conn, OrderFlow.other_card, order, &OFFICE, ())?;
        answer(&mut conn, true)?;
        FLOWS.expect(&mut conn, order).is(Done).tasks(&[
            "start:DONE",
            "pay:CANCELED",
            "pay__error__refused__other_card:DONE",
            "other_card:DONE",
            "pay:DONE",
            "end:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
