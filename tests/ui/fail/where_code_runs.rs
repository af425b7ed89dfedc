//! Code in the transaction is neither async nor takes what is around it; a job has no connection.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct HelloProcess {
    process: Process,
    #[json(default)]
    approved: bool,
}

#[flow(process = HelloProcess)]
pub struct HelloFlow {
    #[node(permission(anyone), next(this.check, task_seed = async |a| a.process.artifact_ref()))]
    pub start: Start,
    #[node(if = |a| async { a.process.approved() }, then = this.send, else = this.end)]
    pub check: If,
    #[node(run = |job, conn| send(job, conn), next = this.tell)]
    pub send: Job,
    #[node(run = this.method(conn), on_done = move |a, done| a.process.set_approved(done), next = this.wait)]
    pub tell: Job,
    #[node(delay = async |a| hours(1), next = this.end)]
    pub wait: Timer,
    pub end: End,
}

fn main() {}
