//! Timer event: a cake cools for an hour before it is iced.

use flow_core::prelude::*;

/// Cake
#[flow]
#[derive(Debug)]
pub struct CakeFlow {
    /// Bake the cake
    #[node(permission(anyone), next = this.cool)]
    pub bake: Start,

    // A callback may compute the delay; `at = |a| ..` names a time instead.
    #[node(delay = hours(1), next = this.ice)]
    pub cool: Timer,

    /// Ice the cake
    #[node(permission(anyone), next = this.end)]
    pub ice: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![CakeFlow];

    #[test]
    fn it_fires_once_and_never_early() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let id = CakeFlow.bake.run(&mut conn, &OFFICE, ())?.id();
        clock.advance(minutes(59));
        assert_eq!(FLOWS.run_due(&mut conn)?.done, 0);
        clock.advance(minutes(1));
        assert_eq!(FLOWS.run_due(&mut conn)?.done, 1);
        assert_eq!(FLOWS.run_due(&mut conn)?.done, 0);
        complete(&mut conn, CakeFlow.ice, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&["bake:DONE", "cool:DONE", "ice:DONE", "end:DONE"]);
        sound(&FLOWS, &mut conn)
    }
}
