//! Labels are not written any more: who is at one goes on to `send`.

use flow_core::prelude::*;

/// The release before.
pub mod before {
    use super::*;

    #[flow(name = "parcel")]
    pub struct ParcelFlow {
        #[node(permission(anyone), next = this.label)]
        pub start: StartHandle,

        #[node(permission(auto), next = this.send)]
        pub label: View,

        #[node(permission(auto), next = this.end)]
        pub send: View,

        pub end: End,
    }
}

#[flow(name = "parcel")]
pub struct ParcelFlow {
    #[node(permission(anyone), next = this.send)]
    pub start: StartHandle,

    #[node(retired(to = this.send))]
    pub label: Obsolete,

    #[node(permission(auto), next = this.end)]
    pub send: View,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![ParcelFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = before::ParcelFlow.start.run(conn, &System("shop"), Default::default())?;
    let done = FLOWS.move_retired(conn, &System("deployment"))?;
    assert_eq!(done.moved.len(), 1);
    Ok(process.id())
}
