//! Cancel region (WCP-25): for a conference a flight and a hotel are booked while the talk is written. If the
//! traveller calls the trip off, all that is open of the bookings is cancelled; the talk is not.
//!
//! The region is what is between a split and its join: a join that continues cancels what is open before it. A region
//! of its own flow is a `Subprocess`, which ends with its task (see [`cancel_instances`](super::cancel_instances)).

use flow_core::prelude::*;

/// Conference
#[flow]
#[derive(Debug)]
pub struct ConferenceFlow {
    #[node(permission(anyone), next = this.both)]
    pub start: Start,

    #[node(next = this.write_talk, next = this.trip)]
    pub both: Split,

    /// Write the talk
    #[node(assign = this.start.owner, next = this.prepared)]
    pub write_talk: View,

    // The region: from here to `trip_settled`.
    #[node(next = this.book_flight, next = this.find_hotel, next = this.call_off)]
    pub trip: Split,

    /// Book a flight
    #[node(permission("book"), next = this.trip_settled)]
    pub book_flight: View,

    /// Find a hotel
    #[node(permission("book"), next = this.confirm_hotel)]
    pub find_hotel: View,

    /// Confirm the hotel
    #[node(permission("book"), on_timeout(days(2), this.trip_settled), next = this.trip_settled)]
    pub confirm_hotel: View,

    /// Call the trip off
    #[node(assign = this.start.owner, next = this.trip_settled)]
    pub call_off: View,

    #[node(continue_on = |_a, arrived, open| Ok(!arrived.of(ConferenceFlow.call_off)?.is_empty()
               || open.of(ConferenceFlow.call_off)?.len() == open.len()), next = this.prepared)]
    pub trip_settled: Join,

    #[node(next = this.end)]
    pub prepared: Join,
    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ConferenceFlow];

    #[test]
    fn all_of_the_region_is_cancelled_and_nothing_else() -> Result<()> {
        let mut conn = database();
        let id = ConferenceFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, ConferenceFlow.find_hotel, id, &OFFICE, ())?;
        complete(&mut conn, ConferenceFlow.call_off, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New).tasks(&[
            "start:DONE",
            "both:DONE",
            "write_talk:ASSIGNED",
            "trip:DONE",
            "book_flight:CANCELED",
            "find_hotel:DONE",
            "call_off:DONE",
            "confirm_hotel:CANCELED",
            "confirm_hotel__timeout__trip_settled:CANCELED",
            "trip_settled:DONE",
            "prepared:STARTED",
        ]);
        complete(&mut conn, ConferenceFlow.write_talk, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn when_all_is_booked_it_cannot_be_called_off_any_more() -> Result<()> {
        let mut conn = database();
        let id = ConferenceFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, ConferenceFlow.find_hotel, id, &OFFICE, ())?;
        complete(&mut conn, ConferenceFlow.confirm_hotel, id, &OFFICE, ())?;
        complete(&mut conn, ConferenceFlow.write_talk, id, &OFFICE, ())?;
        complete(&mut conn, ConferenceFlow.book_flight, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        assert_eq!(ConferenceFlow.call_off.tasks().of(id).one(&mut conn)?.status(), TaskStatus::Canceled);
        sound(&FLOWS, &mut conn)
    }
}
