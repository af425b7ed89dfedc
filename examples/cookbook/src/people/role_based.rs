//! Role-based allocation (WRP-2): a request for leave is offered to everybody who may approve leave, and within the
//! team of whoever asks. The first who claims it has it.

use flow_core::prelude::*;

/// Leave.
#[derive(ProcessProxy, Debug)]
pub struct LeaveProcess {
    process: Process,
    /// Team
    team: String,
}

/// Leave
#[flow(process = LeaveProcess)]
#[derive(Debug)]
pub struct LeaveFlow {
    #[node(form = LeaveForm { team }, permission(anyone), next = this.approve)]
    pub ask: Start,

    // The permission `leave.approve`, and the group that the data names: both are required.
    /// Approve the leave
    #[node(permission(auto), candidates = |a| [group(a.process.team())], next = this.end)]
    pub approve: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![LeaveFlow];
    const LEAD: Person = Person { groups: &["sales"], ..Person::new("lena").may(&["leave.approve"]) };
    const OTHER_LEAD: Person = Person { groups: &["works"], ..Person::new("otto").may(&["leave.approve"]) };
    const COLLEAGUE: Person = Person { groups: &["sales"], ..Person::new("cleo") };

    #[test]
    fn it_is_offered_to_those_who_have_the_role() -> Result<()> {
        let mut conn = database();
        let id = LeaveFlow.ask.run(&mut conn, &COLLEAGUE, LeaveForm { team: "sales".to_owned() })?.id();
        let offered =
            [LEAD, OTHER_LEAD, COLLEAGUE].map(|person| FLOWS.queue(&mut conn, &person).map(|queue| queue.len()));
        assert_eq!(offered.into_iter().collect::<Result<Vec<_>>>()?, [1, 0, 0]);
        let refused = complete(&mut conn, LeaveFlow.approve, id, &COLLEAGUE, ());
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Denied);
        complete(&mut conn, LeaveFlow.approve, id, &LEAD, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
