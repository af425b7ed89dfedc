//! Parallel split (WCP-2) and synchronization (WCP-3): a new colleague gets an account and a desk, in any order, and
//! is welcomed when both are there.

use flow_core::prelude::*;

/// A new colleague
#[flow]
#[derive(Debug)]
pub struct ArrivalFlow {
    #[node(permission(anyone), next = this.prepare)]
    pub start: Start,

    #[node(next = this.account, next = this.desk)]
    pub prepare: Split,

    /// Make an account
    #[node(permission("it"), next = this.ready)]
    pub account: View,

    /// Find a desk
    #[node(permission("house"), next = this.ready)]
    pub desk: View,

    #[node(next = this.welcome)]
    pub ready: Join,

    /// Welcome the colleague
    #[node(permission(anyone), next = this.end)]
    pub welcome: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ArrivalFlow];

    #[test]
    fn both_branches_are_waited_for() -> Result<()> {
        let mut conn = database();
        let id = ArrivalFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, ArrivalFlow.desk, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New).tasks(&[
            "start:DONE@start",
            "prepare:DONE@start",
            "account:NEW@start/2_1",
            "desk:DONE@start/2_2",
            "ready:STARTED@start",
        ]);
        complete(&mut conn, ArrivalFlow.account, id, &OFFICE, ())?;
        complete(&mut conn, ArrivalFlow.welcome, id, &OFFICE, ())?;
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 7);
        sound(&FLOWS, &mut conn)
    }
}
