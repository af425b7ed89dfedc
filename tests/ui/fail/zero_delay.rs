use flow_core::prelude::*;

/// No time at all.
#[flow]
pub struct NowFlow {
    #[node(permission(anyone), next = this.wait)]
    pub start: Start,
    #[node(delay = hours(0), next = this.work)]
    pub wait: Timer,
    #[node(permission(anyone), on_timeout(flow_core::seconds(0), this.end), next = this.end)]
    pub work: View,
    pub end: End,
}

fn main() {}
