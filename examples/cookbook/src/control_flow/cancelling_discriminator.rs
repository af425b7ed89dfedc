//! Cancelling discriminator (WCP-29): two hospitals are asked for a bed. The first that has one gets the patient, and
//! the question to the other is withdrawn.

use flow_core::prelude::*;

/// Transfer of a patient
#[flow]
#[derive(Debug)]
pub struct TransferFlow {
    #[node(permission(anyone), next = this.ask)]
    pub start: Start,

    #[node(next = this.city, next = this.lake)]
    pub ask: Split,

    /// A bed in the city
    #[node(permission("city"), next = this.found)]
    pub city: View,

    /// A bed at the lake
    #[node(permission("lake"), next = this.found)]
    pub lake: View,

    #[node(continue_on = |_a, arrived, _open| !arrived.is_empty(), next = this.drive)]
    pub found: Join,

    /// Drive the patient there
    #[node(permission("drive"), next = this.end)]
    pub drive: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![TransferFlow];

    #[test]
    fn the_first_goes_on_and_the_other_is_cancelled() -> Result<()> {
        let mut conn = database();
        let id = TransferFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, TransferFlow.lake, id, &OFFICE, ())?;
        complete(&mut conn, TransferFlow.drive, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "ask:DONE",
            "city:CANCELED",
            "lake:DONE",
            "found:DONE",
            "drive:DONE",
            "end:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
