#![deny(deprecated)]
use flow_core::prelude::*;

#[flow]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    #[node(permission(anyone), allow(unreachable_nodes), next = this.end)]
    pub retired: View,
    #[node(permission(anyone), allow(dead_ends, reason = "no"), next = this.end)]
    pub wrong: View,
    #[node(permission(anyone), allow(no_such_check, reason = "no"), next = this.end)]
    pub unknown: View,
    pub end: End,
}

/// An `allow` that nothing needs is a warning, here denied.
#[flow]
pub struct NeedlessFlow {
    #[node(permission(anyone), allow(unreachable_nodes, reason = "it is the start"), next = this.end)]
    pub start: Start,
    pub end: End,
}

fn main() {}
