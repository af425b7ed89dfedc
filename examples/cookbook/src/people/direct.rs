//! Direct allocation (WRP-1): every press release is checked by Nora, whom the flow names.

use flow_core::prelude::*;

/// Press release
#[flow]
#[derive(Debug)]
pub struct PressFlow {
    #[node(permission(anyone), next = this.check)]
    pub write: Start,

    /// Check the press release
    #[node(assign = |_a| "nora", next = this.end)]
    pub check: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![PressFlow];
    const NORA: Person = Person::new("nora");

    #[test]
    fn it_is_assigned_to_the_named_person_and_to_nobody_else() -> Result<()> {
        let mut conn = database();
        let id = PressFlow.write.run(&mut conn, &OFFICE, ())?.id();
        FLOWS.expect(&mut conn, id).tasks(&["write:DONE", "check:ASSIGNED"]);
        let refused = complete(&mut conn, PressFlow.check, id, &Person::new("ben"), ());
        assert!(refused.is_err());
        complete(&mut conn, PressFlow.check, id, &NORA, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
