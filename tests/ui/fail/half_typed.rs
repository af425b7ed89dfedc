use flow_core::prelude::*;

#[flow]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.)]
    pub start: Start,
    #[node(permission(anyone), next = )]
    pub approve: View,
    pub half,
    pub end: End,
}

fn main() {}
