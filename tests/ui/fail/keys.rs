use flow_core::prelude::*;

#[flow(proces = Process, summary = 5)]
pub struct HelloFlow {
    #[node(permission(anyone), nxt = this.approve)]
    pub start: Start,
    #[node(permission(anyone), permission(auto), next = this.check, next = this.end)]
    pub approve: View,
    #[node(if = |a| a.process.id() > 5, then = this.work, next = this.end)]
    pub check: If,
    #[node(on_timeout(days(3), this.end), next = this.end)]
    pub work: Function,
    #[node(permission(nobody), form, next = this.end)]
    pub sign: View,
    #[node(run = |a, paid| a.process.touch(paid), permission(anyone), next = this.end)]
    pub paid: Handle,
    #[node(next = this.end)]
    pub end: End,
}

fn main() {}
