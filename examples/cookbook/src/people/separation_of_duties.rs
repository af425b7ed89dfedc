//! Separation of duties (WRP-5): an expense is approved by two people who are not the one that asked for it, nor the
//! same.

use flow_core::prelude::*;

/// Expense
#[flow]
#[derive(Debug)]
pub struct ExpenseFlow {
    #[node(permission(anyone), next = this.approve)]
    pub ask: Start,

    /// Approve the expense
    #[node(permission("approve"), different_from(this.ask), next = this.confirm)]
    pub approve: View,

    /// Confirm the approval
    #[node(permission("approve"), different_from(this.ask, this.approve), next = this.end)]
    pub confirm: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ExpenseFlow];
    const ANNA: Person = Person::new("anna").may(&["approve"]);
    const BEN: Person = Person::new("ben").may(&["approve"]);
    const CLEO: Person = Person::new("cleo").may(&["approve"]);

    #[test]
    fn nobody_approves_twice_or_for_themselves() -> Result<()> {
        let mut conn = database();
        let id = ExpenseFlow.ask.run(&mut conn, &ANNA, ())?.id();
        let refused = complete(&mut conn, ExpenseFlow.approve, id, &ANNA, ());
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Denied);
        complete(&mut conn, ExpenseFlow.approve, id, &BEN, ())?;
        let queues = [ANNA, BEN, CLEO].map(|person| FLOWS.queue(&mut conn, &person).map(|queue| queue.len()));
        assert_eq!(queues.into_iter().collect::<Result<Vec<_>>>()?, [0, 0, 1]);
        let refused = complete(&mut conn, ExpenseFlow.confirm, id, &BEN, ());
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Denied);
        complete(&mut conn, ExpenseFlow.confirm, id, &CLEO, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
