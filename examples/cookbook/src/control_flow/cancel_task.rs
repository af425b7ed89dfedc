//! Cancel task (WCP-19): a contract is checked by a lawyer and by the finance department. A manager takes the
//! lawyer's check back, whether or not the lawyer has begun: for good, or to be revived later.

use flow_core::prelude::*;

/// Contract
#[flow]
#[derive(Debug)]
pub struct ContractFlow {
    #[node(permission(anyone), next = this.checks)]
    pub start: Start,

    #[node(next = this.legal, next = this.budget)]
    pub checks: Split,

    /// Check the terms
    #[node(permission("legal"), next = this.checked)]
    pub legal: View,

    /// Check the budget
    #[node(permission("finance"), next = this.checked)]
    pub budget: View,

    #[node(next = this.end)]
    pub checked: Join,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ContractFlow];
    const LARA: Person = Person::new("lara").may(&["legal"]);

    #[test]
    fn a_task_that_was_begun_is_cancelled_and_its_branch_ends() -> Result<()> {
        let mut conn = database();
        let id = ContractFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let legal = open(&mut conn, ContractFlow.legal.tasks(), id)?.id();
        ContractFlow.legal.assign(&mut conn, legal, &LARA)?;
        complete(&mut conn, ContractFlow.budget, id, &OFFICE, ())?;
        ContractFlow.legal.end_branch(&mut conn, legal, &MONA.because("a standard contract"))?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "checks:DONE",
            "legal:CANCELED",
            "budget:DONE",
            "checked:DONE",
            "end:DONE",
        ]);
        let late = ContractFlow.legal.execute(&mut conn, legal, &LARA, ());
        assert_eq!(late.map(|_| ()).unwrap_err().kind(), ErrorKind::Conflict);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn a_cancelled_task_can_be_revived() -> Result<()> {
        let mut conn = database();
        let id = ContractFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let legal = open(&mut conn, ContractFlow.legal.tasks(), id)?.id();
        ContractFlow.legal.cancel(&mut conn, legal, &MONA)?;
        complete(&mut conn, ContractFlow.budget, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New); // the join waits for what may be revived
        ContractFlow.legal.revive(&mut conn, legal, &MONA)?;
        complete(&mut conn, ContractFlow.legal, id, &LARA, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
