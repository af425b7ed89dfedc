use flow_core::prelude::*;

/// Ends with a code.
#[flow]
pub struct PayFlow {
    #[node(permission(anyone), next = this.ask)]
    pub start: StartHandle,
    #[node(permission(anyone), next = this.decide)]
    pub ask: View,
    #[node(if = |a| a.process.id() > 0, then = this.refused, else = this.paid)]
    pub decide: If,
    #[node(code = "card-refused")]
    pub refused: ErrorEnd,
    pub paid: End,
}

/// Takes a code that the child does not end with.
#[flow]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: Start,
    #[node(start = PayFlow.start, on_error(this.end, code = "card-refused"), on_error(this.gone, code = "canceled"),
           on_error(this.lost, code = "card-refusd"), next = this.end)]
    pub pay: Subprocess,
    pub gone: End,
    pub lost: End,
    pub end: End,
}

fn main() {}
