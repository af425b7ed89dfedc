//! A node that only older processes are still in.
use flow_core::prelude::*;

#[flow]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    #[node(permission(anyone), allow(unreachable_nodes, reason = "processes of last year wait here"), next = this.end)]
    pub retired: View,
    pub end: End,
}

fn main() {
    assert_eq!(HelloFlow.graph().find("retired"), Some(1));
}
