use flow_core::prelude::*;

#[flow(name = "hello")]
pub struct OneFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

#[flow]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

static FLOWS: Flows<diesel::SqliteConnection> = flows![OneFlow, HelloFlow];

fn main() {
    let _ = &FLOWS;
}
