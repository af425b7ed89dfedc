//! A repair takes long, and the order that runs it tells its customer; the repair goes on.

use flow_core::prelude::*;

#[flow]
pub struct RepairFlow {
    #[node(permission(anyone), next = this.look)]
    pub start: StartHandle,

    #[node(permission(anyone), on_timeout(days(3), this.late, interrupting = false), next = this.end)]
    pub look: Handle,

    #[node(code = "late", next = this.told)]
    pub late: EscalationThrow,
    pub told: End,
    pub end: End,
}

#[flow]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.repair)]
    pub start: StartHandle,

    #[node(start = RepairFlow.start, on_escalation(this.apologize, code = "late", interrupting = false), next = this.end)]
    pub repair: Subprocess,

    #[node(permission(anyone), next = this.told)]
    pub apologize: View,
    pub told: End,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![RepairFlow, OrderFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let clock = flow_core::test_util::TestClock::install();
    let order = OrderFlow.start.run(conn, &System("shop"), Default::default())?;
    clock.advance(days(4));
    FLOWS.run_until_idle(conn)?;
    assert_eq!(OrderFlow.apologize.tasks().open().of(order.id()).load(conn)?.len(), 1);
    Ok(order.id())
}
