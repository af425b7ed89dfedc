use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct HelloProcess {
    process: Process,
    #[json(default)]
    approved: bool,
}

/// Mistakes of each sort, in one compile: names, keys, shape, fields and types.
#[flow(process = HelloProcess)]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.aprove)]
    pub start: Start,
    #[node(form = ApproveForm { aproved }, permission(anyone), next = this.check)]
    pub approve: View,
    #[node(if = |a| a.process.aproved(), then = this.send, else = this.end, nxt = this.end)]
    pub check: If,
    #[node(run = this.sendit, next = this.end)]
    pub send: Job,
    #[node(if = |a| "yes", then = this.end, else = this.start)]
    pub again: If,
    #[node(permission(anyone))]
    pub lost: View,
    pub end: End,
}

impl HelloFlow {
    fn send_it(_: &JobContext<Self>) {}
}

fn main() {}
