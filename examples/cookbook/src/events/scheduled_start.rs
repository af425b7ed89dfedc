//! Scheduled start: at seven on every working day the machines are inspected. The clock starts one process each time,
//! however many workers there are.

use flow_core::prelude::*;

/// Inspection
#[flow]
#[derive(Debug)]
pub struct InspectionFlow {
    #[node(cron = "0 7 * * MON-FRI", zone = "Europe/Berlin", next = this.inspect)]
    pub morning: StartTimer,

    /// Inspect the machines
    #[node(permission("inspect"), next = this.end)]
    pub inspect: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![InspectionFlow];

    fn started(conn: &mut Db) -> Result<usize> {
        FLOWS.run_until_idle(conn)?;
        Ok(InspectionFlow.processes().load(conn)?.len())
    }

    #[test]
    fn one_start_each_time() -> Result<()> {
        // 2026-01-01 is a Thursday.
        let clock = TestClock::install();
        let mut conn = database();
        assert_eq!(started(&mut conn)?, 0, "it is midnight");
        clock.advance(hours(6)); // seven in Berlin
        assert_eq!(started(&mut conn)?, 1);
        assert_eq!(started(&mut conn)?, 1);
        clock.advance(days(1));
        assert_eq!(started(&mut conn)?, 2);
        clock.advance(days(2)); // Saturday and Sunday
        assert_eq!(started(&mut conn)?, 2);
        sound(&FLOWS, &mut conn)
    }
}
