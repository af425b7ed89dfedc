use flow_core::prelude::*;

/// Throws a code.
#[flow]
pub struct RepairFlow {
    #[node(permission(anyone), next = this.late)]
    pub start: StartHandle,
    #[node(code = "late", next = this.end)]
    pub late: EscalationThrow,
    pub end: End,
}

/// Takes a code that the child does not throw.
#[flow]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.repair)]
    pub start: Start,
    #[node(start = RepairFlow.start, on_escalation(this.told, code = "late", interrupting = false),
           on_escalation(this.told, code = "lost"), next = this.end)]
    pub repair: Subprocess,
    pub told: End,
    pub end: End,
}

fn main() {}
