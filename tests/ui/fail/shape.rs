use flow_core::prelude::*;

#[flow]
pub struct NoStartFlow {
    #[node(permission(anyone), next = this.end)]
    pub approve: View,
    pub end: End,
}

#[flow]
pub struct NoEndFlow {
    #[node(permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(permission(anyone), next = this.approve)]
    pub approve: View,
}

#[flow]
pub struct DeadEndFlow {
    #[node(permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(permission(anyone))]
    pub approve: View,
    #[node(if = |_| true, then = this.start)]
    pub check: If,
    pub end: End,
}

#[flow]
pub struct UnreachableFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    #[node(permission(anyone), next = this.end)]
    pub lost: View,
    pub processes: End,
    pub end: End,
}

fn main() {}
