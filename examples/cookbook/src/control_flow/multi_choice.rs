//! Multi-choice (WCP-6) and structured synchronizing merge (WCP-7): an emergency call needs the police, an ambulance,
//! both or neither. The call is closed when those that were sent are back.
//!
//! `examples/bloodtest` is a whole application of it.

use flow_core::prelude::*;

/// An emergency call.
#[derive(ProcessProxy, Debug)]
pub struct EmergencyProcess {
    process: Process,
    /// Somebody is hurt
    #[json(default)]
    hurt: bool,
    /// A crime
    #[json(default)]
    crime: bool,
}

/// Emergency call
#[flow(process = EmergencyProcess)]
#[derive(Debug)]
pub struct EmergencyFlow {
    #[node(form = EmergencyForm { hurt, crime }, permission(anyone), next = this.send)]
    pub call: Start,

    // The edge without a condition leads to the join: so there is a branch even if nobody is sent.
    #[node(next(this.ambulance, when = |a| a.process.hurt()), next(this.police, when = |a| a.process.crime()),
           next = this.back)]
    pub send: Split,

    /// Send an ambulance
    #[node(permission(auto), next = this.back)]
    pub ambulance: View,

    /// Send the police
    #[node(permission(auto), next = this.back)]
    pub police: View,

    #[node(next = this.closed)]
    pub back: Join,

    pub closed: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![EmergencyFlow];

    #[test]
    fn the_branches_that_were_taken_are_waited_for() -> Result<()> {
        let mut conn = database();
        let call = |hurt, crime| EmergencyForm { hurt, crime };
        let neither = EmergencyFlow.call.run(&mut conn, &OFFICE, call(false, false))?.id();
        FLOWS.expect(&mut conn, neither).is(Done).tasks(&["call:DONE", "send:DONE", "back:DONE", "closed:DONE"]);

        let one = EmergencyFlow.call.run(&mut conn, &OFFICE, call(true, false))?.id();
        complete(&mut conn, EmergencyFlow.ambulance, one, &OFFICE, ())?;
        assert_eq!(FLOWS.expect(&mut conn, one).is(Done).rows().len(), 5);

        let both = EmergencyFlow.call.run(&mut conn, &OFFICE, call(true, true))?.id();
        complete(&mut conn, EmergencyFlow.ambulance, both, &OFFICE, ())?;
        FLOWS.expect(&mut conn, both).is(New);
        complete(&mut conn, EmergencyFlow.police, both, &OFFICE, ())?;
        assert_eq!(FLOWS.expect(&mut conn, both).is(Done).rows().len(), 6);
        sound(&FLOWS, &mut conn)
    }
}
