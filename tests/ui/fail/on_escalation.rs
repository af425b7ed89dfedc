use flow_core::prelude::*;

/// What escalations come to, and what cannot have any.
#[flow]
pub struct OddFlow {
    #[node(permission(anyone), next = this.ask)]
    pub start: Start,
    #[node(permission(anyone), on_escalation(this.end), next = this.late)]
    pub ask: View,
    #[node(next = this.run)]
    pub late: EscalationThrow,
    #[node(start = OtherFlow.start, on_escalation(this.end), on_escalation(this.told), on_escalation(this.end, kode = "late"),
           on_escalation(), on_escalation(this.nowhere, code = "a b"), next = this.end)]
    pub run: Subprocess,
    pub told: End,
    pub end: End,
}

/// Is run by it.
#[flow]
pub struct OtherFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: StartHandle,
    pub end: End,
}

fn main() {}
