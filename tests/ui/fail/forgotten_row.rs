//! A process without its row: told once, whatever the flow does with it.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct RowlessProcess {
    text: String,
    #[json(default)]
    approved: bool,
}

#[flow(process = RowlessProcess, summary = "Send '{process.text}'")]
pub struct RowlessFlow {
    #[node(form = BeginForm { text }, permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(form = DecideForm { approved }, permission(this.may), next = this.check)]
    pub approve: View,
    #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
    pub check: If,
    #[node(run = this.send, on_done = |a, n| a.process.set_approved(n), next = this.end)]
    pub send: Job,
    pub end: End,
}

impl RowlessFlow {
    fn may(_: &dyn User, a: &Activation<Self>) -> bool {
        a.process.approved()
    }
    fn send(job: &JobContext<Self>) -> bool {
        job.process.approved()
    }
}

fn main() {}
