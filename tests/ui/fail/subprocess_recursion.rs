use flow_core::prelude::*;

/// It runs itself.
#[flow]
pub struct SelfFlow {
    #[node(permission(anyone), next = this.again)]
    pub start: StartHandle,
    #[node(start = SelfFlow.start, next = this.end)]
    pub again: Subprocess,
    pub end: End,
}

/// It runs another one, which runs it.
#[flow]
pub struct OrderFlow {
    #[node(permission(anyone), next = this.ship)]
    pub start: StartHandle,
    #[node(start = ShipmentFlow.start, next = this.end)]
    pub ship: Subprocess,
    pub end: End,
}

/// The other one.
#[flow]
pub struct ShipmentFlow {
    #[node(permission(anyone), next = this.split)]
    pub start: StartHandle,
    #[node(next = this.rest, next = this.pack)]
    pub split: Split,
    #[node(start = OrderFlow.start, next = this.join)]
    pub rest: Subprocess,
    #[node(permission(anyone), next = this.join)]
    pub pack: View,
    #[node(next = this.end)]
    pub join: Join,
    pub end: End,
}

fn main() {}
