//! A withdrawal ends the whole process: what is open in the other branch is cancelled.

use flow_core::prelude::*;

#[flow]
pub struct OfferFlow {
    #[node(permission(anyone), next = this.open)]
    pub start: StartHandle,

    #[node(next = this.withdraw, next = this.review)]
    pub open: Split,

    #[node(permission(anyone), next = this.withdrawn)]
    pub withdraw: Handle,
    #[node(permission(anyone), next = this.reviewed)]
    pub review: View,

    /// Withdrawn
    pub withdrawn: TerminateEnd,
    pub reviewed: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OfferFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = OfferFlow.start.run(conn, &System("office"), Default::default())?;
    let task = OfferFlow.withdraw.tasks().open().of(process.id()).one(conn)?;
    OfferFlow.withdraw.run(conn, task.id(), &System("applicant"), ())?;
    Ok(process.id())
}
