//! Manual task: a parcel is carried to another building. The app takes no part in it; a person confirms that it was done.

use flow_core::prelude::*;

/// Parcel
#[flow]
#[derive(Debug)]
pub struct ParcelFlow {
    #[node(permission(anyone), next = this.carry)]
    pub start: Start,

    /// Carry the parcel to the other building
    #[node(permission("carry"), next = this.end)]
    pub carry: ManualTask,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ParcelFlow];

    #[test]
    fn it_is_claimed_and_reported_as_done() -> Result<()> {
        let mut conn = database();
        let id = ParcelFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let task = open(&mut conn, ParcelFlow.carry.tasks(), id)?.id();
        ParcelFlow.carry.assign(&mut conn, task, &OFFICE)?;
        ParcelFlow.carry.execute(&mut conn, task, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&["start:DONE", "carry:DONE", "end:DONE"]);
        sound(&FLOWS, &mut conn)
    }
}
