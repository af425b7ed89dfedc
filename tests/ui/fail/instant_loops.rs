use flow_core::prelude::*;

#[flow]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.work)]
    pub start: Start,
    #[node(run = |_a| (), next = this.enough)]
    pub work: Function,
    #[node(if = |_a| true, then = this.end, else = this.work)]
    pub enough: If,
    #[node(permission(anyone), was = ["work"], next = this.end)]
    pub other: Start,
    pub end: End,
}

fn main() {}
