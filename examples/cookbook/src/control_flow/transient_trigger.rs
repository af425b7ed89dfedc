//! Transient trigger (WCP-23): visitors in a building wait for a fire drill to end. The signal that it is over
//! reaches those that wait when it is thrown; for whoever begins to wait later it is lost.

use flow_core::prelude::*;

/// Visit
#[flow]
#[derive(Debug)]
pub struct VisitFlow {
    #[node(permission(anyone), next = this.outside)]
    pub leave: Start,

    #[node(signal = "all_clear", on_timeout(hours(1), this.home), next = this.inside)]
    pub outside: SignalCatch,

    pub inside: End,
    pub home: End,
}

/// Fire drill
#[flow]
#[derive(Debug)]
pub struct DrillFlow {
    #[node(permission(anyone), next = this.all_clear)]
    pub over: Start,

    #[node(signal = "all_clear", next = this.end)]
    pub all_clear: SignalThrow,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![VisitFlow, DrillFlow];

    #[test]
    fn those_that_wait_go_on_and_who_comes_later_has_missed_it() -> Result<()> {
        let mut conn = database();
        let waits = [(); 2].map(|()| VisitFlow.leave.run(&mut conn, &OFFICE, ()).map(|visit| visit.id()));
        DrillFlow.over.run(&mut conn, &OFFICE, ())?;
        let late = VisitFlow.leave.run(&mut conn, &OFFICE, ())?.id();
        FLOWS.run_until_idle(&mut conn)?;
        for visit in waits {
            FLOWS.expect(&mut conn, visit?).is(Done);
        }
        FLOWS.expect(&mut conn, late).is(New).tasks(&["leave:DONE", "outside:NEW", "outside__timeout__home:SCHEDULED"]);
        assert_eq!(FLOWS.hints(), []);
        sound(&FLOWS, &mut conn)
    }
}
