use flow_core::prelude::*;

#[flow]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.aprove)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(days(3), this.escalte), next = this.end)]
    pub approve: View,
    pub escalate: End,
    pub end: End,
}

fn main() {}
