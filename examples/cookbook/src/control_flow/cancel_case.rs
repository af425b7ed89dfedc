//! Cancel case (WCP-20): whoever has asked for a trip may take that back at any time. Everything that is open ends
//! with it: tasks, timeouts, and the processes that it has started.

use flow_core::prelude::*;

/// Trip
#[flow(cancel(this.may_withdraw))]
#[derive(Debug)]
pub struct TripFlow {
    #[node(permission(anyone), next = this.both)]
    pub ask: Start,

    #[node(next = this.approve, next = this.book)]
    pub both: Split,

    /// Approve the trip
    #[node(permission("approve"), on_timeout(days(3), this.join), next = this.join)]
    pub approve: View,

    #[node(start = BookingFlow.start, next = this.join)]
    pub book: Subprocess,

    #[node(next = this.end)]
    pub join: Join,
    pub end: End,
}

impl TripFlow {
    fn may_withdraw(user: &dyn User, trip: &Process, _open: &[Task]) -> Step<bool> {
        Ok(trip.started_by() == Some(user.id()))
    }
}

/// Booking
#[flow]
#[derive(Debug)]
pub struct BookingFlow {
    #[node(next = this.call)]
    pub start: StartHandle,

    /// Call the hotel
    #[node(permission("book"), next = this.end)]
    pub call: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![TripFlow, BookingFlow];
    const ANNA: Person = Person::new("anna");
    const BEN: Person = Person::new("ben");

    #[test]
    fn everything_ends_with_it() -> Result<()> {
        let mut conn = database();
        let trip = TripFlow.ask.run(&mut conn, &ANNA, ())?.id();
        let booking = open_booking(&mut conn)?;
        let refused = TripFlow.cancel(&mut conn, trip, &BEN);
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Denied);
        TripFlow.cancel(&mut conn, trip, &ANNA)?;
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, trip).is(Canceled).tasks(&[
            "ask:DONE",
            "both:DONE",
            "approve:CANCELED",
            "approve__timeout__join:CANCELED",
            "book:CANCELED",
        ]);
        FLOWS.expect(&mut conn, booking).is(Canceled).tasks(&["start:DONE", "call:CANCELED"]);
        sound(&FLOWS, &mut conn)
    }

    fn open_booking(conn: &mut Db) -> Result<i64> {
        Ok(BookingFlow.call.tasks().open().one(conn)?.id().process())
    }
}
