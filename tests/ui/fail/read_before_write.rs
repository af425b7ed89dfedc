use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct HelloProcess {
    process: Process,
    text: String,
    #[json(default)]
    approved: bool,
}

#[flow(process = HelloProcess)]
pub struct HelloFlow {
    #[node(form = StartForm { approved }, permission(anyone), next = this.end)]
    pub start: Start,
    #[node(permission(anyone), next = this.end)]
    pub quick: Start,
    #[node(form = FullForm { approved, text }, permission(anyone), next = this.end)]
    pub fine: Start,
    pub end: End,
}

fn main() {}
