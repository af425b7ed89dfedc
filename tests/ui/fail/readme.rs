#[flow(process = LeaveProcess)]
pub struct LeaveFlow {
    #[node(form = RequestForm { days }, permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(form = ApproveForm { approved }, permission("can_approve"), next = this.check)]
    pub approve: View,
    #[node(if = |a| a.process.aproved(), then = this.book)]
    pub check: If,
    #[node(run = |job| println!("{} days", job.process.days()), next = this.done)]
    pub book: Job,
    pub end: End,
}

#[derive(ProcessProxy)]
pub struct LeaveProcess { process: Process, days: i64, #[json(default)] approved: bool }

use flow_core::prelude::*;

fn main() {}
