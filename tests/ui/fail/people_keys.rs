use flow_core::prelude::*;

/// Keys of people with values that they do not take.
#[flow(permission(this.is_staff), audit = all)]
pub struct OfficeFlow {
    #[node(available(anyone), next = this.ask)]
    pub start: Start,
    #[node(on_create = |a| a.process.set_x(1), permission(anyone), on_timeout(5, this.end), next = this.wait)]
    pub ask: View,
    #[node(delay = |_| "long", next = this.end)]
    pub wait: Timer,
    #[node(available(this.is_staff))]
    pub end: End,
}

impl OfficeFlow {
    fn is_staff(_: &dyn User) -> bool {
        true
    }
}

fn main() {}
