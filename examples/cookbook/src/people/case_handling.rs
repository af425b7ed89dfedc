//! Case handling (WRP-6): whoever takes an insurance claim in does all of its tasks.

use flow_core::prelude::*;

/// Claim
#[flow]
#[derive(Debug)]
pub struct ClaimFlow {
    #[node(permission(anyone), next = this.inspect)]
    pub take_in: Start,

    /// Inspect the damage
    #[node(assign = this.take_in.owner, next = this.decide)]
    pub inspect: View,

    /// Decide
    #[node(assign = this.take_in.owner, next = this.end)]
    pub decide: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ClaimFlow];
    const ANNA: Person = Person::new("anna");

    #[test]
    fn one_person_does_the_whole_case() -> Result<()> {
        let mut conn = database();
        let id = ClaimFlow.take_in.run(&mut conn, &ANNA, ())?.id();
        complete(&mut conn, ClaimFlow.inspect, id, &ANNA, ())?;
        complete(&mut conn, ClaimFlow.decide, id, &ANNA, ())?;
        let seen = FLOWS.expect(&mut conn, id).is(Done);
        let owners: Vec<_> = seen.rows().iter().filter_map(Task::owner).collect();
        assert_eq!(owners, ["anna"; 3]);
        sound(&FLOWS, &mut conn)
    }
}
