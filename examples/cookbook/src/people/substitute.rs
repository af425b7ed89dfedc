//! Delegation (WRP-27): an approval belongs to whoever started it. They may hand it over to a colleague, or be away:
//! who stands in for them has it in the inbox too, and the history names both.

use flow_core::prelude::*;

/// Approval
#[flow]
#[derive(Debug)]
pub struct ApprovalFlow {
    #[node(permission("approve"), next = this.approve)]
    pub start: Start,

    /// Approve it
    #[node(assign = this.start.owner, permission("approve"), next = this.end)]
    pub approve: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ApprovalFlow];
    static ANNA: Person = Person::new("anna").may(&["approve"]);
    /// Stands in for Anna, and may approve nothing of his own.
    static BEN: Person = Person { acts_for: Some(&ANNA), ..Person::new("ben") };
    static CLEO: Person = Person::new("cleo").may(&["approve"]);

    #[test]
    fn the_owner_hands_it_over() -> Result<()> {
        let mut conn = database();
        let id = ApprovalFlow.start.run(&mut conn, &ANNA, ())?.id();
        let task = open(&mut conn, ApprovalFlow.approve.tasks(), id)?.id();
        let refused = ApprovalFlow.approve.reassign(&mut conn, task, &CLEO, &CLEO);
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Denied);
        ApprovalFlow.approve.reassign(&mut conn, task, &ANNA.because("on holiday"), &CLEO)?;
        complete(&mut conn, ApprovalFlow.approve, id, &CLEO, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn who_stands_in_does_it_for_the_owner() -> Result<()> {
        let mut conn = database();
        let id = ApprovalFlow.start.run(&mut conn, &ANNA, ())?.id();
        let task = FLOWS.inbox(&mut conn, &BEN)?[0].id();
        ApprovalFlow.approve.execute(&mut conn, task, &BEN, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        let last = FLOWS.history(&mut conn, id)?.pop();
        let names = last.as_ref().map(|row| (row.actor(), row.on_behalf_of()));
        assert_eq!(names, Some(("ben", Some("anna"))));
        sound(&FLOWS, &mut conn)
    }
}
