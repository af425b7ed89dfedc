//! Structured partial join (WCP-30): three referees are asked about an applicant. Two letters are enough to invite
//! the applicant; the third is still written, and filed when it comes.

use flow_core::prelude::*;

/// Application
#[flow]
#[derive(Debug)]
pub struct ApplicationFlow {
    #[node(permission(anyone), next = this.ask)]
    pub start: Start,

    #[node(next = this.teacher, next = this.employer, next = this.colleague)]
    pub ask: Split,

    /// Letter of a teacher
    #[node(permission("letters"), next = this.enough)]
    pub teacher: View,

    /// Letter of the last employer
    #[node(permission("letters"), next = this.enough)]
    pub employer: View,

    /// Letter of a colleague
    #[node(permission("letters"), next = this.enough)]
    pub colleague: View,

    #[node(continue_on = |_a, arrived, _open| arrived.len() >= 2, cancel_active = false, next = this.invite)]
    pub enough: Join,

    /// Invite the applicant
    #[node(permission("hire"), next = this.end)]
    pub invite: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ApplicationFlow];

    #[test]
    fn two_of_three_go_on_and_the_third_stays_open() -> Result<()> {
        let mut conn = database();
        let id = ApplicationFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, ApplicationFlow.teacher, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New);
        complete(&mut conn, ApplicationFlow.colleague, id, &OFFICE, ())?;
        complete(&mut conn, ApplicationFlow.invite, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New).tasks(&[
            "start:DONE",
            "ask:DONE",
            "teacher:DONE",
            "employer:NEW",
            "colleague:DONE",
            "enough:DONE",
            "invite:DONE",
            "end:DONE",
        ]);
        complete(&mut conn, ApplicationFlow.employer, id, &OFFICE, ())?;
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 8, "the join has not fired again");
        sound(&FLOWS, &mut conn)
    }
}
