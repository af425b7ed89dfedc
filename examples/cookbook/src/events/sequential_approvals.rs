//! Sequential multi-instance: a contract is approved by finance, then by the lawyers, then by the director: by one
//! after another, each in a process of its own, in an order that the data has.

use flow_core::prelude::*;

/// A contract.
#[derive(ProcessProxy, Debug)]
pub struct ContractProcess {
    process: Process,
    /// Who approves it, in this order
    approvers: Vec<String>,
    /// Remarks
    #[json(default)]
    remarks: Vec<String>,
}

/// Contract
#[flow(process = ContractProcess)]
#[derive(Debug)]
pub struct ContractFlow {
    #[node(form = ContractForm { approvers }, permission(anyone), next = this.approve)]
    pub start: Start,

    #[node(start = ApprovalFlow.start, item = String, items = |a| a.process.approvers().to_vec(), sequential = true,
           process_data = |_a, approver| ApprovalProcessData { approver, remark: String::new() },
           on_done = |a, approvals| {
               let remarks = approvals.iter().map(|approval| format!("{}: {}", approval.approver(), approval.remark()));
               a.process.set_remarks(remarks.collect())
           },
           next = this.approved)]
    pub approve: NSubprocess,

    pub approved: End,
}

/// An approval.
#[derive(ProcessProxy, Debug)]
pub struct ApprovalProcess {
    process: Process,
    /// Approver
    approver: String,
    /// Remark
    #[json(default)]
    remark: String,
}

/// Approval
#[flow(process = ApprovalProcess)]
#[derive(Debug)]
pub struct ApprovalFlow {
    #[node(next = this.approve)]
    pub start: StartHandle,

    /// Approve the contract
    #[node(form = ApproveForm { remark }, candidates = |a| [group(a.process.approver())], next = this.end)]
    pub approve: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ContractFlow, ApprovalFlow];

    #[test]
    fn one_child_at_a_time_in_the_order_of_the_list() -> Result<()> {
        let mut conn = database();
        let approvers = ["finance", "legal", "director"];
        let form = ContractForm { approvers: approvers.map(str::to_owned).to_vec() };
        let contract = ContractFlow.start.run(&mut conn, &OFFICE, form)?.id();
        for approver in [&["finance"], &["legal"], &["director"]] {
            FLOWS.expect(&mut conn, contract).is(New).tasks(&["start:DONE", "approve:STARTED"]);
            let person = Person { groups: approver, ..Person::new("paula") };
            let queue = FLOWS.queue(&mut conn, &person)?;
            assert_eq!(queue.len(), 1);
            let form = ApproveForm { remark: "fine".to_owned() };
            complete(&mut conn, ApprovalFlow.approve, queue[0].id().process(), &person, form)?;
            FLOWS.run_until_idle(&mut conn)?;
        }
        FLOWS.expect(&mut conn, contract).is(Done).tasks(&["start:DONE", "approve:DONE", "approved:DONE"]);
        let row = ContractFlow.processes().by_id(contract).first(&mut conn)?;
        assert_eq!(row.remarks(), ["finance: fine", "legal: fine", "director: fine"]);
        sound(&FLOWS, &mut conn)
    }
}
