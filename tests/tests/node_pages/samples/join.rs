//! Two branches that meet: here one has arrived, and the join waits for the other.

use flow_core::prelude::*;

#[flow]
pub struct ContractFlow {
    #[node(permission(auto), next = this.check)]
    pub start: StartHandle,

    #[node(next = this.legal, next = this.budget)]
    pub check: Split,

    #[node(permission(auto), next = this.checked)]
    pub legal: Handle,
    #[node(permission(auto), next = this.checked)]
    pub budget: Handle,

    #[node(next = this.end)]
    pub checked: Join,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![ContractFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = ContractFlow.start.run(conn, &System("office"), Default::default())?;
    let task = ContractFlow.legal.tasks().open().of(process.id()).one(conn)?;
    ContractFlow.legal.run(conn, task.id(), &System("lawyer"), ())?;
    Ok(process.id())
}
