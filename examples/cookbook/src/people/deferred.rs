//! Deferred allocation (WRP-3): who answers a complaint is decided for each complaint, by whoever takes it in.

use flow_core::prelude::*;

/// A complaint.
#[derive(ProcessProxy, Debug)]
pub struct ComplaintProcess {
    process: Process,
    /// Who answers it
    clerk: String,
}

/// Complaint
#[flow(process = ComplaintProcess)]
#[derive(Debug)]
pub struct ComplaintFlow {
    #[node(form = ComplaintForm { clerk }, permission(anyone), next = this.answer)]
    pub take_in: Start,

    /// Answer the complaint
    #[node(assign = |a| a.process.clerk(), next = this.end)]
    pub answer: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ComplaintFlow];
    const BEN: Person = Person::new("ben");

    #[test]
    fn the_data_of_the_process_names_the_person() -> Result<()> {
        let mut conn = database();
        let id = ComplaintFlow.take_in.run(&mut conn, &OFFICE, ComplaintForm { clerk: "ben".to_owned() })?.id();
        assert_eq!(FLOWS.inbox(&mut conn, &BEN)?.len(), 1);
        complete(&mut conn, ComplaintFlow.answer, id, &BEN, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
