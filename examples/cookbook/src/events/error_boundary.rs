//! Error boundary event: a minute after an order its items are reserved. Where there are not enough the clerk orders
//! more and it is tried again; any other failure goes to support.

use flow_core::prelude::*;

/// An order.
#[derive(ProcessProxy, Debug)]
pub struct OrderProcess {
    process: Process,
    /// Pieces
    pieces: i64,
    /// In stock
    #[json(default)]
    stock: i64,
}

/// Order
#[flow(process = OrderProcess)]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(form = OrderForm { pieces }, permission(anyone), next = this.wait)]
    pub start: Start,

    // The wait ends the request of whoever orders: what follows runs in the background.
    #[node(delay = minutes(1), next = this.reserve)]
    pub wait: Timer,

    #[node(run = this.reserve_pieces, on_error(this.order_more, code = "no-stock"), on_error(this.ask_support),
           next = this.reserved)]
    pub reserve: Function,

    /// Order more
    #[node(form = StockForm { stock }, permission("buy"), next = this.wait)]
    pub order_more: View,

    /// Look at a failed order
    #[node(permission("support"), next = this.given_up)]
    pub ask_support: View,

    pub reserved: End,
    pub given_up: End,
}

impl OrderFlow {
    fn reserve_pieces(a: &mut Activation<Self>) -> Step {
        if a.process.pieces() <= 0 {
            return Err("an order of nothing".into());
        }
        let left = a.process.stock() - a.process.pieces();
        if left < 0 {
            return Err(StepError::code("no-stock"));
        }
        a.process.set_stock(left);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow];

    #[test]
    fn the_code_goes_one_way_and_any_other_failure_another() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let few = OrderFlow.start.run(&mut conn, &OFFICE, OrderForm { pieces: 3 })?.id();
        let none = OrderFlow.start.run(&mut conn, &OFFICE, OrderForm { pieces: 0 })?.id();
        clock.advance(minutes(1));
        FLOWS.run_until_idle(&mut conn)?;
        complete(&mut conn, OrderFlow.order_more, few, &OFFICE, StockForm { stock: 10 })?;
        clock.advance(minutes(1));
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, few).is(Done).tasks(&[
            "start:DONE",
            "wait:DONE",
            "reserve:CANCELED",
            "reserve__error__no_stock__order_more:DONE",
            "order_more:DONE",
            "wait:DONE",
            "reserve:DONE",
            "reserved:DONE",
        ]);
        assert_eq!(OrderFlow.processes().by_id(few).first(&mut conn)?.stock(), 7);
        FLOWS.expect(&mut conn, none).is(New).tasks(&[
            "start:DONE",
            "wait:DONE",
            "reserve:CANCELED",
            "reserve__error__ask_support:DONE",
            "ask_support:NEW",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
