//! Somebody carries a parcel to the counter, and says so.

use flow_core::prelude::*;

#[flow]
pub struct ParcelFlow {
    #[node(permission(anyone), next = this.carry)]
    pub start: StartHandle,

    #[node(permission(anyone), on_timeout(days(2), this.lost), next = this.end)]
    pub carry: ManualTask,

    pub lost: End,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![ParcelFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = ParcelFlow.start.run(conn, &System("shop"), Default::default())?;
    let task = ParcelFlow.carry.tasks().open().of(process.id()).one(conn)?;
    ParcelFlow.carry.assign(conn, task.id(), &System("ben"))?;
    ParcelFlow.carry.execute(conn, task.id(), &System("ben"), ())?; // it has no form
    Ok(process.id())
}
