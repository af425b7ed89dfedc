//! Arbitrary cycles (WCP-10): a contract goes from the author to the lawyer and the customer, and each of them may
//! send it back to an earlier step. The cycles overlap, and have more than one way in and out.

use flow_core::prelude::*;

/// Who has the contract next.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// The author
    Author,
    /// The lawyer
    Lawyer,
    /// The customer
    Customer,
    /// It is signed
    Signed,
}

/// A contract.
#[derive(ProcessProxy, Debug)]
pub struct ContractProcess {
    process: Process,
    /// Next
    #[json(choices, default = Next::Author)]
    next: Next,
}

/// Contract
#[flow(process = ContractProcess)]
#[derive(Debug)]
pub struct ContractFlow {
    #[node(permission(anyone), next = this.write)]
    pub start: Start,

    /// Write the contract
    #[node(form = WriteForm { next }, permission("write"), next = this.whose)]
    pub write: View,

    #[node(on = |a| a.process.next(), case(Next::Author => this.write), case(Next::Lawyer => this.check),
           case(Next::Customer => this.negotiate), case(Next::Signed => this.signed))]
    pub whose: Switch,

    /// Check the contract
    #[node(form = CheckForm { next }, permission("check"), next = this.whose)]
    pub check: View,

    /// Negotiate with the customer
    #[node(form = NegotiateForm { next }, permission("negotiate"), next = this.whose)]
    pub negotiate: View,

    pub signed: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ContractFlow];

    #[test]
    fn each_round_makes_new_tasks_on_the_same_token() -> Result<()> {
        let mut conn = database();
        let id = ContractFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, ContractFlow.write, id, &OFFICE, WriteForm { next: Next::Lawyer })?;
        complete(&mut conn, ContractFlow.check, id, &OFFICE, CheckForm { next: Next::Author })?;
        complete(&mut conn, ContractFlow.write, id, &OFFICE, WriteForm { next: Next::Customer })?;
        complete(&mut conn, ContractFlow.negotiate, id, &OFFICE, NegotiateForm { next: Next::Lawyer })?;
        complete(&mut conn, ContractFlow.check, id, &OFFICE, CheckForm { next: Next::Signed })?;
        let seen = FLOWS.expect(&mut conn, id).is(Done);
        assert_eq!(seen.rows().len(), 12, "{}", seen.story());
        assert!(seen.rows().iter().all(|task| task.token() == "start"));
        sound(&FLOWS, &mut conn)
    }
}
