//! Saga (compensation): for a trip a hotel and a flight are booked, and a card is charged. If the card is refused,
//! the bookings that were made are taken back, the newest first.

use flow_core::prelude::*;

/// A trip.
#[derive(ProcessProxy, Debug)]
pub struct TripProcess {
    process: Process,
    /// The card has money
    #[json(default)]
    funded: bool,
    /// What was done, in this order
    #[json(default)]
    log: Vec<String>,
}

/// Trip
#[flow(process = TripProcess)]
#[derive(Debug)]
pub struct TripFlow {
    #[node(form = TripForm { funded }, permission(anyone), next = this.book_hotel)]
    pub start: Start,

    #[node(run = |_job| (), on_done = |a, ()| TripFlow::note(a, "hotel"), compensate = this.cancel_hotel,
           next = this.book_flight)]
    pub book_hotel: Job,

    #[node(run = |_job| (), on_done = |a, ()| TripFlow::note(a, "flight"), compensate = this.cancel_flight,
           next = this.charge)]
    pub book_flight: Job,

    #[node(run = this.charge_card, on_error(this.take_back, code = "refused"), next = this.booked)]
    pub charge: Job,

    pub booked: End,

    #[node(next = this.not_booked)]
    pub take_back: CompensateThrow,
    pub not_booked: End,

    // The handlers, which the throw runs.
    #[node(run = |_job| (), on_done = |a, ()| TripFlow::note(a, "no hotel"))]
    pub cancel_hotel: Job,
    #[node(run = |_job| (), on_done = |a, ()| TripFlow::note(a, "no flight"))]
    pub cancel_flight: Job,
}

impl TripFlow {
    fn charge_card(job: &JobContext<Self>) -> Step {
        if job.process.funded() { Ok(()) } else { Err(StepError::code("refused")) }
    }

    fn note(a: &mut Activation<Self>, what: &str) {
        let mut log = a.process.log().to_vec();
        log.push(what.to_owned());
        a.process.set_log(log);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![TripFlow];

    #[test]
    fn what_was_done_is_taken_back_newest_first() -> Result<()> {
        let mut conn = database();
        let poor = TripFlow.start.run(&mut conn, &OFFICE, TripForm { funded: false })?.id();
        let rich = TripFlow.start.run(&mut conn, &OFFICE, TripForm { funded: true })?.id();
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, poor).is(Done).tasks(&[
            "start:DONE",
            "book_hotel:DONE",
            "book_flight:DONE",
            "charge:CANCELED",
            "charge__error__refused__take_back:DONE",
            "take_back:DONE",
            "cancel_flight:DONE",
            "cancel_hotel:DONE",
            "not_booked:DONE",
        ]);
        let log = |conn: &mut Db, id: i64| TripFlow.processes().by_id(id).first(conn).map(|trip| trip.log().to_vec());
        assert_eq!(log(&mut conn, poor)?, ["hotel", "flight", "no flight", "no hotel"]);
        assert_eq!(log(&mut conn, rich)?, ["hotel", "flight"]);
        sound(&FLOWS, &mut conn)
    }
}
